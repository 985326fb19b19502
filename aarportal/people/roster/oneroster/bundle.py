"""A OneRoster 1.2 zip -> rows, or every problem that stands in the way.

Pure: it reads the bytes it is given and nothing else. Rows come only when there is no problem at
all, and then they are read from the zip again each time somebody goes through them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, TypeVar

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
)
from aarportal.people.roster.oneroster.consistency import Consistency
from aarportal.people.roster.oneroster.decisions import Decisions
from aarportal.people.roster.oneroster.dialects import DIALECTS, Dialect
from aarportal.people.roster.oneroster.home_classes import HomeClasses
from aarportal.people.roster.oneroster.keys import KeyTable
from aarportal.people.roster.oneroster.lazy import Rows
from aarportal.people.roster.oneroster.manifest import DELTA, Manifest, read_manifest
from aarportal.people.roster.oneroster.problems import Problem, ProblemLog
from aarportal.people.roster.oneroster.reading import GONE, Pass, Record, Source
from aarportal.people.roster.oneroster.relations import Relations, Standing
from aarportal.people.roster.oneroster.repairs import Mode, Repair
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

DEFAULT_LIMITS = Limits()

_FoundT = TypeVar("_FoundT", Problem, Repair)

_JAPANESE_MARK = b"metadata.jp."
_JAPANESE_LAST_DAY = b"-03-31"
_ORDER = {file: place for place, file in enumerate(("", MANIFEST, *BASE_FILES))}


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
        modes: File -> bulk (it is the reference) or delta (only what changed), for each of `files`.
        courses: Like all that follow, read from the zip again each time somebody goes through it.
        refused: What was left out on purpose, for the person who sent the bundle.
        warnings: What is not as the standard says but certain in its meaning.
        repairs: What tolerant reading mended; always empty in strict mode.
        unlisted: How many more warnings and repairs there are than could be listed.
    """

    dialect: Dialect
    source_system_name: str
    source_system_code: str
    files: frozenset[str]
    modes: Mapping[str, str]
    orgs: tuple[OrgRow, ...]
    academic_sessions: tuple[AcademicSessionRow, ...]
    courses: Sequence[CourseRow]
    classes: Sequence[ClassRow]
    users: Sequence[UserRow]
    roles: Sequence[RoleRow]
    enrollments: Sequence[EnrollmentRow]
    refused: tuple[Refused, ...]
    warnings: tuple[Problem, ...]
    repairs: tuple[Repair, ...]
    unlisted: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """All that is wrong with a bundle, in the order of its files and lines.

    Attributes:
        repairs: What tolerant reading could mend beside; always empty in strict mode.
        unlisted: How many more problems, warnings and repairs there are than could be listed.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    repairs: tuple[Repair, ...]
    unlisted: int


def read_bundle(
    file: BinaryIO,
    limits: Limits = DEFAULT_LIMITS,
    *,
    mode: Mode = Mode.STRICT,
    standing: Standing | None = None,
) -> Bundle | Rejection:
    """Read the zip in a seekable binary file; whatever the bytes are, nothing is raised.

    Args:
        file: Must stay open and unchanged as long as the rows of the bundle are used.
        limits: How much is read before the bundle is refused.
        mode: Whether what `REPAIRS` lists is mended, or refused like all the rest.
        standing: Gives the active sourcedIds that the district has of a carried file, which the
            rows of a delta may point at. Asked once a file, and only if a row points beyond the
            bundle. Without it nothing stands.
    """
    log = ProblemLog(limits.problems_of_a_kind, limits.problems)
    bundle = _read(file, limits, mode, standing, log)
    if bundle is not None:
        return bundle
    return Rejection(
        _sorted(log.problems), _sorted(log.warnings), _sorted(log.repairs), log.unlisted
    )


def _sorted(found: list[_FoundT]) -> tuple[_FoundT, ...]:
    last = len(_ORDER)
    return tuple(sorted(found, key=lambda one: (_ORDER.get(one.file, last), one.file, one.line)))


def _read(
    file: BinaryIO, limits: Limits, mode: Mode, standing: Standing | None, log: ProblemLog
) -> Bundle | None:
    archive = open_archive(file, limits, log, mode)
    if archive is None:
        return None
    manifest = read_manifest(archive, limits, log, mode)
    if manifest is None:
        return None
    dialect = _dialect_of(archive, manifest)
    modes = dict(manifest.modes)
    empty = _empty_files(archive, limits, modes, log) if mode is Mode.TOLERANT else frozenset()
    for name in empty:
        del modes[name]
    if DELTA not in manifest.announced.values():
        for name in dialect.required_files:
            is_there = name in archive.names or name in manifest.announced
            if name in empty or not is_there:
                log.add("", 0, "", "file_required", name)
    absent = (BASE_FILES.keys() - archive.names - manifest.announced.keys()) | empty
    decisions = Decisions(mode)
    relations = Relations(modes, absent, standing, decisions, log)
    checking = _Checking(
        Source(archive, limits, dialect, MappingProxyType(modes), mode), relations, decisions, log
    )
    rows = {name: checking.check(name) for name in BASE_FILES if name in modes}
    checking.close()
    if log.problems:
        return None
    return Bundle(
        dialect=dialect,
        source_system_name=manifest.source_system_name,
        source_system_code=manifest.source_system_code,
        files=frozenset(modes),
        modes=MappingProxyType(modes),
        orgs=tuple(rows.get(ORGS, ())),
        academic_sessions=tuple(rows.get(ACADEMIC_SESSIONS, ())),
        courses=rows.get(COURSES, ()),
        classes=rows.get(CLASSES, ()),
        users=rows.get(USERS, ()),
        roles=rows.get(ROLES, ()),
        enrollments=rows.get(ENROLLMENTS, ()),
        refused=tuple(Refused(*where, count) for where, count in checking.refused.items()),
        warnings=_sorted(log.warnings),
        repairs=_sorted(log.repairs),
        unlisted=log.unlisted,
    )


def _dialect_of(archive: Archive, manifest: Manifest) -> Dialect:
    """The dialect: the version alone does not tell a Japanese bundle from a base one."""
    marked = [name for name in (CLASSES, USERS, ENROLLMENTS) if name in manifest.modes]
    is_japanese = any(_JAPANESE_MARK in archive.first_line(name).lower() for name in marked)
    if not marked and manifest.modes.get(ACADEMIC_SESSIONS) == DELTA:
        # A delta may bring no file that could hold a Japanese column: the last day has to tell.
        is_japanese = _JAPANESE_LAST_DAY in archive.beginning(ACADEMIC_SESSIONS)
    fitting = [dialect for dialect in DIALECTS if dialect.version == manifest.version]
    return next((one for one in fitting if one.is_japanese is is_japanese), fitting[-1])


def _empty_files(
    archive: Archive, limits: Limits, files: Mapping[str, str], log: ProblemLog
) -> frozenset[str]:
    """Data files without any line under the header."""
    empty = []
    for file in files:
        with archive.open(file) as stream:
            unheard = ProblemLog(1, 1)
            table = Table(file, stream, limits.line_bytes, unheard, Mode.TOLERANT)
            has_row = next(table.rows(), None) is not None
        if not has_row and all(one.rule == "file_empty" for one in unheard.problems):
            empty.append(file)
            log.repair(file, 0, "", "empty_file")
    return frozenset(empty)


@dataclass(slots=True)
class _Checking:
    """The first reading of a bundle: it checks everything and keeps no row."""

    source: Source
    relations: Relations
    decisions: Decisions
    log: ProblemLog
    homes: HomeClasses = field(init=False)
    consistency: Consistency = field(init=False)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Prepare the checks between rows."""
        self.homes = HomeClasses(self.relations, self.source.mode)
        self.consistency = Consistency(
            self.relations,
            self.homes,
            self.decisions,
            self.log,
            is_japanese=self.source.dialect.is_japanese,
        )

    def check(self, file: str) -> Rows[Any]:
        """Check every line of a file."""
        self.relations.begin(file)
        reading = Pass(self.source, file, self.log)
        lines = KeyTable() if self.source.mode is Mode.TOLERANT else None
        count = 0
        for record in reading.records():
            if self._meet(file, record, lines):
                count += 1
                self._check_record(file, reading, record)
        self.relations.end(file, is_whole=reading.is_whole)
        if file not in CARRIED and count:
            self.refused[file, ""] = count
        elif file in CARRIED:
            self.refused.update({(file, name): n for name, n in reading.refused.items()})
        return Rows(self.source, file, self.decisions, self.homes, count)

    def close(self) -> None:
        """Check what only the last row can show, and forget what reading again does not need."""
        self.relations.close()
        self.consistency.close()
        self.relations.release(kept=CLASSES)

    def _meet(self, file: str, record: Record, lines: KeyTable | None) -> bool:
        """Note the id of a line; False when the whole line stands already and is left out."""
        sourced_id = record.values.get("sourced_id")
        if sourced_id is None:
            return True
        is_gone = record.values.get("status") == GONE
        first = self.relations.meet(file, record.line, sourced_id, is_gone=is_gone)
        same = lines.setdefault(tuple(record.cells), record.line) if lines is not None else 0
        if first == record.line:
            return True
        if same not in (0, record.line):
            self.log.repair(file, record.line, "", "identical_row", str(same))
            self.decisions.skip(file, record.line)
            return False
        self.log.add(file, record.line, "sourcedId", "duplicate_sourced_id", str(first))
        return True

    def _check_record(self, file: str, reading: Pass, record: Record) -> None:
        values, line = record.values, record.line
        stays = values.get("status") != GONE
        if stays:
            for column, key in reading.references:
                if key in values:
                    self.relations.refer(file, line, column, values[key])
        if not record.is_good:
            self.consistency.miss(file)
        elif file in CARRIED:
            row = reading.row(record, self.decisions.values(file, line))
            if file == ORGS:
                self.source.identifiers[row.sourced_id] = row.identifier
            if stays:
                self.consistency.check(file, line, row)
