"""What the intake asks the database: once a batch, never once a statement."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, select, union_all
from sqlalchemy.orm import aliased

from aarportal.core.scope import AppScope
from aarportal.cycle.action.intake.linking import KnownUnit
from aarportal.cycle.action.intake.matching import Candidate, Link, Merge, Seat
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningRecord,
    QuarantinedStatement,
    Rereading,
    StoredStatement,
)
from aarportal.cycle.units.models import Unit
from aarportal.people.identity.models import IdentityLink, PersonMerge
from aarportal.people.roster.models import Class, Enrollment, User

# The questions are made once: putting one together costs as much as asking it.

_INBOX = (
    select(InboxEntry)
    .where(
        InboxEntry.district_id == bindparam("district_id"),
        InboxEntry.app_id == bindparam("app_id"),
    )
    .order_by(InboxEntry.position)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def inbox(scope: AppScope, limit: int) -> Sequence[InboxEntry]:
    """The oldest statements of this app that wait to be read; nobody else reads them now."""
    return scope.session.scalars(
        _INBOX,
        {"district_id": scope.district_id, "app_id": scope.actor_id, "limit": limit},
    ).all()


def stored(
    scope: AppScope, entries: Iterable[InboxEntry]
) -> Sequence[Row[tuple[UUID, UUID, int, bytes]]]:
    """The statements of these entries as they were stored: both ids, position, JSON."""
    there = [
        StoredStatement.position.between(entry.position, entry.last_position) for entry in entries
    ]
    return scope.session.execute(
        select(
            StoredStatement.id,
            StoredStatement.given_id,
            StoredStatement.position,
            StoredStatement.body,
        ).where(StoredStatement.district_id == scope.district_id, or_(*there))
    ).all()


def ids_of(scope: AppScope, given_ids: Collection[UUID]) -> set[UUID]:
    """Our own ids of the stored ones among these statements, which are named as xAPI names them."""
    return set(
        scope.session.scalars(
            select(StoredStatement.id).where(
                StoredStatement.district_id == scope.district_id,
                StoredStatement.given_id.in_(given_ids),
            )
        )
    )


def rereadings(scope: AppScope) -> Sequence[Rereading]:
    """What has changed by which this app's statements were understood, the oldest first."""
    return scope.session.scalars(
        select(Rereading)
        .where(Rereading.district_id == scope.district_id, Rereading.app_id == scope.actor_id)
        .order_by(Rereading.asked_at)
        .with_for_update(skip_locked=True)
    ).all()


def read_again_already(scope: AppScope) -> set[int]:
    """First places of the app's entries that wait to be read again."""
    return set(
        scope.session.scalars(
            select(InboxEntry.position).where(
                InboxEntry.district_id == scope.district_id,
                InboxEntry.app_id == scope.actor_id,
                InboxEntry.again,
            )
        )
    )


_RECORDED_BY: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "link": lambda value: LearningRecord.link_id == UUID(value),
    "merge": lambda value: LearningRecord.merge_id == UUID(value),
    "person": lambda value: LearningRecord.student_id == UUID(value),
    "activity": lambda value: LearningRecord.activity_id == value,
    "prefix": lambda value: LearningRecord.activity_id.startswith(value, autoescape=True),
    "title": lambda value: LearningRecord.unit_title == value,
}


def places_to_read_again(scope: AppScope, wanted: Rereading) -> list[int]:
    """Places in the log of the app's statements that a change is about, growing."""
    mine = [
        StoredStatement.district_id == scope.district_id,
        StoredStatement.app_id == scope.actor_id,
        StoredStatement.voided.is_(False),
    ]
    query = select(StoredStatement.position).where(*mine).order_by(StoredStatement.position)
    if wanted.kind in {"actor", "issuer"}:
        issuer, _, name = wanted.value.partition("\n")
        waiting = select(QuarantinedStatement.statement_id).where(
            QuarantinedStatement.district_id == scope.district_id,
            QuarantinedStatement.issuer == issuer,
            QuarantinedStatement.app_id == scope.actor_id,
        )
        if wanted.kind == "actor":
            waiting = waiting.where(QuarantinedStatement.name == name)
        return list(scope.session.scalars(query.where(StoredStatement.id.in_(waiting))))
    made = select(LearningRecord.id).where(
        LearningRecord.app_id == scope.actor_id, _RECORDED_BY[wanted.kind](wanted.value)
    )
    if wanted.school_id is not None:
        made = made.where(LearningRecord.school_id == wanted.school_id)
    return list(scope.session.scalars(query.where(StoredStatement.id.in_(made))))


_VOIDED = select(StoredStatement.position).where(
    StoredStatement.district_id == bindparam("district_id"),
    StoredStatement.position.between(bindparam("first"), bindparam("last")),
    StoredStatement.voided,
)


def voided(scope: AppScope, first: int, last: int) -> set[int]:
    """Places of statements that were taken back, between two places."""
    wanted = {"district_id": scope.district_id, "first": first, "last": last}
    return set(scope.session.scalars(_VOIDED, wanted))


def records(scope: AppScope, ids: Collection[UUID]) -> Sequence[LearningRecord]:
    """The records that were made of these statements."""
    if not ids:
        return []
    return scope.session.scalars(select(LearningRecord).where(LearningRecord.id.in_(ids))).all()


