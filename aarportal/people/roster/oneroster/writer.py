"""Rows -> a OneRoster 1.2 bulk zip in any dialect, the reverse of `bundle`.

Pure and streaming: a row is written as it comes, so the memory stays flat however many there are.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, BinaryIO, TypeAlias

from aarportal.core.tables.writing import Exact
from aarportal.people.roster.oneroster.columns import CARRIED, MANIFEST, Column, Kind
from aarportal.people.roster.oneroster.dialects import FILE_PROPERTIES, Dialect
from aarportal.people.roster.oneroster.refused import is_refused

#: File -> its rows, as `rows` defines them; a file without rows is absent from the bundle.
Rows: TypeAlias = Mapping[str, Iterable[Any]]
#: File -> names of `metadata.*` columns that its rows carry in `extra`.
OwnColumns: TypeAlias = Mapping[str, Sequence[str]]

#: The same rows are the same bytes, whenever they are written.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_JAPANESE_MARK = "metadata.jp."
#: OneRoster allows neither line breaks nor anything else invisible in a cell.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_HALF_WIDTH_KATAKANA = re.compile("[\uff66-\uff9f]+")
#: What stays blank in a bulk file, and what is never carried.
_BLANK = frozenset({Kind.STATUS, Kind.MODIFIED, Kind.REFUSED})
_LISTS = frozenset({Kind.LIST, Kind.GRADES, Kind.REFERENCES, Kind.USER_IDS})

Write: TypeAlias = Callable[[Any], str]


def write_bundle(
    file: BinaryIO,
    dialect: Dialect,
    rows: Rows,
    *,
    own_columns: OwnColumns | None = None,
    system_name: str = "",
) -> dict[str, int]:
    """Write a bundle into a seekable binary file; says how many rows each of its files has.

    Args:
        file: Where the zip goes.
        dialect: How it is written. The rows have to fit it (see `fitting`).
        rows: By file, in any order; they are asked for in the order of `CARRIED`.
        own_columns: Columns of `extra` to be written; those that would say something else in this
            dialect are left out.
        system_name: `source.systemName` of the manifest.
    """
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in CARRIED:
            iterator = iter(rows.get(name, ()))
            first = next(iterator, None)
            if first is None:
                continue
            own = carried_columns(dialect, name, (own_columns or {}).get(name, ()))
            with archive.open(_entry(name), "w") as stream:
                table = _table(stream, dialect, name, own)
                counts[name] = table.write(chain((first,), iterator))
        archive.writestr(_entry(MANIFEST), _manifest(dialect, counts, system_name).encode())
    return counts


def carried_columns(dialect: Dialect, file: str, names: Iterable[str]) -> list[str]:
    """Which own columns a file of this dialect may have: no other's name, nothing too personal."""
    known = {
        name.lower() for column in dialect.files[file] for name in (column.name, *column.aliases)
    }
    return [
        name
        for name in dict.fromkeys(names)
        if name.lower() not in known
        and not is_refused(name)
        and (dialect.is_japanese or not name.startswith(_JAPANESE_MARK))
    ]


class _Table:
    """One CSV file: every value quoted, CRLF, UTF-8 without BOM."""

    def __init__(self, stream: Any, columns: Sequence[str], writers: Sequence[Write]) -> None:
        self._text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=False)
        self._sheet = Exact(self._text)
        self._sheet.write([columns])
        self._writers = writers

    def write(self, rows: Iterable[Any]) -> int:
        """Write all rows; how many there were."""
        count = 0
        for row in rows:
            self._sheet.write([[write(row) for write in self._writers]])
            count += 1
        self._text.flush()
        self._text.detach()
        return count


def _table(stream: Any, dialect: Dialect, file: str, own: Sequence[str]) -> _Table:
    columns = dialect.files[file]
    writers = [_column_writer(column, is_japanese=dialect.is_japanese) for column in columns]
    writers += [_own_writer(name) for name in own]
    return _Table(stream, [*(column.name for column in columns), *own], writers)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _manifest(dialect: Dialect, counts: Mapping[str, int], system_name: str) -> str:
    properties = {
        "manifest.version": "1.0",
        "oneroster.version": dialect.version,
        **{name: "bulk" if file in counts else "absent" for name, file in FILE_PROPERTIES.items()},
        "source.systemName": _clean(system_name),
    }
    text = io.StringIO()
    sheet = Exact(text)
    sheet.write([("propertyName", "value")])
    sheet.write((name, value) for name, value in properties.items() if value)
    return text.getvalue()


# --- cells ----------------------------------------------------------------------------------------


def _column_writer(column: Column, *, is_japanese: bool) -> Write:
    """The function that makes the cell of a row; blank for what is never carried."""
    if not column.field or column.kind in _BLANK:
        return lambda _row: ""
    name, write = column.field, _cell_writer(column, is_japanese=is_japanese)

    def cell(row: Any) -> str:
        value = getattr(row, name)
        return "" if value is None else write(value)

    return cell


def _cell_writer(column: Column, *, is_japanese: bool) -> Write:
    if column.kind in _LISTS:
        return _list
    if column.full_width and is_japanese:
        return _full_width
    return _WRITERS.get(column.kind, _clean)


def _own_writer(name: str) -> Write:
    return lambda row: _clean(str(row.extra.get(name, "")))


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text) if _CONTROL.search(text) else text


def _full_width(text: str) -> str:
    """Half-width katakana made wide; every other character stays as it is, variants too."""
    text = _clean(text)
    if not _HALF_WIDTH_KATAKANA.search(text):
        return text
    return _HALF_WIDTH_KATAKANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _list(items: Sequence[str]) -> str:
    # A comma parts the items; inside of one it cannot stand.
    return ",".join(_clean(item).replace(",", "，") for item in items)


def _boolean(value: bool) -> str:  # noqa: FBT001 - it is the value of a cell
    return "true" if value else "false"


def _date(day: date) -> str:
    return day.isoformat()


def _last_day(day: date) -> str:
    """A school year that ends before 1 April is said to end on 31 March."""
    return (day - timedelta(days=1) if (day.month, day.day) == (4, 1) else day).isoformat()


def _year(year: int) -> str:
    return f"{year:04}"


_WRITERS: dict[Kind, Write] = {
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.INTEGER: str,
    Kind.LAST_DAY: _last_day,
    Kind.YEAR: _year,
}
