"""From statements to learning records: stored as sent, matched, linked and summed up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from uuid import UUID

from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import ConflictError
from aarportal.core.ids import new_id
from aarportal.core.scope import AppScope
from aarportal.cycle.action import connectors
from aarportal.cycle.action.connectors import Record
from aarportal.cycle.action.intake import linking, matching, store
from aarportal.cycle.action.intake.linking import KnownUnit
from aarportal.cycle.action.intake.matching import Learner
from aarportal.cycle.action.models import LearningRecord, QuarantinedStatement, StoredStatement
from aarportal.cycle.action.operations import book, record_values
from aarportal.cycle.action.rollups import Entry, Group
from aarportal.cycle.action.xapi.statement_comparison import fingerprint, same_fingerprint
from aarportal.cycle.action.xapi.statements import ActorKey, Statement, actor_key
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as laps
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.operations import Lap
from aarportal.cycle.loop.states import OPEN_CYCLE, CycleEvent, RecordState
from aarportal.cycle.loop.store import AnyLap, LapRow

#: Laps opened longer before a record than this are looked at only while they are open.
_LOOK_BACK = timedelta(days=1)


class StatementConflictError(ConflictError):
    """A statement with this id is stored and says something else."""

    def __init__(self, statement_id: UUID) -> None:
        """Name the id."""
        super().__init__(f"the id {statement_id} belongs to another statement")


@dataclass
class _Found:
    """One statement on its way to a record."""

    id: UUID
    statement: Statement
    connector: str
    record: Record
    learner: Learner
    day: date
    unit: KnownUnit | None = None
    cycle: AnyLap | None = None


@dataclass
class _Batch:
    """What a batch turns into."""

    found: list[_Found] = field(default_factory=list)
    waiting: list[tuple[UUID, str, ActorKey | None]] = field(default_factory=list)


def ingest(scope: AppScope, statements: Sequence[Statement]) -> list[UUID]:
    """Take a batch of statements: every one of them, or none.

    A statement that is stored already and says the same is taken as sent again and changes nothing.
    One that cannot become a learning record is stored and waits in quarantine with the reason.

    Args:
        scope: The app that sent them.
        statements: Checked statements; no id stands twice.

    Returns:
        The ids, in the order of the statements; made here where the app gave none.

    Raises:
        StatementConflictError: If an id is stored with another content.
    """
    named = [(statement.id or new_id(), statement) for statement in statements]
    new = _not_stored(scope, named)
    if new:
        # Nothing here asks for what is not written yet, so no question needs to write first.
        with scope.session.no_autoflush:
            _take(scope, new, clock.now())
        audit.record(scope, "statements:received", scope.actor_id, detail=f"{len(new)} new")
    return [id_ for id_, _ in named]


def _take(scope: AppScope, new: Sequence[tuple[UUID, Statement, bytes]], now: datetime) -> None:
    _store(scope, new, now)
    batch = _match(scope, [(id_, statement) for id_, statement, _ in new], clock.today())
    if batch.found:
        _keep_records(scope, batch.found, now)
    _quarantine(scope, batch.waiting, now)


def _not_stored(
    scope: AppScope, named: Sequence[tuple[UUID, Statement]]
) -> list[tuple[UUID, Statement, bytes]]:
    """Statements that are new, with their fingerprints."""
    known = store.stored_fingerprints(scope, [id_ for id_, statement in named if statement.id])
    new = []
    for id_, statement in named:
        print_ = fingerprint(statement)
        if id_ not in known:
            new.append((id_, statement, print_))
        elif not same_fingerprint(known[id_], print_):
            raise StatementConflictError(id_)
    return new


def _store(
    scope: AppScope, new: Iterable[tuple[UUID, Statement, bytes]], stored_at: datetime
) -> None:
    rows = [
        {
            "district_id": scope.district_id,
            "id": id_,
            "app_id": scope.actor_id,
            "stored_at": stored_at,
            "fingerprint": print_,
            "body": statement.raw,
        }
        for id_, statement, print_ in new
    ]
    scope.session.execute(insert(StoredStatement), rows)


def _match(scope: AppScope, named: Sequence[tuple[UUID, Statement]], today: date) -> _Batch:
    """Find out whose the statements are and what they say."""
    actors = {id_: actor_key(statement.actor) for id_, statement in named}
    names = {actor.name for actor in actors.values() if actor}
    people = store.candidates(scope, names) if names else []
    directory = matching.Directory.of(people)
    places = store.places(scope, [person.id for person in people], today) if people else {}
    learners = {actor: matching.learner(actor, directory, places) for actor in set(actors.values())}
    batch = _Batch()
    for id_, statement in named:
        actor = actors[id_]
        learner = learners[actor]
        if isinstance(learner, str):
            batch.waiting.append((id_, learner, actor))
            continue
        connector, record = connectors.read(statement)
        if record is None:
            batch.waiting.append((id_, matching.NO_LEARNING, actor))
            continue
        day = clock.school_day_of(record.ended_at)
        batch.found.append(_Found(id_, statement, connector.key, record, learner, day))
    return batch


def _keep_records(scope: AppScope, found: list[_Found], now: datetime) -> None:
    """Link, sum up and write the records of a batch."""
    found.sort(key=lambda each: (each.record.ended_at, each.id))
    _find_units(scope, found)
    _tell_retries(scope, found)
    known = _known_laps(scope, found)
    before = [_mark(lap) for lap in known]
    opened = _find_cycles(scope, found, known)
    entries = [_entry(each, scope.actor_id) for each in found]
    book(scope, entries, _by_id([*known, *opened]))
    rows = [
        {
            **record_values(entry),
            "connector": each.connector,
            "unit_code": each.record.unit_code or "",
            "title": each.record.title,
            "verb": each.record.verb,
            "question_id": each.record.question_id,
            "attempt_id": each.record.attempt_id,
            "started_at": each.record.started_at,
            "self_reported": False,
            "state": RecordState.LINKED if each.cycle else RecordState.VALID,
            "received_at": now,
        }
        for each, entry in zip(found, entries, strict=True)
    ]
    changed = [lap for lap, mark in zip(known, before, strict=True) if _mark(lap) != mark]
    loop.write(scope, changed)
    # Without this option rows would be sent apart by which of their columns are empty.
    scope.session.execute(insert(LearningRecord), rows, execution_options={"render_nulls": True})


def _find_units(scope: AppScope, found: list[_Found]) -> None:
    class_ids = {class_id for each in found for class_id in each.learner.place.class_ids}
    by_class = store.units(scope, class_ids)
    for each in found:
        units = [unit for key in each.learner.place.class_ids for unit in by_class[key]]
        each.unit = linking.unit_of(
            units, each.day, each.record.subject or "", each.record.unit_code or ""
        )


def _tell_retries(scope: AppScope, found: list[_Found]) -> None:
    """A question answered before, in this attempt or on this day, is tried again."""
    asked = [each for each in found if each.record.question_id]
    if not asked:
        return
    students = {each.learner.student_id for each in asked}
    questions = {each.record.question_id for each in asked}
    first = min(each.day for each in asked)
    seen = {
        (student_id, question_id, attempt_id or day)
        for student_id, question_id, attempt_id, day in store.answered_before(
            scope, students, questions, first
        )
    }
    for each in asked:
        key = (
            each.learner.student_id,
            each.record.question_id,
            each.record.attempt_id or each.day,
        )
        if key in seen:
            each.record = each.record.as_retry()
        seen.add(key)


def _known_laps(scope: AppScope, found: Sequence[_Found]) -> list[LapRow]:
    """The laps of these students that the records may belong to."""
    students = {each.learner.student_id for each in found}
    first = min(each.record.ended_at for each in found) - _LOOK_BACK
    return laps.lap_rows(scope, students, first, max(each.day for each in found))


def _by_id(every: Iterable[AnyLap]) -> dict[UUID, AnyLap]:
    return {lap.id: lap for lap in every}


#: Whatever a record does to a lap shows in these.
_mark = attrgetter("updated_at", "state", "records", "active_seconds")


def _find_cycles(
    scope: AppScope, found: Sequence[_Found], known: Iterable[LapRow]
) -> list[LearningCycle]:
    """Link records to laps; work of today that belongs to none opens one.

    Returns:
        The laps that were opened.
    """
    by_student: dict[UUID, list[AnyLap]] = {each.learner.student_id: [] for each in found}
    for lap in known:
        by_student[lap.student_id].append(lap)
    opened: list[LearningCycle] = []
    today = clock.today()
    for each in found:
        mine = by_student[each.learner.student_id]
        each.cycle = linking.cycle_of(
            mine,
            each.record.ended_at,
            each.day,
            _subject(each),
            each.unit.id if each.unit else None,
        )
        if each.cycle is None and each.day == today and _subject(each):
            new = _open_cycle(scope, each)
            each.cycle = new
            mine.append(new)
            opened.append(new)
        elif each.cycle is not None and each.cycle.state in OPEN_CYCLE:
            loop.move(scope, each.cycle, CycleEvent.RECORD_ARRIVED, at=each.record.ended_at)
    return opened


def _open_cycle(scope: AppScope, each: _Found) -> LearningCycle:
    place, unit = each.learner.place, each.unit
    lap = Lap(
        student_id=each.learner.student_id,
        school_id=place.school_id,
        class_id=unit.class_id if unit else place.class_id,
        subject=_subject(each),
        unit_id=unit.id if unit else None,
    )
    cycle = loop.open_cycle(scope, lap, CycleEvent.RECORD_ARRIVED, at=each.record.ended_at)
    audit.record(scope, "cycle:opened_by_record", cycle.id, student_id=cycle.student_id)
    return cycle


def _entry(each: _Found, app_id: UUID) -> Entry:
    record = each.record
    return Entry(
        id=each.id,
        group=Group(each.learner.place.school_id, each.learner.student_id, each.day, app_id),
        subject=_subject(each),
        unit_id=each.unit.id if each.unit else None,
        cycle_id=each.cycle.id if each.cycle else None,
        ended_at=record.ended_at,
        own_duration=record.duration_seconds,
        items=record.items,
        first_attempt_items=record.first_attempt_items,
        first_attempt_correct=record.first_attempt_correct,
        retry_items=record.retry_items,
        retry_correct=record.retry_correct,
    )


def _subject(each: _Found) -> str:
    return each.unit.subject if each.unit else each.record.subject or ""


def _quarantine(
    scope: AppScope, waiting: Sequence[tuple[UUID, str, ActorKey | None]], now: datetime
) -> None:
    if not waiting:
        return
    rows = [
        {
            "district_id": scope.district_id,
            "statement_id": id_,
            "app_id": scope.actor_id,
            "reason": reason,
            "actor": f"{actor.issuer} {actor.name}" if actor else "",
            "received_at": now,
        }
        for id_, reason, actor in waiting
    ]
    scope.session.execute(insert(QuarantinedStatement), rows)
