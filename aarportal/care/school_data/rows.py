"""The rows of a file, read from the beginning to the end, slice by slice; pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeAlias
from uuid import UUID

from aarportal.care.school_data.columns import PERSON_COLUMNS, ColumnsSaid, PersonKind
from aarportal.care.school_data.kinds import CellProblem, Cells, Kind, Reading
from aarportal.care.school_data.persons import PersonSaid, class_key, class_of
from aarportal.core.tables.cells import is_total
from aarportal.core.tables.dates import plain
from aarportal.core.tables.sheets import Row, Sheet

#: The pupil whom a row means within some days, or why nobody is (see `persons.Directory.find`).
Whose: TypeAlias = Callable[[PersonSaid, date, date], UUID | str]

_PERSON = tuple(column.key for column in PERSON_COLUMNS)


@dataclass(frozen=True, slots=True)
class RowSaid:
    """What a row says.

    Attributes:
        line: Where it begins, as an editor counts.
        person: Whose it is.
        reading: None where something is wrong with it, or where it only sums up others.
        problems: What is wrong with it.
        is_repeated: Whether an earlier row of the file says the same.
    """

    line: int
    person: PersonSaid
    reading: Reading | None
    problems: tuple[CellProblem, ...] = ()
    is_repeated: bool = False

    @property
    def is_left_out(self) -> bool:
        """Whether it only sums up others."""
        return self.reading is None and not self.problems


class Rows:
    """The rows of one file.

    Every row is read twice: rows that say different things about the same have to be known before
    the first of them is taken, wherever in the file they stand and however they name their pupil.
    """

    def __init__(  # noqa: PLR0913 - what a file does not say itself
        self,
        sheet: Sheet,
        kind: Kind,
        said: ColumnsSaid,
        whose: Whose,
        *,
        not_after: date,
        at_once: int,
    ) -> None:
        """Nothing is handed out yet.

        Args:
            sheet: The file.
            kind: What kind of table it is.
            said: Which column holds what.
            whose: The pupil that a row means.
            not_after: A later day is a problem.
            at_once: Rows of a slice.
        """
        self.next = 0
        self.count = len(sheet.rows)
        self._sheet, self._kind, self._said, self._whose = sheet, kind, said, whose
        self._not_after, self._at_once = not_after, at_once
        self._places = {
            key: sheet.headers.index(name)
            for key, name in said.columns.items()
            if name in sheet.headers
        }
        self._clashing = self._find_clashing()
        self._outcomes = self._checked()

    def slice(self, first: int) -> list[RowSaid]:
        """The next rows, from the place `first` on; that place may not lie behind."""
        for _ in islice(self._outcomes, first - self.next):
            pass
        found = list(islice(self._outcomes, self._at_once))
        self.next = first + len(found)
        return found

    def _find_clashing(self) -> set[object]:
        """What several rows say differently."""
        seen: dict[object, int] = {}
        clashing: set[object] = set()
        for said in self._read_all():
            for key, values in self._told(said):
                if seen.setdefault(key, hash(values)) != hash(values):
                    clashing.add(key)
        return clashing

    def _checked(self) -> Iterator[RowSaid]:
        """Every row, those that clash as problems."""
        seen: set[object] = set()
        for said in self._read_all():
            told = self._told(said)
            if any(key in self._clashing for key, _ in told):
                yield RowSaid(said.line, said.person, None, (CellProblem("", "row_twice"),))
            elif told and all(key in seen for key, _ in told):
                yield RowSaid(said.line, said.person, said.reading, (), is_repeated=True)
            else:
                seen.update(key for key, _ in told)
                yield said

    def _read_all(self) -> Iterator[RowSaid]:
        for row in self._sheet.rows:
            yield self._read(row)

    def _read(self, row: Row) -> RowSaid:
        said = {
            key: row.cells[place] for key, place in self._places.items() if place < len(row.cells)
        }
        if is_total(row.cells[0]) or any(is_total(said.get(key, "")) for key in _PERSON):
            return RowSaid(row.line, PersonSaid(), None)
        choices = self._said.choices_for(self._kind)
        cells = Cells(said, choices, self._not_after, self._said.spreadsheet_days)
        if any(row.cells[len(self._sheet.headers) :]):
            cells.refuse("", "row_long")
        person = self._person(cells, said)
        reading = self._kind.read(cells)
        if cells.problems:
            return RowSaid(row.line, person, None, tuple(cells.problems))
        return RowSaid(row.line, person, reading)

    def _person(self, cells: Cells, said: Mapping[str, str]) -> PersonSaid:
        if self._said.person_kind is not PersonKind.SEAT:
            return PersonSaid(plain(cells.needed("person")))
        if "class_title" in said:
            seat = class_key(cells.needed("class_title"))
        else:
            seat = class_of(cells.needed("grade"), cells.needed("group"))
        number = cells.count("number") if cells.needed("number") else None
        return PersonSaid("", seat, number, cells.needed("name"))

    def _told(self, said: RowSaid) -> list[tuple[object, object]]:
        """What a row says: (about whom and what, the values)."""
        reading = said.reading
        if reading is None:
            return []
        found = self._whose(said.person, reading.first_on, reading.ends_before)
        # Whoever is nobody here is told from others by the words alone.
        person = found if isinstance(found, UUID) else said.person
        return [
            (
                (person, fact.table, tuple(fact.key.values())),
                tuple(fact.values.values()) if fact.values is not None else None,
            )
            for fact in reading.facts
        ]
