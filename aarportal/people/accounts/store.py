"""Questions about accounts, sessions and tries to sign in."""

import sys
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.ownership import Relation
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.accounts.helping import Post
from aarportal.people.accounts.models import (
    Account,
    SessionTouch,
    SignInSession,
    SignInThrottle,
)
from aarportal.people.accounts.roles import ROLES
from aarportal.people.relations.models import HeldRelation
from aarportal.people.relations.store import HOLDS
from aarportal.people.roster import store as roster
from aarportal.people.roster.models import (
    Class,
    District,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)

#: Who speaks for the board of education; a school can let nobody do that.
_BOARD = "districtAdministrator"
#: Who comes in at the board; other roles there are those of schools.
_AT_THE_BOARD = (_BOARD, "systemAdministrator")


@dataclass(frozen=True)
class Known:
    """Somebody who is signed in, as one query finds them."""

    user: User
    account: Account
    session: SignInSession
    was_elsewhere: bool
    """Whether the person has been a student of another school, too."""
    holds: bool
    """Whether the person holds a relation today."""
    seen_at: datetime | None
    """When the session was last used, to the minute; None for pupils."""
    seen_by: str = ""
    """The name of whoever looks through the eyes of `user`; empty for `user` themselves."""


@dataclass(frozen=True)
class Applicant:
    """The account that a sign-in form names, and where the person belongs."""

    account: Account
    school_id: UUID
    role: str


@dataclass(frozen=True)
class Login:
    """Whose account it is, and what they type."""

    name: str
    login_id: str


@dataclass(frozen=True)
class Newcomer:
    """Somebody of a school who has no account yet."""

    user: User
    class_title: str
    """The homeroom class; empty for staff."""
    attendance_no: int | None


def district_and_school(scope: SystemScope, code: str) -> tuple[UUID, UUID | None] | None:
    """The district, and the school if the code is a school's, that people mean by `code`."""
    school = scope.session.scalar(select(School).where(School.code == code))
    if school:
        return school.district_id, school.id
    district = scope.session.scalar(select(District).where(District.code == code))
    return (district.id, None) if district else None


def applicant(scope: SystemScope, code: str, login_id: str, day: date) -> Applicant | None:
    """The account with this login id under a district's or school's code, if it may sign in.

    Of several schools the one whose code was typed wins, then the primary role, then the one
    begun last. A role that has ended opens no door; one that is still to begin already does.
    """
    place = district_and_school(scope, code)
    return applicant_at(scope, *place, login_id, day) if place else None


def applicant_at(
    scope: SystemScope, district_id: UUID, school_id: UUID | None, login_id: str, day: date
) -> Applicant | None:
    """The same at a place that is known; without a school, wherever in the district it is."""
    begun = func.coalesce(UserRole.starts_on, date.min)
    query = (
        select(Account, UserRole.school_id, UserRole.role)
        .join(User, User.id == Account.user_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            Account.district_id == district_id,
            Account.login_id == login_id,
            User.enabled.is_(True),
            _is_not_over(UserRole, day),
            # A school brings its own roles: it can let nobody speak for the district.
            UserRole.role != _BOARD,
        )
        .order_by(UserRole.role_type, begun > day, begun.desc(), UserRole.school_id)
    )
    if school_id:
        query = query.where(UserRole.school_id == school_id)
    row = scope.session.execute(query).first()
    if row is None and school_id is None:
        row = _of_the_board(scope, district_id, login_id, day)
    return Applicant(*row) if row else None


def _of_the_board(
    scope: SystemScope, district_id: UUID, login_id: str, day: date
) -> Row[tuple[Account, UUID, str]] | None:
    """Somebody who is at no school, but at the board of education."""
    return scope.session.execute(
        select(Account, literal(NOTHING, Account.district_id.type), DistrictRole.role)
        .join(User, User.id == Account.user_id)
        .join(DistrictRole, DistrictRole.user_id == User.id)
        .where(
            Account.district_id == district_id,
            Account.login_id == login_id,
            User.enabled.is_(True),
            _is_not_over(DistrictRole, day),
            DistrictRole.role.in_(_AT_THE_BOARD),
        )
        .order_by(DistrictRole.role_type, DistrictRole.sourced_id)
    ).first()


def _is_still(row_class: type[UserRole] | type[DistrictRole]) -> ColumnElement[bool]:
    """That a role is the one with which a session was opened, whatever the roster calls it."""
    other_words = {word: role.value for word, role in ROLES.items() if word != role}
    here = case(other_words, value=row_class.role, else_=row_class.role)
    return here == SignInSession.role


