"""Questions about learning cycles and the adjustments between them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from aarportal.core.scope import AppScope, Scope
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import (
    CLOSED_CYCLE,
    OPEN_CYCLE,
    AdjustmentState,
    CycleState,
)


def of_lap(row_class: Any) -> ColumnElement[bool]:
    """Joins rows of a lap (goals, ratings, reflections …) to `LearningCycle`."""
    return and_(
        row_class.school_id == LearningCycle.school_id, row_class.cycle_id == LearningCycle.id
    )


def cycle(scope: Scope, cycle_id: UUID) -> LearningCycle:
    """One visible cycle.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    return scope.one(LearningCycle, cycle_id)


# What the pages of a student ask is made once: putting a question together costs as much as asking.

_OPEN_CYCLES = (
    select(LearningCycle)
    .where(LearningCycle.student_id == bindparam("student_id"), LearningCycle.state.in_(OPEN_CYCLE))
    .order_by(LearningCycle.updated_at.desc())
)


def open_cycles(scope: Scope | AppScope, student_id: UUID) -> Sequence[LearningCycle]:
    """Cycles that still take goals, records or a reflection, the one touched last first."""
    return scope.session.scalars(_OPEN_CYCLES, {"student_id": student_id}).all()


@dataclass(slots=True)
class LapRow:
    """A lap as plain columns: what incoming records link to and change, forty at a time."""

    school_id: UUID
    id: UUID
    student_id: UUID
    unit_id: UUID | None
    subject: str
    opened_at: datetime
    opened_on: date
    state: str
    state_since: datetime
    acted_first_at: datetime | None
    reflected_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    records: int
    items: int
    first_attempt_items: int
    first_attempt_correct: int
    retry_items: int
    retry_correct: int
    active_seconds: int


#: A lap, as a row of the session or as plain columns; both are moved and summed up alike.
AnyLap = LearningCycle | LapRow

_LAP_ROWS = (
    select(*(getattr(LearningCycle, column.name) for column in fields(LapRow)))
    .where(
        LearningCycle.student_id.in_(bindparam("student_ids", expanding=True)),
        LearningCycle.opened_on <= bindparam("last"),
        or_(LearningCycle.opened_at >= bindparam("first"), LearningCycle.state.in_(OPEN_CYCLE)),
    )
    .with_for_update(key_share=True)
)


def lap_rows(
    scope: AppScope, student_ids: Collection[UUID], first: datetime, last: date
) -> list[LapRow]:
    """Laps of these students that were opened since `first`, or are open still."""
    wanted = {"student_ids": list(student_ids), "first": first, "last": last}
    return [LapRow(*row) for row in scope.session.execute(_LAP_ROWS, wanted)]


def recent_cycles(scope: Scope, student_id: UUID, limit: int) -> Sequence[LearningCycle]:
    """The latest cycles, the last one first."""
    return scope.session.scalars(
        select(LearningCycle)
        .where(LearningCycle.student_id == student_id)
        .order_by(LearningCycle.opened_at.desc())
        .limit(limit)
    ).all()


_BETWEEN = (
    select(LearningCycle)
    .where(
        LearningCycle.student_id == bindparam("student_id"),
        LearningCycle.opened_on.between(bindparam("first"), bindparam("last")),
    )
    .order_by(LearningCycle.opened_at)
)


def cycles_between(
    scope: Scope, student_id: UUID, first: date, last: date
) -> Sequence[LearningCycle]:
    """Cycles opened from `first` to `last` (inclusive), in order."""
    wanted = {"student_id": student_id, "first": first, "last": last}
    return scope.session.scalars(_BETWEEN, wanted).all()


_CLOSED_LAPS = (
    select(func.count())
    .select_from(LearningCycle)
    .where(
        LearningCycle.student_id == bindparam("student_id"),
        LearningCycle.state.in_(CLOSED_CYCLE - {CycleState.CLOSED_UNREVIEWED}),
    )
)


def closed_laps(scope: Scope, student_id: UUID) -> int:
    """How many laps the student has closed by reflecting; they never disappear."""
    return scope.session.scalar(_CLOSED_LAPS, {"student_id": student_id}) or 0


def recent_amounts(scope: Scope, student_id: UUID, subject: str, limit: int = 4) -> list[int]:
    """Items done in each of the student's last cycles of a subject that have any."""
    return list(
        scope.session.scalars(
            select(LearningCycle.items)
            .where(
                LearningCycle.student_id == student_id,
                LearningCycle.subject == subject,
                LearningCycle.items > 0,
            )
            .order_by(LearningCycle.opened_at.desc())
            .limit(limit)
        )
    )


def adjustment(scope: Scope, adjustment_id: UUID) -> Adjustment:
    """One visible adjustment.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    return scope.one(Adjustment, adjustment_id)


_LATEST_ADJUSTMENT = (
    select(Adjustment)
    .where(
        Adjustment.student_id == bindparam("student_id"),
        Adjustment.state.not_in((AdjustmentState.LAPSED, AdjustmentState.CARRIED)),
    )
    .order_by(Adjustment.proposed_at.desc())
    .limit(1)
)


def latest_adjustment(scope: Scope, student_id: UUID) -> Adjustment | None:
    """What the student decided last, whether it waits, is being tried or was judged."""
    return scope.session.scalar(_LATEST_ADJUSTMENT, {"student_id": student_id})


def proposed_adjustment(scope: Scope, student_id: UUID) -> Adjustment | None:
    """The student's latest adjustment, if it still waits to be used.

    An older one that nobody took up is put aside by every newer one.
    """
    latest = latest_adjustment(scope, student_id)
    return latest if latest and latest.state == AdjustmentState.PROPOSED else None


def adjustments_of(scope: Scope, cycle_ids: Collection[UUID]) -> Sequence[Adjustment]:
    """Adjustments that came out of these cycles or were tried in them.

    Of one that was carried to another school the row there is meant.
    """
    if not cycle_ids:
        return []
    return scope.session.scalars(
        select(Adjustment)
        .where(
            or_(
                Adjustment.from_cycle_id.in_(cycle_ids),
                Adjustment.carried_from_cycle_id.in_(cycle_ids),
                Adjustment.to_cycle_id.in_(cycle_ids),
            ),
            Adjustment.state != AdjustmentState.CARRIED,
        )
        .order_by(Adjustment.proposed_at)
    ).all()


def tried_in(scope: Scope, cycle_id: UUID) -> Adjustment | None:
    """The adjustment that this cycle took over from an earlier one."""
    return scope.session.scalar(select(Adjustment).where(Adjustment.to_cycle_id == cycle_id))
