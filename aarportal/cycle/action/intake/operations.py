"""From stored statements to learning records: matched, linked and summed up."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.scope import AppScope, Scope
from aarportal.cycle.action import connectors
from aarportal.cycle.action import store as records
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.intake import linking, matching, store
from aarportal.cycle.action.intake.matching import Learner
from aarportal.cycle.action.intake.recording.operations import Found, keep
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningApp,
    QuarantinedStatement,
    Rereading,
)
from aarportal.cycle.action.operations import take_out
from aarportal.cycle.action.xapi.operations import (
    Logged,
    index,
    moment_of,
    put_into_inbox,
    receive,
    void_late,
)
from aarportal.cycle.action.xapi.statement_model import StatementRef
from aarportal.cycle.action.xapi.statements import (
    ActorKey,
    Statement,
    StatementError,
    actor_key,
    decode_batch,
)
from aarportal.cycle.loop.states import RecordState

#: How many statements are read in one transaction: more cost less each, and keep others waiting.
AT_ONCE = 800


@dataclass(frozen=True)
class _Waiting:
    """One statement on its way to quarantine."""

    id: UUID
    reason: str
    actor: ActorKey | None
    happened_at: datetime


@dataclass(slots=True)
class _Read:
    """One statement that was read."""

    id: UUID
    given_id: UUID
    position: int
    statement: Statement
    actor: ActorKey | None
    whose: Learner | str = matching.UNKNOWN_ACTOR


@dataclass
class _Batch:
    """What a batch turns into."""

    read: list[_Read] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    waiting: list[_Waiting] = field(default_factory=list)
    taken_back: set[UUID] = field(default_factory=set)
    """Statements, as xAPI names them, that were taken back: their records must not count."""


def ingest(scope: AppScope, statements: Sequence[Statement]) -> list[UUID]:
    """Take a batch and read it in the same transaction.

    Returns:
        The ids, in the order of the statements; made here where the app gave none.

    Raises:
        StatementConflictError: If an id is stored with another content.
        VoidingError: If one takes back a statement of another app.
    """
    receipt = receive(scope, statements)
    if receipt.new:
        digest(scope, {each.position: each for each in receipt.new})
    return receipt.ids


def digest(
    scope: AppScope, fresh: Mapping[int, Logged], *, limit: int = AT_ONCE
) -> Sequence[InboxEntry]:
    """Read the oldest statements in the app's inbox: each becomes a record, or waits.

    Args:
        scope: The app whose statements are read.
        fresh: By position, statements that need not be decoded again, because they just came.
        limit: About how many; what came with one request is read together.

    Returns:
        The entries of the inbox that were read.
    """
    with scope.session.no_autoflush:
        entries = _next(scope, limit)
        if not entries:
            return []
        batch = _sort(scope, entries, fresh)
        again = [entry for entry in entries if entry.again]
        index(scope, _not_indexed(batch, again))
        before = _undo(scope, [row.id for row in store.stored(scope, again)] if again else [])
        _take_back(scope, batch)
        batch.found = [each for each in batch.found if each.id not in before.voided]
        if batch.found:
            keep(scope, batch.found, clock.now(), before.disputed)
        _quarantine(scope, batch.waiting)
        _leave_inbox(scope, entries, batch)
    audit.record(scope, "statements:read", scope.actor_id, detail=f"{len(batch.read)}")
    return entries


def _not_indexed(batch: _Batch, again: Sequence[InboxEntry]) -> Iterable[tuple[int, Statement]]:
    """Statements that are read for the first time, with their places."""
    for each in batch.read:
        if not any(entry.position <= each.position <= entry.last_position for entry in again):
            yield each.position, each.statement


def _next(scope: AppScope, limit: int) -> list[InboxEntry]:
    """Entries that are read together."""
    taken: list[InboxEntry] = []
    left = limit
    for entry in store.inbox(scope, limit):
        if left <= 0:
            break
        taken.append(entry)
        left -= entry.last_position - entry.position + 1
    return taken


def read_again(
    scope: Scope | AppScope,
    kind: str,
    value: str,
    *,
    app_id: UUID | None = None,
    school_id: UUID | None = None,
) -> None:
    """Have statements read anew, because what they were understood by has changed.

    Args:
        scope: Whose doing it is.
        kind: Which: records made through an identity `link` or a `merge` (value: its id); records
            of a `person` (the student's id); statements in quarantine of an `actor` (issuer, line
            feed, name); records about an `activity`, about those whose id begins with a `prefix`,
            or of a unit `title`.
        value: See `kind`.
        app_id: Only this app's; None for every app of the district.
        school_id: Only records of this school; None for every school.
    """
    app_ids = [app_id] if app_id else apps.ids_in_district(scope)
    for each in app_ids:
        scope.session.add(
            Rereading(
                district_id=scope.district_id,
                kind=kind,
                value=value,
                app_id=each,
                school_id=school_id,
            )
        )


def put_back(scope: AppScope) -> int:
    """Put what has to be read again into the inbox.

    Returns:
        For how many reasons: each is dealt with now, even when nothing is to be read for it.
    """
    asked = store.rereadings(scope)
    if not asked:
        return 0
    waiting = store.read_again_already(scope)
    places = {place for each in asked for place in store.places_to_read_again(scope, each)}
    for first, last in linking.runs(places, longest=AT_ONCE):
        if first not in waiting:
            put_into_inbox(scope, scope.actor_id, first, last, again=True)
    for each in asked:
        scope.session.delete(each)
    scope.session.flush()
    return len(asked)


def set_aside(scope: AppScope) -> None:
    """Put the oldest entry of the inbox into quarantine unread, because it cannot be read."""
    [entry] = _next(scope, 1)
    batch = _Batch()
    for id_, _, position, _ in store.stored(scope, [entry]):
        moment = moment_of(position)
        batch.waiting.append(_Waiting(id_, matching.UNREADABLE, None, moment))
    if entry.again:
        _undo(scope, [each.id for each in batch.waiting])
    _quarantine(scope, batch.waiting)
    _leave_inbox(scope, [entry], batch)
    audit.record(scope, "statements:set_aside", entry.position)


class _AnyHash(Collection[str]):
    """The data of attachments was there when the statement was taken."""

    def __contains__(self, _hash: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _sort(scope: AppScope, entries: Sequence[InboxEntry], fresh: Mapping[int, Logged]) -> _Batch:
    """Find out what each statement is: a record, waiting, or about another statement."""
    batch = _Batch()
    _decode(scope, entries, fresh, batch)
    voided = store.voided(scope, entries[0].position, max(e.last_position for e in entries))
    late = void_late(scope, [each.given_id for each in batch.read])
    batch.taken_back |= late
    _tell_whose(scope, batch.read)
    for each in batch.read:
        if each.position in voided:
            batch.taken_back.add(each.given_id)
        elif each.given_id in late:
            continue
        elif each.statement.is_voiding:
            assert isinstance(each.statement.object, StatementRef)
            batch.taken_back.add(UUID(each.statement.object.id))
        else:
            _match(each, batch)
    return batch


def _decode(
    scope: AppScope, entries: Sequence[InboxEntry], fresh: Mapping[int, Logged], batch: _Batch
) -> None:
    """Have every statement of the entries; one that cannot be decoded any more waits."""
    stale = [entry for entry in entries if entry.position not in fresh]
    for entry in entries:
        if entry.position in fresh:
            for position in range(entry.position, entry.last_position + 1):
                logged = fresh[position]
                actor = actor_key(logged.statement.actor)
                batch.read.append(
                    _Read(logged.id, logged.given_id, position, logged.statement, actor)
                )
    for id_, given_id, position, body in store.stored(scope, stale) if stale else ():
        stored_at = moment_of(position)
        try:
            [statement] = decode_batch(body, stored_at, _AnyHash(), version=None)
        except StatementError:
            batch.waiting.append(_Waiting(id_, matching.UNREADABLE, None, stored_at))
        else:
            actor = actor_key(statement.actor)
            batch.read.append(_Read(id_, given_id, position, statement, actor))


def _match(each: _Read, batch: _Batch) -> None:
    """Say what a statement is, now that it is known whose it is."""
    if isinstance(each.whose, str):
        batch.waiting.append(_Waiting(each.id, each.whose, each.actor, each.statement.timestamp))
        return
    connector, record = connectors.read(each.statement)
    if record is None:
        moment = each.statement.timestamp
        batch.waiting.append(_Waiting(each.id, matching.NO_LEARNING, each.actor, moment))
        return
    day = clock.school_day_of(record.ended_at)
    batch.found.append(Found(each.id, record, connector.key, each.whose, day))


def _tell_whose(scope: AppScope, read: Sequence[_Read]) -> None:
    """Find the student behind each statement, or why nobody knows."""
    names = {each.actor.name for each in read if each.actor}
    if not names:
        return
    app = scope.session.get(LearningApp, scope.actor_id)
    assert app is not None
    directory = matching.Directory.of(
        store.candidates(scope, names),
        store.links(scope, names),
        system=scope.actor_id,
        home_pages=app.home_pages,
    )
    found = [
        directory.find(each.actor, each.statement.timestamp)
        if each.actor
        else matching.UNKNOWN_ACTOR
        for each in read
    ]
    persons = {each.person_id for each in found if not isinstance(each, str)}
    if not persons:
        for each, reason in zip(read, found, strict=True):
            assert isinstance(reason, str)
            each.whose = reason
        return
    merges = store.merges(scope, persons)
    persons |= {merge.kept_id for merge in merges.values()}
    records.lock_persons(scope, persons)
    seats = store.seats(scope, persons)
    known: dict[tuple[matching.Found | str, date], Learner | str] = {}
    for each, person in zip(read, found, strict=True):
        if isinstance(person, str):
            each.whose = person
            continue
        key = person, clock.school_day_of(each.statement.timestamp)
        if key not in known:
            known[key] = matching.learner(*key, seats, merges)
        each.whose = known[key]


@dataclass(frozen=True)
class _Before:
    """What somebody decided about records before their statements were read again."""

    voided: set[UUID]
    disputed: dict[UUID, UUID]
    """Record -> the student who doubts it."""


def _undo(scope: AppScope, ids: Sequence[UUID]) -> _Before:
    """Take back what these statements were made into; voided records stay as they are."""
    made = store.records(scope, ids)
    before = _Before(
        {row.id for row in made if row.state == RecordState.VOIDED},
        {row.id: row.student_id for row in made if row.state == RecordState.DISPUTED},
    )
    take_out(scope, [row for row in made if row.id not in before.voided], forget=True)
    for row in store.quarantined(scope, ids):
        scope.session.delete(row)
    # What is made of them now may have the same keys.
    scope.session.flush()
    return before


def _take_back(scope: AppScope, batch: _Batch) -> None:
    """Let records of statements that were taken back count no more."""
    if not batch.taken_back:
        return
    gone = store.ids_of(scope, batch.taken_back)
    batch.found = [each for each in batch.found if each.id not in gone]
    batch.waiting = [each for each in batch.waiting if each.id not in gone]
    mine = [row for row in store.records(scope, gone) if row.app_id == scope.actor_id]
    take_out(scope, [row for row in mine if row.state != RecordState.VOIDED])
    for row in store.quarantined(scope, gone):
        if row.app_id == scope.actor_id:
            scope.session.delete(row)


def _quarantine(scope: AppScope, waiting: Sequence[_Waiting]) -> None:
    if not waiting:
        return
    now = clock.now()
    rows = [
        {
            "district_id": scope.district_id,
            "statement_id": each.id,
            "app_id": scope.actor_id,
            "reason": each.reason,
            "issuer": each.actor.issuer if each.actor else "",
            "name": each.actor.name if each.actor else "",
            "happened_at": each.happened_at,
            "received_at": now,
        }
        for each in waiting
    ]
    append(scope, QuarantinedStatement, rows)


def _leave_inbox(scope: AppScope, entries: Sequence[InboxEntry], batch: _Batch) -> None:
    """What was read is done; the app's page says what became of what is new in it."""
    scope.session.execute(
        delete(InboxEntry).where(
            InboxEntry.district_id == scope.district_id,
            InboxEntry.position.in_([entry.position for entry in entries]),
        ),
        execution_options={"synchronize_session": False},
    )
    app = scope.session.get(LearningApp, scope.actor_id)
    assert app is not None
    app.last_used_at = clock.now()
    if batch.found:
        last = max(each.record.ended_at for each in batch.found)
        app.last_record_at = max(last, app.last_record_at or last)
    new = sum(e.last_position - e.position + 1 for e in entries if not e.again)
    if new and not any(entry.again for entry in entries):
        recorded, waiting = len(batch.found), len(batch.waiting)
        apps.count(
            scope,
            received=new,
            recorded=recorded,
            waiting=waiting,
            voiding=new - recorded - waiting,
        )
