"""Cells that tolerant reading mends before they are read: each function knows one rule."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    USERS,
    Column,
    Kind,
)
from aarportal.people.roster.oneroster.values import is_blank

#: Rule and cell as it is to be read; None where there is nothing to mend.
Mended = tuple[str, str] | None

_DATE = re.compile(r"([0-9]{4})([/-])([0-9]{1,2})\2([0-9]{1,2})")
_PACKED_DATE = re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})")
_FIRST_DAY = re.compile(r"[0-9]{4}-04-01")
_LAST_DAY = re.compile(r"([0-9]{4})-03-31")
#: Half-width katakana with the full-width one before it, whose sound a half-width mark may change.
_HALF_WIDTH = re.compile("[\u30a1-\u30fa]?[\uff66-\uff9f]+")
_NUMBER = re.compile(r"0?([1-9])")
_WORDS = re.compile(r"([小中])([1-6])")
_ORG_OF = {USERS: "primaryOrgSourcedId", CLASSES: "schoolSourcedId", COURSES: "orgSourcedId"}

#: Nothing of these is mended but the spaces around them.
_PLAIN_KINDS = frozenset(Kind) - {
    Kind.STATUS,
    Kind.MODIFIED,
    Kind.BOOLEAN,
    Kind.DATE,
    Kind.LAST_DAY,
}

_PRIMARY = {number: f"P{number}" for number in range(1, 7)}
_SECONDARY = {number + 6: f"J{number}" for number in (1, 2, 3)}
#: First characters of a 学校コード -> what the number of a grade means at such a school: primary,
#: lower secondary, compulsory education, upper secondary, and secondary education of six years.
_GRADES: Mapping[str, Mapping[int, str]] = {
    "B1": _PRIMARY,
    "C1": {number: f"J{number}" for number in (1, 2, 3)} | _SECONDARY,
    "C2": _PRIMARY | _SECONDARY,
    "D1": {number: f"H{number}" for number in (1, 2, 3)},
    "D2": {},
}
#: Where the school is not known, 1 to 3 could be a pupil of six years or one of twelve.
_CERTAIN_GRADES = {number: f"P{number}" for number in (4, 5, 6)} | _SECONDARY


class Beside(NamedTuple):
    """What stands beside a cell.

    Attributes:
        row: Other cells of the row by the name of their column; blank where there is none.
        identifiers: Org -> 学校コード.
    """

    file: str
    row: Callable[[str], str]
    identifiers: Mapping[str, str]


def is_mended(column: Column) -> tuple[bool, bool]:
    """Whether cells of this column may be mended alone, and whether beside others."""
    is_plain = column.kind in _PLAIN_KINDS and not column.full_width
    in_row = column.kind is Kind.GRADES or column.name in ("primary", "endDate")
    return not is_plain, in_row


def mend_alone(column: Column, cell: str, *, is_japanese: bool, is_delta: bool) -> Mended:
    """What the cell says by itself, if it is written in a way that the list knows."""
    if column.kind in (Kind.STATUS, Kind.MODIFIED) and not is_delta:
        return ("bulk_state", "") if not is_blank(cell) else None
    if column.name == "enabledUser" and is_blank(cell):
        return "enabled_blank", "true"
    if column.kind is Kind.BOOLEAN:
        small = cell.lower()
        return ("boolean_case", small) if small != cell and small in ("true", "false") else None
    if column.kind in (Kind.DATE, Kind.LAST_DAY):
        return _mend_date(cell)
    if column.full_width and is_japanese:
        mended = _HALF_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), cell)
        return ("half_width", mended) if mended != cell else None
    return None


def mend_in_row(column: Column, cell: str, beside: Beside, *, is_japanese: bool) -> Mended:
    """What the cell says beside the others of its row, which were mended alone before."""
    file, row, identifiers = beside
    if column.kind is Kind.GRADES and is_japanese:
        return _mend_grades(cell, identifiers.get(row(_ORG_OF[file]), "")[:2])
    if file == ENROLLMENTS and column.name == "primary" and is_japanese:
        is_wrong = row("role") == "student" and (is_blank(cell) or cell == "true")
        return ("primary_student", "false") if is_wrong else None
    if file == ACADEMIC_SESSIONS and column.name == "endDate" and not is_japanese:
        last = _LAST_DAY.fullmatch(cell)
        if last and _FIRST_DAY.fullmatch(row("startDate")):
            return "last_day", f"{last[1]}-04-01"
    return None


def _mend_date(cell: str) -> Mended:
    found = _DATE.fullmatch(cell) or _PACKED_DATE.fullmatch(cell)
    if not found:
        return None
    try:
        mended = date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        return None
    return ("date_form", mended) if mended != cell else None


def _mend_grades(cell: str, kind: str) -> Mended:
    if is_blank(cell):
        return None
    mended = ",".join(_grade(item.strip(), kind) for item in cell.split(","))
    return ("grade_form", mended) if mended != cell else None


def _grade(written: str, kind: str) -> str:
    """The code of a grade; what is not certain stays as it is written, and is refused."""
    if words := _WORDS.fullmatch(written):
        grade = f"{'P' if words[1] == '小' else 'J'}{words[2]}"
        return written if grade in ("J4", "J5", "J6") else grade
    if number := _NUMBER.fullmatch(written):
        return _GRADES.get(kind, _CERTAIN_GRADES).get(int(number[1]), written)
    return written
