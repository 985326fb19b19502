"""Questions about systems that may read the roster, and about their tokens."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select

from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.roster.models import School
from aarportal.people.roster.rest.models import RosterClient, RosterToken

Client = RosterClient


def is_board(scope: Scope) -> bool:
    """Whether it is the board of education that asks."""
    return scope.role is Role.DISTRICT_ADMINISTRATOR


def _mine(scope: Scope) -> Select[tuple[RosterClient]]:
    """What this office made: the board knows of all, a school of its own."""
    mine = select(RosterClient)
    return mine if is_board(scope) else mine.where(RosterClient.school_id == scope.school_id)


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[RosterClient], int]:
    """One page of them, the newest first and revoked ones last, and how many there are.

    Args:
        scope: The office's.
        number: Which page, from 1.
        size: Systems on a page.
    """
    query = _mine(scope)
    count = scope.session.scalar(query.with_only_columns(func.count(RosterClient.id))) or 0
    order = (RosterClient.revoked_at.is_not(None), RosterClient.made_at.desc(), RosterClient.id)
    rows = query.order_by(*order).limit(size).offset((number - 1) * size)
    return scope.session.scalars(rows).all(), count


def client(scope: Scope, row_id: UUID) -> RosterClient:
    """One of them.

    Raises:
        NotFoundError: If this office has no such system.
    """
    row = scope.session.scalar(_mine(scope).where(RosterClient.id == row_id))
    if row is None:
        raise NotFoundError("roster client")
    return row


def locked_client(scope: Scope, row_id: UUID) -> RosterClient:
    """The same, and nobody else changes it until this transaction ends.

    Raises:
        NotFoundError: If this office has no such system.
    """
    query = _mine(scope).where(RosterClient.id == row_id).with_for_update()
    row = scope.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundError("roster client")
    return row


def client_by_id(scope: SystemScope, client_id: str, *, lock: bool = False) -> RosterClient | None:
    """The system with this client id; locked, nobody else changes it meanwhile."""
    if not client_id.isprintable():
        # PostgreSQL cannot even be asked for the character NUL.
        return None
    query = select(RosterClient).where(RosterClient.client_id == client_id)
    return scope.session.scalar(query.with_for_update() if lock else query)


def token(scope: SystemScope, token_hash: bytes) -> tuple[RosterToken, RosterClient] | None:
    """A token and whose it is."""
    query = (
        select(RosterToken, RosterClient)
        .join(RosterClient, RosterClient.id == RosterToken.client_row_id)
        .where(RosterToken.token_hash == token_hash)
    )
    found = scope.session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def school_ids(scope: SystemScope, district_id: UUID) -> frozenset[UUID]:
    """Every school of a district."""
    query = select(School.id).where(School.district_id == district_id)
    return frozenset(scope.session.scalars(query))


def schools(scope: Scope) -> list[tuple[UUID, str]]:
    """Id and name of the schools that this office may let be read about."""
    query = select(School.id, School.name).where(School.id.in_(sorted(scope.school_ids)))
    return list(scope.session.execute(query.order_by(School.code)).tuples())
