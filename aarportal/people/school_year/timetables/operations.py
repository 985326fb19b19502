"""Saying when lessons are, and what each class has in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.ids import new_id
from aarportal.core.scope import Scope
from aarportal.core.subjects import SUBJECTS
from aarportal.people.attendance.calendar import timetable_on
from aarportal.people.attendance.lessons import Bell, Slot
from aarportal.people.attendance.models import CalendarDay
from aarportal.people.school_year import store as year_store
from aarportal.people.school_year.models import BellSchedule, Timetable, TimetableLesson
from aarportal.people.school_year.timetables import store
from aarportal.people.school_year.years import MAX_TITLE, YEARS, school_year_of

#: Lessons of a day, at most; the seventh and eighth are those of clubs and of evening classes.
MOST_PERIODS = 8
#: ISO weekdays that a timetable may have.
WEEKDAYS = range(1, 7)
MINUTES = range(5, 121)

Slots = Mapping[tuple[int, int], Slot]


@dataclass(frozen=True)
class BellsDraft:
    """Lesson times as somebody says them.

    Attributes:
        times: Of the first lesson, the second, and so on.
        is_usual: Whether they hold wherever no others are said.
        weekdays: ISO weekdays on which they hold.
    """

    title: str
    times: tuple[Bell, ...]
    is_usual: bool = False
    weekdays: frozenset[int] = frozenset()


def add_bells(scope: Scope, draft: BellsDraft) -> UUID:
    """Say new lesson times; the first of a school are the usual ones.

    Raises:
        InvalidError: If a value cannot be taken.
    """
    known = year_store.bells(scope)
    _check_bells(draft, [it.title for it in known.values()])
    row = BellSchedule(school_id=scope.school_id, id=new_id())
    _fill_bells(scope, row, draft, is_usual=draft.is_usual or not known)
    scope.session.add(row)
    audit.record(scope, "lesson_times:added", row.id)
    return row.id


def change_bells(scope: Scope, bells_id: UUID, draft: BellsDraft) -> None:
    """Change lesson times.

    Raises:
        InvalidError: If a value cannot be taken.
        NotFoundError: If there are none.
    """
    row = store.bell_schedule(scope, bells_id)
    known = year_store.bells(scope)
    _check_bells(draft, [it.title for key, it in known.items() if key != bells_id])
    _fill_bells(scope, row, draft, is_usual=draft.is_usual)
    audit.record(scope, "lesson_times:changed", row.id)


def remove_bells(scope: Scope, bells_id: UUID) -> None:
    """Forget lesson times that no day asks for.

    Raises:
        NotFoundError: If there are none.
        StateError: If days of the calendar have them.
    """
    row = store.bell_schedule(scope, bells_id)
    asked = scope.session.scalar(
        select(func.count(CalendarDay.day)).where(
            CalendarDay.school_id == scope.school_id, CalendarDay.bells_id == bells_id
        )
    )
    if asked:
        raise StateError(f"{asked} days have these lesson times")
    scope.session.delete(row)
    audit.record(scope, "lesson_times:removed", row.id)


def _fill_bells(scope: Scope, row: BellSchedule, draft: BellsDraft, *, is_usual: bool) -> None:
    if is_usual:
        scope.session.execute(
            update(BellSchedule)
            .where(BellSchedule.school_id == scope.school_id, BellSchedule.id != row.id)
            .values(is_usual=False)
        )
    row.title, row.is_usual, row.weekdays = draft.title, is_usual, sorted(draft.weekdays)
    row.times = [[bell.starts_at.strftime("%H:%M"), bell.minutes] for bell in draft.times]


def _check_bells(draft: BellsDraft, others: Collection[str]) -> None:
    if not 0 < len(draft.title) <= MAX_TITLE:
        raise InvalidError("title", "length")
    if draft.title in others:
        # Tables name lesson times by their title.
        raise InvalidError("title", "taken")
    if not 0 < len(draft.times) <= MOST_PERIODS:
        raise InvalidError("starts_at_1", "needed")
    for place, bell in enumerate(draft.times, start=1):
        if bell.minutes not in MINUTES:
            raise InvalidError(f"minutes_{place}", "range")
        if bell.ends_at <= bell.starts_at:
            raise InvalidError(f"starts_at_{place}", "night")
        if place > 1 and bell.starts_at < draft.times[place - 2].ends_at:
            raise InvalidError(f"starts_at_{place}", "overlap")


# --- timetables ---------------------------------------------------------------------------------


def set_timetable(scope: Scope, class_id: UUID, starts_on: date, slots: Slots) -> bool:
    """Say what a class has in its lessons from a day on.

    Where that is what it has anyway, nothing is written.

    Returns:
        Whether something changed.

    Raises:
        InvalidError: If a value cannot be taken.
        NotFoundError: If this school has no such class.
    """
    store.one_class(scope, class_id)
    standing = year_store.timetables(scope, [class_id])[class_id]
    known = {slot.teacher_id for it in standing for slot in it.slots.values()}
    _check_slots(starts_on, slots, known | {it.id for it in store.teachers(scope, starts_on)})
    holding = timetable_on(standing, starts_on)
    if (dict(holding.slots) if holding else {}) == dict(slots):
        return False
    write_timetable(scope, class_id, starts_on, slots)
    return True


def remove_timetable(scope: Scope, class_id: UUID, starts_on: date) -> None:
    """Forget the timetable of a class that begins on a day; the one before it goes on.

    Raises:
        NotFoundError: If there is none.
    """
    row = store.timetable_from(scope, class_id, starts_on)
    if row is None:
        raise NotFoundError("timetable")
    write_timetable(scope, class_id, starts_on, None)


def write_timetable(scope: Scope, class_id: UUID, starts_on: date, slots: Slots | None) -> None:
    """Write the timetable of a class that begins on a day; None removes it."""
    row = store.timetable_from(scope, class_id, starts_on)
    if row is not None:
        scope.session.execute(
            delete(TimetableLesson).where(
                TimetableLesson.school_id == scope.school_id,
                TimetableLesson.timetable_id == row.id,
            )
        )
    if slots is None:
        if row is not None:
            scope.session.delete(row)
            audit.record(scope, "timetable:removed", class_id, detail=str(starts_on))
        return
    if row is None:
        row = Timetable(
            school_id=scope.school_id, id=new_id(), class_id=class_id, starts_on=starts_on
        )
        scope.session.add(row)
        scope.session.flush()
    if slots:
        scope.session.execute(
            insert(TimetableLesson),
            [
                {
                    "school_id": scope.school_id,
                    "timetable_id": row.id,
                    "weekday": weekday,
                    "period": period,
                    "subject": slot.subject,
                    "teacher_id": slot.teacher_id,
                }
                for (weekday, period), slot in sorted(slots.items())
            ],
        )
    audit.record(scope, "timetable:set", class_id, detail=f"{starts_on}: {len(slots)}")


def _check_slots(starts_on: date, slots: Slots, teachers: Collection[UUID | None]) -> None:
    if school_year_of(starts_on) not in YEARS:
        raise InvalidError("starts_on", "range")
    for (weekday, period), slot in slots.items():
        name = f"{weekday}_{period}"
        if weekday not in WEEKDAYS or period not in range(1, MOST_PERIODS + 1):
            raise InvalidError(f"subject_{name}", "range")
        if slot.subject not in SUBJECTS:
            raise InvalidError(f"subject_{name}", "choice")
        if slot.teacher_id and slot.teacher_id not in teachers:
            raise InvalidError(f"teacher_{name}", "choice")


def clashes(
    timetables: Mapping[UUID, Slots], homerooms: Collection[UUID]
) -> list[tuple[int, int, UUID, tuple[UUID, ...]]]:
    """Teachers who stand in two classes at once.

    A 学級 and a part of it (少人数) that have the same subject are one lesson.

    Args:
        timetables: Class -> its week.
        homerooms: Which of the classes are 学級.

    Returns:
        (weekday, period, teacher, classes) each, in the order of the week.
    """
    at: dict[tuple[int, int, UUID], dict[UUID, str]] = {}
    for class_id, slots in timetables.items():
        for (weekday, period), slot in slots.items():
            if slot.teacher_id:
                at.setdefault((weekday, period, slot.teacher_id), {})[class_id] = slot.subject
    return [
        (*key, tuple(subjects))
        for key, subjects in sorted(at.items())
        if len(subjects) > 1 and not _is_one_lesson(subjects, homerooms)
    ]


def _is_one_lesson(subjects: Mapping[UUID, str], homerooms: Collection[UUID]) -> bool:
    """Whether classes that somebody has at once are a 学級 and a part of it."""
    whole = [class_id for class_id in subjects if class_id in homerooms]
    return len(whole) == 1 and len(subjects) == 2 and len(set(subjects.values())) == 1


def weekdays_of(slots: Collection[tuple[int, int]]) -> list[int]:
    """The weekdays of a timetable: Monday to Friday, and Saturday where it has lessons."""
    return [1, 2, 3, 4, 5, *([6] if any(weekday == 6 for weekday, _period in slots) else [])]
