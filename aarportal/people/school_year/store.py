"""Questions about the school year of one school."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from aarportal.core.scope import Scope
from aarportal.people.attendance.calendar import Calendar, Term
from aarportal.people.attendance.lessons import Bell, Bells, Slot, Timetable
from aarportal.people.attendance.models import CalendarDay
from aarportal.people.school_year.models import BellSchedule, TimetableLesson
from aarportal.people.school_year.models import Term as TermRow
from aarportal.people.school_year.models import Timetable as TimetableRow
from aarportal.people.school_year.years import PlannedDay, first_day, last_day

_A_YEAR = timedelta(days=366)


def planned(scope: Scope, first_on: date, last_on: date) -> dict[date, PlannedDay]:
    """Days of the school's calendar that are not ordinary, or have a name; bounds inclusive."""
    rows = scope.session.execute(
        select(CalendarDay.day, CalendarDay.kind, CalendarDay.title, CalendarDay.bells_id)
        .where(CalendarDay.school_id == scope.school_id, CalendarDay.day.between(first_on, last_on))
        .order_by(CalendarDay.day)
    )
    return {
        day: PlannedDay(kind, title, bells_id.hex if bells_id else "")
        for day, kind, title, bells_id in rows
    }


def planned_year(scope: Scope, year: int) -> dict[date, PlannedDay]:
    """The same of a school year."""
    return planned(scope, first_day(year), last_day(year))


_TERMS = (
    select(TermRow.title, TermRow.starts_on, TermRow.ends_before)
    .where(
        TermRow.school_id == bindparam("school_id"),
        TermRow.starts_on <= bindparam("last_on"),
        TermRow.ends_before > bindparam("first_on"),
    )
    .order_by(TermRow.starts_on)
)


def terms(scope: Scope, first_on: date, last_on: date) -> tuple[Term, ...]:
    """The terms that have days between two days, both inclusive."""
    asked = {"school_id": scope.school_id, "first_on": first_on, "last_on": last_on}
    return tuple(Term(*row) for row in scope.session.execute(_TERMS, asked))


def terms_of_year(scope: Scope, year: int) -> tuple[Term, ...]:
    """The terms of a school year, in their order."""
    return terms(scope, first_day(year), last_day(year))


def bells(scope: Scope) -> dict[UUID, Bells]:
    """The school's lesson times, the usual ones first."""
    rows = scope.session.scalars(
        select(BellSchedule)
        .where(BellSchedule.school_id == scope.school_id)
        .order_by(BellSchedule.is_usual.desc(), BellSchedule.title, BellSchedule.id)
    )
    return {row.id: bells_of(row) for row in rows}


def bells_of(row: BellSchedule) -> Bells:
    """Lesson times as a plain value."""
    times = tuple(Bell(time.fromisoformat(at), minutes) for at, minutes in row.times)
    return Bells(row.title, times, row.is_usual, frozenset(row.weekdays))


def timetables(scope: Scope, class_ids: Collection[UUID]) -> dict[UUID, list[Timetable]]:
    """Every timetable of these classes, the earliest first."""
    return {
        class_id: [it for _timetable_id, it in found]
        for class_id, found in timetables_with_ids(scope, class_ids).items()
    }


def timetables_with_ids(
    scope: Scope, class_ids: Collection[UUID]
) -> dict[UUID, list[tuple[UUID, Timetable]]]:
    """The same with their ids."""
    heads = scope.session.execute(
        select(TimetableRow.id, TimetableRow.class_id, TimetableRow.starts_on)
        .where(TimetableRow.school_id == scope.school_id, TimetableRow.class_id.in_(class_ids))
        .order_by(TimetableRow.starts_on)
    ).all()
    lessons = _lessons(scope, class_ids)
    found: dict[UUID, list[tuple[UUID, Timetable]]] = {class_id: [] for class_id in class_ids}
    for row_id, class_id, starts_on in heads:
        found[class_id].append((row_id, Timetable(starts_on, lessons.get(row_id, {}))))
    return found


def _lessons(
    scope: Scope, class_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[tuple[int, int], Slot]]:
    rows = scope.session.execute(
        select(
            TimetableLesson.timetable_id,
            TimetableLesson.weekday,
            TimetableLesson.period,
            TimetableLesson.subject,
            TimetableLesson.teacher_id,
        )
        .join(
            TimetableRow,
            (TimetableRow.school_id == TimetableLesson.school_id)
            & (TimetableRow.id == TimetableLesson.timetable_id),
        )
        .where(TimetableRow.school_id == scope.school_id, TimetableRow.class_id.in_(class_ids))
    )
    found: dict[UUID, dict[tuple[int, int], Slot]] = {}
    for timetable_id, weekday, period, subject, teacher_id in rows:
        found.setdefault(timetable_id, {})[weekday, period] = Slot(subject, teacher_id)
    return found


def calendar(
    scope: Scope, first_on: date, last_on: date, class_ids: Sequence[UUID] = ()
) -> Calendar:
    """The whole calendar of some days, both inclusive: with terms, lesson times and timetables.

    Where only school days are asked for, `attendance.store.calendar` is one question.
    """
    plans = planned(scope, first_on, last_on)
    return Calendar(
        special={day: plan.kind for day, plan in plans.items()},
        terms=terms(scope, first_on, last_on),
        timetables=timetables(scope, class_ids) if class_ids else {},
        bells=bells(scope),
        bells_on={day: UUID(plan.bells) for day, plan in plans.items() if plan.bells},
    )


def with_terms(scope: Scope, known: Calendar, today: date) -> Calendar:
    """A calendar that knows the terms of the last year and of today as well."""
    return replace(known, terms=terms(scope, today - _A_YEAR, today))
