"""One cell at a time: text of the file -> value of the row, or the rule that it breaks."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from aarportal.people.roster.oneroster.columns import Column, Kind
from aarportal.people.roster.oneroster.dialects import JAPANESE_GRADES

#: What some school systems write for a blank cell.
NULL = "NULL"

_ID = re.compile(r"[0-9A-Za-z.\-_/@]{1,255}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"[0-9]{1,9}")
_YEAR = re.compile(r"[0-9]{4}")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9.\-_]+")
_USER_ID = re.compile(r"\{[^{}:,]+:[^{},]+\}")
_HALF_WIDTH_KATAKANA = re.compile("[\uff66-\uff9f]")
_BOOLEANS = {"true": True, "false": False}

Read = Callable[[str], object]


class CellError(Exception):
    """A cell that breaks a rule; `detail` never holds the name of a person."""

    def __init__(self, rule: str, detail: str = "") -> None:
        """Name the rule."""
        super().__init__(rule)
        self.rule = rule
        self.detail = detail


def reader_of(column: Column, *, is_japanese: bool) -> Read | None:
    """The function that reads a filled cell of this column; None when the text is the value.

    The function raises CellError when the cell breaks a rule of its kind.
    """
    if column.kind is Kind.ENUM:
        return _enum_reader(column)
    if column.kind is Kind.GRADES and is_japanese:
        return _read_japanese_grades
    if column.full_width and is_japanese:
        return _read_full_width_name if column.kind is Kind.NAME else _read_full_width
    return _READERS.get(column.kind)


def is_blank(cell: str) -> bool:
    """Whether a cell says nothing; the literal NULL counts as blank."""
    return not cell or cell == NULL


def _read_id(cell: str) -> str:
    if not _ID.fullmatch(cell):
        raise CellError("value_id", cell)
    return cell


def _read_date(cell: str) -> date:
    # The pattern comes first because fromisoformat also takes 20260401 and 2026-W14-3.
    if not _DATE.fullmatch(cell):
        raise CellError("value_date", cell)
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise CellError("value_date", cell) from None


def _read_last_day(cell: str) -> date:
    day = _read_date(cell)
    return day + timedelta(days=1) if (day.month, day.day) == (3, 31) else day


def _read_boolean(cell: str) -> bool:
    try:
        return _BOOLEANS[cell]
    except KeyError:
        raise CellError("value_boolean", cell) from None


def _read_integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell):
        raise CellError("value_integer", cell)
    return int(cell)


def _read_year(cell: str) -> int:
    if not _YEAR.fullmatch(cell):
        raise CellError("value_year", cell)
    return int(cell)


def _read_list(cell: str) -> tuple[str, ...]:
    items = tuple(item.strip() for item in cell.split(","))
    if "" in items:
        raise CellError("value_list", cell)
    return items


def _read_japanese_grades(cell: str) -> tuple[str, ...]:
    grades = _read_list(cell)
    for grade in grades:
        if grade not in JAPANESE_GRADES:
            raise CellError("value_grade", grade)
    return grades


def _read_user_ids(cell: str) -> tuple[str, ...]:
    user_ids = _read_list(cell)
    if not all(_USER_ID.fullmatch(user_id) for user_id in user_ids):
        raise CellError("value_user_ids")
    return user_ids


def _read_full_width(cell: str) -> str:
    if _HALF_WIDTH_KATAKANA.search(cell):
        raise CellError("value_half_width", cell)
    return cell


def _read_full_width_name(cell: str) -> str:
    if _HALF_WIDTH_KATAKANA.search(cell):
        raise CellError("value_half_width")
    return cell


def _refuse_filled(_cell: str) -> str:
    raise CellError("value_bulk_blank")


def _enum_reader(column: Column) -> Read:
    words = frozenset(column.values)

    def read(cell: str) -> str:
        if cell in words or (column.extensible and _EXTENSION.fullmatch(cell)):
            return cell
        raise CellError("value_enum", f"{cell[:20]} ({', '.join(column.values)})")

    return read


_READERS: dict[Kind, Read] = {
    Kind.ID: _read_id,
    Kind.REFERENCES: _read_list,
    Kind.DATE: _read_date,
    Kind.LAST_DAY: _read_last_day,
    Kind.BOOLEAN: _read_boolean,
    Kind.INTEGER: _read_integer,
    Kind.YEAR: _read_year,
    Kind.LIST: _read_list,
    Kind.GRADES: _read_list,
    Kind.USER_IDS: _read_user_ids,
    Kind.BLANK: _refuse_filled,
}
