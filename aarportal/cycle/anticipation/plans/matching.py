"""Which plan was carried out by which day's work, pure.

A plan is matched by work on the same unit (or the same subject where either unit is unknown) on
its day or the day before or after. Work answers one plan only: first the plans of its own day,
then what is left of it goes to the neighbours.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from aarportal.core.ids import NOTHING
from aarportal.cycle.loop.states import PlanEvent, PlanState, plan_event

#: Plans in these states still wait for what becomes of them.
UNSETTLED = frozenset({PlanState.PLANNED, PlanState.PARTLY, PlanState.OPEN_PAST})
#: Plans in these states have used work up already, or may still use it.
_COUNTED = UNSETTLED | {PlanState.DONE}


@dataclass(frozen=True)
class DayWork:
    """What a student did on one day in one unit, as numbers."""

    day: date
    subject: str
    unit_id: UUID | None
    items: int
    """0 for work that counts no items; it still answers a plan without an amount."""


@dataclass(frozen=True)
class Planned:
    """A plan session as the matching sees it."""

    id: UUID
    day: date
    subject: str
    unit_id: UUID | None
    amount: int | None
    state: PlanState
    opened_on: date
    """Work before the lap was opened does not count for it."""
    is_at_school: bool = False


def settle(
    plans: Sequence[Planned],
    works: Iterable[DayWork],
    today: date,
    absent: Collection[date] = (),
    without_lessons: Collection[date] = (),
) -> dict[UUID, PlanEvent]:
    """What happens to each plan that is not settled yet; plans that only wait are left out.

    Args:
        plans: Plans of one student, settled ones too: they have used work up.
        works: All work of the days of the plans and one day around them.
        today: Plans of later days are left alone.
        absent: Days on which the student was away.
        without_lessons: Days on which a plan at school could not be carried out.
    """
    ordered = _in_turn(plans, today)
    taken = _share_out(ordered, works)
    events = {
        plan.id: _by_work(plan, taken[plan.id])
        if plan.id in taken
        else _by_calendar(plan, today, absent, without_lessons)
        for plan in ordered
        if plan.state in UNSETTLED
    }
    return {plan_id: event for plan_id, event in events.items() if event is not None}


def settle_by_work(
    plans: Sequence[Planned], works: Iterable[DayWork], today: date
) -> dict[UUID, PlanEvent]:
    """The same for plans that the work answers; the others are left alone."""
    ordered = _in_turn(plans, today)
    taken = _share_out(ordered, works)
    events = {
        plan.id: _by_work(plan, taken[plan.id])
        for plan in ordered
        if plan.state in UNSETTLED and plan.id in taken
    }
    return {plan_id: event for plan_id, event in events.items() if event is not None}


def _in_turn(plans: Sequence[Planned], today: date) -> list[Planned]:
    """Done plans first, because they have taken their share before; then by day."""
    return sorted(
        (plan for plan in plans if plan.state in _COUNTED and plan.day <= today),
        key=lambda plan: (plan.state is not PlanState.DONE, plan.day, plan.id),
    )


def _share_out(plans: Sequence[Planned], works: Iterable[DayWork]) -> dict[UUID, int]:
    """Plan -> items that it gets; plans without any work are left out."""
    left = [_Left(work, work.items) for work in works]
    taken: dict[UUID, int] = {}
    for nearby in (False, True):
        for plan in plans:
            for share in left:
                if _fits(plan, share.work, nearby=nearby):
                    share.give(plan, taken)
    return taken


@dataclass
class _Left:
    work: DayWork
    items: int
    used: bool = False

    def give(self, plan: Planned, taken: dict[UUID, int]) -> None:
        """Give a plan what it still lacks; without an amount it takes all that is left."""
        if self.used and not self.items:
            return
        before = taken.get(plan.id)
        if plan.amount is None:
            if before is not None:
                return
            gift = self.items
        else:
            gift = min(self.items, plan.amount - (before or 0))
            if before is not None and not gift:
                return
        taken[plan.id] = (before or 0) + gift
        self.items -= gift
        self.used = True


def _fits(plan: Planned, work: DayWork, *, nearby: bool) -> bool:
    distance = abs((work.day - plan.day).days)
    if work.day < plan.opened_on or distance > 1 or (distance == 1) is not nearby:
        return False
    known = {plan.unit_id, work.unit_id}.isdisjoint({None, NOTHING})
    return plan.unit_id == work.unit_id if known else plan.subject == work.subject


def _by_work(plan: Planned, done: int) -> PlanEvent | None:
    event = plan_event(done, plan.amount)
    if event is PlanEvent.RECORD_SOME and plan.state is PlanState.PARTLY:
        return None
    return event


def _by_calendar(
    plan: Planned, today: date, absent: Collection[date], without_lessons: Collection[date]
) -> PlanEvent | None:
    if plan.state is PlanState.PARTLY:
        return None
    if plan.day in absent:
        return PlanEvent.ABSENT
    if plan.state is PlanState.PLANNED and (today - plan.day).days > 1:
        could_not = plan.is_at_school and plan.day in without_lessons
        return PlanEvent.ABSENT if could_not else PlanEvent.DAY_PASSED
    return None
