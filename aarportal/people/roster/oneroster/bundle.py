"""A OneRoster 1.2 bulk zip -> rows, or every problem that stands in the way.

Pure: it reads the bytes it is given and nothing else. Rows come only when there is no problem at
all. Delta bundles are recognised and named as not readable here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from aarportal.people.roster.oneroster.archive import Archive, Limits, open_archive
from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    BASE_FILES,
    CARRIED,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    MANIFEST,
    ORGS,
    ROLES,
    USERS,
    Column,
    Kind,
)
from aarportal.people.roster.oneroster.consistency import Consistency
from aarportal.people.roster.oneroster.dialects import DIALECTS, Dialect
from aarportal.people.roster.oneroster.headers import Header, read_header
from aarportal.people.roster.oneroster.manifest import Manifest, read_manifest
from aarportal.people.roster.oneroster.problems import Problem, ProblemLog
from aarportal.people.roster.oneroster.relations import Relations
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

DEFAULT_LIMITS = Limits()

_ROWS: dict[str, type[Any]] = {
    ORGS: OrgRow,
    ACADEMIC_SESSIONS: AcademicSessionRow,
    COURSES: CourseRow,
    CLASSES: ClassRow,
    USERS: UserRow,
    ROLES: RoleRow,
    ENROLLMENTS: EnrollmentRow,
}
_JAPANESE_MARK = b"metadata.jp."
_ORDER = {file: place for place, file in enumerate(("", MANIFEST, *CARRIED))}


@dataclass(frozen=True, slots=True)
class Refused:
    """Data that the bundle brought and that was not carried: filled cells, or rows of a file.

    Attributes:
        column: Empty when the whole file was left; then `count` counts its rows.
    """

    file: str
    column: str
    count: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """The rows of a bundle without any problem.

    Attributes:
        dialect: Which of `DIALECTS` it was written in.
        files: Data files that it brought; a type of row whose file is absent was not updated.
        modes: Data file -> `bulk` or `delta`.
        refused: What was left out on purpose, for the person who sent the bundle.
        warnings: What is not as the standard says but certain in its meaning.
    """

    dialect: Dialect
    source_system_name: str
    source_system_code: str
    files: frozenset[str]
    modes: Mapping[str, str]
    orgs: tuple[OrgRow, ...]
    academic_sessions: tuple[AcademicSessionRow, ...]
    courses: tuple[CourseRow, ...]
    classes: tuple[ClassRow, ...]
    users: tuple[UserRow, ...]
    roles: tuple[RoleRow, ...]
    enrollments: tuple[EnrollmentRow, ...]
    refused: tuple[Refused, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """All that is wrong with a bundle, in the order of its files and lines.

    Attributes:
        unlisted: How many more problems and warnings there are than could be listed.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unlisted: int


