"""Lesson times and timetables, pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID


@dataclass(frozen=True)
class Bell:
    """When a lesson begins, and how long it is."""

    starts_at: time
    minutes: int

    @property
    def ends_at(self) -> time:
        """When it ends."""
        began = datetime.combine(date.min, self.starts_at)
        return (began + timedelta(minutes=self.minutes)).time()


@dataclass(frozen=True)
class Bells:
    """The lesson times of a day (日課).

    Attributes:
        times: Of the first lesson, the second, and so on.
        is_usual: Whether they hold on every day for which no others are said.
        weekdays: ISO weekdays (1 is Monday) on which they hold.
    """

    title: str
    times: tuple[Bell, ...]
    is_usual: bool = False
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Slot:
    """What a class has in one lesson of its week.

    Attributes:
        subject: Key of `core.subjects`.
        teacher_id: Who teaches it, where that is said.
    """

    subject: str
    teacher_id: UUID | None = None


@dataclass(frozen=True)
class Lesson:
    """A lesson of a day.

    Attributes:
        period: 1 for the first of the day.
        bell: When it is; None where the school has not said when lessons are.
    """

    period: int
    slot: Slot
    bell: Bell | None


@dataclass(frozen=True)
class Timetable:
    """The week of a class from a day on.

    Attributes:
        slots: (ISO weekday, period) -> what the class has then.
    """

    starts_on: date
    slots: Mapping[tuple[int, int], Slot] = field(default_factory=dict)

    def lessons_on(self, weekday: int, bells: Bells | None) -> list[Lesson]:
        """The lessons of an ISO weekday at these times; no more than there are times."""
        periods = sorted(period for on, period in self.slots if on == weekday)
        times = bells.times if bells else ()
        return [
            Lesson(
                period,
                self.slots[weekday, period],
                times[period - 1] if period <= len(times) else None,
            )
            for period in periods
            if bells is None or period <= len(times)
        ]
