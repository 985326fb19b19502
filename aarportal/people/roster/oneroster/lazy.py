"""Rows that are read from the zip each time somebody goes through them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar, cast, overload

from aarportal.people.roster.oneroster.decisions import Decisions
from aarportal.people.roster.oneroster.home_classes import HomeClasses
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.reading import Pass, Record, Source
from aarportal.people.roster.oneroster.rows import UserRow

RowT = TypeVar("RowT")


class Rows(Sequence[RowT]):
    """The rows of one file of a checked bundle, none of which is kept.

    Going through them reads the zip again; so does asking for one of them, up to that one. The
    file that was given to `read_bundle` must be open as long.
    """

    def __init__(
        self, source: Source, file: str, decisions: Decisions, homes: HomeClasses, count: int
    ) -> None:
        """Remember where to read; `count` rows were found when everything was checked."""
        self._source = source
        self._file = file
        self._decisions = decisions
        self._homes = homes
        self._count = count

    def __len__(self) -> int:
        """How many rows there are, without reading."""
        return self._count

    def __iter__(self) -> Iterator[RowT]:
        """Read the rows in the order of the file."""
        reading = Pass(self._source, self._file, _silence())
        for record in reading.records():
            if not self._decisions.is_skipped(self._file, record.line):
                yield self._row(reading, record)

    @overload
    def __getitem__(self, index: int) -> RowT: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RowT]: ...
    def __getitem__(self, index: int | slice) -> RowT | Sequence[RowT]:
        """One row or some."""
        if isinstance(index, slice):
            return tuple(self)[index]
        place = range(self._count)[index]
        return next(islice(self, place, None))

    def __eq__(self, other: object) -> bool:
        """Whether the other sequence has the same rows in the same order."""
        if not isinstance(other, Sequence):
            return NotImplemented
        pairs = zip(self, other, strict=True)
        return len(self) == len(other) and all(mine == theirs for mine, theirs in pairs)

    #: Like other sequences whose rows may be many, it is no key.
    __hash__ = None  # type: ignore[assignment] # as a list

    def __repr__(self) -> str:
        """The file and the count: rows are about people, and this may land in a log."""
        return f"<{self._count} rows of {self._file}>"

    def _row(self, reading: Pass, record: Record) -> RowT:
        row = reading.row(record, self._decisions.values(self._file, record.line))
        if isinstance(row, UserRow) and row.home_class:
            found = self._homes.find(record.line, row, _silence())
            row = replace(row, home_class_sourced_id=found)
        return cast(RowT, row)


def _silence() -> ProblemLog:
    """A log that keeps nothing: all was told when the bundle was checked."""
    return ProblemLog(0, 0)
