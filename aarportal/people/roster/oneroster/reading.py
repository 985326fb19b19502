"""One data file, read from its first line to its last: always to the same rows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from aarportal.people.roster.oneroster.archive import Archive, Limits
from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS,
    Column,
    Kind,
)
from aarportal.people.roster.oneroster.dialects import Dialect
from aarportal.people.roster.oneroster.headers import Header, read_header
from aarportal.people.roster.oneroster.manifest import DELTA
from aarportal.people.roster.oneroster.mending import (
    Beside,
    is_mended,
    mend_alone,
    mend_in_row,
)
from aarportal.people.roster.oneroster.names import called_by
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.repairs import Mode
from aarportal.people.roster.oneroster.rows import (
    AcademicSessionRow,
    ClassRow,
    CourseRow,
    EnrollmentRow,
    OrgRow,
    RoleRow,
    UserRow,
)
from aarportal.people.roster.oneroster.tables import Table
from aarportal.people.roster.oneroster.values import CellError, Read, is_blank, reader_of

GONE = "tobedeleted"

_ROWS: dict[str, type[Any]] = {
    ORGS: OrgRow,
    ACADEMIC_SESSIONS: AcademicSessionRow,
    COURSES: CourseRow,
    CLASSES: ClassRow,
    USERS: UserRow,
    ROLES: RoleRow,
    ENROLLMENTS: EnrollmentRow,
}


@dataclass(frozen=True, slots=True)
class Source:
    """What all files of a bundle are read with.

    Attributes:
        identifiers: Org -> 学校コード, which grows while orgs.csv is read.
    """

    archive: Archive
    limits: Limits
    dialect: Dialect
    modes: Mapping[str, str]
    mode: Mode
    identifiers: dict[str, str] = field(default_factory=dict)


class Record(NamedTuple):
    """A line of a data file.

    Attributes:
        values: The filled cells by the field of the row; by the name of the column where the file
            is not carried.
        is_good: Whether a row can be made of them.
    """

    line: int
    cells: list[str]
    values: dict[str, Any]
    is_good: bool


class _Cell(NamedTuple):
    """Where a column stands, and how it is read."""

    place: int
    column: Column
    read: Read | None
    key: str
    may_be_mended: tuple[bool, bool]


class Pass:
    """One reading of a file.

    Attributes:
        references: Columns that point at other rows, with their keys in the values of a record.
        is_whole: Known at the end: whether every line was read and had an id.
        refused: Known at the end: filled cells of columns that are not carried.
    """

    def __init__(self, source: Source, file: str, log: ProblemLog) -> None:
        """Prepare to read; problems and repairs go to `log`."""
        self._source = source
        self._file = file
        self._log = log
        self._is_delta = source.modes[file] == DELTA
        self._header: Header | None = None
        self._cells: tuple[_Cell, ...] = ()
        self._places: dict[str, int] = {}
        self.references: tuple[tuple[Column, str], ...] = ()
        self.is_whole = False
        self.refused: Counter[str] = Counter()

    def records(self) -> Iterator[Record]:
        """Each line that has as many cells as it must."""
        source, log = self._source, self._log
        with source.archive.open(self._file) as stream:
            table = Table(self._file, stream, source.limits.line_bytes, log, source.mode)
            if not table.header or not self._read_header(table):
                return
            is_empty, has_ids = True, True
            for line, cells in table.rows():
                is_empty = False
                record = self._record(line, cells)
                has_ids = has_ids and "sourced_id" in record.values
                yield record
            if is_empty and table.is_whole:
                log.add(self._file, 0, "", "file_no_rows")
            self.is_whole = table.is_whole and has_ids and not is_empty

    def row(self, record: Record, decided: Mapping[str, Any]) -> Any:
        """The row of a good record of a carried file."""
        header = self._header
        values = {**record.values, **decided}
        if header and header.extra:
            values["extra"] = {n: record.cells[i] for i, n in header.extra if record.cells[i]}
        if self._file == USERS:
            for name in called_by(values):
                self.refused[name] += 1
        return _ROWS[self._file](**values)

    def _read_header(self, table: Table) -> bool:
        source = self._source
        columns = source.dialect.files[self._file]
        if self._is_delta:
            states = (Kind.STATUS, Kind.MODIFIED)
            columns = tuple(replace(c, required=c.required or c.kind in states) for c in columns)
        header = read_header(self._file, table.header, columns, self._log, source.mode)
        if header is None:
            return False
        self._header = header
        if source.mode is Mode.TOLERANT:
            table.fewest_cells = header.fewest_cells
        is_carried = self._file in _ROWS
        self._cells = tuple(
            _Cell(
                index,
                column,
                reader_of(column, is_japanese=source.dialect.is_japanese, is_delta=self._is_delta),
                column.field if is_carried else _KEYS.get(column.name, column.name),
                is_mended(column),
            )
            for index, column in header.columns
            if column.kind is not Kind.REFUSED
        )
        self._places = {cell.column.name: cell.place for cell in self._cells}
        self.references = tuple((c.column, c.key) for c in self._cells if c.column.target)
        return True

    def _record(self, line: int, cells: list[str]) -> Record:
        if self._source.mode is Mode.TOLERANT:
            self._mend(line, cells)
        values: dict[str, Any] = {}
        is_good = bool(self._header and self._header.is_complete)
        for place, column, read, key, _ in self._cells:
            cell = cells[place]
            if is_blank(cell):
                if column.required:
                    is_good = False
                    self._log.add(self._file, line, column.name, "value_required")
            elif read is None:
                values[key] = cell
            else:
                try:
                    values[key] = read(cell)
                except CellError as error:
                    is_good = False
                    self._log.add(self._file, line, column.name, error.rule, error.detail)
                    if column.kind is Kind.ID:
                        # Others may point at it; one problem is enough.
                        values[key] = cell
        for index, name in self._header.refused if self._header else ():
            if not is_blank(cells[index]):
                self.refused[name] += 1
        return Record(line, cells, values, is_good)

    def _mend(self, line: int, cells: list[str]) -> None:
        """Mend the cells of a line in place."""
        dialect = self._source.dialect
        for cell in self._cells:
            written = cells[cell.place]
            stripped = written.strip()
            if stripped != written:
                cells[cell.place] = stripped
                self._log.repair(self._file, line, cell.column.name, "spaces")
            if cell.may_be_mended[0]:
                mended = mend_alone(
                    cell.column, stripped, is_japanese=dialect.is_japanese, is_delta=self._is_delta
                )
                self._take(line, cells, cell, mended)
        beside = Beside(
            self._file,
            lambda name: cells[self._places[name]] if name in self._places else "",
            self._source.identifiers,
        )
        for cell in self._cells:
            if cell.may_be_mended[1]:
                mended = mend_in_row(
                    cell.column, cells[cell.place], beside, is_japanese=dialect.is_japanese
                )
                self._take(line, cells, cell, mended)

    def _take(
        self, line: int, cells: list[str], cell: _Cell, mended: tuple[str, str] | None
    ) -> None:
        if mended is None:
            return
        rule, text = mended
        column = cell.column
        hidden = column.is_private or column.kind is Kind.NAME
        detail = "…" if hidden else cells[cell.place]
        cells[cell.place] = text
        self._log.repair(self._file, line, column.name, rule, detail)


#: The id of a row goes by one key in every file.
_KEYS = {"sourcedId": "sourced_id", "status": "status"}
