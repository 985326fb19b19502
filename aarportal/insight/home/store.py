"""What a student's home shows: today's ring and what surrounds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from aarportal.core import clock
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation import store as anticipation
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop import store as loop
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import CLOSED_CYCLE, CycleState
from aarportal.cycle.reflection import store as reflection
from aarportal.cycle.reflection.letters import store as letters
from aarportal.cycle.reflection.letters import terms
from aarportal.cycle.reflection.models import TeacherFeedback
from aarportal.cycle.units import store as units
from aarportal.cycle.units.models import Unit
from aarportal.insight.home.phases import NOT_BEGUN, NOTHING_YET, Phases, phases_of
from aarportal.people.attendance import store as attendance
from aarportal.people.attendance.calendar import Calendar

_SATURDAY = 5


@dataclass(frozen=True)
class DayOfWeek:
    """One day of the week and how far its ring got."""

    day: date
    phases: Phases
    school: bool
    is_today: bool


@dataclass(frozen=True)
class Today:
    """Everything on the home page."""

    day: date
    cycle: LearningCycle | None
    """The lap in the middle of the page: the chosen one, else the open one touched last, else the
    last closed today."""
    goal: Goal | None
    unit: Unit | None
    phases: Phases
    others: Sequence[tuple[LearningCycle, Unit | None]]
    """Other laps of today, the one touched last first."""
    closed_laps: int
    adjustment: Adjustment | None
    feedback: TeacherFeedback | None
    week: Sequence[DayOfWeek]
    letter_is_due: bool
    """Whether the term comes to its end, and with it the time for its letter."""

    @property
    def adjusted_on(self) -> date | None:
        """The day at school on which the adjustment was decided."""
        return clock.school_day_of(self.adjustment.proposed_at) if self.adjustment else None

    @property
    def is_closed(self) -> bool:
        """Whether the lap in the middle is finished."""
        return self.cycle is not None and self.cycle.state in CLOSED_CYCLE


def today(scope: Scope, chosen: UUID | None = None) -> Today:
    """The home of the student who asks.

    Args:
        scope: The student's.
        chosen: One of the laps of today, to stand in the middle of the page.
    """
    day = clock.today()
    monday = day - timedelta(days=day.weekday())
    week = loop.cycles_between(scope, scope.actor_id, monday, day)
    todays = _in_order(
        [cycle for cycle in week if cycle.opened_on == day], loop.open_cycles(scope, scope.actor_id)
    )
    todays.sort(key=lambda cycle: cycle.id != chosen)
    focus = todays[0] if todays else None
    goals = anticipation.goals_of(scope, [focus.id]) if focus else {}
    unit_ids = list({cycle.unit_id for cycle in todays if cycle.unit_id})
    titles = units.units_by_id(scope, unit_ids)
    goal = goals.get(focus.id) if focus else None
    term = letters.this_term(scope)
    # One question for the week and for how the term ends.
    calendar = attendance.calendar(
        scope, min(monday, term.asks_from), max(monday + timedelta(days=6), term.ends_before)
    )
    return Today(
        day=day,
        cycle=focus,
        goal=goal,
        unit=_unit_of(focus, titles) if focus else None,
        phases=_phases(focus, goal) if focus else NOTHING_YET,
        others=[
            (cycle, titles.get(cycle.unit_id) if cycle.unit_id else None) for cycle in todays[1:4]
        ],
        closed_laps=loop.closed_laps(scope, scope.actor_id),
        adjustment=loop.latest_adjustment(scope, scope.actor_id),
        feedback=reflection.latest_feedback(scope, scope.actor_id),
        week=_week(calendar, monday, day, week),
        letter_is_due=terms.is_ending(day, term, calendar),
    )


def _in_order(
    todays: Sequence[LearningCycle], still_open: Sequence[LearningCycle]
) -> list[LearningCycle]:
    """Open laps first (older ones too: nothing begun is forgotten), then those closed today.

    What closed by itself, because a year or a time at a school was over, is no ring of today.
    """
    closed = [
        cycle
        for cycle in todays
        if cycle.state in CLOSED_CYCLE and cycle.state != CycleState.CLOSED_UNREVIEWED
    ]
    return [*still_open, *sorted(closed, key=lambda cycle: cycle.updated_at, reverse=True)]


def _unit_of(cycle: LearningCycle, titles: Mapping[UUID, Unit]) -> Unit | None:
    return titles.get(cycle.unit_id) if cycle.unit_id else None


def _phases(cycle: LearningCycle, goal: Goal | None) -> Phases:
    planned = goal.amount_planned if goal and goal.amount_unit == "items" else None
    return phases_of(
        cycle.state,
        has_goal=goal is not None or cycle.goal_before,
        items=cycle.items,
        planned=planned,
    )


def _week(
    calendar: Calendar, monday: date, today: date, cycles: Sequence[LearningCycle]
) -> list[DayOfWeek]:
    """Monday to Friday, and Saturday when there is school or something was done."""
    days: list[DayOfWeek] = []
    for n in range(7):
        day = monday + timedelta(days=n)
        done = [_phases(cycle, None) for cycle in cycles if cycle.opened_on == day]
        school = calendar.is_school_day(day)
        if n >= _SATURDAY and not school and not done:
            continue
        best = max(done, key=lambda phases: phases.progress, default=NOT_BEGUN)
        days.append(DayOfWeek(day, best, school, day == today))
    return days
