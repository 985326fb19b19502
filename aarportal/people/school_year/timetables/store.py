"""Questions about the classes that have timetables, and who teaches them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import or_, select

from aarportal.core.scope import Scope
from aarportal.people.attendance.lessons import Slot
from aarportal.people.roster.models import AcademicSession, Class, Enrollment, User, UserRole
from aarportal.people.school_year.models import BellSchedule, Timetable

#: What pages call a class.
Listed: TypeAlias = Class
#: Roles whose people stand in front of a class.
_TEACHING = ("teacher", "principal")


def classes(scope: Scope, day: date) -> list[Class]:
    """The classes that the school has on a day: the 学級 by grade and title, then all others.

    A class belongs to the sessions that its roster names; one that names none is always there. One
    that no roster lists any more is there as long as somebody is in it: in March the office goes
    over to the new year, and lessons go on.
    """
    here = select(Enrollment.class_id).where(
        Enrollment.school_id == scope.school_id,
        or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= day),
        or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > day),
    )
    rows = scope.session.scalars(
        select(Class).where(
            Class.school_id == scope.school_id,
            or_(Class.status == "active", Class.id.in_(here)),
        )
    ).all()
    sessions = _sessions(scope, {key for row in rows for key in row.term_sourced_ids})
    return sorted((row for row in rows if _is_there(row, sessions, day)), key=_place)


def _sessions(scope: Scope, sourced_ids: Collection[str]) -> dict[str, tuple[date, date]]:
    if not sourced_ids:
        return {}
    rows = scope.session.execute(
        select(
            AcademicSession.sourced_id, AcademicSession.starts_on, AcademicSession.ends_before
        ).where(
            AcademicSession.district_id == scope.district_id,
            AcademicSession.sourced_id.in_(sourced_ids),
        )
    )
    return {sourced_id: (starts_on, ends_before) for sourced_id, starts_on, ends_before in rows}


def _is_there(row: Class, sessions: dict[str, tuple[date, date]], day: date) -> bool:
    spans = [sessions[key] for key in row.term_sourced_ids if key in sessions]
    return not spans or any(starts_on <= day < ends_before for starts_on, ends_before in spans)


def _place(row: Class) -> tuple[bool, list[str], bool, str, UUID]:
    # P comes before J in school, and after it in the alphabet.
    grades = [grade.replace("J", "Q") for grade in row.grades]
    return not is_homeroom(row), grades, row.special_needs, row.title, row.id


def is_homeroom(row: Class) -> bool:
    """Whether a class is a 学級, and not one of a subject or of a part of a class."""
    return row.class_type == "homeroom"


def one_class(scope: Scope, class_id: UUID) -> Class:
    """A class of this school.

    Raises:
        NotFoundError: If there is none.
    """
    return scope.one(Class, class_id)


def teachers(scope: Scope, day: date) -> Sequence[User]:
    """Who teaches at the school on a day, in the order of the fifty sounds."""
    ids = select(UserRole.user_id).where(
        UserRole.school_id == scope.school_id,
        UserRole.role.in_(_TEACHING),
        UserRole.status == "active",
        or_(UserRole.starts_on.is_(None), UserRole.starts_on <= day),
        or_(UserRole.ends_before.is_(None), UserRole.ends_before > day),
    )
    return scope.session.scalars(
        select(User).where(User.id.in_(ids)).order_by(User.sort_key, User.id)
    ).all()


def teachers_and(scope: Scope, day: date, slots: Iterable[Slot]) -> list[User]:
    """The same, and whoever stands in a timetable although they do not teach here any more."""
    found = list(teachers(scope, day))
    known = {person.id for person in found}
    others = {slot.teacher_id for slot in slots if slot.teacher_id} - known
    return [*found, *people(scope, others).values()]


def people(scope: Scope, ids: Collection[UUID]) -> dict[UUID, User]:
    """These people of the district."""
    if not ids:
        return {}
    return {row.id: row for row in scope.session.scalars(select(User).where(User.id.in_(ids)))}


def bell_schedule(scope: Scope, bells_id: UUID) -> BellSchedule:
    """Lesson times of this school.

    Raises:
        NotFoundError: If there are none.
    """
    return scope.one(BellSchedule, bells_id)


def timetable_from(scope: Scope, class_id: UUID, starts_on: date) -> Timetable | None:
    """The timetable of a class that begins on just this day."""
    return scope.session.scalar(
        select(Timetable).where(
            Timetable.school_id == scope.school_id,
            Timetable.class_id == class_id,
            Timetable.starts_on == starts_on,
        )
    )
