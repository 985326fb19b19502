"""Which days count for a student."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from aarportal.core.scope import Scope
from aarportal.people.attendance.calendar import Calendar
from aarportal.people.attendance.models import AbsentDay, CalendarDay

_CALENDAR = select(CalendarDay.day, CalendarDay.kind).where(
    # A student who came from another school sees its rows, but lives by this one's days.
    CalendarDay.school_id == bindparam("school_id"),
    CalendarDay.day.between(bindparam("first"), bindparam("last")),
)


def calendar(scope: Scope, first: date, last: date) -> Calendar:
    """The school's calendar from `first` to `last`, both inclusive."""
    asked = {"school_id": scope.school_id, "first": first, "last": last}
    return Calendar(dict(scope.session.execute(_CALENDAR, asked).tuples().all()))


def recent_calendar(scope: Scope, today: date, days: int = 60) -> Calendar:
    """The calendar of the last `days` days, enough to count school days in."""
    return calendar(scope, today - timedelta(days=days), today)


def absent_days(scope: Scope, student_id: UUID, first: date, last: date) -> dict[date, str]:
    """Days between `first` and `last` (inclusive) on which the student was away -> kind."""
    rows = scope.session.execute(
        select(AbsentDay.day, AbsentDay.kind).where(
            AbsentDay.student_id == student_id, AbsentDay.day.between(first, last)
        )
    )
    return dict(rows.tuples().all())


_ABSENT_ON = select(AbsentDay.student_id, AbsentDay.kind).where(
    AbsentDay.student_id.in_(bindparam("student_ids", expanding=True)),
    AbsentDay.day == bindparam("day"),
)


def absent_on(scope: Scope, student_ids: Collection[UUID], day: date) -> dict[UUID, str]:
    """Which of the students are away on `day` -> kind."""
    asked = {"student_ids": list(student_ids), "day": day}
    return dict(scope.session.execute(_ABSENT_ON, asked).tuples().all())
