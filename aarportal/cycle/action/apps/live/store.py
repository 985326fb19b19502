"""What an app sent last, and what became of each statement.

The log belongs to the district, and a record to a school: an administrator sees of all statements
that they came, and what was learned only of the own school.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, case, func, null, or_, select

from aarportal.core.scope import AppScope, Scope
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningRecord,
    QuarantinedStatement,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi.operations import moment_of
from aarportal.cycle.action.xapi.statement_model import VOIDED
from aarportal.cycle.action.xapi.terms import term, unpack
from aarportal.cycle.loop.states import RecordState
from aarportal.people.roster.models import Class, Enrollment, User

#: Statements in the live view.
LATEST = 50
#: A longer statement is not looked into: what takes another one back is short.
_LONGEST = 16_384

#: What became of a statement.
UNREAD, RECORDED, WAITING, VOIDING, TAKEN_BACK, ELSEWHERE = (
    "unread",
    "recorded",
    "waiting",
    "voiding",
    "taken_back",
    "elsewhere",
)


class _Verb(msgspec.Struct):
    id: str


class _Object(msgspec.Struct):
    id: str = ""


class _Spoken(msgspec.Struct):
    """As much of a statement as says whether it takes another one back, or is a test."""

    verb: _Verb
    object: _Object


_SPOKEN = msgspec.json.Decoder(_Spoken)


@dataclass(frozen=True)
class Arrival:
    """A statement in the log.

    Attributes:
        id: Our own id of it.
        given_id: Its id in xAPI.
        stored_at: When it came.
        is_unread: Whether it is still in the inbox, never read.
        is_voided: Whether it was taken back.
        body: Its JSON, unless it is very long.
    """

    id: UUID
    given_id: UUID
    stored_at: datetime
    is_unread: bool
    is_voided: bool
    body: bytes

    @property
    def is_voiding(self) -> bool:
        """Whether it takes another statement back."""
        return bool(self.body) and _SPOKEN.decode(self.body).verb.id == VOIDED

    @property
    def object_id(self) -> str:
        """What it is about; empty when that has no id, or is not known."""
        return _SPOKEN.decode(self.body).object.id if self.body else ""


@dataclass(frozen=True)
class Learned:
    """A learning record of the own school, and whose it is."""

    title: str
    verb: str
    subject: str
    items: int
    active_seconds: int
    is_voided: bool
    name: str
    class_title: str
    attendance_no: int | None


@dataclass(frozen=True)
class Fate:
    """A statement, and what became of it.

    Attributes:
        arrival: The statement.
        state: `unread`, `recorded`, `waiting`, `voiding`, `taken_back`, or `elsewhere` for a record
            of another school.
        reason: Why it waits.
        learned: The record, if it is one of this school.
        is_test: Whether the portal made it itself (see live.trial).
        has_json: Whether its JSON may stand beside it: it says nothing about a pupil of another
            school, and has no page of its own.
    """

    arrival: Arrival
    state: str
    reason: str = ""
    learned: Learned | None = None
    is_test: bool = False
    has_json: bool = False

    @property
    def has_page(self) -> bool:
        """Whether there is a page that says where it comes from."""
        return self.learned is not None or self.state == WAITING

    @property
    def json(self) -> str:
        """The statement, to be read by people."""
        return json.dumps(json.loads(self.arrival.body), ensure_ascii=False, indent=2)


def latest(scope: AppScope) -> list[Arrival]:
    """The last statements that the app sent, the latest first."""
    unread = scope.session.execute(
        select(InboxEntry.position, InboxEntry.last_position)
        .where(
            InboxEntry.district_id == scope.district_id,
            InboxEntry.app_id == scope.actor_id,
            ~InboxEntry.again,
        )
        .order_by(InboxEntry.position.desc())
        .limit(LATEST)
    ).all()
    fresh = [place for first, last in unread for place in range(last, first - 1, -1)][:LATEST]
    places = sorted({*fresh, *_places_read(scope)}, reverse=True)
    rows = scope.session.execute(
        select(
            StoredStatement.id,
            StoredStatement.given_id,
            StoredStatement.position,
            StoredStatement.voided,
            case((func.length(StoredStatement.body) <= _LONGEST, StoredStatement.body)),
        )
        .where(
            StoredStatement.district_id == scope.district_id,
            StoredStatement.app_id == scope.actor_id,
            StoredStatement.position.in_(places),
        )
        .order_by(StoredStatement.position.desc())
        .limit(LATEST)
    )
    waiting = set(fresh)
    return [
        Arrival(id_, given_id, moment_of(place), place in waiting, voided, body or b"")
        for id_, given_id, place, voided, body in rows
    ]


def _places_read(scope: AppScope) -> list[int]:
    """Places of the last statements of the app that were read, from the index of the log.

    Statements of others that refer to one of this app stand there, too.
    """
    rows = scope.session.scalars(
        select(StatementTerm.positions)
        .where(
            StatementTerm.district_id == scope.district_id,
            StatementTerm.term == term("app", str(scope.actor_id)),
        )
        .order_by(StatementTerm.last_position.desc())
        .limit(LATEST)
    )
    places: list[int] = []
    for packed in rows:
        places.extend(unpack(packed))
    return sorted(places, reverse=True)[: 2 * LATEST]


def fates(scope: Scope, arrivals: Sequence[Arrival], test_object_id: str) -> list[Fate]:
    """What became of these statements, as far as this person may know.

    Args:
        scope: The office's.
        arrivals: The statements.
        test_object_id: What test messages are about.
    """
    tests = {each.given_id for each in arrivals if each.object_id == test_object_id}
    targets = {each.id: UUID(each.object_id) for each in arrivals if each.is_voiding}
    known = _known(scope, targets.values())
    ids = {each.id for each in arrivals} | set(known.values())
    reasons, records = _reasons(scope, ids), _records(scope, ids)
    recorded_here = {given_id for given_id, id_ in known.items() if id_ in records}
    return [
        replace(
            _fate(each, reasons, records),
            is_test=each.given_id in tests or targets.get(each.id) in tests,
            has_json=each.given_id in tests or targets.get(each.id) in tests | recorded_here,
        )
        for each in arrivals
    ]


def _known(scope: Scope, given_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of these statements those that this person may see: their ids in xAPI, and our own."""
    if not given_ids:
        return {}
    rows = scope.session.execute(
        select(StoredStatement.given_id, StoredStatement.id).where(
            StoredStatement.district_id == scope.district_id,
            StoredStatement.given_id.in_(given_ids),
        )
    )
    return dict(rows.tuples().all())