def read_bundle(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Bundle | Rejection:
    """Read the zip in a seekable binary file; whatever the bytes are, nothing is raised."""
    log = ProblemLog(limits.problems_of_a_kind, limits.problems)
    bundle = _read(file, limits, log)
    if bundle is not None and not log.problems:
        return bundle
    return Rejection(_sorted(log.problems), _sorted(log.warnings), log.unlisted)


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    last = len(_ORDER)
    return tuple(sorted(problems, key=lambda p: (_ORDER.get(p.file, last), p.file, p.line)))


def _read(file: BinaryIO, limits: Limits, log: ProblemLog) -> Bundle | None:
    archive = open_archive(file, limits, log)
    if archive is None:
        return None
    manifest = read_manifest(archive, limits, log)
    if manifest is None:
        return None
    dialect = _dialect_of(archive, manifest)
    for name in dialect.required_files:
        if name not in archive.names and name not in manifest.announced:
            log.add("", 0, "", "file_required", name)
    absent = BASE_FILES.keys() - archive.names - manifest.announced
    relations = Relations(absent, log)
    consistency = Consistency(relations, log, is_japanese=dialect.is_japanese)
    reading = _Reading(archive, limits, dialect, relations, consistency, log)
    rows = {name: reading.rows(name) for name in CARRIED if name in manifest.files}
    for name in sorted(manifest.files.difference(CARRIED)):
        reading.count(name)
    relations.close()
    consistency.close()
    return Bundle(
        dialect=dialect,
        source_system_name=manifest.source_system_name,
        source_system_code=manifest.source_system_code,
        files=manifest.files,
        modes=dict.fromkeys(manifest.files, "bulk"),
        orgs=rows.get(ORGS, ()),
        academic_sessions=rows.get(ACADEMIC_SESSIONS, ()),
        courses=rows.get(COURSES, ()),
        classes=rows.get(CLASSES, ()),
        users=rows.get(USERS, ()),
        roles=rows.get(ROLES, ()),
        enrollments=rows.get(ENROLLMENTS, ()),
        refused=tuple(Refused(*where, count) for where, count in reading.refused.items()),
        warnings=_sorted(log.warnings),
    )


def _dialect_of(archive: Archive, manifest: Manifest) -> Dialect:
    """The dialect: the version alone does not tell a Japanese bundle from a base one."""
    is_japanese = any(
        _JAPANESE_MARK in archive.first_line(name)
        for name in (CLASSES, USERS, ENROLLMENTS)
        if name in manifest.files
    )
    fitting = [dialect for dialect in DIALECTS if dialect.version == manifest.version]
    return next((one for one in fitting if one.is_japanese is is_japanese), fitting[-1])


@dataclass(frozen=True, slots=True)
class _Cells:
    """How the rows of one file are read: the place of each column that is carried or checked."""

    read: tuple[tuple[int, Column, Read | None], ...]
    references: tuple[Column, ...]


@dataclass(slots=True)
class _Reading:
    """The reading of one bundle."""

    archive: Archive
    limits: Limits
    dialect: Dialect
    relations: Relations
    consistency: Consistency
    log: ProblemLog
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def rows(self, file: str) -> tuple[Any, ...]:
        """The rows of a file; those with a problem are missing."""
        self.relations.begin(file)
        rows = []
        is_whole = False
        with self.archive.open(file) as stream:
            table = Table(file, stream, self.limits.line_bytes, self.log)
            header = self._header(file, table)
            if header is not None:
                cells_of = self._cells(header)
                is_empty, has_ids = True, True
                for line, cells in table.rows():
                    is_empty = False
                    values, is_good = self._values(file, line, cells, cells_of)
                    sourced_id = values.get("sourced_id")
                    has_ids = has_ids and sourced_id is not None
                    if sourced_id is not None:
                        self.relations.meet(file, line, sourced_id)
                    for column in cells_of.references:
                        if column.field in values:
                            self.relations.refer(file, line, column, values[column.field])
                    self._count_refused(file, cells, header)
                    if not (is_good and header.is_complete):
                        self.consistency.miss(file)
                    else:
                        if header.extra:
                            values["extra"] = {n: cells[i] for i, n in header.extra if cells[i]}
                        row = _ROWS[file](**values)
                        rows.append(self.consistency.check(file, line, row))
                if is_empty and table.is_whole:
                    self.log.add(file, 0, "", "file_no_rows")
                is_whole = table.is_whole and has_ids and not is_empty
        self.relations.end(file, is_whole=is_whole)
        return tuple(rows)

    def count(self, file: str) -> None:
        """Check the shape of a file that is not carried, and count its rows."""
        with self.archive.open(file) as stream:
            table = Table(file, stream, self.limits.line_bytes, self.log)
            if self._header(file, table) is None:
                return
            count = sum(1 for _ in table.rows())
        if count:
            self.refused[file, ""] = count
        elif table.is_whole:
            self.log.add(file, 0, "", "file_no_rows")

    def _header(self, file: str, table: Table) -> Header | None:
        if not table.header:
            return None
        return read_header(file, table.header, self.dialect.files[file], self.log)

    def _cells(self, header: Header) -> _Cells:
        read = tuple(
            (index, column, reader_of(column, is_japanese=self.dialect.is_japanese))
            for index, column in header.columns
            if column.field or column.kind is Kind.BLANK
        )
        return _Cells(read, tuple(column for _, column, _ in read if column.target))

    def _values(
        self, file: str, line: int, cells: list[str], cells_of: _Cells
    ) -> tuple[dict[str, Any], bool]:
        """The filled cells by the field of the row, and whether a row can be made of them."""
        values: dict[str, Any] = {}
        is_good = True
        for index, column, read in cells_of.read:
            cell = cells[index]
            if is_blank(cell):
                if column.required:
                    is_good = False
                    self.log.add(file, line, column.name, "value_required")
            elif read is None:
                values[column.field] = cell
            else:
                try:
                    values[column.field] = read(cell)
                except CellError as error:
                    is_good = False
                    self.log.add(file, line, column.name, error.rule, error.detail)
                    if column.kind is Kind.ID:
                        # Others may point at it; one problem is enough.
                        values[column.field] = cell
        return values, is_good

    def _count_refused(self, file: str, cells: list[str], header: Header) -> None:
        for index, name in header.refused:
            if not is_blank(cells[index]):
                self.refused[file, name] += 1
