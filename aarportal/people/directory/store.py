"""Questions about the people of a school, or of all schools of a district."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from aarportal.core.scope import Scope
from aarportal.people.directory.named import Named
from aarportal.people.directory.presence import COMING, GONE, HERE, Lasting, state_of
from aarportal.people.roster import names
from aarportal.people.roster.models import Class, Enrollment, School, User, UserRole

STUDENT, STAFF = "student", "staff"
#: So many people of a school, or with a name, are read at once. Whoever looks for a name of more
#: types another letter; more without a name are counted, and read page by page.
MOST = 2000


@dataclass(frozen=True)
class Wanted:
    """Which people; what is empty does not matter.

    Attributes:
        words: Parts of names, readings or login names, with spaces between them.
        kind: `student` or `staff`.
        grade: P1-P6, J1-J3.
        school_id: Only those of this school.
        class_id: Only those of this class; the state is then what they are there.
        state: One of `presence.STATES`.
    """

    words: str = ""
    kind: str = ""
    grade: str = ""
    school_id: UUID | None = None
    class_id: UUID | None = None
    state: str = ""


@dataclass(frozen=True)
class Place(Lasting):
    """A person's place in a class."""

    school_id: UUID
    class_id: UUID
    title: str
    attendance_no: int | None
    starts_on: date | None
    ends_before: date | None


@dataclass(frozen=True)
class Post(Lasting):
    """What a person is at a school."""

    school_id: UUID
    role: str
    starts_on: date | None
    ends_before: date | None


@dataclass(frozen=True)
class Listed(Named):
    """A line of the list of people."""

    id: UUID
    family_name: str
    given_name: str
    middle_name: str
    kana: str
    grade: str
    enabled: bool
    posts: list[Post] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    """Homeroom classes, the latest first; only the wanted class if one is."""

    @property
    def roles(self) -> tuple[str, ...]:
        """What the person is, each once."""
        return tuple(dict.fromkeys(post.role for post in self.posts))

    @property
    def school_ids(self) -> tuple[UUID, ...]:
        """The schools where the person is that, each once."""
        return tuple(dict.fromkeys(post.school_id for post in self.posts))

    def state(self, day: date) -> str:
        """Whether the person is here on `day`."""
        return state_of(self.posts, day)


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        number: Which page it is.
        total: How many people are on all pages.
        are_more: Whether still more people have the name, and stand on no page.
    """

    people: list[Listed]
    number: int
    total: int
    are_more: bool = False


_LINE = (
    User.id,
    User.family_name,
    User.given_name,
    User.middle_name,
    func.trim(User.kana_family_name + " " + User.kana_given_name + " " + User.kana_middle_name),
    User.grade,
    User.enabled,
)


def people(scope: Scope, wanted: Wanted, day: date, *, number: int, size: int) -> Page:
    """One page of people, by the fifty sounds; those of a class by 出席番号.

    Args:
        scope: Whose schools' people.
        wanted: Which.
        day: The day on which they are here, to come or gone.
        number: Which page, from 1; the last one for a greater number.
        size: People on a page.
    """
    if wanted.class_id is not None:
        return _cut(scope, wanted, _of_class(scope, wanted, day), number, size)
    query = _matching(scope, wanted, day)
    if _are_few(scope, wanted):
        ids = list(scope.session.scalars(query.limit(MOST + 1)))
        if len(ids) <= MOST or _named(wanted):
            return _cut(scope, wanted, ids, number, size)
    total = _count(scope, wanted, day)
    number = min(number, max(-(-total // size), 1))
    shown = _from_the_nearer_end(scope, query, (number - 1) * size, size, total)
    return Page(_shown(scope, wanted, shown), number, total)


def _from_the_nearer_end(
    scope: Scope, query: Select[tuple[UUID]], first: int, size: int, total: int
) -> Sequence[UUID]:
    """The people from a place of the list on: whoever stands before them is looked at, too."""
    behind = max(total - first - size, 0)
    if first <= behind:
        return scope.session.scalars(query.limit(size).offset(first)).all()
    backwards = query.order_by(None).order_by(User.sort_key.desc(), User.id.desc())
    found = scope.session.scalars(backwards.limit(min(size, total - first)).offset(behind)).all()
    return found[::-1]


def _cut(scope: Scope, wanted: Wanted, ids: Sequence[UUID], number: int, size: int) -> Page:
    """One page of people who were read at once."""
    total = min(len(ids), MOST)
    number = min(number, max(-(-total // size), 1))
    first = (number - 1) * size
    shown = ids[first : min(first + size, total)]
    return Page(_shown(scope, wanted, shown), number, total, are_more=len(ids) > total)


def _shown(scope: Scope, wanted: Wanted, ids: Sequence[UUID]) -> list[Listed]:
    """The people with these ids, in this order, with their roles and classes."""
    rows = scope.session.execute(select(*_LINE).where(User.id.in_(ids))) if ids else ()
    found = {row[0]: Listed(*row) for row in rows}
    return _with_places(scope, [found[id_] for id_ in ids], wanted)


def _school_of(scope: Scope, wanted: Wanted) -> UUID | None:
    """The one school whose people are wanted; None for every school of the scope."""
    return wanted.school_id or (None if scope.other_school_ids else scope.school_id)


def _are_few(scope: Scope, wanted: Wanted) -> bool:
    """Whether reading all of them at once may be cheaper than counting them."""
    return _school_of(scope, wanted) is not None or bool(_named(wanted))


def _matching(scope: Scope, wanted: Wanted, day: date) -> Select[tuple[UUID]]:
    """The wanted people of no particular class, in the order of the list."""
    school_id = _school_of(scope, wanted)
    if school_id is None:
        return _among_all(scope, wanted, day)
    return _members(scope, wanted, day, school_id)


def _named(wanted: Wanted) -> list[ColumnElement[bool]]:
    keys = names.search_keys(wanted.words)
    return [User.search_text.contains(key, autoescape=True) for key in keys]


def _described(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the row of the person says."""
    grade = [User.grade == wanted.grade] if wanted.grade else []
    return [User.district_id == scope.district_id, *_named(wanted), *grade]


