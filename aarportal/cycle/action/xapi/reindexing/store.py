"""Questions of whoever compares the index of statements with the log."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from sqlalchemy import func, select

from aarportal.core.scope import AppScope, SystemScope
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningApp,
    StatementReference,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi.store import Kept
from aarportal.cycle.action.xapi.terms import STRETCH, unpack

#: How many values stand in one question.
_AT_ONCE = 400


def senders(scope: SystemScope, district_id: UUID | None) -> Sequence[tuple[LearningApp, int]]:
    """Every app that ever sent something, the portal's own and revoked ones too, with how much.

    Args:
        scope: The system's.
        district_id: Only apps of this district; None for every one.
    """
    query = (
        select(LearningApp, func.count(StoredStatement.id))
        .join(StoredStatement, StoredStatement.app_id == LearningApp.id)
        .group_by(LearningApp.id)
        .order_by(LearningApp.title, LearningApp.id)
    )
    if district_id is not None:
        query = query.where(LearningApp.district_id == district_id)
    return scope.session.execute(query).tuples().all()


def log(scope: AppScope, after: int, limit: int) -> list[Kept]:
    """What the app sent, from after a place on, in the order of the log."""
    rows = scope.session.execute(
        select(
            StoredStatement.given_id,
            StoredStatement.position,
            StoredStatement.app_id,
            StoredStatement.body,
        )
        .where(
            StoredStatement.district_id == scope.district_id,
            StoredStatement.app_id == scope.actor_id,
            StoredStatement.position > after,
        )
        .order_by(StoredStatement.position)
        .limit(limit)
    )
    return [Kept(*row) for row in rows]


def unread(scope: AppScope, last: int) -> list[range]:
    """Places up to `last` that wait to be read for the first time; nobody reads them meanwhile."""
    rows = scope.session.scalars(
        select(InboxEntry)
        .where(
            InboxEntry.district_id == scope.district_id,
            InboxEntry.app_id == scope.actor_id,
            InboxEntry.position <= last,
            ~InboxEntry.again,
        )
        .order_by(InboxEntry.position)
        .with_for_update()
    )
    return [range(row.position, row.last_position + 1) for row in rows]


def indexed(
    scope: AppScope, terms: Collection[int], first: int, last: int
) -> Iterator[tuple[int, int]]:
    """(term, place) that the index has between two places, and some farther away."""
    ordered = sorted(terms)
    for begin in range(0, len(ordered), _AT_ONCE):
        rows = scope.session.execute(
            select(StatementTerm.term, StatementTerm.positions).where(
                StatementTerm.district_id == scope.district_id,
                StatementTerm.term.in_(ordered[begin : begin + _AT_ONCE]),
                StatementTerm.last_position >= first,
                # A row lies within one stretch.
                StatementTerm.last_position < (last // STRETCH + 1) * STRETCH,
            )
        )
        for term, positions in rows:
            for position in unpack(positions):
                yield term, position


def referring(scope: AppScope, positions: Collection[int]) -> set[int]:
    """Which of these places are kept as those of statements about others."""
    if not positions:
        return set()
    return set(
        scope.session.scalars(
            select(StatementReference.position).where(
                StatementReference.district_id == scope.district_id,
                StatementReference.position.in_(positions),
            )
        )
    )
