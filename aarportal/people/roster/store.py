"""Questions about who is in which class."""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, inspect, or_, select, true

from aarportal.core import clock
from aarportal.core.ownership import DistrictOwned
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.roster.grades import grade_number
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

#: Rows that are read at once.
_AT_ONCE = 1000


@dataclass(frozen=True)
class Classmate:
    """A student in the list of a class."""

    id: UUID
    attendance_no: int | None
    family_name: str
    given_name: str
    grade: int

    @property
    def name(self) -> str:
        """Family name, thin space, given name."""
        return f"{self.family_name}\u2009{self.given_name}"


@dataclass(frozen=True)
class Seat:
    """A person's place in one class."""

    class_id: UUID
    class_type: str
    role: str


# These questions come with every page, and are made once: putting one together costs as much as
# asking it.

#: The place in a class that a person has on `:day`.
_CURRENT = and_(
    or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= bindparam("day")),
    or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > bindparam("day")),
)

_SEATS = (
    select(Class.id, Class.class_type, Enrollment.role)
    .join(
        Enrollment,
        and_(Enrollment.school_id == Class.school_id, Enrollment.class_id == Class.id),
    )
    .where(
        Enrollment.school_id == bindparam("school_id"),
        Enrollment.user_id == bindparam("user_id"),
        _CURRENT,
    )
    .order_by(Class.class_type, Class.title)
)


def seats(scope: Scope | SystemScope, school_id: UUID, user_id: UUID, day: date) -> list[Seat]:
    """The classes a person belongs to on `day`, homeroom classes first."""
    wanted = {"school_id": school_id, "user_id": user_id, "day": day}
    return [Seat(*row) for row in scope.session.execute(_SEATS, wanted)]


_STUDENT_IDS = select(Enrollment.class_id, Enrollment.user_id).where(
    Enrollment.school_id == bindparam("school_id"),
    Enrollment.class_id.in_(bindparam("class_ids", expanding=True)),
    Enrollment.role == "student",
    _CURRENT,
)


def student_ids(
    scope: Scope | SystemScope, school_id: UUID, class_ids: Sequence[UUID], day: date
) -> dict[UUID, frozenset[UUID]]:
    """Students of each of the classes on `day`."""
    found: dict[UUID, set[UUID]] = {class_id: set() for class_id in class_ids}
    wanted = {"school_id": school_id, "class_ids": list(class_ids), "day": day}
    for class_id, user_id in scope.session.execute(_STUDENT_IDS, wanted):
        found[class_id].add(user_id)
    return {class_id: frozenset(ids) for class_id, ids in found.items()}


_OF_GRADES = (
    select(Enrollment.class_id, Enrollment.user_id)
    .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
    .join(User, User.id == Enrollment.user_id)
    .where(
        Enrollment.school_id == bindparam("school_id"),
        Enrollment.role == "student",
        Class.class_type == "homeroom",
        User.grade.in_(bindparam("grades", expanding=True)),
        _CURRENT,
    )
    .order_by(Class.title, Class.id)
)


def students_of_grades(
    scope: SystemScope, school_id: UUID, grades: Collection[str], day: date
) -> dict[UUID, set[UUID]]:
    """Homeroom class -> its students of these grades on `day`, classes by title."""
    found: dict[UUID, set[UUID]] = {}
    wanted = {"school_id": school_id, "grades": sorted(grades), "day": day}
    for class_id, user_id in scope.session.execute(_OF_GRADES, wanted):
        found.setdefault(class_id, set()).add(user_id)
    return found


_CLASS_LIST = (
    select(User.id, Enrollment.attendance_no, User.family_name, User.given_name, User.grade)
    .join(Enrollment, Enrollment.user_id == User.id)
    .where(Enrollment.class_id == bindparam("class_id"), Enrollment.role == "student", _CURRENT)
    .order_by(Enrollment.attendance_no.is_(None), Enrollment.attendance_no, User.sourced_id)
)


def class_list(scope: Scope, class_id: UUID, day: date) -> list[Classmate]:
    """The students of a class on `day` by 出席番号; those without a number come last."""
    rows = scope.session.execute(_CLASS_LIST, {"class_id": class_id, "day": day})
    return [Classmate(row[0], row[1], row[2], row[3], grade_number(row[4])) for row in rows]


_CLASSES = select(Class).where(Class.id.in_(bindparam("ids", expanding=True)))


