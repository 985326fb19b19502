"""Questions about apps, activities and persons that the smaller resources ask."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from aarportal.core import clock
from aarportal.core.scope import AppScope, SystemScope
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningApp,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi.resources.definitions import definition_in, merged
from aarportal.cycle.action.xapi.statements import ActorKey
from aarportal.cycle.action.xapi.store import readable
from aarportal.cycle.action.xapi.terms import term, unpack
from aarportal.people.identity.models import IdentityLink

#: How many statements are asked what an activity is, the latest first: an app says the same of it
#: every time, and a question that a whole city answered costs as much as a new one.
STATEMENTS_ASKED = 200


def origins_of_all(scope: SystemScope) -> set[str]:
    """Web origins from which any app of the installation may call."""
    found = scope.session.scalars(
        select(LearningApp.origins).where(LearningApp.revoked_at.is_(None))
    )
    return {origin for origins in found for origin in origins}


def origins_of(scope: SystemScope, app_id: UUID) -> set[str]:
    """Web origins from which one app may call."""
    return set(
        scope.session.scalar(select(LearningApp.origins).where(LearningApp.id == app_id)) or ()
    )


def titles(scope: AppScope, app_ids: Collection[UUID]) -> dict[UUID, str]:
    """What apps of the district are called."""
    rows = scope.session.execute(
        select(LearningApp.id, LearningApp.title).where(
            LearningApp.district_id == scope.district_id, LearningApp.id.in_(app_ids)
        )
    )
    return dict(rows.tuples().all())


def definition(scope: AppScope, activity_id: str) -> bytes | None:
    """What is known of an activity from the statements about it that the app may read.

    Returns:
        JSON, or None if nothing is known.
    """
    return merged(
        found
        for body in _statements_about(scope, activity_id)
        if (found := definition_in(body, activity_id)) is not None
    )


def _statements_about(scope: AppScope, activity_id: str) -> Iterator[bytes]:
    """The latest statements about an activity, and those that nobody has looked at yet."""
    positions: list[int] = []
    packed = scope.session.scalars(
        select(StatementTerm.positions)
        .where(
            StatementTerm.district_id == scope.district_id,
            StatementTerm.term == term("activity", activity_id),
        )
        .order_by(StatementTerm.last_position.desc())
        .limit(STATEMENTS_ASKED)
    )
    for row in packed:
        positions.extend(unpack(row))
    unread = scope.session.scalar(
        select(func.min(InboxEntry.position)).where(
            InboxEntry.district_id == scope.district_id, ~InboxEntry.again
        )
    )
    allowed = readable(scope)
    if unread is not None:
        yield from _bodies(scope, allowed, StoredStatement.position >= unread)
    if positions:
        latest = sorted(positions)[-STATEMENTS_ASKED:]
        yield from _bodies(scope, allowed, StoredStatement.position.in_(latest))


def _bodies(
    scope: AppScope, allowed: ColumnElement[bool], placed: ColumnElement[bool]
) -> Sequence[bytes]:
    """Statements at some places that the app may read, the latest first."""
    return scope.session.scalars(
        select(StoredStatement.body)
        .where(
            StoredStatement.district_id == scope.district_id,
            placed,
            ~StoredStatement.voided,
            allowed,
        )
        .order_by(StoredStatement.position.desc())
        .limit(STATEMENTS_ASKED)
    ).all()


def same_person(scope: AppScope, key: ActorKey) -> list[ActorKey]:
    """Under which names this app knows the person whom it calls by one of them.

    Only links that were made for this app count: what a child is called elsewhere it need not know.
    Where the name means nobody, or several, there is nothing to tell.
    """
    holds = _holds(scope, clock.now())
    persons = scope.session.scalars(
        select(IdentityLink.user_id).where(
            holds, IdentityLink.issuer == key.issuer, IdentityLink.name == key.name
        )
    ).all()
    if len(set(persons)) != 1:
        return []
    rows = scope.session.execute(
        select(IdentityLink.issuer, IdentityLink.name)
        .where(holds, IdentityLink.user_id == persons[0])
        .order_by(IdentityLink.issuer, IdentityLink.name)
        .distinct()
    )
    return [ActorKey(issuer, name) for issuer, name in rows]


def _holds(scope: AppScope, now: datetime) -> ColumnElement[bool]:
    """That a link of this app is true today."""
    return and_(
        IdentityLink.district_id == scope.district_id,
        IdentityLink.system == scope.actor_id,
        IdentityLink.taken_back_at.is_(None),
        or_(IdentityLink.begins_at.is_(None), IdentityLink.begins_at <= now),
        or_(IdentityLink.ends_at.is_(None), IdentityLink.ends_at > now),
    )
