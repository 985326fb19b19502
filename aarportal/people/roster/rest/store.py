"""Questions of systems that read the roster: one object, or a page of a list, and how many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import RosterScope
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    Course,
    District,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.rest import entities, filters
from aarportal.people.roster.rest.comparing.store import KINDS, Kind, filtered, ordered
from aarportal.people.roster.rest.entities import Json, Ref
from aarportal.people.roster.rest.objects.store import WRITERS
from aarportal.people.roster.rest.parameters import Query
from aarportal.people.roster.rest.refusals import bad

_ACTIVE, _GONE = "active", "tobedeleted"
_SESSION_TYPES = {"terms": "term", "gradingPeriods": "gradingPeriod"}
_ROLES = {"students": "student", "teachers": "teacher"}
#: From this part of the schools of a district on it is cheaper to look at everybody.
_MANY = 6

Condition = ColumnElement[bool]
#: Operator -> condition, of a column that is compared with a value.
Compared = Callable[[str, Any], Condition]


@dataclass(frozen=True)
class Asked:
    """Which objects an address means.

    Attributes:
        objects: The list they belong to.
        narrowed: As in `endpoints.Endpoint`.
        above: Name in the address -> sourcedId of what they are below.
        day: The day at school.
    """

    objects: str
    narrowed: str
    above: Mapping[str, str]
    day: date


@dataclass(frozen=True)
class Page:
    """Some objects of a list, and how many there are in all."""

    objects: Sequence[Json]
    total: int


def page(scope: RosterScope, asked: Asked, query: Query, refer: Ref) -> Page:
    """The objects of one page.

    Raises:
        NotFoundError: If what they are below does not exist for this system.
        RosterRequestError: If there is no ordering or filtering like that.
    """
    if query.sort and query.sort not in entities.TYPES[asked.objects]:
        raise bad("invalid_sort_field", f"there is no ordering by {query.sort} here")
    if asked.objects in _FEW:
        return _few(_FEW[asked.objects](scope, asked, refer), asked, query)
    kind = KINDS[asked.objects]
    conditions = _conditions(scope, asked)
    if query.filter is not None:
        conditions.append(filtered(scope, kind, asked.objects, query.filter))
    rows, total = _rows(scope, kind, query, conditions)
    return Page(WRITERS[asked.objects](scope, rows, refer), total)


def _rows(
    scope: RosterScope, kind: Kind, query: Query, conditions: list[Condition]
) -> tuple[Sequence[Any], int]:
    """The rows of one page, in their order, and how many there are in all."""
    if query.sort and conditions:
        keys, total = _keys_and_count(scope, kind, query, conditions)
        if keys:
            return _rows_of(scope, kind, keys), total
    total = scope.session.scalar(select(func.count(kind.model.id)).where(*conditions)) or 0
    if query.offset >= total:
        return [], total
    order = [_turned(column, down) for column, down in ordered(scope, kind, query)]
    if query.sort:
        # Keys first: to put whole rows in order costs several times as much.
        found = select(*kind.key).where(*conditions).order_by(*order)
        keys = scope.session.execute(found.limit(query.limit).offset(query.offset)).tuples().all()
        return _rows_of(scope, kind, keys), total
    rows = select(kind.model).where(*conditions).order_by(*order)
    return scope.session.scalars(rows.limit(query.limit).offset(query.offset)).all(), total


def _keys_and_count(
    scope: RosterScope, kind: Kind, query: Query, conditions: list[Condition]
) -> tuple[Sequence[Any], int]:
    """The keys of one page, and of how many: what a row has to be is looked at once for both.

    A page behind the last one says nothing of how many there are.
    """
    order = ordered(scope, kind, query)
    by = [column.label(f"by_{place}") for place, (column, _) in enumerate(order)]
    these = select(*by).where(*conditions).cte()
    # An order always ends with the whole key.
    key = [
        these.c[place]
        for part in kind.key
        for place, (column, _) in enumerate(order)
        if column is part
    ]
    count = select(func.count(key[-1])).scalar_subquery()
    found = select(*key, count).order_by(
        *(_turned(these.c[place], down) for place, (_, down) in enumerate(order))
    )
    rows = scope.session.execute(found.limit(query.limit).offset(query.offset)).tuples().all()
    return [row[:-1] for row in rows], rows[0][-1] if rows else 0


def _turned(column: Any, is_descending: bool) -> Any:  # noqa: FBT001 - as `ordered` says it
    return column.desc() if is_descending else column


def _rows_of(scope: RosterScope, kind: Kind, keys: Sequence[Any]) -> Sequence[Any]:
    """The rows with these keys, in their order."""
    parts = zip(kind.key, zip(*keys, strict=True), strict=True)
    these = select(kind.model).where(*(column.in_(set(ids)) for column, ids in parts))
    places = {key[-1]: place for place, key in enumerate(keys)}
    return sorted(scope.session.scalars(these), key=lambda row: places[row.id])


def one(scope: RosterScope, asked: Asked, sourced_id: str, refer: Ref) -> Json:
    """One object.

    Raises:
        NotFoundError: If it does not exist for this system.
    """
    if asked.objects in _FEW:
        every = _FEW[asked.objects](scope, asked, refer)
        found = next((each for each in every if each["sourcedId"] == sourced_id), None)
        if found is None:
            raise NotFoundError(asked.objects)
        return found
    kind = KINDS[asked.objects]
    model = kind.model
    query = select(model).where(*_conditions(scope, asked), model.sourced_id == sourced_id)
    # A class that went over to another school stands twice; the later row is what holds.
    row = scope.session.scalars(query.order_by(model.status, model.id.desc()).limit(1)).first()
    if row is None:
        raise NotFoundError(asked.objects)
    return WRITERS[asked.objects](scope, [row], refer)[0]


# --- lists that are short: made whole -------------------------------------------------------------


def _few(every: Sequence[Json], asked: Asked, query: Query) -> Page:
    types = entities.TYPES[asked.objects]
    if query.filter is not None:
        for clause in query.filter.clauses:
            filters.value_of(clause, filters.type_of(clause.field, types))
        every = [each for each in every if filters.fits(each, query.filter, types)]
    field = query.sort or "sourcedId"
    every = sorted(every, key=lambda each: each["sourcedId"])
    every.sort(key=lambda each: filters.text_at(each, field), reverse=query.is_descending)
    return Page(every[query.offset : query.offset + query.limit], len(every))


def _orgs(scope: RosterScope, asked: Asked, refer: Ref) -> list[Json]:
    schools = scope.session.scalars(_schools(scope)).all()
    district = scope.session.get_one(District, scope.district_id)
    above = refer("org", district.sourced_id)
    found = [entities.org(row, "school", row.identifier or row.code, above, ()) for row in schools]
    if asked.narrowed == "schools":
        return found
    below = [refer("org", row.sourced_id) for row in schools]
    row = _Board(
        district.sourced_id, max((row.last_modified for row in schools), default=_LONG_AGO)
    )
    return [entities.org(row.named(district.name), "district", district.code, None, below), *found]


_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class _Board:
    """The district as an org: it changes with its schools."""

    sourced_id: str
    last_modified: datetime
    name: str = ""
    status: str = _ACTIVE

    @property
    def extra(self) -> dict[str, str]:
        return {}

    def named(self, name: str) -> "_Board":
        return _Board(self.sourced_id, self.last_modified, name)


def _schools(scope: RosterScope) -> Select[tuple[School]]:
    mine = select(School).where(School.id.in_(sorted(scope.school_ids)))
    return mine.order_by(School.sourced_id)


def _academic_sessions(scope: RosterScope, asked: Asked, refer: Ref) -> list[Json]:
    rows = scope.session.scalars(select(AcademicSession)).all()
    children: dict[str, list[str]] = {}
    for row in rows:
        children.setdefault(row.parent_sourced_id, []).append(row.sourced_id)
    wanted = _SESSION_TYPES.get(asked.narrowed)
    rows = [row for row in rows if wanted in (None, row.type)]
    if "school" in asked.above:
        school = _school(scope, asked.above["school"])
        lists = scope.session.scalars(
            select(Class.term_sourced_ids).where(Class.school_id == school.id)
        )
        there = {term for terms in lists for term in terms}
        rows = [row for row in rows if row.sourced_id in there]
    if "term" in asked.above:
        term = _term(scope, asked.above["term"])
        rows = [row for row in rows if row.parent_sourced_id == term]
    return [
        entities.academic_session(row, refer, sorted(children.get(row.sourced_id, ())))
        for row in rows
    ]


_FEW: Mapping[str, Callable[[RosterScope, Asked, Ref], list[Json]]] = {
    "academicSessions": _academic_sessions,
    "orgs": _orgs,
}

# --- what something is below ----------------------------------------------------------------------


def _school(scope: RosterScope, sourced_id: str) -> School:
    row: School = _found(scope, _schools(scope).where(School.sourced_id == sourced_id))
    return row


def _term(scope: RosterScope, sourced_id: str) -> str:
    query = select(AcademicSession).where(
        AcademicSession.sourced_id == sourced_id, AcademicSession.type == "term"
    )
    row: AcademicSession = _found(scope, query)
    return row.sourced_id


def _found(scope: RosterScope, query: Select[tuple[Any]]) -> Any:
    row = scope.session.scalars(query.limit(1)).first()
    if row is None:
        raise NotFoundError("above")
    return row


def _class(scope: RosterScope, sourced_id: str, school_id: UUID | None) -> Class:
    query = select(Class).where(Class.sourced_id == sourced_id)
    if school_id is not None:
        query = query.where(Class.school_id == school_id)
    row: Class = _found(scope, query.order_by(Class.status, Class.id.desc()))
    return row


# --- which rows -----------------------------------------------------------------------------------


def _conditions(scope: RosterScope, asked: Asked) -> list[Condition]:
    """What a row has to be to be one of those that are asked for."""
    above = asked.above
    school_id = _school(scope, above["school"]).id if "school" in above else None
    room = _class(scope, above["klass"], school_id) if "klass" in above else None
    match asked.objects:
        case "users":
            return _people(scope, asked, school_id, room)
        case "enrollments":
            found: list[Condition] = []
            if school_id is not None:
                found.append(Enrollment.school_id == school_id)
            if room is not None:
                found.append(Enrollment.class_id == room.id)
            return found
        case "courses":
            return _courses(scope, school_id)
        case _:
            return _classes(scope, asked, school_id)


def _current(row_class: Any, day: date) -> Condition:
    lasts = or_(row_class.ends_before.is_(None), row_class.ends_before > day)
    return and_(row_class.status == _ACTIVE, lasts)


def _known(scope: RosterScope, day: date, *, collected: bool = False) -> list[Condition]:
    """People that this system may know of.

    One that reads some schools knows who is there now, and is told of those whom the roster drops;
    who went to another school is that school's.

    Args:
        scope: The system's.
        day: The day at school.
        collected: Whether those are collected first, which is cheaper where they are few and
            nothing else narrows the list; everybody else is looked at one after the other.
    """
    if scope.whole_district:
        return []

    def is_among(column: Any, *conditions: Condition) -> Condition:
        if collected:
            return User.id.in_(select(column).where(*conditions))
        return select(column).where(column == User.id, *conditions).exists()

    return [
        or_(
            is_among(UserRole.user_id, _current(UserRole, day)),
            is_among(Enrollment.user_id, _current(Enrollment, day)),
            and_(User.status == _GONE, is_among(UserRole.user_id)),
        )
    ]


def _people(
    scope: RosterScope, asked: Asked, school_id: UUID | None, room: Class | None
) -> list[Condition]:
    role = _ROLES.get(asked.narrowed)
    if room is not None:
        there = select(Enrollment.user_id).where(
            Enrollment.class_id == room.id,
            Enrollment.school_id == room.school_id,
            Enrollment.role == role,
            _current(Enrollment, asked.day),
        )
        return [*_known(scope, asked.day), User.id.in_(there)]
    if school_id is not None:
        holders = select(UserRole.user_id).where(
            UserRole.role == role, UserRole.school_id == school_id, _current(UserRole, asked.day)
        )
        return [*_known(scope, asked.day), User.id.in_(holders)]
    is_few = not _reads_many(scope)
    known = _known(scope, asked.day, collected=is_few)
    if role is None:
        return known
    if role == "student" and not is_few:
        return [_is_student(known, asked.day)]
    return [*known, User.id.in_(select(UserRole.user_id).where(UserRole.role == role))]


def _is_student(known: Sequence[Condition], day: date) -> Condition:
    """That somebody who is known is or was a student.

    Nearly everybody is one now: whoever is seen to be is looked at once, and known by it.
    """
    holds = and_(UserRole.user_id == User.id, UserRole.role == "student")
    held = select(UserRole.user_id).where(holds)
    if not known:
        return held.exists()
    return or_(held.where(_current(UserRole, day)).exists(), and_(held.exists(), *known))


def _reads_many(scope: RosterScope) -> bool:
    """Whether it reads about so many schools that collecting their people does not pay."""
    if scope.whole_district:
        return True
    schools = scope.session.scalar(select(func.count(School.id))) or 0
    return len(scope.school_ids) * _MANY > schools


def _courses(scope: RosterScope, school_id: UUID | None) -> list[Condition]:
    if school_id is None and scope.whole_district:
        return []
    ids = scope.school_ids if school_id is None else {school_id}
    orgs = select(School.sourced_id).where(School.id.in_(sorted(ids)))
    held = select(Class.course_id).where(Class.school_id.in_(sorted(ids)))
    return [or_(Course.org_sourced_id.in_(orgs), Course.id.in_(held))]


def _classes(scope: RosterScope, asked: Asked, school_id: UUID | None) -> list[Condition]:
    above = asked.above
    if school_id is not None:
        return [Class.school_id == school_id]
    if "course" in above:
        course = select(Course).where(Course.sourced_id == above["course"], *_courses(scope, None))
        return [Class.course_id == _found(scope, course).id]
    if "term" in above:
        term = _term(scope, above["term"])
        lists = scope.session.execute(select(Class.id, Class.term_sourced_ids))
        return [Class.id.in_([class_id for class_id, terms in lists if term in terms])]
    for name, role in (("student", "student"), ("teacher", "teacher"), ("user", "")):
        if name in above:
            return [_of_person(scope, asked, above[name], role)]
    return []


def _of_person(scope: RosterScope, asked: Asked, sourced_id: str, role: str) -> Condition:
    """That somebody has a place in the class now."""
    narrowed = {"student": "students", "teacher": "teachers"}.get(role, "")
    known = _people(scope, Asked("users", narrowed, {}, asked.day), None, None)
    person = _found(scope, select(User).where(User.sourced_id == sourced_id, *known))
    there = select(Enrollment.class_id).where(
        Enrollment.user_id == person.id, _current(Enrollment, asked.day)
    )
    return Class.id.in_(there.where(Enrollment.role == role) if role else there)
