"""Counting school days, pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """An ordinary week (Monday to Friday) and the days that differ from it.

    Attributes:
        special: Day -> `closed`, `event` or `open`.
    """

    special: Mapping[date, str] = field(default_factory=dict)

    def is_school_day(self, day: date) -> bool:
        """Whether there is school; days of events are school days."""
        kind = self.special.get(day, "")
        if kind:
            return kind != "closed"
        return day.weekday() < _SATURDAY

    def counts(self, day: date) -> bool:
        """Whether learning on this day says anything: a school day without an event."""
        return self.is_school_day(day) and self.special.get(day) != "event"

    def school_days_between(self, earlier: date, later: date) -> int:
        """School days after `earlier` up to and including `later`."""
        days = (later - earlier).days
        return sum(self.is_school_day(earlier + timedelta(days=n)) for n in range(1, days + 1))
