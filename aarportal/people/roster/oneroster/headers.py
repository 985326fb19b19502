"""The header of a data file: which cell of a row is which column of the dialect."""

import re
from dataclasses import dataclass

from aarportal.people.roster.oneroster.columns import Column, Columns, Kind
from aarportal.people.roster.oneroster.dialects import (
    OBSOLETE_COLUMNS,
    REFUSED_JAPANESE_WORDS,
    REFUSED_WORDS,
)
from aarportal.people.roster.oneroster.problems import ProblemLog

_METADATA = "metadata."
#: The words of a camelCase name: SSID, kana, Given, 2.
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand in a row, counted from 0."""

    columns: tuple[tuple[int, Column], ...]
    extra: tuple[tuple[int, str], ...]
    """Unknown metadata columns, which are kept under their name."""
    refused: tuple[tuple[int, str], ...]
    """Columns whose cells are counted and left."""
    is_complete: bool
    """Whether all required columns are there, so that rows can be made."""


def read_header(file: str, names: list[str], columns: Columns, log: ProblemLog) -> Header | None:
    """Find the columns; None when the first line is no header of this file at all."""
    if len(names) == 1 and any(mark in names[0] for mark in ";\t"):
        log.add(file, 1, "", "csv_separator")
        return None
    by_name = {name: column for column in columns for name in (column.name, *column.aliases)}
    by_small = {name.lower(): name for name in by_name}
    found: dict[str, int] = {}
    extra: list[tuple[int, str]] = []
    refused: list[tuple[int, str]] = []
    seen: set[str] = set()
    for index, written in enumerate(names):
        name = written if written in by_name else by_small.get(written.lower(), written)
        column = by_name.get(name)
        # Two spellings of one column are one column.
        identity = column.name if column else written
        if identity in seen:
            log.add(file, 1, written, "header_twice")
            continue
        seen.add(identity)
        if column is not None:
            if name != written:
                log.add(file, 1, written, "header_case", name)
            found[column.name] = index
        elif written.startswith(_METADATA) and len(written) > len(_METADATA):
            (refused if _is_refused(written) else extra).append((index, written))
        elif written in OBSOLETE_COLUMNS.get(file, ()):
            log.add(file, 1, written, "header_obsolete")
            refused.append((index, written))
        else:
            log.add(file, 1, written, "header_unknown", written)
    if "sourcedId" not in found:
        log.add(file, 1, "sourcedId", "header_missing", "sourcedId")
        return None
    _check_missing(file, found, columns, log)
    _check_order(file, names, found, columns, log)
    refused += [
        (found[column.name], column.name)
        for column in columns
        if column.name in found and column.kind is Kind.REFUSED
    ]
    return Header(
        columns=tuple((found[c.name], c) for c in columns if c.name in found),
        extra=tuple(extra),
        refused=tuple(refused),
        is_complete=all(c.name in found for c in columns if c.required),
    )


def _check_missing(file: str, found: dict[str, int], columns: Columns, log: ProblemLog) -> None:
    for column in columns:
        if column.name in found:
            continue
        if column.required:
            log.add(file, 1, column.name, "header_missing", column.name)
        elif not column.is_metadata and column.name not in OBSOLETE_COLUMNS.get(file, ()):
            log.add(file, 1, column.name, "header_optional_missing", column.name)


def _check_order(
    file: str, names: list[str], found: dict[str, int], columns: Columns, log: ProblemLog
) -> None:
    """Name the first column that is out of its place, and metadata that is not on the right."""
    right = [c.name for c in columns if c.name in found and not c.is_metadata]
    given = sorted(right, key=found.__getitem__)
    place = next((i for i, name in enumerate(given) if name != right[i]), -1)
    if place >= 0:
        # Either this one came too early, or the one that belongs here went to the right.
        came_early = given[place + 1] == right[place]
        wrong = given[place] if came_early else right[place]
        log.add(file, 1, wrong, "header_order", str(right.index(wrong) + 1))
    last = max(
        (index for name, index in found.items() if not name.startswith(_METADATA)), default=-1
    )
    for index, written in enumerate(names[:last]):
        if written.startswith(_METADATA):
            log.add(file, 1, names[index], "header_metadata_place")
            break


def _is_refused(name: str) -> bool:
    words = {word.lower() for word in _WORDS.findall(name)}
    return not words.isdisjoint(REFUSED_WORDS) or any(
        word in name for word in REFUSED_JAPANESE_WORDS
    )
