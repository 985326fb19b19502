"""Questions about orders to delete: which stand, which are due, what files go with a student."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from aarportal.core.scope import Scope, SystemScope
from aarportal.insight.handover.models import DeletionOrder, HandoverImport, HandoverPackage
from aarportal.insight.handover.states import DeletionState


def order(scope: Scope, order_id: UUID, *, to_change: bool = False) -> DeletionOrder | None:
    """An order of a school in sight; to be changed, as nobody else changes it meanwhile."""
    query = select(DeletionOrder).where(
        DeletionOrder.id == order_id,
        DeletionOrder.district_id == scope.district_id,
        DeletionOrder.school_id.in_(scope.school_ids),
    )
    return scope.session.scalar(query.with_for_update() if to_change else query)


def standing(scope: Scope, student_id: UUID) -> DeletionOrder | None:
    """The order about a student that was not called off."""
    return scope.session.scalar(
        select(DeletionOrder)
        .where(
            DeletionOrder.student_id == student_id,
            DeletionOrder.state != DeletionState.CANCELLED,
        )
        .limit(1)
    )


def page(scope: Scope, state: str, number: int, size: int) -> tuple[Sequence[DeletionOrder], int]:
    """Orders of these schools in a state, those due next first (of those done, the latest)."""
    mine = (
        DeletionOrder.district_id == scope.district_id,
        DeletionOrder.school_id.in_(scope.school_ids),
        DeletionOrder.state == state,
    )
    count = scope.session.scalar(select(func.count()).select_from(DeletionOrder).where(*mine))
    is_done = state == DeletionState.DONE
    order = DeletionOrder.done_at.desc() if is_done else DeletionOrder.due_on
    rows = scope.session.scalars(
        select(DeletionOrder)
        .where(*mine)
        .order_by(order, DeletionOrder.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return rows, count or 0


def due(scope: SystemScope, today: date, after: UUID | None = None) -> UUID | None:
    """The next order that is due, in the order of their ids."""
    query = (
        select(DeletionOrder.id)
        .where(DeletionOrder.state == DeletionState.PLANNED, DeletionOrder.due_on <= today)
        .order_by(DeletionOrder.id)
        .limit(1)
    )
    if after is not None:
        query = query.where(DeletionOrder.id > after)
    return scope.session.scalar(query)


def locked(scope: SystemScope, order_id: UUID) -> DeletionOrder | None:
    """An order whose state nobody else changes meanwhile."""
    return scope.session.get(DeletionOrder, order_id, with_for_update=True)


def files_of(scope: SystemScope, ids: Collection[UUID]) -> tuple[list[UUID], list[UUID]]:
    """Files of a student's exports that lie here: made ones, brought ones."""
    made = scope.session.scalars(
        select(HandoverPackage.id).where(HandoverPackage.student_id.in_(ids))
    ).all()
    brought = scope.session.scalars(
        select(HandoverImport.id).where(HandoverImport.student_id.in_(ids))
    ).all()
    return list(made), list(brought)
