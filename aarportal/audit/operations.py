"""Leave a trace of a change, in the same transaction as the change."""

from uuid import UUID

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import AppScope, Scope, SystemScope


def record(  # noqa: PLR0913 - what a trace says
    scope: Scope | AppScope | SystemScope,
    verb: str,
    object_id: object,
    *,
    student_id: UUID | None = None,
    district_id: UUID | None = None,
    detail: str = "",
) -> None:
    """Write that this scope's actor did `verb` to `object_id`.

    Args:
        scope: Who acted.
        verb: Named `<resource>:<action in the past>`, for instance `goal:set`.
        object_id: Which row; its key as text.
        student_id: The student whose data were touched, if it is one.
        district_id: Whose matter it is, where the system acts for nobody: it stands in the export
            of that district's board. Of everybody else it is their own.
        detail: A count or a reason; never personal words.
    """
    entry = AuditEntry(
        at=clock.now(), verb=verb, object_id=str(object_id), district_id=district_id, detail=detail
    )
    if isinstance(scope, SystemScope):
        entry.actor_kind = "system"
        entry.detail = "; ".join(filter(None, (scope.reason, detail)))
    actor = scope.by or scope if isinstance(scope, SystemScope) else scope
    if not isinstance(actor, SystemScope):
        entry.actor_kind = "app" if isinstance(actor, AppScope) else "person"
        # Through a pupil's eyes it is still the viewer who acts.
        entry.actor_id = (isinstance(actor, Scope) and actor.viewer_id) or actor.actor_id
        entry.district_id = actor.district_id
        entry.school_id = actor.school_id if isinstance(actor, Scope) else None
    entry.student_id = student_id
    scope.session.add(entry)
