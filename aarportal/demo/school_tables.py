"""Tables of the school-office system and of the health room of the demonstration; pure.

Everything in them is invented. Absences are those of the simulation, so that the tables say of
nobody what their own history contradicts.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from aarportal.core.tables.writing import Sheet
from aarportal.demo.days import SchoolTime
from aarportal.demo.school import ClassPlan, Pupil
from aarportal.demo.simulation import Learner
from aarportal.people.school_year.years import school_year_of

_WHO = ("年組", "出席番号", "氏名")
#: School days before today whose attendance still waits, and of which pupils said how they are.
_BEHIND = 5
_SICK = ("かぜ", "発熱", "腹痛", "頭痛", "")
_EXCUSED = ("インフルエンザ", "感染性胃腸炎", "新型コロナウイルス感染症")
_LATE = 0.006
_WEATHER = ("晴れ", "くもり", "雨", "雷")
_MOODS = (58, 30, 10, 2)
_ANSWERS = 0.93
_TALKS = {"雷": 0.5, "雨": 0.06}
_WORDS = {
    "晴れ": ("きょうは体育がたのしみです。", "朝ごはんをたくさん食べました。", ""),
    "くもり": ("すこしねむいです。", "", ""),
    "雨": ("友だちとけんかをしました。", "おなかがすこしいたいです。", ""),
    "雷": ("話を聞いてほしいです。", "いやなことがありました。", ""),
}
_VISITS = (
    ("けが", "右ひざのすりきず", "36.4", "洗浄・ばんそうこう", "教室へもどる"),
    ("けが", "つき指", "", "冷やして固定", "教室へもどる"),
    ("病気", "頭痛", "36.8", "ベッドで20分休養", "教室へもどる"),
    ("病気", "腹痛", "36.6", "保温・休養", "教室へもどる"),
    ("病気", "発熱", "38.2", "休養・保護者へ連絡", "早退"),
    ("相談", "話をしに来た", "", "聞き取り", "教室へもどる"),
)
_VISITS_A_DAY = 2
#: First grade -> what a report of it lists.
_SUBJECTS = {
    1: "国語 算数 生活 音楽 図画工作 体育",
    3: "国語 社会 算数 理科 音楽 図画工作 体育",
    5: "国語 社会 算数 理科 音楽 図画工作 家庭 体育 外国語",
}
_FIRST_RATED = 3
_STEPS, _STEP_WEIGHTS = ("A", "B", "C"), (4, 5, 1)
_LESSON_DAYS = 203
_TESTED = 6


@dataclass(frozen=True)
class Table:
    """A table that somebody brings.

    Attributes:
        kind: A key of `school_data.kinds`.
        by_nurse: Whether the health room brings it, and not the office.
        waits: Whether it was looked through and still waits for somebody to say yes.
    """

    kind: str
    file_name: str
    text: str
    by_nurse: bool = False
    waits: bool = False


def tables(
    rng: Random, rooms: Sequence[tuple[ClassPlan, Sequence[Learner]]], days: SchoolTime
) -> list[Table]:
    """What the office and the health room of one school have brought by this morning."""
    year = school_year_of(days.today)
    months = f"{year}年度"
    learners = [(plan, learner) for plan, group in rooms for learner in group]
    recent = (*days.lessons[-_BEHIND:], days.today)
    older = days.lessons[:-_BEHIND]
    marks = sorted(_attendance(rng, learners, days), key=lambda row: row[0])
    found = [
        Table("attendance_yearly", f"出欠の記録_{year - 1}年度.csv", _year(rng, learners, year)),
        Table("grades", f"成績一覧_{months}1学期.csv", _grades(rng, learners, year)),
        Table("examination", f"全国学力・学習状況調査_{months}.csv", _tests(rng, learners, year)),
        Table("attendance_daily", f"出欠一覧_{months}.csv", _marks(marks, older)),
        Table(
            "health_observation", "心の健康観察.csv", _moods(rng, learners, recent), by_nurse=True
        ),
        Table(
            "health_room_visit", "保健室来室記録.csv", _visits(rng, learners, days), by_nurse=True
        ),
        Table(
            "attendance_daily",
            "出欠一覧_今週.csv",
            _marks(marks, recent, strangers=True),
            waits=True,
        ),
    ]
    return [table for table in found if "\n" in table.text.strip()]


Row = tuple[object, ...]
Learners = Sequence[tuple[ClassPlan, Learner]]


def _csv(header: Sequence[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    sheet = Sheet(text)
    sheet.write([header])
    sheet.write(rows)
    return text.getvalue()


def _who(plan: ClassPlan, pupil: Pupil) -> Row:
    name = pupil.name
    given = f"{name.middle} {name.given}" if name.middle else name.given
    return plan.title, pupil.number, f"{name.family} {given}"


def _attendance(rng: Random, learners: Learners, days: SchoolTime) -> list[tuple[date, Row]]:
    """Everybody who was away or came later, day by day."""
    found: list[tuple[date, Row]] = []
    for plan, learner in learners:
        who = _who(plan, learner.pupil)
        for day in (*days.lessons, days.today):
            kind = learner.absent.get(day)
            if kind == "excused":
                found.append((day, (*who, "出席停止", rng.choice(_EXCUSED), "")))
            elif kind:
                sick = rng.random() < 0.8
                mark = "病欠" if sick else "事故欠"
                found.append((day, (*who, mark, rng.choice(_SICK) if sick else "家庭の都合", "")))
            elif rng.random() < _LATE:
                found.append((day, (*who, "遅刻", "通院", f"9:{rng.randrange(60):02}")))
    return found


def _marks(
    marks: Sequence[tuple[date, Row]], within: Sequence[date], *, strangers: bool = False
) -> str:
    """The marks of some days; and with strangers two rows that the portal cannot take."""
    wanted = set(within)
    rows = [(day.isoformat(), *row) for day, row in marks if day in wanted]
    if rows and strangers:
        day = rows[-1][0]
        rows.append((day, "4年2組", 41, "北川 陽菜", "病欠", "かぜ", ""))
        rows.append((day, *rows[0][1:4], "ほけんしつ", "", ""))
    return _csv(("日付", *_WHO, "出欠区分", "理由", "時刻"), rows)


def _moods(rng: Random, learners: Learners, within: Sequence[date]) -> str:
    rows: list[Row] = []
    for day in within:
        for plan, learner in learners:
            if day in learner.absent or rng.random() > _ANSWERS:
                continue
            mood = rng.choices(_WEATHER, _MOODS)[0]
            # Somebody has talked to those of the days before.
            talks = day in within[-2:] and rng.random() < _TALKS.get(mood, 0.0)
            words = rng.choice(_WORDS[mood]) if talks or rng.random() < 0.15 else ""
            whom = rng.choice(("担任の先生", "保健室の先生")) if talks else ""
            rows.append(
                (
                    day.isoformat(),
                    f"8:{rng.randrange(15, 30)}",
                    *_who(plan, learner.pupil),
                    mood,
                    "はい" if talks else "",
                    whom,
                    words,
                )
            )
    header = ("回答日", "回答時刻", *_WHO, "心の天気", "相談したい", "相談相手", "ひとこと")
    return _csv(header, rows)


def _visits(rng: Random, learners: Learners, days: SchoolTime) -> str:
    rows: list[Row] = []
    for day in days.lessons:
        here = [each for each in learners if day not in each[1].absent]
        came = rng.sample(here, min(len(here), rng.randrange(_VISITS_A_DAY + 1)))
        for plan, learner in came:
            time = f"{rng.randrange(9, 15)}:{rng.randrange(60):02}"
            rows.append((day.isoformat(), time, *_who(plan, learner.pupil), *rng.choice(_VISITS)))
    header = ("来室日", "来室時刻", *_WHO, "来室理由", "症状", "体温", "処置", "転帰")
    return _csv(header, rows)


def _grades(rng: Random, learners: Learners, year: int) -> str:
    rows: list[Row] = []
    for plan, learner in learners:
        grade = int(plan.grade[1])
        for subject in _SUBJECTS[max(first for first in _SUBJECTS if first <= grade)].split():
            steps = rng.choices(_STEPS, _STEP_WEIGHTS, k=3)
            points = sum(3 - _STEPS.index(step) for step in steps)
            rating = round(points / 3) if grade >= _FIRST_RATED else ""
            rows.append(
                (f"{year}年度", "1学期", *_who(plan, learner.pupil), subject, *steps, rating)
            )
    header = (
        "年度", "学期", *_WHO, "教科",
        "知識・技能", "思考・判断・表現", "主体的に学習に取り組む態度", "評定",
    )  # fmt: skip
    return _csv(header, rows)


def _year(rng: Random, learners: Learners, year: int) -> str:
    rows: list[Row] = []
    for plan, learner in learners:
        if plan.grade == "P1":
            continue  # was at no school a year ago
        excused = rng.choice((0, 0, 0, 2, 3, 5))
        absent = sum(rng.random() < learner.persona.absent for _ in range(_LESSON_DAYS))
        required = _LESSON_DAYS - excused
        rows.append(
            (
                f"{year - 1}年度", *_who(plan, learner.pupil), _LESSON_DAYS, excused, required,
                absent, required - absent, rng.choice((0, 0, 1, 2)), rng.choice((0, 0, 0, 1)),
            )
        )  # fmt: skip
    header = (
        "年度", *_WHO, "授業日数", "出席停止・忌引等の日数", "出席しなければならない日数",
        "欠席日数", "出席日数", "遅刻", "早退",
    )  # fmt: skip
    return _csv(header, rows)


def _tests(rng: Random, learners: Learners, year: int) -> str:
    """What those of the sixth grade reached in spring."""
    rows: list[Row] = []
    for plan, learner in learners:
        if int(plan.grade[1]) != _TESTED:
            continue
        for subject, items in (("国語", 14), ("算数", 16)):
            right = sum(rng.random() < learner.persona.skill for _ in range(items))
            title = f"{year}年度 全国学力・学習状況調査"
            day = date(year, 4, 16).isoformat()
            rows.append((day, title, *_who(plan, learner.pupil), subject, right, items))
    return _csv(("実施日", "調査名", *_WHO, "教科", "正答数", "設問数"), rows)