# Asked with every page, and made once.
_ELSEWHERE = aliased(UserRole)
_KNOWN = (
    select(
        User,
        Account,
        SignInSession,
        exists().where(
            _ELSEWHERE.user_id == SignInSession.user_id,
            _ELSEWHERE.school_id != SignInSession.school_id,
            _ELSEWHERE.role == "student",
        ),
        exists().where(HeldRelation.holder_id == SignInSession.user_id, HOLDS),
        SessionTouch.seen_at,
    )
    .join(Account, Account.user_id == User.id)
    .join(SignInSession, SignInSession.user_id == User.id)
    .outerjoin(SessionTouch, SessionTouch.session_id == SignInSession.id)
    .where(
        SignInSession.token_hash == bindparam("token_hash"),
        SignInSession.closes_at > bindparam("now"),
        User.enabled.is_(True),
        or_(
            exists().where(
                UserRole.user_id == SignInSession.user_id,
                UserRole.school_id == SignInSession.school_id,
                _is_still(UserRole),
                or_(UserRole.ends_before.is_(None), UserRole.ends_before > bindparam("day")),
            ),
            and_(
                SignInSession.school_id == NOTHING,
                exists().where(
                    DistrictRole.user_id == SignInSession.user_id,
                    _is_still(DistrictRole),
                    or_(
                        DistrictRole.ends_before.is_(None),
                        DistrictRole.ends_before > bindparam("day"),
                    ),
                ),
            ),
        ),
    )
)


def known(scope: SystemScope, token_hash: bytes, now: datetime, day: date) -> Known | None:
    """Who holds this session, if it is open, the person enabled, and its role not over.

    Another role of the same person keeps no session open: it opens another one.
    """
    wanted = {"token_hash": token_hash, "now": now, "day": day}
    row = scope.session.execute(_KNOWN, wanted).first()
    return Known(*row) if row else None


def login_holder(scope: SystemScope, district_id: UUID, login_id: str) -> UUID | None:
    """Whose login id it is in a district, whether they may come in or not."""
    mine = (Account.district_id == district_id, Account.login_id == login_id)
    return scope.session.scalar(select(Account.user_id).where(*mine))


def person(scope: SystemScope, user_id: UUID) -> tuple[User, Account | None] | None:
    """Somebody who is enabled, with their account if they have one."""
    query = (
        select(User, Account)
        .outerjoin(Account, Account.user_id == User.id)
        .where(User.id == user_id, User.enabled.is_(True))
    )
    row = scope.session.execute(query).first()
    return (row[0], row[1]) if row else None


def sign_in_session(scope: SystemScope, token_hash: bytes) -> SignInSession | None:
    """The session with this token."""
    return scope.session.get(SignInSession, token_hash)


def posts(scope: SystemScope, user_id: UUID, day: date) -> list[Post]:
    """What somebody is or will be, at every school and at the board of education."""
    at_schools = select(UserRole.school_id, UserRole.role).where(
        UserRole.user_id == user_id, _is_not_over(UserRole, day)
    )
    of_board = select(DistrictRole.role).where(
        DistrictRole.user_id == user_id, _is_not_over(DistrictRole, day)
    )
    found = [Post(*row) for row in scope.session.execute(at_schools)]
    return found + [Post(NOTHING, role) for role in scope.session.scalars(of_board)]


def forget_ended_sessions(scope: SystemScope, user_id: UUID, now: datetime) -> None:
    """Delete what is over of a person's sessions."""
    over = (SignInSession.user_id == user_id, SignInSession.closes_at <= now)
    scope.session.execute(delete(SignInSession).where(*over))


def throttle(scope: SystemScope, key: str, *, lock: bool = False) -> SignInThrottle | None:
    """Tries under this key; locked, tries made at once are counted one after the other."""
    return scope.session.get(SignInThrottle, key, with_for_update=lock or None)


def lock_person(scope: Scope) -> None:
    """Lock the row of the person who asks, as the intake locks the students of a batch."""
    scope.session.execute(
        select(User.id).where(User.id == scope.actor_id).with_for_update(key_share=True)
    )


def own_account(scope: Scope) -> Account:
    """The account of the person who asks."""
    row = scope.session.get(Account, scope.actor_id)
    assert row is not None
    return row


def account(scope: SystemScope, user_id: UUID, *, lock: bool = False) -> Account:
    """The account of somebody who is signed in; locked, nobody changes it meanwhile."""
    row = scope.session.get(Account, user_id, with_for_update=lock or None)
    assert row is not None
    return row


def login_of(scope: Scope, user_id: UUID) -> Login:
    """How somebody of the district is called, and their login id.

    Raises:
        NotFoundError: If there is no such account.
    """
    row = scope.session.execute(
        select(User.family_name, User.given_name, Account.login_id)
        .join(Account, Account.user_id == User.id)
        .where(User.id == user_id)
    ).first()
    if row is None:
        raise NotFoundError("account")
    return Login(f"{row[0]}\u2009{row[1]}", row[2])


