"""Which column of a calendar or a timetable holds what; pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aarportal.core.words import mark


class TableKind(StrEnum):
    """What a table is about."""

    CALENDAR = "calendar"
    TIMETABLE = "timetable"


@dataclass(frozen=True)
class Problem:
    """A line that cannot be taken.

    Attributes:
        line: As an editor counts; 0 for the table as a whole.
        column: Its name, or the field that lacks one.
        rule: Key in `rules.RULES`.
        cell: What stands there.
    """

    line: int
    column: str
    rule: str
    cell: str = ""


#: Kind of table -> field -> usual names of its column, the most telling first.
NAMES: Mapping[TableKind, Mapping[str, tuple[str, ...]]] = {
    TableKind.CALENDAR: {
        "date": ("日付", "年月日", "月日", "期日", "開始日", "期間", "date", "day", "start", "日"),
        "last": ("終了日", "終日", "まで", "end", "last"),
        "kind": ("区分", "種別", "日の区分", "授業日区分", "登校区分", "種類", "kind", "type"),
        "title": ("行事名", "行事", "学校行事", "名称", "内容", "予定", "件名", "title", "event"),
        "bells": ("日課", "日課名", "校時表", "時程", "bells", "lesson times"),
    },
    TableKind.TIMETABLE: {
        "class": ("年組", "学級", "クラス", "学級名", "クラス名", "class"),
        "grade": ("学年", "年", "grade"),
        "group": ("組", "組名", "group"),
        "weekday": ("曜日", "曜", "weekday", "day"),
        "period": ("校時", "時限", "時間目", "限", "時間", "コマ", "period"),
        "subject": ("教科", "科目", "教科名", "科目名", "subject"),
        "teacher": ("教員", "担当", "担当者", "担当教員", "教科担任", "先生", "教師", "teacher"),
        "mon": ("月", "月曜", "月曜日", "mon", "monday"),
        "tue": ("火", "火曜", "火曜日", "tue", "tuesday"),
        "wed": ("水", "水曜", "水曜日", "wed", "wednesday"),
        "thu": ("木", "木曜", "木曜日", "thu", "thursday"),
        "fri": ("金", "金曜", "金曜日", "fri", "friday"),
        "sat": ("土", "土曜", "土曜日", "sat", "saturday"),
    },
}
#: Fields of a timetable that has one column for each weekday -> ISO weekday.
DAY_COLUMNS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
#: Field -> what a page calls it.
WORDS: Mapping[str, str] = {
    "date": mark("Day, or days such as 7/20～8/25"),
    "last": mark("Last day, where it has a column of its own"),
    "kind": mark("Kind of day"),
    "title": mark("Name of the day"),
    "bells": mark("Lesson times"),
    "class": mark("Class, such as 4年2組"),
    "grade": mark("Grade, beside the group"),
    "group": mark("Group (組), beside the grade"),
    "weekday": mark("Weekday"),
    "period": mark("Lesson"),
    "subject": mark("Subject"),
    "teacher": mark("Teacher"),
    "mon": mark("Subjects of Monday"),
    "tue": mark("Subjects of Tuesday"),
    "wed": mark("Subjects of Wednesday"),
    "thu": mark("Subjects of Thursday"),
    "fri": mark("Subjects of Friday"),
    "sat": mark("Subjects of Saturday"),
}
_MARKS = re.compile(r"[\s()_*※:・-]")


def _key(name: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", name)).lower()


def is_known(kind: TableKind, name: str) -> bool:
    """Whether a text is a usual name of a column in tables of this kind."""
    return any(_key(name) in map(_key, usual) for usual in NAMES[kind].values())


def guess(kind: TableKind, headers: Sequence[str]) -> dict[str, str]:
    """Field -> column, as the names of the columns tell."""
    keys = {_key(header): header for header in reversed(headers)}
    found: dict[str, str] = {}
    for field, usual in NAMES[kind].items():
        column = next((keys[_key(name)] for name in usual if _key(name) in keys), None)
        if column and column not in found.values():
            found[field] = column
    return found


def check(kind: TableKind, columns: Mapping[str, str]) -> list[Problem]:
    """What is wrong with what somebody says about the columns."""
    used = list(columns.values())
    twice = {column for column in used if used.count(column) > 1}
    found = [Problem(0, field, "column_twice") for field, it in columns.items() if it in twice]
    return found + [Problem(0, field, "column_needed") for field in _missing(kind, columns)]


def _missing(kind: TableKind, columns: Mapping[str, str]) -> list[str]:
    if kind is TableKind.CALENDAR:
        needed = ["date"]
        if "kind" not in columns and "title" not in columns:
            needed.append("kind")
    else:
        by_grade = "grade" in columns and "group" in columns
        needed = ["period"] if by_grade else ["class", "period"]
        if not DAY_COLUMNS.keys() & columns.keys():
            needed += ["weekday", "subject"]
    return [field for field in needed if field not in columns]
