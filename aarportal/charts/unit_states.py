"""How well a unit is held, from first answers that fade with their age.

Source: pedagogy E.1. Each first answer weighs 0.5 ** (age in days / 30), and
p = (sum of weights of right answers + 1) / (sum of weights + 2). A unit begins to fade when more
days than one and a half gaps have passed, where gap = clamp(round(0.15 x days to the next test),
2, 21), or 7 without a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from aarportal.charts.history import FirstAttempts, LearningHistory, UnitHistory

WINDOW_DAYS: Final = 60
MINIMUM_ITEMS: Final = 5
_LATEST_ITEMS: Final = 30
_HALF_LIFE_DAYS: Final = 30
_FINE_FROM: Final = 0.6
_STRONG_ABOVE: Final = 0.85


class UnitStatus(StrEnum):
    """What the first answers say about a unit."""

    FEW = "few"
    """Under five first answers: nothing is said."""
    MORE = "more"
    FINE = "fine"
    STRONG = "strong"
    FADING = "fading"
    """Fine or strong, but not practised for a while."""


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit and what its first answers say."""

    unit_id: str
    title: str
    subject: str
    items: int
    correct: int
    status: UnitStatus
    last_on: date | None

    @property
    def missing(self) -> int:
        """First answers still to come before anything is said."""
        return max(0, MINIMUM_ITEMS - self.items)


def held(attempts: Sequence[FirstAttempts], today: date) -> float:
    """Estimate how likely the next first answer is right, 0 to 1.

    Four of ten right yesterday give 0.42; nine of ten right sixty days ago give 0.72.
    """
    right = weight = 0.0
    for day in attempts:
        worth: float = 0.5 ** ((today - day.on).days / _HALF_LIFE_DAYS)
        right += worth * day.correct
        weight += worth * day.items
    return (right + 1) / (weight + 2)


def gap_days(today: date, next_test_on: date | None) -> int:
    """Return after how many days a unit should be remembered again, 2 to 21."""
    if next_test_on is None or next_test_on < today:
        return 7
    return min(21, max(2, round(0.15 * (next_test_on - today).days)))


def latest(attempts: Sequence[FirstAttempts]) -> list[FirstAttempts]:
    """Take whole days, the newest first, up to 30 answers.

    The order inside a day is not known, so a day that would pass 30 is left out, unless the unit
    would then stay below the five answers it needs.
    """
    taken: list[FirstAttempts] = []
    items = 0
    for day in sorted(attempts, key=lambda day: day.on, reverse=True):
        if items >= MINIMUM_ITEMS and items + day.items > _LATEST_ITEMS:
            break
        taken.append(day)
        items += day.items
    return taken


def _status(items: int, p: float, idle_days: int, gap: int) -> UnitStatus:
    if items < MINIMUM_ITEMS:
        return UnitStatus.FEW
    if p < _FINE_FROM:
        return UnitStatus.MORE
    if idle_days > gap * 1.5:
        return UnitStatus.FADING
    return UnitStatus.STRONG if p > _STRONG_ABOVE else UnitStatus.FINE


def unit_state(unit: UnitHistory, history: LearningHistory) -> UnitState:
    """Read one unit; days away and days older than sixty days do not count."""
    today = history.today
    counted = [
        day
        for day in unit.attempts
        if day.items
        and today - timedelta(days=WINDOW_DAYS) <= day.on <= today
        and day.on not in history.away_days
    ]
    days = latest(counted)
    items, correct = sum(day.items for day in days), sum(day.correct for day in days)
    last_on = days[0].on if days else None
    idle_days = (today - last_on).days if last_on else 0
    gap = gap_days(today, unit.next_test_on)
    status = _status(items, held(days, today), idle_days, gap)
    return UnitState(unit.unit_id, unit.title, unit.subject, items, correct, status, last_on)