def _has_kind(
    row_class: type[UserRole] | type[Enrollment], wanted: Wanted
) -> list[ColumnElement[bool]]:
    is_student = row_class.role == STUDENT
    return {STUDENT: [is_student], STAFF: [~is_student]}.get(wanted.kind, [])


#: A role that is not over, and one that has begun; a role of which neither holds never was.
_ENDS = func.coalesce(UserRole.ends_before, date.max)
_BEGINS = func.coalesce(UserRole.starts_on, date.min)


def _grouped(query: Select[Any], wanted: Wanted, day: date) -> Select[Any]:
    """Persons, from a query for roles: those who are in the wanted state by all of them."""
    query = query.where(*_has_kind(UserRole, wanted))
    if wanted.state == HERE:
        return query.where(day < _ENDS, day >= _BEGINS)
    if wanted.state == COMING:
        return query.where(day < _ENDS, _BEGINS < _ENDS).having(func.min(_BEGINS) > day)
    if wanted.state == GONE:
        return query.having(func.max(case((_BEGINS < _ENDS, _ENDS), else_=date.min)) <= day)
    return query


def _members(scope: Scope, wanted: Wanted, day: date, school_id: UUID) -> Select[tuple[UUID]]:
    """The people of one school, who are found by its roles."""
    roles = select(UserRole.user_id).where(UserRole.school_id == school_id)
    members = _grouped(roles.group_by(UserRole.user_id), wanted, day).subquery()
    return (
        select(User.id)
        .join(members, members.c.user_id == User.id)
        .where(*_described(scope, wanted))
        .order_by(User.sort_key, User.id)
    )