def classes(scope: Scope, *, lent: bool = False) -> Sequence[Class]:
    """The classes the person belongs to, in the order of the scope.

    Args:
        scope: Who.
        lent: Those as well at which the person looks by a relation.
    """
    ids = scope.seen_class_ids if lent else scope.class_ids
    if not ids:
        return []
    found = {row.id: row for row in scope.session.scalars(_CLASSES, {"ids": list(ids)})}
    return [found[class_id] for class_id in ids if class_id in found]


def one_class(scope: Scope, class_id: UUID) -> Class:
    """A class of this school.

    Raises:
        NotFoundError: If there is none.
    """
    return scope.one(Class, class_id)


def school_by_code(scope: SystemScope, code: str) -> School | None:
    """The school people mean when they type `code`."""
    return scope.session.scalar(select(School).where(School.code == code))


def school_ids(scope: SystemScope, district_id: UUID) -> frozenset[UUID]:
    """The schools of a district."""
    query = select(School.id).where(School.district_id == district_id)
    return frozenset(scope.session.scalars(query))


def schools_of_student(scope: SystemScope, user_id: UUID) -> frozenset[UUID]:
    """The schools where a person is, was or will be a student."""
    query = select(UserRole.school_id).where(
        UserRole.user_id == user_id, UserRole.role == "student"
    )
    return frozenset(scope.session.scalars(query))


def codes(scope: SystemScope) -> frozenset[str]:
    """Codes of schools and districts that people of this installation type."""
    taken = scope.session.scalars(select(School.code).union_all(select(District.code)))
    return frozenset(taken)


#: Kind of row -> its table (see planning.KINDS).
ROW_CLASSES: Mapping[str, Any] = MappingProxyType(
    {
        "districts": District,
        "schools": School,
        "academic_sessions": AcademicSession,
        "courses": Course,
        "classes": Class,
        "users": User,
        "roles": UserRole,
        "district_roles": DistrictRole,
        "enrollments": Enrollment,
    }
)


def district_id(scope: SystemScope, *, code: str = "", sourced_id: str = "") -> UUID | None:
    """The district that people or a roster file call so; None if there is none."""
    wanted = District.code == code if code else District.sourced_id == sourced_id
    return scope.session.scalar(select(District.id).where(wanted))


def district(
    scope: Scope | SystemScope, *, id_: UUID | None = None, sourced_id: str = ""
) -> dict[str, Any] | None:
    """Every column of a district, by its id or by the name that a roster file has for it."""
    wanted = District.id == id_ if id_ else District.sourced_id == sourced_id
    rows = _columns(scope, District, wanted)
    return rows[0] if rows else None


def lock_district(scope: SystemScope, district_id: UUID) -> None:
    """Wait for others who write into the roster of a district (SQLite has one writer)."""
    scope.session.execute(
        select(District.id).where(District.id == district_id).with_for_update()
    ).all()


class StandingRoster:
    """The roster that stands, of a district or of one school (a `planning.Standing`).

    Attributes:
        district: Columns of the district; None when nobody knows it yet.
        school: Columns of the one school; None for the whole district.
        codes: Codes that people of the whole installation type.
    """

    def __init__(
        self,
        scope: SystemScope,
        district: dict[str, Any] | None,
        school_id: UUID | None = None,
    ) -> None:
        """Say of which district or school.

        Args:
            scope: The system's.
            district: Columns of the district.
            school_id: The one school that a file speaks of.
        """
        self.district = district
        self.codes = codes(scope)
        self._scope = scope
        self._elsewhere: set[UUID] | None = None
        found = _columns(scope, School, School.id == school_id) if school_id else []
        self.school = found[0] if found else None

    def rows(self, kind: str) -> "StandingRows":
        """The rows of one kind; people whom a file of one school lists may be known elsewhere."""
        row_class = ROW_CLASSES[kind]
        if self.district is None or (self.school and kind == "district_roles"):
            return StandingRows(self._scope, row_class, false(), false())
        if issubclass(row_class, DistrictOwned):
            mine = row_class.district_id == self.district["id"]
            others = mine
            if self.school and kind == "users":
                others = mine & User.id.in_(_people_of(self.school["id"]))
            elif self.school and kind == "schools":
                mine = others = School.id == self.school["id"]
        elif self.school:
            mine = others = row_class.school_id == self.school["id"]
        else:
            schools = select(School.id).where(School.district_id == self.district["id"])
            mine, others = true(), row_class.school_id.in_(schools)
        return StandingRows(self._scope, row_class, mine, others)

    def is_elsewhere_too(self, user_id: UUID) -> bool:
        """Whether a person has a role that is not over at another school."""
        if self._elsewhere is None:
            assert self.school is not None
            school_id = self.school["id"]
            self._elsewhere = set(
                self._scope.session.scalars(
                    select(UserRole.user_id).where(
                        UserRole.user_id.in_(_people_of(school_id)),
                        UserRole.school_id != school_id,
                        UserRole.ends_before.is_(None) | (UserRole.ends_before > clock.today()),
                    )
                )
            )
        return user_id in self._elsewhere


