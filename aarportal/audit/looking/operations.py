"""Who looked at whom: kept beside the changes, in the same log."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aarportal.audit import operations as audit
from aarportal.audit.looking import store
from aarportal.audit.models import LOOK
from aarportal.core.looking import Look
from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work


class Book:
    """The audit log as the book of looks (see `web.looks`)."""

    def keep(self, scope: Scope | AppScope, look: Look) -> None:
        """Write a look into the open unit of work."""
        audit.record(
            scope,
            LOOK + look.at,
            look.object_id,
            student_id=look.object_id if look.at == "person" else None,
            detail=look.what,
        )

    def last(
        self, scope: Scope | AppScope, looks: Sequence[Look], since: datetime
    ) -> Mapping[Look, datetime]:
        """When each of these looks was kept last, of those that were kept after `since`.

        Another process, or this one before it was started anew, may have kept it.
        """
        who = (isinstance(scope, Scope) and scope.viewer_id) or scope.actor_id
        with unit_of_work(SystemScope("who looked lately"), read_only=True) as system:
            return store.last_looks(system, who, looks, since)
