"""From each number of a chart to the records behind it, pure.

A trace stands beside a row of the chart's table and says for each cell with a number which records
make it up. Every chart has one here, under its key.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from aarportal.charts.chart import Chart
from aarportal.charts.cycle_band import CycleBand
from aarportal.charts.goals_reached import GoalsReached
from aarportal.charts.history import Band, GoalOutcome, LearningHistory
from aarportal.charts.two_weeks import SPAN, Slot, TwoWeeks
from aarportal.charts.unit_map import UnitMap
from aarportal.charts.unit_states import UnitState, latest
from aarportal.charts.wording import NONE
from aarportal.cycle.action.timeline import Selection

#: Column of the table -> the records behind the number in it.
Row = Mapping[int, Selection]


@dataclass(frozen=True, slots=True)
class GoalOfLap(GoalOutcome):
    """A goal that says in which lap it was set."""

    cycle_id: str = ""


@dataclass(frozen=True, slots=True)
class Traced:
    """The records behind a chart.

    Attributes:
        rows: One for each row of the table, in its order.
        whole: What the whole chart rests on; None when that are laps and not single records.
    """

    rows: tuple[Row, ...]
    whole: Selection | None = None


def rhythm(facts: TwoWeeks, history: LearningHistory, subject: str) -> Traced:
    """The records of each day, and of the days that are taken as usual."""
    usual_at = None if facts.band is Band.LOWER else _usual_column(facts)
    rows = []
    for slot in facts.slots:
        row: dict[int, Selection] = {}
        if slot.counted:
            day = Selection(days=(slot.on,), subject=subject)
            row = dict.fromkeys(range(1, usual_at or 2), day)
        if usual_at is not None and slot.usual_seconds is not None:
            row[usual_at] = Selection(days=_usual_days(slot, facts, history), subject=subject)
        rows.append(row)
    away = tuple(slot.on for slot in facts.slots if not slot.counted)
    window = facts.window
    return Traced(
        tuple(rows),
        Selection(first_on=window.first_on, last_on=window.last_on, without=away, subject=subject),
    )


def _usual_column(facts: TwoWeeks) -> int:
    """The last column: time, time at school and at home where that is known, the usual."""
    return 4 if all(slot.home_seconds is not None for slot in facts.slots) else 2


def _usual_days(slot: Slot, facts: TwoWeeks, history: LearningHistory) -> tuple[date, ...]:
    """The same weekday in the 14 days before, where it counts."""
    recorded = {day.on for day in history.days}
    before = (facts.window.first_on - timedelta(days=n) for n in range(SPAN, 0, -1))
    return tuple(
        on
        for on in before
        if on.weekday() == slot.on.weekday()
        and on not in history.away_days
        and (on in recorded or on in history.school_days)
    )


def unit_map(facts: UnitMap, history: LearningHistory, _subject: str) -> Traced:
    """The records of a unit on the days whose first answers are counted."""
    units = {unit.unit_id: unit for unit in history.units}
    rows: list[Row] = []
    for state in facts.units:
        counted = [
            day
            for day in units[state.unit_id].attempts
            if day.items
            and facts.window.first_on <= day.on <= facts.window.last_on
            and day.on not in history.away_days
        ]
        rows.append(_unit_row(state, tuple(sorted(day.on for day in latest(counted)))))
    return Traced(tuple(rows))


def _unit_row(state: UnitState, days: tuple[date, ...]) -> Row:
    if not days or state.last_on is None:
        return {}
    unit_id = UUID(state.unit_id)
    return {
        2: Selection(days=days, unit_id=unit_id),
        4: Selection(days=(state.last_on,), unit_id=unit_id),
    }


def goals_reached(facts: GoalsReached, _history: LearningHistory, _subject: str) -> Traced:
    """The records of the lap of each goal: the fact beside the rating comes from them."""
    return Traced(
        tuple(
            {4: Selection(cycle_id=UUID(goal.cycle_id))} if isinstance(goal, GoalOfLap) else {}
            for goal in facts.goals
        )
    )


def cycle_band(facts: CycleBand, _history: LearningHistory, _subject: str) -> Traced:
    """The records of each lap, beside whether it was acted."""
    return Traced(tuple({2: Selection(cycle_id=UUID(cycle.cycle_id))} for cycle in facts.cycles))


#: Key of a chart -> its facts, the history they were read from and the subject shown -> the trace.
TRACES: dict[str, Callable[[Any, LearningHistory, str], Traced]] = {
    "rhythm": rhythm,
    "goals_reached": goals_reached,
    "unit_map": unit_map,
    "cycle_band": cycle_band,
}


def trace(chart: Chart[Any], history: LearningHistory, subject: str) -> Traced:
    """The records behind every number of a chart.

    Args:
        chart: Which.
        history: What it is drawn from.
        subject: The one subject that is shown; empty for all of them.

    Raises:
        KeyError: Nobody has said how the numbers of this chart come about.
    """
    facts = chart.read(history)
    if facts.missing:
        return Traced(())
    return TRACES[chart.key](facts, history, subject)


def linked(
    table: Sequence[Sequence[str]], traced: Traced, href: Callable[[Selection], str]
) -> Iterable[list[str]]:
    """An address for each cell of a table; empty where there is no number.

    Args:
        table: The rows of the chart's table.
        traced: The records behind them.
        href: Makes an address.
    """
    for cells, row in zip(table, traced.rows, strict=True):
        yield [
            href(row[place]) if place in row and cell != NONE else ""
            for place, cell in enumerate(cells)
        ]