def _people_of(school_id: UUID) -> Select[tuple[UUID]]:
    """Whoever has, had or will have a role at a school."""
    return select(UserRole.user_id).where(UserRole.school_id == school_id)


class StandingRows:
    """The rows of one kind that stand (a `changes.StandingRows`), never all of them at once."""

    def __init__(
        self,
        scope: SystemScope,
        row_class: Any,
        mine: ColumnElement[bool],
        others: ColumnElement[bool],
    ) -> None:
        """Say which rows may be asked for by name, and which are gone through."""
        self._scope = scope
        self._row_class = row_class
        self._mine = mine
        self._others = others
        is_of_district = issubclass(row_class, DistrictOwned)
        self._owner = row_class.district_id if is_of_district else row_class.school_id

    def called(self, names: Sequence[tuple[UUID, str]]) -> Iterator[dict[str, Any]]:
        """Every column of those that have one of these owners and sourcedIds."""
        by_owner: dict[UUID, list[str]] = {}
        for owner_id, sourced_id in names:
            by_owner.setdefault(owner_id, []).append(sourced_id)
        for owner_id, ids in by_owner.items():
            called = and_(self._owner == owner_id, self._row_class.sourced_id.in_(ids))
            yield from _columns(self._scope, self._row_class, and_(self._mine, called))

    def others(self, known: Container[UUID]) -> Iterator[dict[str, Any]]:
        """Every column of those whose id is not known."""
        row_class = self._row_class
        keys = (
            select(self._owner, row_class.id)
            .where(self._others)
            .order_by(self._owner, row_class.id)
            .execution_options(yield_per=_AT_ONCE)
        )
        found = self._scope.session.execute(keys).tuples()
        unknown = (key for key in found if key[1] not in known)
        for owner_id, of_owner in groupby(unknown, itemgetter(0)):
            while some := [id_ for _, id_ in islice(of_owner, _AT_ONCE)]:
                wanted = and_(self._owner == owner_id, row_class.id.in_(some))
                yield from _columns(self._scope, row_class, wanted)


def active_ids(
    scope: SystemScope, kinds: Collection[str], district_id: UUID, school_id: UUID | None
) -> Iterator[str]:
    """SourcedIds of active rows of some kinds, of a district or of one school and its people."""
    for kind in kinds:
        row_class = ROW_CLASSES[kind]
        query = select(row_class.sourced_id)
        if kind == "districts":
            query = query.where(District.id == district_id)
        elif issubclass(row_class, DistrictOwned):
            query = query.where(row_class.district_id == district_id, row_class.status == "active")
            if kind == "schools" and school_id:
                query = query.where(School.id == school_id)
        else:
            schools = select(School.id).where(School.district_id == district_id)
            of_schools = (
                row_class.school_id == school_id if school_id else row_class.school_id.in_(schools)
            )
            query = query.where(of_schools, row_class.status == "active")
        yield from scope.session.scalars(query.execution_options(yield_per=_AT_ONCE))


def rows_by_key(
    scope: SystemScope, row_class: Any, school_id: UUID | None, ids: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Every column of some rows of a table, of one school where they are a school's."""
    wanted = row_class.id.in_(ids)
    if school_id is not None:
        wanted = and_(row_class.school_id == school_id, wanted)
    return {row["id"]: row for row in _columns(scope, row_class, wanted)}


def _columns(
    scope: Scope | SystemScope, row_class: Any, condition: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Plain columns; nothing that is only compared needs to be watched by the session."""
    names = [attribute.key for attribute in inspect(row_class).column_attrs]
    found = scope.session.execute(
        select(*(getattr(row_class, name) for name in names)).where(condition)
    )
    return [dict(zip(names, row, strict=True)) for row in found]
