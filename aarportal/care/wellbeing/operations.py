"""Taking note of how a child is."""

from datetime import date
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.care.wellbeing.models import HealthObservation, SeenObservation
from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope


def take_note(scope: Scope, student_id: UUID, day: date, time: str) -> None:
    """Say that somebody has seen an observation; whoever said so first stays.

    Raises:
        NotFoundError: If there is none, or it is about somebody else's pupil.
    """
    row = scope.session.get(HealthObservation, (scope.school_id, student_id, day, time))
    if row is None:
        raise NotFoundError("HealthObservation")
    key = (scope.school_id, student_id, day, time, row.came_at)
    if scope.session.get(SeenObservation, key) is not None:
        return
    scope.session.add(
        SeenObservation(
            school_id=scope.school_id,
            student_id=student_id,
            day=day,
            time=time,
            came_at=row.came_at,
            seen_by=scope.actor_id,
            seen_at=clock.now(),
        )
    )
    audit.record(scope, "observation:seen", day, student_id=student_id)
