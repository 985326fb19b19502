"""Questions about the classes of a school year."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from aarportal.core.scope import Scope
from aarportal.people.directory.named import Named
from aarportal.people.directory.presence import Lasting
from aarportal.people.directory.years import SchoolYears, Session, natural
from aarportal.people.roster.grades import grade_number
from aarportal.people.roster.models import AcademicSession, Class, Enrollment, User

HOMEROOM = "homeroom"


@dataclass(frozen=True)
class Group:
    """A class in the list of its year.

    Attributes:
        students: How many there are on the day that is looked at.
        teachers: Their names, whoever leads the class first.
    """

    school_id: UUID
    id: UUID
    title: str
    class_type: str
    grades: Sequence[str]
    special_needs: bool
    students: int = 0
    teachers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Seat(Named, Lasting):
    """A person in the list of a class."""

    user_id: UUID
    role: str
    attendance_no: int | None
    family_name: str
    given_name: str
    middle_name: str
    kana: str
    starts_on: date | None
    ends_before: date | None
    primary: bool


def school_years(scope: Scope, today: date) -> SchoolYears:
    """The school years of the district."""
    rows = scope.session.execute(
        select(
            AcademicSession.sourced_id,
            AcademicSession.starts_on,
            AcademicSession.ends_before,
            AcademicSession.school_year,
        ).where(AcademicSession.district_id == scope.district_id)
    )
    return SchoolYears({row[0]: Session(*row) for row in rows}, today)


def groups(
    scope: Scope, school_id: UUID, year: int, years: SchoolYears, *, class_type: str = ""
) -> list[Group]:
    """The classes of a school in a school year, homeroom classes first, by grade and title."""
    query = select(
        Class.term_sourced_ids,
        Class.school_id,
        Class.id,
        Class.title,
        Class.class_type,
        Class.grades,
        Class.special_needs,
    ).where(Class.school_id == school_id)
    if class_type:
        query = query.where(Class.class_type == class_type)
    rows = scope.session.execute(query)
    found = [Group(*row) for terms, *row in rows if years.year_of(terms) == year]
    return sorted(found, key=_order)


def _order(group: Group) -> tuple[bool, int, bool, tuple[tuple[bool, int, str], ...], str]:
    grade = min(map(grade_number, group.grades), default=0)
    by_title = natural(group.title)
    return group.class_type != HOMEROOM, grade, group.special_needs, by_title, str(group.id)


def filled(scope: Scope, found: Sequence[Group], day: date) -> list[Group]:
    """The same classes with their teachers, and how many students they have on `day`."""
    if not found:
        return []
    seats = _seats_on(found, day)
    counts = _counts(scope, seats)
    teachers: dict[UUID, list[str]] = {}
    rows = scope.session.execute(
        select(Enrollment.class_id, User.family_name, User.given_name)
        .join(User, User.id == Enrollment.user_id)
        .where(*seats, Enrollment.role != "student")
        .order_by(Enrollment.primary.desc(), User.sort_key, User.id)
    )
    for class_id, family, given in rows:
        teachers.setdefault(class_id, []).append(f"{family}\u2009{given}")
    return [
        replace(
            each,
            students=counts.get(each.id, 0),
            teachers=list(dict.fromkeys(teachers.get(each.id, ()))),
        )
        for each in found
    ]


def _seats_on(found: Sequence[Group], day: date) -> list[ColumnElement[bool]]:
    """The seats of classes of one school that are taken on a day."""
    return [
        Enrollment.school_id == found[0].school_id,
        Enrollment.class_id.in_([each.id for each in found]),
        or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= day),
        or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > day),
    ]


def _counts(scope: Scope, seats: Sequence[ColumnElement[bool]]) -> dict[UUID, int]:
    rows = scope.session.execute(
        select(Enrollment.class_id, func.count(Enrollment.user_id.distinct()))
        .where(*seats, Enrollment.role == "student")
        .group_by(Enrollment.class_id)
    )
    return {row[0]: row[1] for row in rows}


def seats(scope: Scope, group: Class) -> list[Seat]:
    """Everybody who is, was or will be in a class: by 出席番号, then by the fifty sounds."""
    rows = scope.session.execute(
        select(
            Enrollment.user_id,
            Enrollment.role,
            Enrollment.attendance_no,
            User.family_name,
            User.given_name,
            User.middle_name,
            func.trim(
                User.kana_family_name + " " + User.kana_given_name + " " + User.kana_middle_name
            ),
            Enrollment.starts_on,
            Enrollment.ends_before,
            Enrollment.primary,
        )
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.school_id == group.school_id, Enrollment.class_id == group.id)
        .order_by(
            Enrollment.attendance_no.is_(None),
            Enrollment.attendance_no,
            User.sort_key,
            User.id,
            Enrollment.starts_on,
        )
    )
    return [Seat(*row) for row in rows]
