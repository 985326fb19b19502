"""Questions about who did what."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select

from aarportal.audit.models import AuditEntry
from aarportal.core.scope import SystemScope


def about_person(  # noqa: PLR0913 - whose, and what of it
    scope: SystemScope,
    district_id: UUID,
    person_id: UUID,
    *,
    object_ids: Collection[UUID],
    kinds: Sequence[str],
    limit: int,
) -> Sequence[AuditEntry]:
    """The latest traces of a person of a district, the latest first.

    Nobody's scope reads traces: whoever asks made sure that the person exists in theirs.

    Args:
        scope: The system's.
        district_id: Whose person; what the system did on its own account belongs to no district.
        person_id: The person.
        object_ids: Further rows that are about the person, such as links.
        kinds: What stands before the colon of a verb; nothing else is looked at, so that no trace
            of what a child learns comes along.
        limit: How many.
    """
    objects = [str(person_id), *map(str, object_ids)]
    return scope.session.scalars(
        select(AuditEntry)
        .where(
            or_(AuditEntry.district_id == district_id, AuditEntry.district_id.is_(None)),
            or_(AuditEntry.student_id == person_id, AuditEntry.object_id.in_(objects)),
            or_(*(AuditEntry.verb.startswith(f"{kind}:") for kind in kinds)),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    ).all()
