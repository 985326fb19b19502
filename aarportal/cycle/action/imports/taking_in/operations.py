"""The work on an import, a slice of rows at a time: looked at, taken, taken back.

A slice is one unit of work: statements, the trace of which rows they came from, and how far the
import is are written together or not at all. So whoever is killed can be continued by anybody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import AppScope
from aarportal.core.tables.heads import shown
from aarportal.core.tables.sheets import sniff
from aarportal.cycle.action import connectors
from aarportal.cycle.action.imports import operations, store
from aarportal.cycle.action.imports.models import ImportedRow, TableImport
from aarportal.cycle.action.imports.moving import halt, where_it_was
from aarportal.cycle.action.imports.states import ImportState
from aarportal.cycle.action.intake import matching
from aarportal.cycle.action.intake import store as intake
from aarportal.cycle.action.intake.matching import Directory, Learner
from aarportal.cycle.action.translators import Translated, tables
from aarportal.cycle.action.translators.columns import ColumnMapping, PersonKind, is_known
from aarportal.cycle.action.translators.rows import CellProblem
from aarportal.cycle.action.translators.rules import LEFT_OUT
from aarportal.cycle.action.translators.tables import RowProblem
from aarportal.cycle.action.xapi import operations as xapi
from aarportal.cycle.action.xapi import store as log
from aarportal.cycle.action.xapi.operations import Logged
from aarportal.cycle.action.xapi.statement_comparison import fingerprint, same_fingerprint
from aarportal.cycle.action.xapi.statements import Statement, actor_key, decode_batch

#: Rows of one unit of work: others who write wait no longer than these take.
AT_ONCE = 500
#: Rows of which the page says how they would be taken, and problems that it lists.
ROWS_SHOWN = 20
PROBLEMS_KEPT = 200

#: In whose name imports take statements back.
_OWN_HOME_PAGE = "urn:aarportal:imports"
_VOIDED = "http://adlnet.gov/expapi/verbs/voided"

Outcome = Translated | RowProblem


@dataclass(frozen=True)
class Job:
    """What the work on an import needs to know; copied, so that no session holds it.

    Attributes:
        since: Since when the import is in this state; it is another work when this has changed.
    """

    id: UUID
    app_id: UUID
    state: ImportState
    since: datetime
    progress: int
    encoding: str
    mapping: ColumnMapping
    home_page: str
    home_pages: tuple[str, ...]


@dataclass(frozen=True)
class Fate:
    """What a row would become, or became.

    Attributes:
        line: Where it begins.
        problems: What is wrong with it; nothing else is known then.
        statement: What it says.
        is_repeated: Whether the same statement is here already.
        whose: Whose it is, or why nobody knows.
    """

    line: int
    problems: tuple[CellProblem, ...] = ()
    statement: Statement | None = None
    is_repeated: bool = False
    whose: Learner | str = matching.UNKNOWN_ACTOR


@dataclass
class Summary:
    """What looking at every row has shown so far."""

    rows: int = 0
    good_rows: int = 0
    unknown_rows: int = 0
    repeated: int = 0
    left_out_rows: int = 0
    problem_rows: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def add(self, fates: Sequence[Fate]) -> None:
        """Count some rows more."""
        for fate in fates:
            self.rows += 1
            if fate.problems:
                self._add_problems(fate)
                continue
            self.good_rows += 1
            self.repeated += fate.is_repeated
            self.unknown_rows += isinstance(fate.whose, str) and not fate.is_repeated
            if len(self.preview) < ROWS_SHOWN:
                self.preview.append(_shown(fate))

    def _add_problems(self, fate: Fate) -> None:
        if all(problem.rule in LEFT_OUT for problem in fate.problems):
            self.left_out_rows += 1
            return
        self.problem_rows += 1
        for problem in fate.problems[: PROBLEMS_KEPT - len(self.problems)]:
            column = shown(problem.column)
            said = {"column": column, "rule": problem.rule, "cell": problem.cell}
            self.problems.append({"line": fate.line, **said})


def _shown(fate: Fate) -> dict[str, Any]:
    """A row as it would be taken, as plain values."""
    assert fate.statement is not None
    _, record = connectors.read(fate.statement)
    actor = actor_key(fate.statement.actor)
    assert record is not None
    assert actor is not None
    is_known = isinstance(fate.whose, Learner)
    marked = record.first_attempt_items + record.retry_items
    return {
        "line": fate.line,
        "account": shown(actor.name),
        "student_id": str(fate.whose.student_id) if isinstance(fate.whose, Learner) else "",
        "reason": "" if is_known else fate.whose,
        "day": clock.school_day_of(record.ended_at).isoformat(),
        "title": record.title,
        "subject": record.subject or "",
        "seconds": record.duration_seconds,
        "items": record.items,
        "marked": marked,
        "correct": record.first_attempt_correct + record.retry_correct,
        "points": record.score_raw if not record.items else None,
        "most_points": record.score_max if not record.items else None,
        "is_repeated": fate.is_repeated,
    }


class Rows:
    """The rows of one file, read from the beginning to the end, slice by slice."""

    def __init__(self, job: Job, data: bytes) -> None:
        """Nothing is read yet.

        Raises:
            SheetError: If the file is no table any more.
        """
        self.job = job
        self.next = 0
        sheet = sniff(data, job.mapping.used().values(), job.encoding, is_usual=is_known)
        self.count = len(sheet.rows)
        self._outcomes: Iterator[Outcome] = tables.translate(
            sheet,
            job.mapping,
            app_id=job.app_id,
            home_page=job.home_page,
            zone=clock.SCHOOL_TIME,
            not_after=clock.today(),
        )

    def slice(self, first: int) -> list[Outcome]:
        """The next rows, from the place `first` on; that place may not lie behind."""
        for _ in islice(self._outcomes, first - self.next):
            pass
        found = list(islice(self._outcomes, AT_ONCE))
        self.next = first + len(found)
        return found


def job_of(scope: AppScope, import_id: UUID) -> Job | None:
    """What there is to do for an import; None if it is gone."""
    row = store.job(scope, import_id)
    if row is None:
        return None
    app, mapping = store.app_of(scope), operations.mapping_of(row)
    home_page = operations.home_page(app, mapping, row.home_page)
    trusted = list(app.home_pages)
    if mapping.person_kind is PersonKind.USERNAME and home_page not in trusted:
        trusted.append(home_page)
    return Job(
        row.id, row.app_id, ImportState(row.state), row.state_since, row.progress, row.encoding,
        mapping, home_page, tuple(trusted),
    )  # fmt: skip


# --- looking ------------------------------------------------------------------------------------


def look(scope: AppScope, job: Job, outcomes: Sequence[Outcome]) -> list[Fate]:
    """What these rows would become now; changes nothing."""
    made = _renewed(scope, [each for each in outcomes if isinstance(each, Translated)])
    statements = _decoded(made.values())
    known = log.stored_fingerprints(scope, list(statements))
    whose = _whose(scope, job, statements.values())
    fates = []
    for each in outcomes:
        if isinstance(each, RowProblem):
            fates.append(Fate(each.line, each.cells))
            continue
        id_ = made[each.number].id
        problem, print_ = _trouble_with(job, statements[id_], whose[id_]), known.get(id_)
        if print_ and not same_fingerprint(print_, fingerprint(statements[id_])):
            problem = CellProblem(job.mapping.person or "", "row_otherwise")
        if problem:
            fates.append(Fate(each.number, (problem,)))
        else:
            fates.append(Fate(each.number, (), statements[id_], bool(print_), whose[id_]))
    return fates


def _renewed(scope: AppScope, made: Sequence[Translated]) -> dict[int, Translated]:
    """Line -> statement, under the next id where its import was taken back."""
    current = {each.number: each for each in made}
    asked = set(current)
    while asked:
        gone = store.taken_back(scope, [current[line].id for line in asked])
        asked = {line for line in asked if current[line].id in gone}
        current.update({line: current[line].again() for line in asked})
    return current


def _decoded(made: Iterable[Translated]) -> dict[UUID, Statement]:
    body = b"[" + b",".join(each.statement for each in made) + b"]"
    found = decode_batch(body, clock.now())
    return {statement.id: statement for statement in found if statement.id is not None}


def _whose(
    scope: AppScope, job: Job, statements: Iterable[Statement]
) -> Mapping[UUID, Learner | str]:
    """Whose each statement is, as the intake will find it."""
    kept = [(each, actor_key(each.actor)) for each in statements]
    names = {actor.name for _, actor in kept if actor}
    directory = Directory.of(
        intake.candidates(scope, names),
        intake.links(scope, names),
        system=job.app_id,
        home_pages=job.home_pages,
    )
    found = {
        each.id: directory.find(actor, each.timestamp)
        for each, actor in kept
        if actor and each.id is not None
    }
    persons = {each.person_id for each in found.values() if not isinstance(each, str)}
    merges = intake.merges(scope, persons)
    seats = intake.seats(scope, persons | {merge.kept_id for merge in merges.values()})
    whose: dict[UUID, Learner | str] = {}
    for each, _ in kept:
        assert each.id is not None
        person = found[each.id]
        if isinstance(person, str):
            whose[each.id] = person
            continue
        day = clock.school_day_of(each.timestamp)
        learner = matching.learner(person, day, seats, merges)
        # Known, and yet nobody's here: somebody else's school may bring it.
        whose[each.id] = learner if isinstance(learner, Learner) else matching.NOT_A_STUDENT
    return whose


def _trouble_with(job: Job, statement: Statement, whose: Learner | str) -> CellProblem | None:
    if whose != matching.NOT_A_STUDENT:
        return None
    actor = actor_key(statement.actor)
    assert actor is not None
    return CellProblem(job.mapping.person or "", "person_elsewhere", shown(actor.name))


def conclude(scope: AppScope, job: Job, summary: Summary) -> None:
    """Write down what looking at every row has shown."""
    row = _mine(scope, job)
    if row is None:
        return
    for name in (
        "rows", "good_rows", "unknown_rows", "repeated", "left_out_rows", "problem_rows",
        "problems", "preview",
    ):  # fmt: skip
        setattr(row, name, getattr(summary, name))
    operations.finish(scope, row)


# --- taking, and taking back --------------------------------------------------------------------


def take(scope: AppScope, job: Job, outcomes: Sequence[Outcome]) -> list[Logged] | None:
    """Take the next rows in.

    Returns:
        The statements that were not here before; None if somebody else works on the import.
    """
    row = _mine(scope, job)
    if row is None:
        return None
    if row.progress == 0:
        row.taken = row.repeated = 0
    fates = look(scope, job, outcomes)
    lines = {fate.statement.id: fate.line for fate in fates if fate.statement}
    new = _receive(scope, [fate.statement for fate in fates if fate.statement])
    if new:
        rows: list[dict[str, object]] = [
            {
                "school_id": row.school_id,
                "import_id": row.id,
                "line": lines[each.given_id],
                "statement_id": each.id,
            }
            for each in new
        ]
        scope.session.execute(insert(ImportedRow), rows)
    row.progress += len(outcomes)
    row.taken += len(new)
    row.repeated += len(lines) - len(new)
    _end_slice(scope, row, "import:rows_taken", len(new), row.rows)
    return new


def void(scope: AppScope, job: Job) -> list[Logged] | None:
    """Take the next rows back.

    Returns:
        The statements that say so; None if somebody else works on the import.
    """
    row = _mine(scope, job)
    if row is None:
        return None
    ids = store.imported(scope, row.id, row.progress, AT_ONCE)
    new = _receive(scope, _voiding(row.id, ids))
    row.progress += len(ids)
    count = store.imported_count(scope, row.id)
    _end_slice(scope, row, "import:rows_taken_back", len(ids), count)
    return new


def give_up(scope: AppScope, job: Job, trouble: str) -> None:
    """Stop an import that cannot go on by itself."""
    row = _mine(scope, job)
    if row is not None:
        halt(row, trouble)
        audit.record(scope, "import:gave_up", row.id, detail=trouble)


def _mine(scope: AppScope, job: Job) -> TableImport | None:
    """The import, if nobody else works on it and it is where it was."""
    return where_it_was(store.locked_job(scope, job.id), job)


def _receive(scope: AppScope, statements: Sequence[Statement]) -> list[Logged]:
    return xapi.receive(scope, statements).new if statements else []


def _end_slice(scope: AppScope, row: TableImport, verb: str, count: int, whole: int) -> None:
    audit.record(scope, verb, row.id, detail=str(count))
    if row.progress >= whole:
        operations.finish(scope, row)


def _voiding(import_id: UUID, ids: Sequence[UUID]) -> list[Statement]:
    """Statements that take these back; the same ones, however often it is tried."""
    said = [
        {
            "id": str(uuid5(id_, "taken back")),
            "actor": {"account": {"homePage": _OWN_HOME_PAGE, "name": str(import_id)}},
            "verb": {"id": _VOIDED, "display": {"en": "voided"}},
            "object": {"objectType": "StatementRef", "id": str(id_)},
        }
        for id_ in ids
    ]
    return decode_batch(msgspec.json.encode(said), clock.now())
