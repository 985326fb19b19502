"""Questions about providers, whose accounts are whose, and who is meant in the roster."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select

from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.oidc.models import (
    OidcBinding,
    OidcProvider,
    OidcSpentState,
    PasswordlessSchool,
)
from aarportal.people.accounts.store import district_and_school
from aarportal.people.identity import store as identity
from aarportal.people.roster.letters import folded
from aarportal.people.roster.models import District, School, User

#: More buttons than these would not be looked through.
_MOST_OFFERS = 8


def open_provider(scope: SystemScope, provider_id: UUID) -> OidcProvider | None:
    """A provider by which people come in now."""
    row = scope.session.get(OidcProvider, provider_id)
    return row if row is not None and row.paused_at is None else None


def offered(scope: SystemScope, code: str) -> Sequence[OidcProvider] | None:
    """Providers for the people of a school or of a board of education.

    Args:
        scope: The system's.
        code: As somebody typed it, or empty.

    Returns:
        None where it has to be asked first which school it is.
    """
    place = district_and_school(scope, code) if code else None
    is_open = OidcProvider.paused_at.is_(None)
    if place:
        query = select(OidcProvider).where(_serves(*place), is_open)
        return _in_order(scope, query.limit(_MOST_OFFERS))
    rows = _in_order(scope, select(OidcProvider).where(is_open).limit(_MOST_OFFERS))
    several = (scope.session.scalar(select(func.count(District.id))) or 0) > 1
    needs_school = any(row.school_id for row in rows) or several
    return None if rows and needs_school else rows


def _in_order(scope: SystemScope, query: Select[tuple[OidcProvider]]) -> Sequence[OidcProvider]:
    ordered = query.order_by(OidcProvider.made_at, OidcProvider.id)
    return scope.session.scalars(ordered).all()


def _serves(district_id: UUID, school_id: UUID | None) -> ColumnElement[bool]:
    whole = OidcProvider.school_id.is_(None)
    own = whole if school_id is None else or_(whole, OidcProvider.school_id == school_id)
    return (OidcProvider.district_id == district_id) & own


def are_passwords_off(scope: SystemScope, district_id: UUID, school_id: UUID) -> bool:
    """Whether people of a school come in by a provider only: it says so, and there is one."""
    school = None if school_id == NOTHING else school_id
    there = exists().where(_serves(district_id, school), OidcProvider.paused_at.is_(None))
    said = select(PasswordlessSchool.id).where(
        PasswordlessSchool.district_id == district_id,
        PasswordlessSchool.school_id.in_({NOTHING, school_id}),
        there,
    )
    return scope.session.scalar(said.limit(1)) is not None


def is_password_off_under(scope: SystemScope, code: str) -> bool:
    """The same for the code that somebody typed."""
    place = district_and_school(scope, code) if code else None
    return place is not None and are_passwords_off(scope, place[0], place[1] or NOTHING)


def binding(scope: SystemScope, provider_id: UUID, subject: str) -> OidcBinding | None:
    """Whose account it is since their first sign-in."""
    return scope.session.scalar(
        select(OidcBinding).where(
            OidcBinding.provider_id == provider_id, OidcBinding.subject == subject
        )
    )


def binding_of(scope: SystemScope, provider_id: UUID, user_id: UUID) -> OidcBinding | None:
    """The account of a person at a provider."""
    return scope.session.scalar(
        select(OidcBinding).where(
            OidcBinding.provider_id == provider_id, OidcBinding.user_id == user_id
        )
    )


def last_provider(scope: SystemScope, user_id: UUID) -> OidcProvider | None:
    """The provider at which a person has an account, the one bound last."""
    return scope.session.scalar(
        select(OidcProvider)
        .join(OidcBinding, OidcBinding.provider_id == OidcProvider.id)
        .where(OidcBinding.user_id == user_id, OidcProvider.paused_at.is_(None))
        .order_by(OidcBinding.bound_at.desc(), OidcBinding.id)
        .limit(1)
    )


def people_named(scope: SystemScope, district_id: UUID, field: str, value: str) -> Sequence[User]:
    """People of the roster whom a claim means: one, nobody, or several.

    Of two who are one child, whoever stays is meant; a former 利用者識別子 counts where nobody
    has it now.
    """
    by_identifier = field == "master_identifier"
    column = User.master_identifier if by_identifier else User.username
    query = select(User.id).where(
        User.district_id == district_id, func.lower(column) == folded(value)
    )
    found = scope.session.scalars(query.order_by(User.id).limit(10)).all()
    if not found and by_identifier:
        found = identity.formerly_identified(scope, district_id, value, clock.now())
    meant = identity.those_who_stay(scope, found)
    return scope.session.scalars(select(User).where(User.id.in_(meant)).order_by(User.id)).all()


def user_bound(scope: SystemScope, bound: OidcBinding) -> User:
    """Who an account belongs to; whoever stays, if two persons of the roster are one child."""
    return scope.session.get_one(User, identity.those_who_stay(scope, [bound.user_id])[0])


def codes(scope: SystemScope, provider: OidcProvider, typed: str) -> list[str]:
    """Under which codes a provider lets people in, the one that was typed first.

    The provider of a school lets nobody in elsewhere, and nobody speak for the board.
    """
    if provider.school_id is not None:
        code = scope.session.scalar(select(School.code).where(School.id == provider.school_id))
        return [code] if code else []
    own = scope.session.scalar(select(District.code).where(District.id == provider.district_id))
    place = district_and_school(scope, typed) if typed else None
    found = [typed] if place and place[0] == provider.district_id else []
    return [*found, *([own] if own else [])]


def account(scope: SystemScope, user_id: UUID) -> Account | None:
    """Somebody's account, if they have one."""
    return scope.session.get(Account, user_id)


def spent(scope: SystemScope, state_hash: bytes) -> OidcSpentState | None:
    """An answer that was taken."""
    return scope.session.get(OidcSpentState, state_hash)


def forget_spent(scope: SystemScope, before: datetime) -> None:
    """Forget answers that are too old to be taken anyway."""
    scope.session.execute(delete(OidcSpentState).where(OidcSpentState.spent_at < before))