def _fate(arrival: Arrival, reasons: Mapping[UUID, str], records: Mapping[UUID, Learned]) -> Fate:
    learned = records.get(arrival.id)
    if arrival.is_unread:
        return Fate(arrival, UNREAD)
    if arrival.is_voided or (learned and learned.is_voided):
        return Fate(arrival, TAKEN_BACK, learned=learned)
    if learned:
        return Fate(arrival, RECORDED, learned=learned)
    if arrival.id in reasons:
        return Fate(arrival, WAITING, reasons[arrival.id])
    return Fate(arrival, VOIDING if arrival.is_voiding else ELSEWHERE)


def _reasons(scope: Scope, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = scope.session.execute(
        select(QuarantinedStatement.statement_id, QuarantinedStatement.reason).where(
            QuarantinedStatement.district_id == scope.district_id,
            QuarantinedStatement.statement_id.in_(ids),
        )
    )
    return dict(rows.tuples().all())


def _records(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Learned]:
    """Records of this school among these statements, with the homeroom class of that day."""
    rows = scope.session.execute(
        select(
            LearningRecord.id,
            LearningRecord.title,
            LearningRecord.verb,
            LearningRecord.subject,
            LearningRecord.items,
            LearningRecord.active_seconds,
            LearningRecord.state,
            User.family_name,
            User.given_name,
            case((Class.class_type == "homeroom", Class.title), else_=null()),
            Enrollment.attendance_no,
        )
        .join(User, User.id == LearningRecord.student_id)
        .outerjoin(
            Enrollment,
            and_(
                Enrollment.school_id == LearningRecord.school_id,
                Enrollment.user_id == LearningRecord.student_id,
                Enrollment.role == "student",
                or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= LearningRecord.day),
                or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > LearningRecord.day),
            ),
        )
        .outerjoin(
            Class,
            and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id),
        )
        .where(LearningRecord.id.in_(ids))
    )
    found: dict[UUID, Learned] = {}
    for id_, title, verb, subject, items, seconds, state, family, given, class_title, no in rows:
        if id_ in found and class_title is None:
            continue
        found[id_] = Learned(
            title=title,
            verb=verb,
            subject=subject,
            items=items,
            active_seconds=seconds,
            is_voided=state == RecordState.VOIDED,
            name=f"{family}\u2009{given}",
            class_title=class_title or "",
            attendance_no=no if class_title else None,
        )
    return found


def has_unread(scope: AppScope) -> bool:
    """Whether statements of the app wait to be read."""
    return (
        scope.session.scalar(
            select(InboxEntry.position)
            .where(
                InboxEntry.district_id == scope.district_id,
                InboxEntry.app_id == scope.actor_id,
            )
            .limit(1)
        )
        is not None
    )


def reason(scope: AppScope, given_id: UUID) -> str | None:
    """Why a statement, as xAPI names it, waits; None if it does not."""
    return scope.session.scalar(
        select(QuarantinedStatement.reason)
        .join(
            StoredStatement,
            and_(
                StoredStatement.district_id == QuarantinedStatement.district_id,
                StoredStatement.id == QuarantinedStatement.statement_id,
            ),
        )
        .where(
            StoredStatement.district_id == scope.district_id,
            StoredStatement.given_id == given_id,
        )
    )
