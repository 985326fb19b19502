"""One student's learning history as the plain value that charts draw from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, select

from aarportal.charts.history import (
    Band,
    CycleOutcome,
    DayOfLearning,
    FirstAttempts,
    LearningHistory,
    UnitHistory,
    Verdict,
)
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import Scope
from aarportal.cycle.action import freshness
from aarportal.cycle.action import store as action
from aarportal.cycle.action.models import DayRollup, LearningApp
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop import store as loop
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import CLOSED_CYCLE, GoalState
from aarportal.cycle.reflection.models import SelfRating
from aarportal.cycle.units import store as units
from aarportal.cycle.units.models import Unit
from aarportal.insight.progress.traces import GoalOfLap
from aarportal.people.attendance import store as attendance
from aarportal.people.attendance.calendar import Calendar

#: The longest window that a chart looks back over.
WINDOW_DAYS = 60
#: Charts look at the last eight laps; of one subject among several that many are enough.
LAPS = 40
#: Whether an app has gone quiet matters to whoever used it in this time.
USED_WITHIN_DAYS = 14


@dataclass(frozen=True)
class QuietApp:
    """An app of the student that has sent nothing although one would expect it to."""

    title: str
    subjects: frozenset[str]
    """Subjects it was used for lately."""
    last_on: date
    is_yesterday: bool


@dataclass(frozen=True)
class Progress:
    """What the page of charts shows."""

    history: LearningHistory
    quiet: tuple[QuietApp, ...]


def learning_history(scope: Scope, student_id: UUID, grade: int, today: date) -> LearningHistory:
    """Everything the charts of this student draw from (see `progress`)."""
    return progress(scope, student_id, grade, today).history


def progress(scope: Scope, student_id: UUID, grade: int, today: date) -> Progress:
    """The charts' history and what it lacks; nine questions, whatever the amount.

    Args:
        scope: Whose eyes it is seen with.
        student_id: Whose history it is.
        grade: 1 to 9.
        today: The day at school.
    """
    first = today - timedelta(days=WINDOW_DAYS)
    sums = action.rollups(scope, student_id, first, today)
    cycles = list(reversed(loop.recent_cycles(scope, student_id, LAPS)))
    ratings = _goals_and_ratings(scope, [cycle.id for cycle in cycles])
    adjustments = loop.adjustments_of(scope, [cycle.id for cycle in cycles])
    apps = action.apps_by_id(scope, {row.app_id for row in sums} - {NOTHING})
    names = {key: app.title for key, app in apps.items()}
    titles = _units(scope, sums, cycles)
    calendar = attendance.calendar(scope, first, today)
    absent = attendance.absent_days(scope, student_id, first, today)
    days = [first + timedelta(days=n) for n in range(WINDOW_DAYS + 1)]
    history = LearningHistory(
        grade=grade,
        band=_band(grade),
        today=today,
        school_days=frozenset(day for day in days if calendar.is_school_day(day)),
        away_days=_away_days(days, calendar, absent),
        days=tuple(_day_of_learning(row, names) for row in sums),
        apps=tuple(sorted(app.title for app in apps.values())),
        goals=tuple(_goal_outcomes(cycles, ratings, titles)),
        cycles=tuple(_cycle_outcomes(cycles, ratings, adjustments)),
        units=tuple(_unit_histories(sums, titles)),
    )
    return Progress(history, tuple(_quiet_apps(sums, apps.values(), calendar, today)))


def _quiet_apps(
    sums: Sequence[DayRollup], apps: Iterable[LearningApp], calendar: Calendar, today: date
) -> Iterable[QuietApp]:
    since = today - timedelta(days=USED_WITHIN_DAYS)
    for app in sorted(apps, key=lambda app: app.title):
        mine = [row for row in sums if row.app_id == app.id]
        lately = [row for row in mine if row.day >= since]
        if not lately or app.revoked_at is not None:
            continue
        days = {row.day for row in mine}
        last_on = max(days)
        if app.last_record_at is not None:
            last_on = max(last_on, clock.school_day_of(app.last_record_at))
        if freshness.is_quiet(days, last_on, today, calendar.is_school_day):
            yield QuietApp(
                title=app.title,
                subjects=frozenset(row.subject for row in lately),
                last_on=last_on,
                is_yesterday=(today - last_on).days == 1,
            )


def _band(grade: int) -> Band:
    return Band.LOWER if grade <= 2 else Band.MIDDLE if grade <= 4 else Band.UPPER


def _away_days(
    days: Iterable[date], calendar: Calendar, absent: Mapping[date, str]
) -> frozenset[date]:
    """Absent and excused days, and days of events: they count neither for nor against."""
    return frozenset(
        day
        for day in days
        if day in absent or (calendar.is_school_day(day) and not calendar.counts(day))
    )


def _goals_and_ratings(
    scope: Scope, cycle_ids: Sequence[UUID]
) -> dict[UUID, tuple[Goal, SelfRating | None]]:
    """Cycle -> the goal that counts there and the last rating; a withdrawn goal never counts."""
    if not cycle_ids:
        return {}
    rows = scope.session.execute(
        select(Goal, SelfRating)
        .outerjoin(
            SelfRating,
            and_(SelfRating.school_id == Goal.school_id, SelfRating.cycle_id == Goal.cycle_id),
        )
        .where(Goal.cycle_id.in_(cycle_ids), Goal.state != GoalState.WITHDRAWN)
        .order_by(Goal.confirmed_at, SelfRating.made_at)
    )
    return {goal.cycle_id: (goal, rating) for goal, rating in rows}


def _units(
    scope: Scope, sums: Sequence[DayRollup], cycles: Sequence[LearningCycle]
) -> dict[UUID, Unit]:
    ids = {row.unit_id for row in sums} | {c.unit_id for c in cycles if c.unit_id}
    return units.units_by_id(scope, list(ids - {NOTHING}))


def _day_of_learning(row: DayRollup, apps: Mapping[UUID, str]) -> DayOfLearning:
    """One unit in one app on one day counts as learning once."""
    return DayOfLearning(
        on=row.day,
        subject=row.subject,
        unit_id=None if row.unit_id == NOTHING else str(row.unit_id),
        app=apps.get(row.app_id, ""),
        active_seconds=row.active_seconds,
        sessions=1,
        items=row.items,
        first_attempt_items=row.first_attempt_items,
        first_attempt_correct=row.first_attempt_correct,
        retry_items=row.retry_items,
        retry_correct=row.retry_correct,
    )


def _goal_outcomes(
    cycles: Sequence[LearningCycle],
    ratings: Mapping[UUID, tuple[Goal, SelfRating | None]],
    titles: Mapping[UUID, Unit],
) -> Iterable[GoalOfLap]:
    for cycle in cycles:
        if cycle.id not in ratings:
            continue
        goal, rating = ratings[cycle.id]
        unit = titles.get(cycle.unit_id) if cycle.unit_id else None
        yield GoalOfLap(
            opened_on=cycle.opened_on,
            subject=cycle.subject,
            unit_title=unit.title if unit else "",
            rating=rating.value if rating else None,
            criterion_met=rating.fact_met if rating else None,
            difficulty_ratio=goal.difficulty_ratio,
            cycle_id=str(cycle.id),
        )


def _cycle_outcomes(
    cycles: Sequence[LearningCycle],
    ratings: Mapping[UUID, tuple[Goal, SelfRating | None]],
    adjustments: Sequence[Adjustment],
) -> Iterable[CycleOutcome]:
    proposed = {row.decided_in: row for row in adjustments}
    for cycle in cycles:
        row = proposed.get(cycle.id)
        yield CycleOutcome(
            cycle_id=str(cycle.id),
            opened_on=cycle.opened_on,
            subject=cycle.subject,
            goal_set=cycle.id in ratings,
            acted=cycle.acted_first_at is not None,
            reflected=cycle.reflected_at is not None and cycle.state in CLOSED_CYCLE,
            adjustment_proposed=row is not None,
            adjustment_adopted=row is not None and row.to_cycle_id is not None,
            verdict=Verdict(row.verdict) if row is not None and row.verdict else None,
        )


def _unit_histories(
    sums: Sequence[DayRollup], titles: Mapping[UUID, Unit]
) -> Iterable[UnitHistory]:
    attempts: dict[UUID, dict[date, list[int]]] = {}
    for row in sums:
        if row.unit_id in titles and row.first_attempt_items:
            day = attempts.setdefault(row.unit_id, {}).setdefault(row.day, [0, 0])
            day[0] += row.first_attempt_items
            day[1] += row.first_attempt_correct
    for unit in sorted(titles.values(), key=lambda unit: (unit.starts_on, unit.title)):
        if unit.id in attempts:
            yield UnitHistory(
                unit_id=str(unit.id),
                title=unit.title,
                subject=unit.subject,
                attempts=tuple(
                    FirstAttempts(day, items, correct)
                    for day, (items, correct) in sorted(attempts[unit.id].items())
                ),
            )
