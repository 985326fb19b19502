"""Who is asking: one keeper for each kind of credential; a blueprint uses exactly one.

Features register the keeper of their credential (`browser`: a signed-in person, `app`: a learning
app with its own key) when they are joined together.
"""

from collections.abc import Callable

from aarportal.core.errors import NotAllowedError, NotProvedError, NotSignedInError
from aarportal.core.permissions import STRONG, Permission
from aarportal.web.reader import Visitor

Keeper = Callable[[], Visitor | None]

_keepers: dict[str, Keeper] = {}


def keep(credential: str) -> Callable[[Keeper], Keeper]:
    """Register the function that knows who is behind a request with this credential."""

    def register(keeper: Keeper) -> Keeper:
        _keepers[credential] = keeper
        return keeper

    return register


def known(credential: str) -> Visitor | None:
    """Whoever is behind the request, if anybody is."""
    return _keepers[credential]()


def admit(credential: str, permission: Permission, *, fresh: bool = False) -> Visitor:
    """Whoever is asking, if they may do this.

    Args:
        credential: Of which kind.
        permission: What they want to do.
        fresh: Whether they have to have proved within the last minutes who they are.

    Raises:
        NotSignedInError: If nobody is known behind the request.
        NotProvedError: If they have to prove first, or again, who they are.
        NotAllowedError: If their role does not grant `permission`.
    """
    visitor = known(credential)
    if visitor is None:
        raise NotSignedInError
    proof = visitor.proof
    if proof.is_idle:
        raise NotProvedError("again")
    if not visitor.scope.allows(permission):
        raise NotAllowedError(permission)
    if permission in STRONG and not proof.is_strong:
        raise NotProvedError("strong")
    if fresh and not proof.is_fresh:
        raise NotProvedError("fresh")
    return visitor
