"""よてい: when the student means to work, and what became of it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.machines import step
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation import store
from aarportal.cycle.anticipation.choices import SLOTS, WHENS
from aarportal.cycle.anticipation.models import PlanSession
from aarportal.cycle.anticipation.plans.matching import (
    DayWork,
    Planned,
    settle,
)
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import PLAN, CycleEvent, CycleState, PlanEvent, PlanState

#: A plan is moved at most this far ahead.
FURTHEST_DAYS = 31
#: Plans older than this are left as they are: nobody remembers.
SETTLED_AFTER_DAYS = 14


def day_of(when: str, today: date) -> date:
    """The day that a choice of `WHENS` means."""
    return today + timedelta(days=1) if when == "tomorrow" else today


def plan_session(scope: Scope, cycle: LearningCycle, when: str, amount: int | None) -> PlanSession:
    """Plan to work for a lap: one session for each day and time of day.

    Args:
        scope: The student's.
        cycle: The lap; it stays where it is.
        when: Key of `WHENS`.
        amount: Items; None if no number of them is planned.
    """
    planned_on = day_of(when, clock.today())
    standing = store.plans_of(scope, [cycle.id])[cycle.id]
    row = next((p for p in standing if p.planned_on == planned_on and p.slot == WHENS[when]), None)
    if row is None:
        row = PlanSession(
            student_id=cycle.student_id,
            cycle_id=cycle.id,
            planned_on=planned_on,
            slot=WHENS[when],
            state=PlanState.PLANNED,
        )
        scope.session.add(row)
        scope.session.flush()  # the trace needs its id
    row.planned_amount = amount
    audit.record(scope, "plan:set", row.id, student_id=row.student_id)
    return row


def move_plan(scope: Scope, plan: PlanSession, to: date, slot: str = "") -> PlanSession:
    """Move a plan to another day, today or later; moving is planning, not failing.

    Raises:
        InvalidError: If the day is past or too far away, or there is no such slot.
        StateError: If the plan was carried out, dropped or excused, or its lap is closed.
    """
    today = clock.today()
    if not today <= to <= today + timedelta(days=FURTHEST_DAYS):
        raise InvalidError("planned_on", "range")
    if slot and slot not in SLOTS:
        raise InvalidError("slot", "unknown")
    _step(plan, PlanEvent.MOVE)
    plan.planned_on, plan.slot = to, slot or plan.slot
    plan.moved_count += 1
    loop.move(scope, cycles.cycle(scope, plan.cycle_id), CycleEvent.PLAN_MOVED)
    audit.record(scope, "plan:moved", plan.id, student_id=plan.student_id)
    return plan


def finish_plan(scope: Scope, plan: PlanSession) -> PlanSession:
    """できた（紙で）: the student says that it was done without a record.

    Raises:
        StateError: If the plan's day is not over, or somebody said already what became of it.
    """
    _step(plan, PlanEvent.DONE_ON_PAPER)
    cycle = cycles.cycle(scope, plan.cycle_id)
    if cycle.state in {CycleState.ANTICIPATING, CycleState.PAUSED}:
        loop.move(scope, cycle, CycleEvent.STARTED)
    else:
        loop.touch(cycle)
    audit.record(scope, "plan:done", plan.id, student_id=plan.student_id)
    return plan


def drop_plan(scope: Scope, plan: PlanSession) -> PlanSession:
    """やめる: the student lets a plan go whose day went by.

    Raises:
        StateError: As for `finish_plan`.
    """
    _step(plan, PlanEvent.DROP)
    audit.record(scope, "plan:dropped", plan.id, student_id=plan.student_id)
    return plan


def settle_plans(  # noqa: PLR0913 - what was done, and the days on which nothing could be
    scope: Scope,
    student_id: UUID,
    works: Iterable[DayWork],
    today: date,
    absent: Collection[date] = (),
    *,
    without_lessons: Collection[date] = (),
) -> int:
    """Say of every plan of the last two weeks what became of it.

    Args:
        scope: The student's.
        student_id: Whose plans.
        works: The student's work by day and unit, from two weeks and a day ago until today
            (sums of day_rollups over the apps).
        today: The day at school.
        absent: Days on which the student was away; plans of such days are excused.
        without_lessons: Days without school, of events and of tests; plans at school are excused.

    Returns:
        How many plans moved; nothing is written when none did.
    """
    first = today - timedelta(days=SETTLED_AFTER_DAYS)
    rows = store.plans_to_settle(scope, student_id, first, today)
    events = settle([planned for _, planned in rows], works, today, absent, without_lessons)
    return _settle(scope, student_id, rows, events)


def _settle(
    scope: Scope,
    student_id: UUID,
    rows: list[tuple[PlanSession, Planned]],
    events: Mapping[UUID, PlanEvent],
) -> int:
    for row, planned in rows:
        if planned.id in events:
            _step(row, events[planned.id])
    if events:
        audit.record(
            scope, "plan:settled", student_id, student_id=student_id, detail=str(len(events))
        )
    return len(events)


def _step(plan: PlanSession, event: PlanEvent) -> None:
    plan.state = step(PLAN, PlanState(plan.state), event)
