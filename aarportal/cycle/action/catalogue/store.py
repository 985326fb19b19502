"""What learning apps sent that nobody knows the subject or the unit of."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from aarportal.core.ids import NOTHING
from aarportal.core.scope import Scope
from aarportal.cycle.action.catalogue.offers import Unknown
from aarportal.cycle.action.models import LearningApp, LearningRecord
from aarportal.cycle.loop.states import COUNTED_RECORD
from aarportal.cycle.units.models import Unit

#: Different activities that are looked at; who answers for some sees the next.
_MOST = 2000


def unknown(scope: Scope, first: date) -> list[Unknown]:
    """Activities since `first` whose subject or unit is not known, the most records first."""
    record = LearningRecord
    count = func.count(record.id)
    rows = scope.session.execute(
        select(
            record.app_id,
            record.unit_title,
            record.activity_id,
            record.subject,
            func.max(record.title),
            count,
            func.max(record.day),
        )
        .where(
            record.day >= first,
            record.app_id != NOTHING,
            or_(record.subject == "", record.unit_id.is_(None)),
            record.state.in_(COUNTED_RECORD),
        )
        .group_by(record.app_id, record.unit_title, record.activity_id, record.subject)
        .order_by(count.desc(), record.app_id, record.activity_id)
        .limit(_MOST)
    )
    return [Unknown(*row) for row in rows]


def units(scope: Scope, since: date) -> Sequence[Unit]:
    """Units of the person's classes that were open since then, the one begun last first."""
    if not scope.class_ids:
        return []
    return scope.session.scalars(
        select(Unit)
        .where(Unit.class_id.in_(scope.class_ids), Unit.ends_before > since)
        .order_by(Unit.starts_on.desc(), Unit.subject, Unit.id)
    ).all()


def app(scope: Scope, app_id: UUID) -> LearningApp | None:
    """A learning app of the district."""
    return scope.session.scalar(
        select(LearningApp).where(
            LearningApp.id == app_id, LearningApp.district_id == scope.district_id
        )
    )
