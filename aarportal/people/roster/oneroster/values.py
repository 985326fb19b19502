"""One cell at a time: text of the file -> value of the row, or the rule that it breaks."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from aarportal.people.roster.oneroster.columns import Column, Kind
from aarportal.people.roster.oneroster.dialects import JAPANESE_GRADES

#: What some school systems write for a blank cell.
NULL = "NULL"

_ID = re.compile(r"[0-9A-Za-z.\-_/@]{1,255}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MODIFIED = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6}))?Z"
)
_INTEGER = re.compile(r"[0-9]{1,9}")
_FLOAT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,3})?")
_YEAR = re.compile(r"[0-9]{4}")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9.\-_]+")
_PAIR = re.compile(r"\{[^{}:,]+:[^{},]+\}")
_HALF_WIDTH_KATAKANA = re.compile("[\uff66-\uff9f]")
_STATUSES = ("active", "tobedeleted")
#: Stands in a message where a cell must not be repeated.
_HIDDEN = "…"
_BOOLEANS = {"true": True, "false": False}

Read = Callable[[str], object]


class CellError(Exception):
    """A cell that breaks a rule; `detail` never holds the name of a person."""

    def __init__(self, rule: str, detail: str = "") -> None:
        """Name the rule."""
        super().__init__(rule)
        self.rule = rule
        self.detail = detail


def reader_of(column: Column, *, is_japanese: bool, is_delta: bool) -> Read | None:
    """The function that reads a filled cell of this column; None when the text is the value.

    The function raises CellError when the cell breaks a rule of its kind.
    """
    if column.kind in (Kind.STATUS, Kind.MODIFIED) and not is_delta:
        return _refuse_filled
    if column.kind in (Kind.ENUM, Kind.ENUMS):
        return _enum_reader(column)
    read = _reader_of(column, is_japanese=is_japanese)
    return _hiding(read) if read and column.is_private else read


def _reader_of(column: Column, *, is_japanese: bool) -> Read | None:
    if column.kind is Kind.GRADES and is_japanese:
        return _read_japanese_grades
    if column.full_width and is_japanese:
        return _read_full_width_name if column.kind is Kind.NAME else _read_full_width
    return _READERS.get(column.kind)


def is_blank(cell: str) -> bool:
    """Whether a cell says nothing; the literal NULL counts as blank."""
    return not cell or cell == NULL


def _hiding(read: Read) -> Read:
    """The same, with nothing of the cell in its errors."""

    def read_hidden(cell: str) -> object:
        try:
            return read(cell)
        except CellError as error:
            raise CellError(error.rule, _HIDDEN if error.detail else "") from None

    return read_hidden


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


def _read_modified(cell: str) -> datetime:
    found = _MODIFIED.fullmatch(cell)
    if not found:
        raise CellError("value_moment", cell)
    try:
        moment = datetime.fromisoformat(found[1])
    except ValueError:
        raise CellError("value_moment", cell) from None
    return moment.replace(microsecond=int((found[2] or "0").ljust(6, "0")), tzinfo=UTC)


def _read_status(cell: str) -> str:
    if cell not in _STATUSES:
        raise CellError("value_status", cell)
    return cell


def _read_boolean(cell: str) -> bool:
    try:
        return _BOOLEANS[cell]
    except KeyError:
        raise CellError("value_boolean", cell) from None


def _read_integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell):
        raise CellError("value_integer", cell)
    return int(cell)


def _read_float(cell: str) -> float:
    if not _FLOAT.fullmatch(cell):
        raise CellError("value_float", cell)
    return float(cell)


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
    return _read_pairs(cell, "value_user_ids")


def _read_pairs(cell: str, rule: str = "value_pairs") -> tuple[str, ...]:
    pairs = _read_list(cell)
    if not all(_PAIR.fullmatch(pair) for pair in pairs):
        raise CellError(rule)
    return pairs


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
    allowed = f"({', '.join(column.values)})"

    def read(cell: str) -> str:
        if cell in words or (column.extensible and _EXTENSION.fullmatch(cell)):
            return cell
        raise CellError("value_enum", allowed if column.is_private else f"{cell[:20]} {allowed}")

    def read_all(cell: str) -> tuple[str, ...]:
        items = tuple(item.strip() for item in cell.split(","))
        if "" in items:
            raise CellError("value_list", _HIDDEN if column.is_private else cell)
        return tuple(map(read, items))

    return read if column.kind is Kind.ENUM else read_all


_READERS: dict[Kind, Read] = {
    Kind.ID: _read_id,
    Kind.REFERENCES: _read_list,
    Kind.DATE: _read_date,
    Kind.LAST_DAY: _read_last_day,
    Kind.BOOLEAN: _read_boolean,
    Kind.INTEGER: _read_integer,
    Kind.FLOAT: _read_float,
    Kind.YEAR: _read_year,
    Kind.LIST: _read_list,
    Kind.GRADES: _read_list,
    Kind.USER_IDS: _read_user_ids,
    Kind.PAIRS: _read_pairs,
    Kind.STATUS: _read_status,
    Kind.MODIFIED: _read_modified,
}