def own_names(scope: Scope) -> set[str]:
    """What others know of the person who asks, and would try as their password."""
    rows = scope.session.execute(
        select(
            Account.login_id,
            User.family_name,
            User.given_name,
            User.kana_family_name,
            User.kana_given_name,
        )
        .join(User, User.id == Account.user_id)
        .where(Account.user_id == scope.actor_id)
    )
    codes = scope.session.scalars(select(School.code).where(School.id == scope.school_id))
    return {str(name) for row in rows for name in row} | set(codes)


def pupils_account(scope: Scope, student_id: UUID, readers: frozenset[Relation]) -> Account:
    """The account of a student of this school whom the person sees as one of `readers`.

    Raises:
        NotFoundError: If there is none.
    """
    seen = scope.visible(readers)
    row = None
    if seen is None or student_id in seen:
        row = scope.session.scalar(
            select(Account)
            .join(UserRole, UserRole.user_id == Account.user_id)
            .where(
                Account.user_id == student_id,
                UserRole.school_id == scope.school_id,
                UserRole.role == "student",
                _is_not_over(UserRole, clock.today()),
            )
        )
    if row is None:
        raise NotFoundError("account")
    return row


def pupil(scope: SystemScope, school_id: UUID, student_id: UUID, day: date) -> Applicant | None:
    """A student of a school who may come in; nobody who is something else there."""
    rows = scope.session.execute(
        select(Account, UserRole.school_id, UserRole.role)
        .join(User, User.id == Account.user_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            Account.user_id == student_id,
            User.enabled.is_(True),
            UserRole.school_id == school_id,
            _is_not_over(UserRole, day),
        )
    ).all()
    if not rows or any(row.role != "student" for row in rows):
        return None
    return Applicant(*rows[0])


def close_sessions(
    scope: SystemScope, user_ids: Collection[UUID], *, but: bytes = b"", way: str = ""
) -> None:
    """End the sessions of some people: all but the one with this token's hash, or of one way."""
    mine = and_(SignInSession.user_id.in_(user_ids), SignInSession.token_hash != but)
    if way:
        mine = and_(mine, SignInSession.way == way)
    scope.session.execute(delete(SignInSession).where(mine))


def people_without_account(scope: SystemScope, code: str, day: date) -> list[Newcomer] | None:
    """Enabled people of a school who cannot sign in yet, class by class, staff first.

    Whoever begins later is one of them: schools prepare April in March.

    Returns:
        None if there is no such school.
    """
    school = roster.school_by_code(scope, code)
    if school is None:
        return None
    users = scope.session.scalars(
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .outerjoin(Account, Account.user_id == User.id)
        .where(
            UserRole.school_id == school.id,
            _is_not_over(UserRole, day),
            User.enabled.is_(True),
            Account.user_id.is_(None),
        )
    )
    places = _homerooms(scope, school.id, day)
    nowhere = ("", None)
    found = (Newcomer(user, *places.get(user.id, nowhere)) for user in dict.fromkeys(users))
    return sorted(found, key=_class_by_class)


def _homerooms(
    scope: SystemScope, school_id: UUID, day: date
) -> dict[UUID, tuple[str, int | None]]:
    """Student -> title of the homeroom class and 出席番号 there; the latest place counts."""
    rows = scope.session.execute(
        select(Enrollment.user_id, Enrollment.starts_on, Class.title, Enrollment.attendance_no)
        .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
        .where(
            Enrollment.school_id == school_id,
            Enrollment.role == "student",
            _is_not_over(Enrollment, day),
            Class.class_type == "homeroom",
        )
    )
    by_start = sorted(rows, key=lambda row: row.starts_on or date.min)
    return {row.user_id: (row.title, row.attendance_no) for row in by_start}


def _is_not_over(
    row_class: type[UserRole] | type[DistrictRole] | type[Enrollment], day: date
) -> ColumnElement[bool]:
    return or_(row_class.ends_before.is_(None), row_class.ends_before > day)


def _class_by_class(one: Newcomer) -> tuple[str, str, int, str, str, str]:
    user = one.user
    number = sys.maxsize if one.attendance_no is None else one.attendance_no
    kana = (user.kana_family_name, user.kana_given_name)
    return (user.grade, one.class_title, number, *kana, user.sourced_id)


def is_login_taken(scope: SystemScope, district_id: UUID, login_id: str) -> bool:
    """Whether somebody of the district has this login id."""
    taken = select(Account.user_id).where(
        Account.district_id == district_id, Account.login_id == login_id
    )
    return scope.session.scalar(taken.limit(1)) is not None


def login_ids(scope: SystemScope, district_id: UUID) -> set[str]:
    """Login ids that people of the district have."""
    query = select(Account.login_id).where(Account.district_id == district_id)
    return set(scope.session.scalars(query))