def _among_all(scope: Scope, wanted: Wanted, day: date) -> Select[tuple[UUID]]:
    """The people of every school of the scope, looked at one by one in the order of the list."""

    def has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = (UserRole.user_id == User.id, *_has_kind(UserRole, wanted))
        # An `exists` that selects no column of the class would not be narrowed to the scope.
        return select(UserRole.user_id).where(*mine, *conditions).exists()

    on = and_(day < _ENDS, _BEGINS < _ENDS)
    in_state = {
        HERE: [has(on, day >= _BEGINS)],
        COMING: [has(on), ~has(on, day >= _BEGINS)],
        GONE: [has(), ~has(on)],
    }.get(wanted.state, [has()])
    query = (
        select(User.id)
        .where(*_described(scope, wanted), *in_state)
        .order_by(User.sort_key, User.id)
    )
    if not _named(wanted):
        return query
    # A name stands in the rows: reading them as they lie is half of reading them in their order.
    return query.with_hint(User, "NOT INDEXED", "sqlite")


def _count(scope: Scope, wanted: Wanted, day: date) -> int:
    """How many there are, when they are very many."""
    if wanted.grade or _school_of(scope, wanted) is not None:
        counted: Select[Any] = _matching(scope, wanted, day).order_by(None)
    else:
        # By their roles alone: a look at each of the people would cost more.
        roles = select(UserRole.user_id).group_by(UserRole.user_id)
        counted = _grouped(roles, wanted, day)
    return scope.session.scalar(select(func.count()).select_from(counted.subquery())) or 0


def _of_class(scope: Scope, wanted: Wanted, day: date) -> list[UUID]:
    """Everybody of a class in the wanted state there; there are no thousands of them."""
    at_school = [Enrollment.school_id == wanted.school_id] if wanted.school_id else []
    rows = scope.session.execute(
        select(User.id, Enrollment.school_id, Enrollment.starts_on, Enrollment.ends_before)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(
            Enrollment.class_id == wanted.class_id,
            *at_school,
            *_described(scope, wanted),
            *_has_kind(Enrollment, wanted),
        )
        .order_by(
            Enrollment.role != STUDENT,
            Enrollment.attendance_no.is_(None),
            Enrollment.attendance_no,
            User.sort_key,
            User.id,
        )
    )
    spans: dict[UUID, list[Post]] = {}
    for id_, school_id, *days in rows:
        spans.setdefault(id_, []).append(Post(school_id, "", *days))
    return [
        id_
        for id_, posts in spans.items()
        if not wanted.state or state_of(posts, day) == wanted.state
    ]


def _with_places(scope: Scope, found: list[Listed], wanted: Wanted) -> list[Listed]:
    """The same, with their roles and classes, asked at once for all of them."""
    if not found:
        return []
    by_id = {each.id: each for each in found}
    posts = (
        select(
            UserRole.user_id,
            UserRole.school_id,
            UserRole.role,
            UserRole.starts_on,
            UserRole.ends_before,
        )
        .where(UserRole.user_id.in_(by_id))
        .order_by(_BEGINS, UserRole.school_id, UserRole.sourced_id)
    )
    if wanted.school_id is not None:
        posts = posts.where(UserRole.school_id == wanted.school_id)
    for user_id, *post in scope.session.execute(posts):
        by_id[user_id].posts.append(Post(*post))
    places = (
        select(
            Enrollment.user_id,
            Enrollment.school_id,
            Class.id,
            Class.title,
            Enrollment.attendance_no,
            Enrollment.starts_on,
            Enrollment.ends_before,
        )
        .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
        .where(Enrollment.user_id.in_(by_id))
        .order_by(func.coalesce(Enrollment.ends_before, date.max).desc(), Class.title)
    )
    if wanted.class_id is not None:
        places = places.where(Class.id == wanted.class_id)
    else:
        places = places.where(Class.class_type == "homeroom")
    for user_id, *place in scope.session.execute(places):
        by_id[user_id].places.append(Place(*place))
    return found


def schools(scope: Scope) -> dict[UUID, str]:
    """The schools of this scope, by name."""
    rows = scope.session.execute(
        select(School.id, School.name)
        .where(School.id.in_(sorted(scope.school_ids)))
        .order_by(School.name, School.id)
    )
    return {row[0]: row[1] for row in rows}
