"""Questions about one person: what the roster says, and by which names apps know them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import Scope
from aarportal.people.accounts.models import Account
from aarportal.people.directory.named import Named
from aarportal.people.directory.presence import Lasting, state_of
from aarportal.people.identity.models import IdentityLink, PersonMerge
from aarportal.people.roster.models import Class, DistrictRole, Enrollment, User, UserRole


@dataclass(frozen=True)
class Post(Lasting):
    """What a person is at a school, or at the board of education.

    Attributes:
        school_id: All zeros for the board.
    """

    school_id: UUID
    role: str
    role_type: str
    starts_on: date | None
    ends_before: date | None


@dataclass(frozen=True)
class Seat(Lasting):
    """A person's place in a class, of whatever year."""

    school_id: UUID
    class_id: UUID
    title: str
    class_type: str
    term_ids: Sequence[str]
    role: str
    primary: bool
    attendance_no: int | None
    starts_on: date | None
    ends_before: date | None


@dataclass(frozen=True)
class Person(Named):
    """A person as the roster of a district has them, as far as the scope's schools go.

    Attributes:
        login_id: None without an account.
        posts: The latest first.
        seats: The latest first, homeroom classes before others.
    """

    id: UUID
    family_name: str
    given_name: str
    middle_name: str
    kana_family_name: str
    kana_given_name: str
    kana_middle_name: str
    grade: str
    enabled: bool
    username: str
    master_identifier: str
    sourced_id: str
    login_id: str | None
    posts: Sequence[Post] = ()
    seats: Sequence[Seat] = ()

    @property
    def kana(self) -> str:
        """The reading, in the same order."""
        parts = (self.kana_family_name, self.kana_given_name, self.kana_middle_name)
        return " ".join(filter(None, parts))

    @property
    def is_student(self) -> bool:
        """Whether the person is, was or will be a student."""
        return any(post.role == "student" for post in self.posts)

    def state(self, day: date) -> str:
        """Whether the person is here on `day`."""
        return state_of(self.posts, day)


@dataclass(frozen=True)
class Link:
    """A name by which an app, or every app, knows the person."""

    id: UUID
    system: UUID
    issuer: str
    name: str
    begins_at: datetime | None
    ends_at: datetime | None
    made_by: UUID | None
    made_at: datetime
    taken_back_at: datetime | None

    @property
    def app_id(self) -> UUID | None:
        """The app; None for every app."""
        return None if self.system == NOTHING else self.system


@dataclass(frozen=True)
class Merge:
    """That this person and another one are one child."""

    id: UUID
    kept_id: UUID
    merged_id: UUID
    made_by: UUID | None
    made_at: datetime
    taken_back_at: datetime | None


def person(scope: Scope, person_id: UUID) -> Person:
    """Somebody who is, was or will be at a school of this scope.

    Raises:
        NotFoundError: If there is nobody like that.
    """
    posts = _posts(scope, person_id)
    row = scope.session.execute(
        select(
            User.id,
            User.family_name,
            User.given_name,
            User.middle_name,
            User.kana_family_name,
            User.kana_given_name,
            User.kana_middle_name,
            User.grade,
            User.enabled,
            User.username,
            User.master_identifier,
            User.sourced_id,
            Account.login_id,
        )
        .outerjoin(
            Account, and_(Account.district_id == User.district_id, Account.user_id == User.id)
        )
        .where(User.id == person_id, User.district_id == scope.district_id)
    ).first()
    if row is None or not posts:
        raise NotFoundError("person")
    return replace(Person(*row), posts=posts, seats=_seats(scope, person_id))


def _posts(scope: Scope, person_id: UUID) -> list[Post]:
    rows = scope.session.execute(
        select(
            UserRole.school_id,
            UserRole.role,
            UserRole.role_type,
            UserRole.starts_on,
            UserRole.ends_before,
        ).where(UserRole.user_id == person_id)
    )
    found = [Post(*row) for row in rows]
    if scope.other_school_ids:
        board = select(
            DistrictRole.role,
            DistrictRole.role_type,
            DistrictRole.starts_on,
            DistrictRole.ends_before,
        ).where(DistrictRole.user_id == person_id)
        found += [Post(NOTHING, *row) for row in scope.session.execute(board)]
    return sorted(found, key=_latest)


def _latest(span: Post | Seat) -> tuple[int, int]:
    ends, begins = span.ends_before or date.max, span.starts_on or date.min
    return -ends.toordinal(), -begins.toordinal()


def _seats(scope: Scope, person_id: UUID) -> list[Seat]:
    rows = scope.session.execute(
        select(
            Enrollment.school_id,
            Enrollment.class_id,
            Class.title,
            Class.class_type,
            Class.term_sourced_ids,
            Enrollment.role,
            Enrollment.primary,
            Enrollment.attendance_no,
            Enrollment.starts_on,
            Enrollment.ends_before,
        )
        .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
        .where(Enrollment.user_id == person_id)
    )
    found = [Seat(*row) for row in rows]
    return sorted(found, key=lambda it: (*_latest(it), it.class_type != "homeroom", it.title))


def is_known(scope: Scope, person_id: UUID) -> bool:
    """Whether somebody is, was or will be at a school of this scope."""
    query = select(UserRole.id).where(UserRole.user_id == person_id).limit(1)
    return scope.session.scalar(query) is not None


def links(scope: Scope, person_id: UUID) -> list[Link]:
    """Names by which apps know a person, those that hold first, the latest first."""
    rows = scope.session.execute(
        select(
            IdentityLink.id,
            IdentityLink.system,
            IdentityLink.issuer,
            IdentityLink.name,
            IdentityLink.begins_at,
            IdentityLink.ends_at,
            IdentityLink.made_by,
            IdentityLink.made_at,
            IdentityLink.taken_back_at,
        )
        .where(IdentityLink.district_id == scope.district_id, IdentityLink.user_id == person_id)
        .order_by(
            IdentityLink.taken_back_at.is_not(None), IdentityLink.made_at.desc(), IdentityLink.id
        )
    )
    return [Link(*row) for row in rows]


def merges(scope: Scope, person_id: UUID) -> list[Merge]:
    """Persons who are one child with this one, or were thought to be; the latest first."""
    rows = scope.session.execute(
        select(
            PersonMerge.id,
            PersonMerge.kept_id,
            PersonMerge.merged_id,
            PersonMerge.made_by,
            PersonMerge.made_at,
            PersonMerge.taken_back_at,
        )
        .where(
            PersonMerge.district_id == scope.district_id,
            or_(PersonMerge.kept_id == person_id, PersonMerge.merged_id == person_id),
        )
        .order_by(
            PersonMerge.taken_back_at.is_not(None), PersonMerge.made_at.desc(), PersonMerge.id
        )
    )
    return [Merge(*row) for row in rows]


def names_of(scope: Scope, ids: Sequence[UUID | None]) -> dict[UUID, str]:
    """Names of those among these people who are, were or will be at a school of this scope."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    rows = scope.session.execute(
        select(User.id, User.family_name, User.given_name).where(
            User.id.in_(wanted), select(UserRole.id).where(UserRole.user_id == User.id).exists()
        )
    )
    return {id_: f"{family}\u2009{given}" for id_, family, given in rows}
