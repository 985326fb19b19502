"""Ways to come in: each says here what the sign-in page offers.

A way is a package beside this file with its routes and its operations. It finds out who somebody
is, and calls `operations.let_in`; it makes nobody up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from aarportal.core.permissions import GRANTS, Permission
from aarportal.core.scope import SystemScope
from aarportal.people.accounts.roles import ROLES

#: A login id and a password of our own: the form that stands on the sign-in page itself.
PASSWORD = "password"  # noqa: S105 # a name
#: A card that a teacher handed out, and the pictures that go with it; of pupils alone.
CARD = "card"


@dataclass(frozen=True)
class Way:
    """One more way to come in.

    Attributes:
        name: As it stands in a session.
        offers: What the page offers just now, as (text, address); asked with every page.
        again: The address where somebody who came this way proves anew who they are, or None if
            they cannot there; given who it is and the path that they come back to. What comes of
            it is kept by `proving.operations.proved`.
        is_only_one: Whether the page offers nothing else to the people of the school it knows of.
    """

    name: str
    offers: Callable[[], Sequence[tuple[str, str]]]
    again: Callable[[UUID, str], str | None] | None = None
    is_only_one: Callable[[], bool] = lambda: False


_WAYS: dict[str, Way] = {}


def add(way: Way) -> None:
    """Let the sign-in page offer a way; said twice, it is offered once."""
    _WAYS[way.name] = way


def offers() -> list[tuple[str, str]]:
    """All that the sign-in page offers beside its form, as (text, address)."""
    return [offer for way in _WAYS.values() for offer in way.offers()]


def again(name: str, user_id: UUID, target: str) -> str | None:
    """Where somebody who came in by a way proves anew who they are; None if not elsewhere."""
    way = _WAYS.get(name)
    return way.again(user_id, target) if way and way.again else None


def are_passwords_off_here() -> bool:
    """Whether the form for a password is only for those who mend the other ways."""
    return any(way.is_only_one() for way in _WAYS.values())


#: (scope, district, school or all zeros for its board) -> whether people there come in otherwise.
Closed = Callable[[SystemScope, UUID, UUID], bool]

_CLOSED: dict[str, Closed] = {}


def close_to_passwords(name: str, rule: Closed) -> None:
    """Let a way say where passwords are off; said twice, it is asked once."""
    _CLOSED[name] = rule


def are_passwords_off(scope: SystemScope, district_id: UUID, school_id: UUID) -> bool:
    """Whether people of a school come in by another way than a password."""
    return any(rule(scope, district_id, school_id) for rule in _CLOSED.values())


def is_password_off(scope: SystemScope, district_id: UUID, school_id: UUID, role: str) -> bool:
    """Whether a password opens nothing of what somebody is at a school.

    Where passwords are off, those are left who can mend the other ways.

    Args:
        scope: The system's.
        district_id: Of the account.
        school_id: Where; all zeros for the board.
        role: As the roster calls it.
    """
    known = ROLES.get(role)
    if known is not None and Permission.WAYS_MANAGE in GRANTS[known]:
        return False
    return are_passwords_off(scope, district_id, school_id)
