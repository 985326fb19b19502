"""Questions of the board and of offices about the providers they entered."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope
from aarportal.people.accounts.oidc.models import OidcBinding, OidcProvider, PasswordlessSchool
from aarportal.people.roster.models import User

#: Nobody has more; a list that is longer is not looked through.
_MOST = 50

Provider = OidcProvider


def _mine(scope: Scope) -> Select[tuple[OidcProvider]]:
    """What this office entered: the board knows of all, a school of its own."""
    mine = select(OidcProvider)
    if scope.role is Role.DISTRICT_ADMINISTRATOR:
        return mine
    return mine.where(OidcProvider.school_id == scope.school_id)


def providers(scope: Scope) -> Sequence[OidcProvider]:
    """All that this office entered, the oldest first, as they stand on the sign-in page."""
    rows = _mine(scope).order_by(OidcProvider.made_at, OidcProvider.id).limit(_MOST)
    return scope.session.scalars(rows).all()


def provider(scope: Scope, provider_id: UUID, *, lock: bool = False) -> OidcProvider:
    """One of them.

    Raises:
        NotFoundError: If this office has no such provider.
    """
    query = _mine(scope).where(OidcProvider.id == provider_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = scope.session.scalar(query)
    if row is None:
        raise NotFoundError("provider")
    return row


def binding_counts(scope: Scope) -> dict[UUID, int]:
    """Provider -> how many people came in by it so far."""
    query = select(OidcBinding.provider_id, func.count(OidcBinding.id))
    rows = scope.session.execute(query.group_by(OidcBinding.provider_id)).all()
    return {row[0]: row[1] for row in rows}


def who_came(scope: Scope, provider_id: UUID) -> Sequence[UUID]:
    """Everybody who came in by a provider already."""
    query = select(OidcBinding.user_id).where(OidcBinding.provider_id == provider_id)
    return scope.session.scalars(query).all()


def binding_of(scope: Scope, provider_id: UUID, name: str) -> OidcBinding | None:
    """The account that is bound to the person with this username or 利用者識別子."""
    return scope.session.scalar(
        select(OidcBinding)
        .join(User, User.id == OidcBinding.user_id)
        .where(
            OidcBinding.provider_id == provider_id,
            or_(User.username == name, User.master_identifier == name),
        )
        .limit(1)
    )


def passwordless(scope: Scope) -> PasswordlessSchool | None:
    """What was said about passwords at this school, or in this district by its board."""
    return scope.session.scalar(
        select(PasswordlessSchool).where(PasswordlessSchool.school_id == said_about(scope))
    )


def said_about(scope: Scope) -> UUID:
    """The school that this office speaks about; all zeros for the whole district."""
    return NOTHING if scope.role is Role.DISTRICT_ADMINISTRATOR else scope.school_id
