"""Which days count for a student."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from aarportal.core.scope import Scope
from aarportal.people.attendance.calendar import Calendar
from aarportal.people.attendance.models import AbsentDay, CalendarDay


def calendar(scope: Scope, first: date, last: date) -> Calendar:
    """The school's calendar from `first` to `last`, both inclusive."""
    rows = scope.session.execute(
        select(CalendarDay.day, CalendarDay.kind).where(
            # A student who came from another school sees its rows, but lives by this one's days.
            CalendarDay.school_id == scope.school_id,
            CalendarDay.day.between(first, last),
        )
    )
    return Calendar(dict(rows.tuples().all()))


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


def absent_on(scope: Scope, student_ids: Collection[UUID], day: date) -> dict[UUID, str]:
    """Which of the students are away on `day` -> kind."""
    rows = scope.session.execute(
        select(AbsentDay.student_id, AbsentDay.kind).where(
            AbsentDay.student_id.in_(student_ids), AbsentDay.day == day
        )
    )
    return dict(rows.tuples().all())
