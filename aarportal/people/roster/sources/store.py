"""Questions about systems that the roster is fetched from."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.roster.sources.models import RosterSource

Source = RosterSource


def _mine(scope: Scope) -> Select[tuple[RosterSource]]:
    """What this office entered: the board knows of all, a school of its own."""
    mine = select(RosterSource)
    if scope.role is Role.DISTRICT_ADMINISTRATOR:
        return mine
    return mine.where(RosterSource.school_id == scope.school_id)


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[RosterSource], int]:
    """One page of them, the newest first, and how many there are.

    Args:
        scope: The office's.
        number: Which page, from 1.
        size: Systems on a page.
    """
    query = _mine(scope)
    count = scope.session.scalar(query.with_only_columns(func.count(RosterSource.id))) or 0
    rows = query.order_by(RosterSource.made_at.desc(), RosterSource.id)
    found = scope.session.scalars(rows.limit(size).offset((number - 1) * size)).all()
    return found, count


def source(scope: Scope, source_id: UUID, *, lock: bool = False) -> RosterSource:
    """One of them.

    Args:
        scope: The office's.
        source_id: Which.
        lock: Whether nobody else may change it until this transaction ends.

    Raises:
        NotFoundError: If this office has no such system.
    """
    query = _mine(scope).where(RosterSource.id == source_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = scope.session.scalar(query)
    if row is None:
        raise NotFoundError("roster source")
    return row


def due(scope: SystemScope, now: datetime) -> Sequence[UUID]:
    """Systems that are to be asked now, the one that waits longest first."""
    query = (
        select(RosterSource.id)
        .where(_is_due(now))
        .order_by(RosterSource.next_pull_at, RosterSource.id)
    )
    return scope.session.scalars(query).all()


def due_source(scope: SystemScope, source_id: UUID, now: datetime) -> RosterSource | None:
    """One of them, if it still is; nobody else takes it until this transaction ends."""
    query = (
        select(RosterSource)
        .where(RosterSource.id == source_id, _is_due(now))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return scope.session.scalar(query)


def claimed(scope: SystemScope, source_id: UUID) -> RosterSource | None:
    """A system that is being asked; None if it was taken out meanwhile."""
    query = select(RosterSource).where(RosterSource.id == source_id).with_for_update()
    return scope.session.scalar(query.execution_options(populate_existing=True))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Its hour has come, or whoever asked it was killed; and nobody asks it now."""
    free, left = RosterSource.claimed_until.is_(None), RosterSource.claimed_until <= now
    is_on = RosterSource.paused_at.is_(None)
    return or_(and_(is_on, left), and_(RosterSource.next_pull_at <= now, free))
