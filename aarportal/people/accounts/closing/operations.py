"""Ending what is open by a way that was closed."""

from collections.abc import Sequence
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store
from aarportal.people.identity import store as identity

#: A district has more people than a statement may name.
_AT_ONCE = 500


def close(scope: Scope, about: UUID, user_ids: Sequence[UUID], way: str) -> None:
    """End the sessions that some people opened by a way; those of other ways go on.

    Whoever closed it stays, to open it again. No unit of work may be open: sessions are the
    system's alone.

    Args:
        scope: Of whoever closed the way.
        about: What was closed: the provider, or the platform.
        user_ids: Who came by it.
        way: Its name, see `ways`.
    """
    others = [each for each in user_ids if each != scope.actor_id]
    if not others:
        return
    with unit_of_work(SystemScope("a way in was closed", scope)) as system:
        for first in range(0, len(others), _AT_ONCE):
            these = others[first : first + _AT_ONCE]
            meant = {*these, *identity.those_who_stay(system, these)} - {scope.actor_id}
            store.close_sessions(system, meant, way=way)
        audit.record(system, "sessions:closed", about, detail=str(len(others)))
