"""Moving a learning cycle on, and carrying an adjustment from one lap into the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import StateError
from aarportal.core.machines import step
from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.cycle.loop import store
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import (
    ADJUSTMENT,
    CYCLE,
    OPEN_CYCLE,
    REST_AFTER_SCHOOL_DAYS,
    AdjustmentEvent,
    AdjustmentState,
    CycleEvent,
    CycleState,
)
from aarportal.cycle.loop.store import AnyLap, LapRow
from aarportal.people.attendance.calendar import Calendar

#: What a record can change about a lap, and its key.
_CHANGEABLE = (
    "school_id", "id", "state", "state_since", "acted_first_at", "reflected_at", "closed_at",
    "updated_at", "records", "items", "first_attempt_items", "first_attempt_correct",
    "retry_items", "retry_correct", "active_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Lap:
    """What a new cycle is about."""

    student_id: UUID
    school_id: UUID
    class_id: UUID
    subject: str
    unit_id: UUID | None
    prompt_stage: int = 1


def open_cycle(
    scope: Scope | AppScope, lap: Lap, event: CycleEvent, *, at: datetime | None = None
) -> LearningCycle:
    """Begin a lap by the first thing that happens in it: a goal, a plan or a record.

    Args:
        scope: Whose doing it is; records open cycles in an app's scope.
        lap: What it is about.
        event: `GOAL_CONFIRMED`, `PLAN_CREATED` or `RECORD_ARRIVED`.
        at: When it happened, for records that arrive later than they were made.
    """
    now = clock.now()
    opened_at = at or now
    state = step(CYCLE, CycleState.NONE, event)
    cycle = LearningCycle(
        school_id=lap.school_id,
        student_id=lap.student_id,
        class_id=lap.class_id,
        subject=lap.subject,
        unit_id=lap.unit_id,
        state=state,
        state_since=opened_at,
        opened_at=opened_at,
        opened_on=clock.school_day_of(opened_at),
        updated_at=now,
        goal_before=event is not CycleEvent.RECORD_ARRIVED,
        prompt_stage=lap.prompt_stage,
    )
    if state is CycleState.ACTING:
        cycle.acted_first_at = opened_at
    scope.session.add(cycle)
    scope.session.flush()  # its id goes into the rows that hang on it
    return cycle


def move(
    scope: Scope | AppScope | SystemScope,
    cycle: AnyLap,
    event: CycleEvent,
    *,
    at: datetime | None = None,
) -> None:
    """Move a cycle on.

    Raises:
        StateError: If the cycle knows no such step from where it is.
    """
    _ = scope
    now = clock.now()
    before = CycleState(cycle.state)
    after = step(CYCLE, before, event)
    if after is not before:
        cycle.state = after
        cycle.state_since = at or now
    if after is CycleState.ACTING and cycle.acted_first_at is None:
        cycle.acted_first_at = at or now
    if after is CycleState.CLOSED_OPEN_ADJUST:
        cycle.reflected_at = cycle.closed_at = at or now
    if after is CycleState.CLOSED_UNREVIEWED:
        # Work that comes in later is of another lap.
        cycle.closed_at = at or now
    if event is CycleEvent.REOPENED:
        cycle.closed_at = None
    cycle.updated_at = now


def touch(cycle: AnyLap) -> None:
    """Something that the class page shows changed without moving the cycle."""
    cycle.updated_at = clock.now()


def write(scope: AppScope, laps: Iterable[LapRow]) -> None:
    """Write laps that were changed as plain columns; one statement for all of them."""
    rows = [{name: getattr(lap, name) for name in _CHANGEABLE} for lap in laps]
    if rows:
        scope.session.execute(update(LearningCycle), rows)


@dataclass(frozen=True)
class AdjustmentDraft:
    """つぎの工夫 as the student chose it."""

    kind: str
    what: str
    to_value: str = ""


def propose_adjustment(scope: Scope, cycle: LearningCycle, draft: AdjustmentDraft) -> Adjustment:
    """Keep what the student means to keep or change next time; an earlier choice is replaced."""
    row = scope.session.scalar(
        select(Adjustment).where(
            Adjustment.from_cycle_id == cycle.id, Adjustment.state == AdjustmentState.PROPOSED
        )
    )
    if row is None:
        row = Adjustment(
            school_id=cycle.school_id,
            student_id=cycle.student_id,
            from_cycle_id=cycle.id,
            state=AdjustmentState.PROPOSED,
            proposed_at=clock.now(),
        )
        scope.session.add(row)
    row.kind, row.what, row.to_value = draft.kind, draft.what, draft.to_value
    touch(cycle)
    audit.record(scope, "adjustment:proposed", cycle.id, student_id=cycle.student_id)
    return row


def adopt(scope: Scope, adjustment: Adjustment, into: LearningCycle) -> None:
    """Carry an adjustment into a new lap: this closes the loop between the two.

    Raises:
        StateError: If it was used or has lapsed before.
    """
    _move_adjustment(adjustment, AdjustmentEvent.CHOOSE)
    _move_adjustment(adjustment, AdjustmentEvent.TAKE_EFFECT)
    adjustment.to_cycle_id = into.id
    adjustment.decided_at = clock.now()
    before = store.cycle(scope, adjustment.decided_in)
    if before.state == CycleState.CLOSED_OPEN_ADJUST:
        move(scope, before, CycleEvent.ADJUSTMENT_LINKED)
    before.next_cycle_id = into.id
    into.prev_cycle_id = before.id
    audit.record(scope, "adjustment:adopted", adjustment.id, student_id=into.student_id)


def judge(scope: Scope, adjustment: Adjustment, verdict: str) -> None:
    """かえてみてどうだった？ Keep the student's verdict on what they tried.

    Args:
        scope: The student's.
        adjustment: What was tried; a lap with an adjustment in effect counts as a try.
        verdict: `worked`, `no_change` or `cannot_say`.
    """
    if adjustment.state == AdjustmentState.IN_EFFECT:
        _move_adjustment(adjustment, AdjustmentEvent.SESSION_DONE)
    if adjustment.state != AdjustmentState.TRIED:
        return
    _move_adjustment(adjustment, AdjustmentEvent(f"judge_{verdict}"))
    adjustment.verdict = verdict
    if verdict == "worked" and _worked_before(scope, adjustment):
        _move_adjustment(adjustment, AdjustmentEvent.WORKED_AGAIN)
    audit.record(scope, "adjustment:judged", adjustment.id, student_id=adjustment.student_id)


def pass_days(scope: Scope, student_id: UUID, calendar: Calendar, today: date) -> int:
    """Let rest what had no event for ten school days, and let unused adjustments lapse.

    What rests when its term has ended is closed without being looked back on: nobody is asked in
    autumn how a lap of July went.

    Returns:
        How many cycles and adjustments moved.
    """
    moved = 0
    for cycle in store.open_cycles(scope, student_id):
        last = clock.school_day_of(cycle.updated_at)
        is_going_on = cycle.state in {CycleState.ANTICIPATING, CycleState.ACTING}
        if is_going_on and _is_over(calendar, last, today):
            move(scope, cycle, CycleEvent.DAYS_PASSED)
            moved += 1
        term = calendar.term_of(last)
        if cycle.state == CycleState.PAUSED and term and term.ends_before <= today:
            move(scope, cycle, CycleEvent.TERM_ENDED)
            moved += 1
    waiting = scope.session.scalars(
        select(Adjustment).where(
            Adjustment.student_id == student_id, Adjustment.state == AdjustmentState.PROPOSED
        )
    )
    for adjustment in waiting:
        if _is_over(calendar, clock.school_day_of(adjustment.proposed_at), today):
            _move_adjustment(adjustment, AdjustmentEvent.DAYS_PASSED)
            before = store.cycle(scope, adjustment.decided_in)
            if before.state == CycleState.CLOSED_OPEN_ADJUST:
                move(scope, before, CycleEvent.DAYS_PASSED)
            moved += 1
    if moved:
        audit.record(scope, "cycle:rested", student_id, student_id=student_id, detail=str(moved))
    return moved


def close_unreviewed(
    scope: Scope | SystemScope, laps: Iterable[LearningCycle], *, at: datetime | None = None
) -> int:
    """Close laps that nobody looked back on: the year is over, or their student has left.

    Args:
        scope: The student's, or the system's for a whole school.
        laps: Open or not.
        at: The moment they will all bear; now if None.

    Returns:
        How many were open.
    """
    closed = 0
    for cycle in laps:
        if cycle.state in OPEN_CYCLE:
            move(scope, cycle, CycleEvent.TERM_ENDED, at=at)
            closed += 1
            audit.record(scope, "cycle:closed_unreviewed", cycle.id, student_id=cycle.student_id)
    return closed


def reopen(scope: SystemScope, laps: Iterable[LearningCycle]) -> int:
    """Open laps again that were closed by mistake; they rest until somebody goes on.

    Returns:
        How many.
    """
    opened = 0
    for cycle in laps:
        move(scope, cycle, CycleEvent.REOPENED)
        opened += 1
        audit.record(scope, "cycle:reopened", cycle.id, student_id=cycle.student_id)
    return opened


def carry_over(scope: Scope, adjustments: Iterable[Adjustment]) -> int:
    """Let what a student decided at a school before wait for the next goal at this one.

    Rows of one school do not point into another, so each goes on as a row of this school; the one
    at the school before says so, and nothing is carried twice.

    Args:
        scope: The student's.
        adjustments: Rows of schools before that nobody has taken up.

    Returns:
        How many were carried.
    """
    carried = 0
    for row in adjustments:
        _move_adjustment(row, AdjustmentEvent.CARRY)
        scope.session.add(
            Adjustment(
                school_id=scope.school_id,
                student_id=row.student_id,
                carried_from_id=row.id,
                carried_from_cycle_id=row.decided_in,
                kind=row.kind,
                what=row.what,
                to_value=row.to_value,
                state=AdjustmentState.PROPOSED,
                proposed_at=row.proposed_at,
            )
        )
        carried += 1
        audit.record(scope, "adjustment:carried", row.id, student_id=row.student_id)
    return carried


def check_is_here(scope: Scope, school_id: UUID) -> None:
    """Let pass only what belongs to the school where the student is now.

    Raises:
        StateError: What was written at a school before stays as it was written.
    """
    if school_id != scope.school_id:
        raise StateError("this is of a school before")


def is_open(cycle: LearningCycle) -> bool:
    """Whether the cycle still takes goals, records or a reflection."""
    return cycle.state in OPEN_CYCLE


def _move_adjustment(adjustment: Adjustment, event: AdjustmentEvent) -> None:
    adjustment.state = step(ADJUSTMENT, AdjustmentState(adjustment.state), event)


def _worked_before(scope: Scope, adjustment: Adjustment) -> bool:
    """Whether the same kind of change was judged to work in an earlier lap as well."""
    return (
        scope.session.scalar(
            select(Adjustment.id)
            .where(
                Adjustment.student_id == adjustment.student_id,
                Adjustment.id != adjustment.id,
                Adjustment.what == adjustment.what,
                Adjustment.to_value == adjustment.to_value,
                Adjustment.verdict == "worked",
            )
            .limit(1)
        )
        is not None
    )


def _is_over(calendar: Calendar, last: date, today: date) -> bool:
    return calendar.school_days_between(last, today) >= REST_AFTER_SCHOOL_DAYS
