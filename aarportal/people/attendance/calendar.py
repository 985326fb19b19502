"""School days, days that count, terms and lessons; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from aarportal.people.attendance.lessons import Bells, Lesson, Timetable

_SATURDAY = 5


class DayKind(StrEnum):
    """What a day is on which something is different, or has a name."""

    OPEN = "open"
    """School with lessons: a Saturday, or a weekday that has a name."""
    EVENT = "event"
    """School, but no lessons that count."""
    EXAM = "exam"
    """School with tests (定期考査): what apps send on such a day says nothing about a habit."""
    CLOSED = "closed"
    """No school."""


#: Kinds of days with school on which learning is neither for nor against anybody.
_NOT_COUNTED = frozenset({DayKind.EVENT, DayKind.EXAM})


@dataclass(frozen=True)
class Term:
    """A part of a school year (学期); the terms of a year follow each other without a gap.

    Attributes:
        starts_on: Its first day.
        ends_before: The first day of what follows.
    """

    title: str
    starts_on: date
    ends_before: date

    @property
    def last_on(self) -> date:
        """Its last day."""
        return self.ends_before - timedelta(days=1)


def is_usual(day: date, kind: str) -> bool:
    """Whether a kind says of this day what holds anyway: lessons from Monday to Friday."""
    return kind == (DayKind.OPEN if day.weekday() < _SATURDAY else DayKind.CLOSED)


@dataclass(frozen=True)
class Calendar:
    """An ordinary week (Monday to Friday) and the days that differ from it.

    It answers for the days, terms and classes that were asked for when it was read; of terms and
    lessons a calendar that was read without them knows nothing.

    Attributes:
        special: Day -> `DayKind`.
        terms: In their order.
        timetables: Class -> its timetables, the earliest first.
        bells: The usual lesson times, those of certain weekdays, and those of chosen days.
        bells_on: Day -> id of the lesson times that somebody chose for it.
    """

    special: Mapping[date, str] = field(default_factory=dict)
    terms: Sequence[Term] = ()
    timetables: Mapping[UUID, Sequence[Timetable]] = field(default_factory=dict)
    bells: Mapping[UUID, Bells] = field(default_factory=dict)
    bells_on: Mapping[date, UUID] = field(default_factory=dict)

    def is_school_day(self, day: date) -> bool:
        """Whether there is school; days of events and tests are school days."""
        kind = self.special.get(day, "")
        if kind:
            return kind != DayKind.CLOSED
        return day.weekday() < _SATURDAY

    def counts(self, day: date) -> bool:
        """Whether learning on this day says anything: a school day without event or tests."""
        return self.is_school_day(day) and self.special.get(day) not in _NOT_COUNTED

    def is_exam(self, day: date) -> bool:
        """Whether it is a day of tests (定期考査)."""
        return self.special.get(day) == DayKind.EXAM

    def school_days_between(self, earlier: date, later: date) -> int:
        """School days after `earlier` up to and including `later`."""
        days = (later - earlier).days
        return sum(self.is_school_day(earlier + timedelta(days=n)) for n in range(1, days + 1))

    def term_of(self, day: date) -> Term | None:
        """The term in which a day lies."""
        return next((it for it in self.terms if it.starts_on <= day < it.ends_before), None)

    def bells_of(self, day: date) -> Bells | None:
        """The lesson times of a day: those chosen for it, those of its weekday, or the usual."""
        if day in self.bells_on:
            return self.bells.get(self.bells_on[day])
        every = self.bells.values()
        of_weekday = (it for it in every if day.isoweekday() in it.weekdays)
        return next(of_weekday, None) or next((it for it in every if it.is_usual), None)

    def timetable_of(self, class_id: UUID, day: date) -> Timetable | None:
        """The timetable that a class has on a day."""
        return timetable_on(self.timetables.get(class_id, ()), day)

    def lessons_of(self, class_id: UUID, day: date) -> list[Lesson]:
        """The lessons of a class on a day; none where there is no school, an event or tests.

        A day whose lesson times are fewer than its lessons ends with the last of them.
        """
        timetable = self.timetable_of(class_id, day)
        if timetable is None or not self.counts(day):
            return []
        return timetable.lessons_on(day.isoweekday(), self.bells_of(day))


def timetable_on(timetables: Iterable[Timetable], day: date) -> Timetable | None:
    """The one of a class's timetables that holds on a day: the latest that has begun."""
    begun = [it for it in timetables if it.starts_on <= day]
    return max(begun, key=lambda it: it.starts_on, default=None)
