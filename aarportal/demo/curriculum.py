"""Units of the classes on the calendar, with the goal cards of their teachers; pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aarportal.demo import texts
from aarportal.demo.school import ClassPlan, band_of

#: The unit of today began and ends this many days from today; those before it are as long.
_BEGAN_DAYS_AGO = (13, 17, 20)
_ENDS_IN_DAYS = (12, 8, 15)
_READING = re.compile(r"\{([^|{}]*)\|([^{}]*)\}")


@dataclass(frozen=True)
class UnitText:
    """A unit as the teacher plans it.

    Attributes:
        title: May carry readings.
        skills: What one can do after it, verbs in dictionary form; may carry readings.
        found: What pupils write that they understood.
    """

    title: str
    skills: tuple[str, ...]
    found: tuple[str, ...]


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
    number: int
    """Its place in the year of its subject, from 0."""
    code: str
    """学習指導要領コード; several units may be about the same item."""
    starts_on: date
    ends_before: date
    cards: tuple[Card, ...]

    @property
    def key(self) -> str:
        """Names the unit within the demonstration."""
        return f"{self.class_key}/{self.subject}/{self.number}"


def written(text: str) -> str:
    """Text without its readings, as a pupil writes it."""
    return _READING.sub(r"\1", text)


@dataclass(frozen=True)
class Curriculum:
    """The units of a class by subject, the main subject first, each in the order of the year.

    Of each subject exactly one is open on any day, so that an app may name the subject alone.
    """

    by_subject: dict[str, tuple[PlannedUnit, ...]]

    @property
    def units(self) -> list[PlannedUnit]:
        """All of them."""
        return [unit for units in self.by_subject.values() for unit in units]

    def open_unit(self, place: int, day: date) -> PlannedUnit:
        """The unit on which the class works on `day` in its main (0) or another subject."""
        subjects = list(self.by_subject.values())
        units = subjects[place % len(subjects)]
        return next((unit for unit in reversed(units) if unit.starts_on <= day), units[0])


def curriculum(plan: ClassPlan, first: date, today: date) -> Curriculum:
    """The units of a class from the first day of the history to some days after today."""
    by_subject = {}
    for place, (subject, words) in enumerate(texts.read("units")[plan.grade].items()):
        starts = today - timedelta(days=_BEGAN_DAYS_AGO[place])
        ends = today + timedelta(days=_ENDS_IN_DAYS[place])
        length = timedelta(days=max((starts - first).days // (len(words) - 1) + 1, 7))
        units = []
        for number in range(len(words) - 1, -1, -1):
            units.append(_unit(plan, subject, words[number], number, (starts, ends)))
            starts, ends = starts - length, starts
        by_subject[subject] = tuple(reversed(units))
    return Curriculum(by_subject)


def _unit(
    plan: ClassPlan, subject: str, words: dict[str, Any], number: int, dates: tuple[date, date]
) -> PlannedUnit:
    text = UnitText(words["title"], tuple(words["skills"]), tuple(words["found"]))
    return PlannedUnit(
        class_key=plan.key,
        grade=plan.grade,
        subject=subject,
        text=text,
        number=number,
        code=words["code"],
        starts_on=dates[0],
        ends_before=dates[1],
        cards=_cards(text, band_of(plan.grade)),
    )


def _cards(text: UnitText, band: str) -> tuple[Card, ...]:
    first, second, third = text.skills
    if band == "L":
        return (
            Card(f"{first} ことが できる", "can_do", None),
            Card(f"{second} もんだいを 4もん やってみる", "count", 4),
            Card(f"{third}", "can_do", None),
        )
    if band == "M":
        return (
            Card(f"{first}ことが できる", "can_do", None),
            Card("{問題|もんだい}を 6{問|もん} とく", "count", 6),
            Card(f"{third}ことが できる", "can_do", None),
        )
    return (
        Card(f"{first}ことができる", "can_do", None),
        Card(
            "{練習問題|れんしゅうもんだい}の8{割|わり}を{一回|いっかい}で{正解|せいかい}する",
            "accuracy",
            80,
        ),
        Card(third + "ことを{人|ひと}に{説明|せつめい}できる", "can_do", None),
    )
