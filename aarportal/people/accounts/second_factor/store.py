"""Questions about second factors; no person's own scope reaches them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select

from aarportal.core.scope import SystemScope
from aarportal.people.accounts.second_factor.models import RecoveryCode, SecondFactor


def factor(scope: SystemScope, user_id: UUID, *, lock: bool = False) -> SecondFactor | None:
    """The device of a person, confirmed or not; locked, a code is taken once."""
    return scope.session.get(SecondFactor, user_id, with_for_update=lock or None)


def is_enrolled(scope: SystemScope, user_id: UUID) -> bool:
    """Whether a person has a device that proves something."""
    row = factor(scope, user_id)
    return row is not None and row.confirmed_at is not None


def recovery_code(
    scope: SystemScope, user_id: UUID, number: int, *, lock: bool = False
) -> RecoveryCode | None:
    """A code that was not used yet."""
    return scope.session.get(RecoveryCode, (user_id, number), with_for_update=lock or None)


def codes_left(scope: SystemScope, user_id: UUID) -> int:
    """How many codes on paper a person has."""
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return scope.session.scalar(query) or 0


def forget_codes(scope: SystemScope, user_id: UUID) -> None:
    """Let no code on paper work any more."""
    scope.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def add_codes(scope: SystemScope, rows: Sequence[RecoveryCode]) -> None:
    """Keep a set of codes."""
    scope.session.add_all(rows)