def quarantined(scope: AppScope, ids: Collection[UUID]) -> Sequence[QuarantinedStatement]:
    """Which of these statements wait in quarantine."""
    if not ids:
        return []
    return scope.session.scalars(
        select(QuarantinedStatement).where(
            QuarantinedStatement.district_id == scope.district_id,
            QuarantinedStatement.statement_id.in_(ids),
        )
    ).all()


def _called(identifier: str) -> Select[tuple[UUID]]:
    person = aliased(User)
    return select(person.id).where(
        person.district_id == bindparam("district_id"),
        getattr(person, identifier).in_(bindparam("names", expanding=True)),
    )


# One question for each identifier: for an OR of them SQLite would read the whole district.
_CANDIDATES = select(User.id, User.master_identifier, User.username, User.sourced_id).where(
    User.id.in_(union_all(_called("master_identifier"), _called("username"), _called("sourced_id")))
)


def candidates(scope: AppScope, names: Collection[str]) -> list[Candidate]:
    """People of the district whom an app may mean by one of these names."""
    rows = scope.session.execute(
        _CANDIDATES, {"district_id": scope.district_id, "names": list(names)}
    )
    return [Candidate(*row) for row in rows]


_LINKS = select(
    IdentityLink.id,
    IdentityLink.system,
    IdentityLink.issuer,
    IdentityLink.name,
    IdentityLink.user_id,
    IdentityLink.begins_at,
    IdentityLink.ends_at,
).where(
    IdentityLink.district_id == bindparam("district_id"),
    IdentityLink.name.in_(bindparam("names", expanding=True)),
    IdentityLink.taken_back_at.is_(None),
)


def links(scope: AppScope, names: Collection[str]) -> list[Link]:
    """What is known of these names besides the roster."""
    rows = scope.session.execute(_LINKS, {"district_id": scope.district_id, "names": list(names)})
    return [Link(*row) for row in rows]


_MERGES = select(PersonMerge.merged_id, PersonMerge.id, PersonMerge.kept_id).where(
    PersonMerge.district_id == bindparam("district_id"),
    PersonMerge.merged_id.in_(bindparam("ids", expanding=True)),
    PersonMerge.taken_back_at.is_(None),
)


def merges(scope: AppScope, person_ids: Collection[UUID]) -> dict[UUID, Merge]:
    """Persons among these whose records are another person's."""
    rows = scope.session.execute(
        _MERGES, {"district_id": scope.district_id, "ids": list(person_ids)}
    )
    return {merged_id: Merge(id_, kept_id) for merged_id, id_, kept_id in rows}


_SEATS = (
    select(
        Enrollment.user_id, Class.school_id, Class.id, Enrollment.starts_on, Enrollment.ends_before
    )
    .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
    .where(
        Enrollment.user_id.in_(bindparam("user_ids", expanding=True)),
        Enrollment.role == "student",
    )
    .order_by(Class.class_type, Class.title)
)


def seats(scope: AppScope, user_ids: Collection[UUID]) -> dict[UUID, list[Seat]]:
    """Where these people were, are and will be students, homeroom classes first."""
    found: dict[UUID, list[Seat]] = {}
    for user_id, *seat in scope.session.execute(_SEATS, {"user_ids": list(user_ids)}):
        found.setdefault(user_id, []).append(Seat(*seat))
    return found


_UNITS = select(
    Unit.id,
    Unit.class_id,
    Unit.subject,
    Unit.code,
    Unit.starts_on,
    Unit.ends_before,
    Unit.title,
).where(Unit.class_id.in_(bindparam("class_ids", expanding=True)))


def units(scope: AppScope, class_ids: Collection[UUID]) -> dict[UUID, list[KnownUnit]]:
    """Every unit of these classes, by class."""
    found: dict[UUID, list[KnownUnit]] = {class_id: [] for class_id in class_ids}
    for row in scope.session.execute(_UNITS, {"class_ids": list(class_ids)}):
        found[row[1]].append(KnownUnit(*row))
    return found


class Answer(NamedTuple):
    """That a student answered a question on a day (see intake.answers)."""

    student_id: UUID
    day: date
    answer_key: int


_ANSWERED = (
    select(LearningRecord.student_id, LearningRecord.day, LearningRecord.answer_key)
    .where(
        LearningRecord.student_id.in_(bindparam("student_ids", expanding=True)),
        LearningRecord.day.in_(bindparam("days", expanding=True)),
        # The sum keeps databases from looking every key up for every student and day: going
        # through what a student did on a day is less.
        (LearningRecord.answer_key + 0).in_(bindparam("answer_keys", expanding=True)),
    )
    .distinct()
)


def answered_before(scope: AppScope, answers: Collection[Answer]) -> set[Answer]:
    """Which answers of these students, to these questions and on these days, are recorded."""
    rows = scope.session.execute(
        _ANSWERED,
        {
            "student_ids": list({each.student_id for each in answers}),
            "days": list({each.day for each in answers}),
            "answer_keys": list({each.answer_key for each in answers}),
        },
    )
    return {Answer(student_id, day, key) for student_id, day, key in rows if key is not None}
