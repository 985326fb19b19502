"""Questions about a whole roster: its rows as OneRoster has them, a few at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from aarportal.core.scope import Scope, SystemScope
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    Course,
    District,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS,
)
from aarportal.people.roster.oneroster.rows import (
    AcademicSessionRow,
    ClassRow,
    CourseRow,
    EnrollmentRow,
    OrgRow,
    RoleRow,
    UserRow,
)

#: Rows that are fetched at once.
_AT_ONCE = 2000
_ACTIVE = "active"
#: People who are somebody's family; where no word fits them they are left out.
_RELATIVES = ("guardian", "parent", "relative")

AnyScope = Scope | SystemScope


@dataclass(frozen=True)
class Extent:
    """Which part of a roster is meant.

    Attributes:
        district_id: Whose roster.
        school_ids: The schools; None for the whole district with its board.
        day: The day at school on which it is looked at.
    """

    district_id: UUID
    school_ids: frozenset[UUID] | None
    day: date
    schools: ColumnElement[bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the condition that a school belongs to it."""
        mine = School.district_id == self.district_id
        if self.school_ids is not None:
            mine = and_(mine, School.id.in_(sorted(self.school_ids)))
        object.__setattr__(self, "schools", mine)

    def at_schools(self, row_class: Any) -> ColumnElement[bool]:
        """That a row of a school belongs to it, and is not over.

        A whole district tells when something ended. One school tells of those who are there:
        who has left it is not its to tell of any more.
        """
        condition = and_(
            row_class.status == _ACTIVE,
            row_class.school_id.in_(select(School.id).where(self.schools)),
        )
        if self.school_ids is None or row_class is Class:
            return condition
        lasts = or_(row_class.ends_before.is_(None), row_class.ends_before > self.day)
        return and_(condition, lasts)

    def people(self) -> ColumnElement[bool]:
        """That a person belongs to it."""
        mine = and_(User.district_id == self.district_id, User.status == _ACTIVE)
        if self.school_ids is None:
            return mine
        roles = select(UserRole.user_id).where(self.at_schools(UserRole))
        places = select(Enrollment.user_id).where(self.at_schools(Enrollment))
        return and_(mine, or_(User.id.in_(roles), User.id.in_(places)))


def place(scope: AnyScope, extent: Extent) -> tuple[str, str]:
    """Code and name of whose roster it is: of the one school, or of the district."""
    if extent.school_ids is not None and len(extent.school_ids) == 1:
        school = scope.session.scalars(select(School).where(extent.schools)).one()
        return school.identifier or school.code, school.name
    district = scope.session.get_one(District, extent.district_id)
    return district.code, district.name


def of_district(scope: SystemScope, code: str, day: date) -> Extent | None:
    """The whole roster of the district with this code; None if there is none."""
    district_id = scope.session.scalar(select(District.id).where(District.code == code))
    return Extent(district_id, None, day) if district_id else None


def of_school(scope: SystemScope, code: str, day: date) -> Extent | None:
    """The school with this code or 学校コード; None if there is none."""
    either = or_(School.code == code, School.identifier == code)
    school = scope.session.scalars(select(School).where(either).limit(1)).one_or_none()
    return Extent(school.district_id, frozenset({school.id}), day) if school else None


def counts(scope: AnyScope, extent: Extent) -> dict[str, int]:
    """How many schools, classes and people a bundle would have."""

    def number(asked: Select[tuple[int]]) -> int:
        return scope.session.scalar(asked) or 0

    return {
        "schools": number(select(func.count(School.id)).where(extent.schools)),
        "classes": number(select(func.count(Class.id)).where(extent.at_schools(Class))),
        "people": number(select(func.count(User.id)).where(extent.people())),
    }


def rows(scope: AnyScope, extent: Extent) -> dict[str, Iterable[Any]]:
    """Every row by file, fetched as it is asked for."""
    return {
        ORGS: _orgs(scope, extent),
        ACADEMIC_SESSIONS: _academic_sessions(scope, extent),
        COURSES: _courses(scope, extent),
        CLASSES: _classes(scope, extent),
        USERS: _users(scope, extent),
        ROLES: _roles(scope, extent),
        ENROLLMENTS: _enrollments(scope, extent),
    }


