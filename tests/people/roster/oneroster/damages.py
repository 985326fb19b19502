"""Ways to damage a valid bundle, and to ask the reader what it found."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from aarportal.people.roster.oneroster.bundle import Bundle, Limits, Rejection, read_bundle
from aarportal.people.roster.oneroster.dialects import Dialect
from tests.people.roster.oneroster.bundles import (
    Cells,
    Tables,
    manifest_of,
    pack,
    tables_of,
    write_csv,
)

Files = dict[str, bytes]
Damage = Callable[[Tables], object]


def cell(file: str, line: int, column: str, value: str) -> Damage:
    """Write `value` into one cell; lines as in an editor, the header being 1."""

    def damage(tables: Tables) -> None:
        table = tables[file]
        table[line - 1][table[0].index(column)] = value

    return damage


def both(*damages: Damage) -> Damage:
    """Several damages at once."""
    return lambda tables: [damage(tables) for damage in damages]


def header(file: str, change: Callable[[list[str]], object]) -> Damage:
    """Change the names in the header in place."""
    return lambda tables: change(tables[file][0])


def renamed(file: str, old: str, new: str) -> Damage:
    return header(file, lambda names: names.__setitem__(names.index(old), new))


def without_column(file: str, column: str) -> Damage:
    def damage(tables: Tables) -> None:
        place = tables[file][0].index(column)
        for row in tables[file]:
            del row[place]

    return damage


def with_column(file: str, column: str, value: str, place: int | None = None) -> Damage:
    def damage(tables: Tables) -> None:
        for i, row in enumerate(tables[file]):
            row.insert(len(row) if place is None else place, value if i else column)

    return damage


def moved(file: str, column: str, place: int) -> Damage:
    def damage(tables: Tables) -> None:
        old = tables[file][0].index(column)
        for row in tables[file]:
            row.insert(place, row.pop(old))

    return damage


def appended(file: str, line: int, **cells: str) -> Damage:
    """Repeat a line at the end with some cells changed."""

    def damage(tables: Tables) -> None:
        table = tables[file]
        row = dict(zip(table[0], table[line - 1], strict=True)) | cells
        table.append([row[name] for name in table[0]])

    return damage


def read(content: bytes, limits: Limits | None = None, **how: Any) -> Bundle | Rejection:
    return read_bundle(io.BytesIO(content), limits or Limits(), **how)


def places(content: bytes, limits: Limits | None = None) -> list[tuple[str, int, str, str]]:
    """File, line, column and rule of all problems."""
    result = read(content, limits)
    assert isinstance(result, Rejection)
    return [(p.file, p.line, p.column, p.rule) for p in result.problems]


def damaged(
    dialect: Dialect, damage: Damage, rows: Mapping[str, list[Cells]] | None = None
) -> bytes:
    tables = tables_of(dialect, rows)
    damage(tables)
    files = {file: write_csv(table) for file, table in tables.items()}
    manifest = manifest_of(dialect, files)
    table = [["propertyName", "value"], *([*cells.values()] for cells in manifest)]
    return pack({"manifest.csv": write_csv(table), **files})


U, O, S, C, K, R, E = (  # noqa: E741 - the tables below stay readable
    "users.csv",
    "orgs.csv",
    "academicSessions.csv",
    "courses.csv",
    "classes.csv",
    "roles.csv",
    "enrollments.csv",
)
NO_ONE = "00000000-0000-4000-8000-000000000000"
KANA = "metadata.jp.kanaGivenName"
HOME = "metadata.jp.homeClass"


def text(file: str, change: Callable[[bytes], bytes]) -> Callable[[Files], object]:
    return lambda files: files.__setitem__(file, change(files[file]))


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


def line_of(content: bytes, number: int) -> bytes:
    return content.split(b"\r\n")[number - 1]


def cut_cell(number: int) -> Callable[[bytes], bytes]:
    """Drop the last cell of a line."""
    return lambda content: content.replace(
        line_of(content, number), line_of(content, number).rpartition(b",")[0], 1
    )


def extra_cell(number: int) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(
        line_of(content, number), line_of(content, number) + b',"x"', 1
    )


def only_header(content: bytes) -> bytes:
    return line_of(content, 1) + b"\r\n"
