"""Questions about units and their goal cards."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from aarportal.core.scope import AppScope, Scope
from aarportal.cycle.units.models import GoalCard, Unit


def open_units(scope: Scope, class_ids: Sequence[UUID], day: date) -> Sequence[Unit]:
    """Units that the classes work on on `day`, the one begun last first."""
    if not class_ids:
        return []
    return scope.session.scalars(
        select(Unit)
        .where(Unit.class_id.in_(class_ids), Unit.starts_on <= day, Unit.ends_before > day)
        .order_by(Unit.starts_on.desc(), Unit.subject)
    ).all()


def unit(scope: Scope, unit_id: UUID) -> Unit:
    """One unit of this school.

    Raises:
        NotFoundError: If there is none.
    """
    return scope.one(Unit, unit_id)


def units_by_id(scope: Scope | AppScope, unit_ids: Sequence[UUID]) -> dict[UUID, Unit]:
    """The units with these ids."""
    if not unit_ids:
        return {}
    rows = scope.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))
    return {row.id: row for row in rows}


def units_of_class(scope: Scope, class_id: UUID) -> Sequence[Unit]:
    """All units of a class, the latest first."""
    return scope.session.scalars(
        select(Unit).where(Unit.class_id == class_id).order_by(Unit.starts_on.desc(), Unit.subject)
    ).all()


def cards(scope: Scope, unit_ids: Sequence[UUID]) -> dict[UUID, list[GoalCard]]:
    """The goal cards of each of the units, in the teacher's order."""
    found: dict[UUID, list[GoalCard]] = {unit_id: [] for unit_id in unit_ids}
    if not unit_ids:
        return found
    rows = scope.session.scalars(
        select(GoalCard).where(GoalCard.unit_id.in_(unit_ids)).order_by(GoalCard.position)
    )
    for card in rows:
        found[card.unit_id].append(card)
    return found