def relatives(scope: AnyScope, extent: Extent) -> frozenset[str]:
    """Those who are parents and the like and nothing else, by sourcedId."""
    is_relative = UserRole.role.in_(_RELATIVES)
    others = select(UserRole.user_id).where(~is_relative, extent.at_schools(UserRole))
    query = (
        select(User.sourced_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(is_relative, extent.at_schools(UserRole), UserRole.user_id.not_in(others))
    )
    return frozenset(scope.session.scalars(query))


def own_columns(scope: AnyScope, extent: Extent) -> dict[str, list[str]]:
    """Columns of each file that only the system it came from knows."""
    asked: dict[str, list[Select[Any]]] = {
        ORGS: [select(School.extra).where(extent.schools)],
        ACADEMIC_SESSIONS: [select(AcademicSession.extra).where(*_sessions_of(extent))],
        COURSES: [select(Course.extra).where(*_courses_of(extent))],
        CLASSES: [select(Class.extra).where(extent.at_schools(Class))],
        USERS: [select(User.extra).where(extent.people())],
        ROLES: [select(UserRole.extra).where(extent.at_schools(UserRole))],
        ENROLLMENTS: [select(Enrollment.extra).where(extent.at_schools(Enrollment))],
    }
    if extent.school_ids is None:
        asked[ROLES].append(select(DistrictRole.extra).where(*_board_of(extent)))
    return {
        file: sorted({name for query in queries for (own,) in _fetch(scope, query) for name in own})
        for file, queries in asked.items()
    }


def _fetch(scope: AnyScope, query: Select[Any]) -> Iterator[Row[Any]]:
    found = scope.session.execute(query, execution_options={"yield_per": _AT_ONCE})
    yield from found


def _orgs(scope: AnyScope, extent: Extent) -> Iterator[OrgRow]:
    district = scope.session.get_one(District, extent.district_id)
    yield OrgRow(district.sourced_id, district.name, "district", district.code)
    query = (
        select(School.sourced_id, School.name, School.identifier, School.extra)
        .where(extent.schools, School.status == _ACTIVE)
        .order_by(School.sourced_id)
    )
    for sourced_id, name, identifier, extra in _fetch(scope, query):
        yield OrgRow(sourced_id, name, "school", identifier, district.sourced_id, extra)


def _sessions_of(extent: Extent) -> tuple[ColumnElement[bool], ...]:
    return AcademicSession.district_id == extent.district_id, AcademicSession.status == _ACTIVE


def _academic_sessions(scope: AnyScope, extent: Extent) -> Iterator[AcademicSessionRow]:
    query = (
        select(
            AcademicSession.sourced_id,
            AcademicSession.title,
            AcademicSession.type,
            AcademicSession.starts_on,
            AcademicSession.ends_before,
            AcademicSession.school_year,
            AcademicSession.parent_sourced_id,
            AcademicSession.extra,
        )
        .where(*_sessions_of(extent))
        .order_by(AcademicSession.starts_on, AcademicSession.sourced_id)
    )
    for row in _fetch(scope, query):
        yield AcademicSessionRow(*row)


def _courses_of(extent: Extent) -> tuple[ColumnElement[bool], ...]:
    """Those of the district; of one school those that its classes are held for."""
    mine = Course.district_id == extent.district_id
    if extent.school_ids is None:
        return mine, Course.status == _ACTIVE
    return mine, Course.id.in_(select(Class.course_id).where(extent.at_schools(Class)))


def _courses(scope: AnyScope, extent: Extent) -> Iterator[CourseRow]:
    query = select(Course).where(*_courses_of(extent)).order_by(Course.sourced_id)
    for (row,) in _fetch(scope, query):
        yield CourseRow(
            row.sourced_id,
            row.title,
            row.org_sourced_id,
            row.school_year_sourced_id,
            row.course_code,
            tuple(row.grades),
            tuple(row.subjects),
            tuple(row.subject_codes),
            row.extra,
        )


def _classes(scope: AnyScope, extent: Extent) -> Iterator[ClassRow]:
    """One that went over to another school stands twice: the later one comes first."""
    query = (
        select(Class, School.sourced_id, Course.sourced_id)
        .join(School, School.id == Class.school_id)
        .join(Course, Course.id == Class.course_id, isouter=True)
        .where(extent.at_schools(Class))
        .order_by(Class.sourced_id, Class.id.desc())
    )
    for row, school, course in _fetch(scope, query):
        yield ClassRow(
            row.sourced_id,
            row.title,
            course or "",
            row.class_type,
            school,
            tuple(row.term_sourced_ids),
            tuple(row.grades),
            row.class_code,
            row.location,
            tuple(row.subjects),
            tuple(row.subject_codes),
            tuple(row.periods),
            row.special_needs,
            row.extra,
        )


def _users(scope: AnyScope, extent: Extent) -> Iterator[UserRow]:
    columns = (
        User.sourced_id,
        User.enabled,
        User.username,
        User.given_name,
        User.family_name,
        User.middle_name,
        User.user_ids,
        User.identifier,
        User.grade,
        User.master_identifier,
        User.primary_org_sourced_id,
        User.kana_given_name,
        User.kana_family_name,
        User.kana_middle_name,
        User.home_class_sourced_id,
        User.extra,
    )
    query = select(*columns).where(extent.people()).order_by(User.sourced_id)
    for row in _fetch(scope, query):
        yield UserRow(
            sourced_id=row.sourced_id,
            enabled_user=row.enabled,
            username=row.username,
            given_name=row.given_name,
            family_name=row.family_name,
            middle_name=row.middle_name,
            user_ids=tuple(row.user_ids),
            identifier=row.identifier,
            grades=(row.grade,) if row.grade else (),
            user_master_identifier=row.master_identifier,
            primary_org_sourced_id=row.primary_org_sourced_id,
            kana_given_name=row.kana_given_name,
            kana_family_name=row.kana_family_name,
            kana_middle_name=row.kana_middle_name,
            home_class_sourced_id=row.home_class_sourced_id,
            extra=row.extra,
        )


def _board_of(extent: Extent) -> tuple[ColumnElement[bool], ...]:
    return DistrictRole.district_id == extent.district_id, DistrictRole.status == _ACTIVE


def _roles(scope: AnyScope, extent: Extent) -> Iterator[RoleRow]:
    """Primary ones first, and of those the ones that hold."""
    for is_primary in (True, False):
        kind = (UserRole.role_type == "primary").is_(is_primary)
        query = (
            _role_columns(UserRole, School.sourced_id)
            .join(School, School.id == UserRole.school_id)
            .where(extent.at_schools(UserRole), kind)
            .order_by(_is_over(UserRole, extent.day), UserRole.sourced_id, UserRole.id.desc())
        )
        for row in _fetch(scope, query):
            yield RoleRow(*row)
        if extent.school_ids is None:
            kind = (DistrictRole.role_type == "primary").is_(is_primary)
            query = (
                _role_columns(DistrictRole, District.sourced_id)
                .join(District, District.id == DistrictRole.district_id)
                .where(*_board_of(extent), kind)
                .order_by(_is_over(DistrictRole, extent.day), DistrictRole.sourced_id)
            )
            for row in _fetch(scope, query):
                yield RoleRow(*row)


def _role_columns(row_class: Any, org: Any) -> Select[Any]:
    return select(
        row_class.sourced_id,
        User.sourced_id,
        row_class.role_type,
        row_class.role,
        org,
        row_class.starts_on,
        row_class.ends_before,
        row_class.extra,
    ).join(User, User.id == row_class.user_id)


def _is_over(row_class: Any, day: date) -> ColumnElement[bool]:
    return and_(row_class.ends_before.is_not(None), row_class.ends_before <= day)


def _enrollments(scope: AnyScope, extent: Extent) -> Iterator[EnrollmentRow]:
    query = (
        select(
            Enrollment.sourced_id,
            Class.sourced_id,
            School.sourced_id,
            User.sourced_id,
            Enrollment.role,
            Enrollment.primary,
            Enrollment.starts_on,
            Enrollment.ends_before,
            Enrollment.attendance_no,
            Enrollment.public,
            Enrollment.extra,
        )
        .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
        .join(School, School.id == Enrollment.school_id)
        .join(User, User.id == Enrollment.user_id)
        .where(extent.at_schools(Enrollment))
        .order_by(Enrollment.sourced_id, Enrollment.id.desc())
    )
    for row in _fetch(scope, query):
        yield EnrollmentRow(*row)
