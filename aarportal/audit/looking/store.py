"""Questions about looks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from aarportal.audit.models import LOOK, AuditEntry
from aarportal.core.looking import Look
from aarportal.core.scope import SystemScope


def last_looks(
    scope: SystemScope, actor_id: UUID, looks: Sequence[Look], since: datetime
) -> dict[Look, datetime]:
    """When somebody looked at each of these last, of those after `since`."""
    wanted = {(LOOK + it.at, str(it.object_id), it.what): it for it in looks}
    rows = scope.session.execute(
        select(AuditEntry.verb, AuditEntry.object_id, AuditEntry.detail, func.max(AuditEntry.at))
        .where(
            AuditEntry.object_id.in_([str(each.object_id) for each in looks]),
            AuditEntry.at > since,
            AuditEntry.actor_id == actor_id,
        )
        .group_by(AuditEntry.verb, AuditEntry.object_id, AuditEntry.detail)
    )
    found = {(verb, object_id, what): at for verb, object_id, what, at in rows}
    return {look: found[key] for key, look in wanted.items() if key in found}


def looks_at(
    scope: SystemScope, student_id: UUID, group_ids: Collection[UUID], since: datetime
) -> Sequence[AuditEntry]:
    """Looks of others at a student, the latest first.

    Args:
        scope: The system's: nobody's scope reads traces.
        student_id: The student.
        group_ids: The classes, schools and the district to which the student belongs.
        since: From when on.
    """
    objects = [str(each) for each in (student_id, *group_ids)]
    return scope.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.object_id.in_(objects),
            AuditEntry.at >= since,
            AuditEntry.verb.in_([LOOK + at for at in ("person", "class", "school", "district")]),
            or_(AuditEntry.actor_id.is_(None), AuditEntry.actor_id != student_id),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    ).all()
