"""Questions about the people of a school, or of all schools of a district."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope
from aarportal.people.directory.presence import COMING, GONE, HERE, Lasting, state_of
from aarportal.people.roster import names
from aarportal.people.roster.models import Class, Enrollment, School, User, UserRole

STUDENT, STAFF = "student", "staff"


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
class Listed:
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
    def name(self) -> str:
        """Family name, thin space, given and middle name."""
        return "\u2009".join(filter(None, (self.family_name, self.given_name, self.middle_name)))

    def state(self, day: date) -> str:
        """Whether the person is here on `day`."""
        return state_of(self.posts, day, enabled=self.enabled)


@dataclass(frozen=True)
class Page:
    """One page of a list: its lines, which page it is, and how many people there are in all."""

    people: list[Listed]
    number: int
    total: int


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
    conditions = [User.district_id == scope.district_id, *_named(wanted)]
    if wanted.class_id is not None:
        ids = _of_class(scope, wanted, day, conditions)
        number = min(number, max(-(-len(ids) // size), 1))
        shown = ids[(number - 1) * size : number * size]
        lines = {row.id: row for row in _lines(scope, User.id.in_(shown))}
        found = [lines[id_] for id_ in shown]
        return Page(_with_places(scope, found, wanted), number, len(ids))
    conditions.append(_is_member(scope, wanted, day))
    total = scope.session.scalar(select(func.count(User.id)).where(*conditions)) or 0
    number = min(number, max(-(-total // size), 1))
    ordered = select(*_LINE).where(*conditions).order_by(User.sort_key, User.id)
    rows = scope.session.execute(ordered.limit(size).offset((number - 1) * size))
    return Page(_with_places(scope, [Listed(*row) for row in rows], wanted), number, total)


def _lines(scope: Scope, condition: ColumnElement[bool]) -> list[Listed]:
    return [Listed(*row) for row in scope.session.execute(select(*_LINE).where(condition))]


def _named(wanted: Wanted) -> list[ColumnElement[bool]]:
    keys = names.search_keys(wanted.words)
    found = [User.search_text.contains(key, autoescape=True) for key in keys]
    return [*found, User.grade == wanted.grade] if wanted.grade else found


def _is_not_over(row_class: type[UserRole] | type[Enrollment], day: date) -> ColumnElement[bool]:
    return or_(row_class.ends_before.is_(None), row_class.ends_before > day)


def _has_begun(row_class: type[UserRole] | type[Enrollment], day: date) -> ColumnElement[bool]:
    return or_(row_class.starts_on.is_(None), row_class.starts_on <= day)


def _is_member(scope: Scope, wanted: Wanted, day: date) -> ColumnElement[bool]:
    """That a person has a role at one of the schools, and is in the wanted state there."""

    def has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return _has_role(scope, wanted, *conditions)

    on, begun = _is_not_over(UserRole, day), _has_begun(UserRole, day)
    if wanted.state == HERE:
        return and_(User.enabled, has(on, begun))
    if wanted.state == COMING:
        return and_(User.enabled, has(on), ~has(on, begun))
    if wanted.state == GONE:
        return and_(has(), or_(User.enabled.is_(False), ~has(on)))
    return has()


def _has_role(
    scope: Scope, wanted: Wanted, *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    if wanted.kind:
        is_student = UserRole.role == STUDENT
        conditions = (*conditions, is_student if wanted.kind == STUDENT else ~is_student)
    school_id = wanted.school_id
    if school_id is None and not scope.other_school_ids:
        school_id = scope.school_id
    if school_id is None:
        # Person by person, in the order of the list: most of a district are wanted.
        return select(UserRole.id).where(UserRole.user_id == User.id, *conditions).exists()
    # The few of one school are found by it.
    members = select(UserRole.user_id).where(UserRole.school_id == school_id, *conditions)
    return User.id.in_(members)


def _of_class(
    scope: Scope, wanted: Wanted, day: date, conditions: Sequence[ColumnElement[bool]]
) -> list[UUID]:
    """Everybody of a class in the wanted state there; there are no thousands of them."""
    query: Select[tuple[UUID, bool, str, int | None, date | None, date | None]] = (
        select(
            User.id,
            User.enabled,
            Enrollment.role,
            Enrollment.attendance_no,
            Enrollment.starts_on,
            Enrollment.ends_before,
        )
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.class_id == wanted.class_id, *conditions)
        .order_by(
            Enrollment.role != STUDENT,
            Enrollment.attendance_no.is_(None),
            Enrollment.attendance_no,
            User.sort_key,
            User.id,
        )
    )
    if wanted.kind:
        is_student = Enrollment.role == STUDENT
        query = query.where(is_student if wanted.kind == STUDENT else ~is_student)
    spans: dict[UUID, tuple[bool, list[Post]]] = {}
    for id_, enabled, role, _, starts_on, ends_before in scope.session.execute(query):
        post = Post(scope.school_id, role, starts_on, ends_before)
        spans.setdefault(id_, (enabled, []))[1].append(post)
    return [
        id_
        for id_, (enabled, posts) in spans.items()
        if not wanted.state or state_of(posts, day, enabled=enabled) == wanted.state
    ]


def _with_places(scope: Scope, found: list[Listed], wanted: Wanted) -> list[Listed]:
    """The same, with their roles and classes, asked at once for all of them."""
    if not found:
        return []
    by_id = {each.id: each for each in found}
    posts = select(
        UserRole.user_id,
        UserRole.school_id,
        UserRole.role,
        UserRole.starts_on,
        UserRole.ends_before,
    ).where(UserRole.user_id.in_(by_id))
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


def school_of_class(scope: Scope, class_id: UUID) -> UUID:
    """The school of a class.

    Raises:
        NotFoundError: If there is no such class in this scope.
    """
    found = scope.session.scalar(select(Class.school_id).where(Class.id == class_id))
    if found is None:
        raise NotFoundError("class")
    return found
