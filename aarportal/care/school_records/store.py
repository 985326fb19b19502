"""Questions about what the school reports; the guard leaves each reader their own pupils."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select

from aarportal.care.school_records.models import ExaminationResult, Grade, YearAttendance
from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope
from aarportal.core.subjects import NAMES
from aarportal.people.roster import store as roster
from aarportal.people.roster.models import Class, User, UserRole

#: Name of a subject -> its place in a report; what a school calls otherwise comes last.
_PLACES = {name: place for place, name in enumerate(NAMES)}


@dataclass
class Report:
    """The grades of a term.

    Attributes:
        term: `1` to `3`, or `year`.
        subjects: Subject -> aspect -> what stands there.
    """

    school_year: int
    term: str
    subjects: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Records:
    """What the school reports about a student, the latest first."""

    years: Sequence[YearAttendance]
    reports: Sequence[Report]
    examinations: Sequence[ExaminationResult]


def records(scope: Scope, student_id: UUID) -> Records:
    """Everything of one student that this person may read."""
    years = scope.session.scalars(
        select(YearAttendance)
        .where(YearAttendance.student_id == student_id)
        .order_by(YearAttendance.school_year.desc())
    ).all()
    grades = scope.session.scalars(select(Grade).where(Grade.student_id == student_id)).all()
    reports: dict[tuple[int, str], Report] = {}
    for row in sorted(grades, key=lambda row: _place(row.subject)):
        report = reports.setdefault((row.school_year, row.term), Report(row.school_year, row.term))
        report.subjects.setdefault(row.subject, {})[row.aspect] = row.value
    latest_first = sorted(reports, reverse=True)
    examinations = scope.session.scalars(
        select(ExaminationResult)
        .where(ExaminationResult.student_id == student_id)
        .order_by(ExaminationResult.day.desc(), ExaminationResult.title, ExaminationResult.subject)
    ).all()
    return Records(years, [reports[key] for key in latest_first], examinations)


def _place(subject: str) -> tuple[int, str]:
    return _PLACES.get(subject, len(_PLACES)), subject


def student(scope: Scope, student_id: UUID) -> User:
    """A student whose records this person may read.

    Raises:
        NotFoundError: If there is none.
    """
    visible = scope.visible(Grade.readers)
    # People are of the district; that somebody was a student of this school is said by a role.
    roles = select(UserRole.user_id).where(
        UserRole.user_id == student_id, UserRole.role == "student"
    )
    row = scope.session.scalar(select(User).where(User.id == student_id, roles.exists()))
    # Whoever went on to another school is that school's to show.
    is_seen = student_id in visible if visible is not None else not scope.has_lost(student_id)
    if row is None or not is_seen:
        raise NotFoundError("User")
    return row


def classes(scope: Scope) -> Sequence[Class]:
    """Homeroom classes whose pupils' records this person may read, in order."""
    mine = select(Class).where(Class.class_type == "homeroom", Class.status == "active")
    if scope.role is not Role.PRINCIPAL:
        mine = mine.where(Class.id.in_(scope.class_ids))
    return scope.session.scalars(mine.order_by(Class.title, Class.id)).all()


def pupils(scope: Scope, group: Class, day: date) -> list[roster.Classmate]:
    """The pupils of a class on a day whose records this person may read."""
    visible = scope.visible(Grade.readers)
    mates = roster.class_list(scope, group.id, day)
    return [mate for mate in mates if visible is None or mate.id in visible]
