"""Questions about accounts, sessions and tries to sign in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from aarportal.core.scope import Scope, SystemScope
from aarportal.people.accounts.models import Account, SignInSession, SignInThrottle
from aarportal.people.roster.models import District, School, User, UserRole


@dataclass(frozen=True)
class Known:
    """Somebody who is signed in, as one query finds them."""

    user: User
    account: Account
    session: SignInSession


@dataclass(frozen=True)
class Applicant:
    """The account that a sign-in form names, and where the person belongs."""

    account: Account
    school_id: UUID
    role: str


def district_and_school(scope: SystemScope, code: str) -> tuple[UUID, UUID | None] | None:
    """The district, and the school if the code is a school's, that people mean by `code`."""
    school = scope.session.scalar(select(School).where(School.code == code))
    if school:
        return school.district_id, school.id
    district = scope.session.scalar(select(District).where(District.code == code))
    return (district.id, None) if district else None


def applicant(scope: SystemScope, code: str, login_id: str) -> Applicant | None:
    """The account with this login id under a district's or school's code, if it may sign in.

    Of several schools the one whose code was typed wins, then the primary role.
    """
    place = district_and_school(scope, code)
    if place is None:
        return None
    district_id, school_id = place
    query = (
        select(Account, UserRole.school_id, UserRole.role)
        .join(User, User.id == Account.user_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            Account.district_id == district_id,
            Account.login_id == login_id,
            User.enabled.is_(True),
        )
        .order_by(UserRole.role_type)
    )
    if school_id:
        query = query.where(UserRole.school_id == school_id)
    row = scope.session.execute(query).first()
    return Applicant(*row) if row else None


def known(scope: SystemScope, token_hash: bytes, now: datetime) -> Known | None:
    """Who holds this session, if it is still open and the person still enabled."""
    row = scope.session.execute(
        select(User, Account, SignInSession)
        .join(Account, Account.user_id == User.id)
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(
            and_(
                SignInSession.token_hash == token_hash,
                SignInSession.closes_at > now,
                User.enabled.is_(True),
            )
        )
    ).first()
    return Known(*row) if row else None


def sign_in_session(scope: SystemScope, token_hash: bytes) -> SignInSession | None:
    """The session with this token."""
    return scope.session.get(SignInSession, token_hash)


def throttle(scope: SystemScope, key: str) -> SignInThrottle | None:
    """Tries under this key."""
    return scope.session.get(SignInThrottle, key)


def own_account(scope: Scope) -> Account:
    """The account of the person who asks."""
    row = scope.session.get(Account, scope.actor_id)
    assert row is not None
    return row


def people_without_account(scope: SystemScope, code: str) -> list[User] | None:
    """Enabled people of a school who cannot sign in yet; None if there is no such school."""
    school = scope.session.scalar(select(School).where(School.code == code))
    if school is None:
        return None
    rows = scope.session.scalars(
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .outerjoin(Account, Account.user_id == User.id)
        .where(UserRole.school_id == school.id, User.enabled.is_(True), Account.user_id.is_(None))
        .order_by(User.sourced_id)
    )
    return list(dict.fromkeys(rows))
