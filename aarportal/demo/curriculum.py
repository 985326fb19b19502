"""Units of the classes on the calendar, with the goal cards of their teachers; pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from aarportal.demo.school import ClassPlan, band_of
from aarportal.demo.unit_texts import UNITS, UnitText

#: The unit of today began and ends this many days from today; those before it are as long.
_BEGAN_DAYS_AGO = (13, 17, 20)
_ENDS_IN_DAYS = (12, 8, 15)
_SUBJECT_CODES = {
    "kokugo": "1",
    "shakai": "2",
    "sansu": "5",
    "sugaku": "5",
    "rika": "6",
    "eigo": "H",
    "gaikokugo": "H",
}
_READING = re.compile(r"\{([^|{}]*)\|([^{}]*)\}")


@dataclass(frozen=True)
class Card:
    """A goal that the teacher offers; the text may carry readings."""

    text: str
    criterion_type: str
    criterion_target: int | None


@dataclass(frozen=True)
class PlannedUnit:
    """A unit of one class with its dates."""

    class_key: str
    grade: str
    subject: str
    text: UnitText
    code: str
    starts_on: date
    ends_before: date
    cards: tuple[Card, ...]

    @property
    def key(self) -> str:
        """Names the unit within the demonstration."""
        return f"{self.class_key}/{self.code}"


def written(text: str) -> str:
    """Text without its readings, as a pupil writes it."""
    return _READING.sub(r"\1", text)


def units_of(plan: ClassPlan, first: date, today: date) -> list[PlannedUnit]:
    """The units of a class from the first day of the history to some days after today.

    Of each subject exactly one is open on any day, so that an app may name the subject alone.
    """
    units = []
    for place, (subject, texts) in enumerate(UNITS[plan.grade].items()):
        starts = today - timedelta(days=_BEGAN_DAYS_AGO[place])
        ends = today + timedelta(days=_ENDS_IN_DAYS[place])
        length = timedelta(days=max(((starts - first).days // (len(texts) - 1)) + 1, 7))
        for number in range(len(texts) - 1, -1, -1):
            units.append(_unit(plan, subject, number, starts, ends))
            starts, ends = starts - length, starts
    return sorted(units, key=lambda unit: (unit.starts_on, unit.subject))


def _unit(
    plan: ClassPlan, subject: str, number: int, starts: date, ends: date
) -> PlannedUnit:
    text = UNITS[plan.grade][subject][number]
    return PlannedUnit(
        class_key=plan.key,
        grade=plan.grade,
        subject=subject,
        text=text,
        code=_code(plan.grade, subject, number),
        starts_on=starts,
        ends_before=ends,
        cards=_cards(text, band_of(plan.grade)),
    )


def _code(grade: str, subject: str, number: int) -> str:
    """Shaped like a 学習指導要領コード: 告示, 学校種, 教科, 分野, 節, 学年, 種, 細目 (8), 改正."""
    school = "3" if grade.startswith("J") else "2"
    return f"8{school}{_SUBJECT_CODES[subject]}02{grade[1:]}3{number + 1:02}1100000"


def _cards(text: UnitText, band: str) -> tuple[Card, ...]:
    first, second, third = text.skills
    if band == "L":
        return (
            Card(f"{first} ことが できる", "can_do", None),
            Card(f"{second} もんだいを 5もん やってみる", "count", 5),
            Card(f"{third}", "can_do", None),
        )
    if band == "M":
        return (
            Card(f"{first}ことが できる", "can_do", None),
            Card("{問題|もんだい}を 8{問|もん} とく", "count", 8),
            Card(f"{third}ことが できる", "can_do", None),
        )
    return (
        Card(f"{first}ことができる", "can_do", None),
        Card("{練習問題|れんしゅうもんだい}の8{割|わり}を{一回|いっかい}で{正解|せいかい}する", "accuracy", 80),
        Card(f"{third}ことを{人|ひと}に{説明|せつめい}できる", "can_do", None),
    )
