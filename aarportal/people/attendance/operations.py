"""Marking who is away; an import of the school office writes the same rows (care.school_data)."""

from datetime import date
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope
from aarportal.people.attendance.models import AbsentDay


def mark_absent(scope: Scope, student_id: UUID, day: date, kind: str = "absent") -> None:
    """Note that a student is away; noting it twice changes nothing.

    Raises:
        NotFoundError: If the person sees no such student.
    """
    _only_students_in_sight(scope, student_id)
    row = scope.session.get(AbsentDay, (scope.school_id, student_id, day))
    if row is None:
        scope.session.add(
            AbsentDay(school_id=scope.school_id, student_id=student_id, day=day, kind=kind)
        )
    elif row.kind != kind:
        # From now on it stands by hand: an import that is taken back leaves it alone.
        row.kind, row.import_id = kind, None
    audit.record(scope, "attendance:marked", day, student_id=student_id)


def mark_present(scope: Scope, student_id: UUID, day: date) -> None:
    """Take the note back.

    Raises:
        NotFoundError: If the person sees no such student.
    """
    _only_students_in_sight(scope, student_id)
    row = scope.session.get(AbsentDay, (scope.school_id, student_id, day))
    if row is not None:
        scope.session.delete(row)
    audit.record(scope, "attendance:cleared", day, student_id=student_id)


def can_mark(scope: Scope, student_id: UUID) -> bool:
    """Whether the person may note that a student is away."""
    mine = scope.writable(AbsentDay)
    return mine is None or student_id in mine


def _only_students_in_sight(scope: Scope, student_id: UUID) -> None:
    if not can_mark(scope, student_id):
        raise NotFoundError("User")
