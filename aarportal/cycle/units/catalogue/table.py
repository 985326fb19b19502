"""Reads the catalogue of a learning app from CSV; pure.

The columns are kind, value, subject, code, unit_title, in any order; the last three may be missing.
A line looks like this: `prefix,https://drill.example/p4/division/,算数,8250243130000000,わり算`.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aarportal.core.tables.sheets import is_something_else
from aarportal.cycle.units.catalogue.choosing import KINDS
from aarportal.cycle.units.curriculum.codes import is_code

COLUMNS = ("kind", "value", "subject", "code", "unit_title")
_NEEDED = {"kind", "value"}
#: As long as a record's name of an activity can be.
MAX_VALUE = 250
MAX_UNIT_TITLE = 60
MAX_LINES = 20_000
#: Every record is held against all of them.
MAX_PREFIXES = 1_000


@dataclass(frozen=True)
class Line:
    """One line of a catalogue.

    Attributes:
        kind: One of `choosing.KINDS`.
        value: See `CatalogueEntry.value`.
        subject: Key of the subject; empty when the line names none.
        code: 学習指導要領コード; empty for none.
        unit_title: Empty for none.
    """

    kind: str
    value: str
    subject: str = ""
    code: str = ""
    unit_title: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be taken.

    Attributes:
        line: Where it begins in the file, from 1.
        rule: `encoding`, `csv`, `columns`, `kind`, `value`, `subject`, `code`, `unit_title`,
            `nothing`, `repeated` or `too_many`.
        value: What stands there.
    """

    line: int
    rule: str
    value: str


@dataclass
class Sheet:
    """What a file holds."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(data: bytes, subject_key: Callable[[str], str | None]) -> Sheet:
    """Read a catalogue.

    Args:
        data: UTF-8, with or without a mark, or CP932.
        subject_key: The key of a subject by its name, its key or another system's code for it.
    """
    sheet = Sheet()
    text = _decoded(data)
    if text is None:
        sheet.problems.append(Problem(1, "encoding", ""))
        return sheet
    try:
        _read_lines(csv.reader(io.StringIO(text, newline="")), subject_key, sheet)
    except csv.Error as error:
        sheet.problems.append(Problem(len(sheet.lines) + 1, "csv", str(error)))
    return sheet


def _read_lines(reader: Any, subject_key: Callable[[str], str | None], sheet: Sheet) -> None:
    names = [name.strip().lower() for name in next(reader, [])]
    if not _NEEDED.issubset(names):
        sheet.problems.append(Problem(1, "columns", ", ".join(names)[:MAX_VALUE]))
        return
    begun = reader.line_num + 1
    seen: set[tuple[str, str]] = set()
    prefixes = 0
    for cells in reader:
        at, begun = begun, reader.line_num + 1
        values = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        if not any(values.values()):
            continue
        line, rule = _line(values, subject_key)
        prefixes += line.kind == "prefix"
        if len(seen) >= MAX_LINES or prefixes > MAX_PREFIXES:
            sheet.problems.append(Problem(at, "too_many", line.value[:MAX_VALUE]))
            return
        key = (line.kind, line.value)
        rule = rule or ("repeated" if key in seen else "")
        seen.add(key)
        if rule:
            sheet.problems.append(Problem(at, rule, values.get(rule, line.value)[:MAX_VALUE]))
        else:
            sheet.lines.append(line)


def _decoded(data: bytes) -> str | None:
    if b"\0" in data or is_something_else(data):
        return None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _line(values: Mapping[str, str], subject_key: Callable[[str], str | None]) -> tuple[Line, str]:
    """The line, and the rule that it breaks."""
    kind, value, named, code, title = (values.get(column, "") for column in COLUMNS)
    subject = subject_key(named) if named else ""
    line = Line(kind, value, subject or "", code, title)
    broken = {
        "kind": kind not in KINDS,
        "value": not value or len(value) > MAX_VALUE or not value.isprintable(),
        "subject": subject is None,
        "code": bool(code) and not is_code(code),
        "unit_title": len(title) > MAX_UNIT_TITLE or not title.isprintable(),
        "nothing": not (named or code),
    }
    return line, next((rule for rule, is_broken in broken.items() if is_broken), "")
