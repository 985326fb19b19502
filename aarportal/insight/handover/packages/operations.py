"""Asking for an export, finishing it, fetching it, letting go of its file."""

from datetime import timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.ids import new_id
from aarportal.core.machines import step
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.insight.handover.leaving import store as leaving
from aarportal.insight.handover.models import HandoverPackage
from aarportal.insight.handover.packages import store
from aarportal.insight.handover.states import PACKAGE, PackageEvent, PackageState

#: Days for which a file lies there to be fetched.
KEPT_DAYS = 30
#: Exports of one student in a day; a child may tap often.
_MOST_A_DAY = 5


def ask_for_own(scope: Scope) -> HandoverPackage:
    """わたしのきろく: have the student's own export made; one that is being made is enough.

    Raises:
        InvalidError: If there were enough today.
    """
    for row in store.packages(scope, scope.actor_id):
        if row.state == PackageState.WAITING and row.for_student:
            return row
    today, _ = clock.day_bounds(clock.today())
    if store.made_today(scope, scope.actor_id, today) >= _MOST_A_DAY:
        raise InvalidError("", "enough_today")
    return _ask(scope, scope.actor_id, for_student=True)


def ask_for_student(scope: Scope, student_id: UUID) -> HandoverPackage:
    """Have the export made that a student, and nobody else, fetches, because the office was asked.

    One that is being made is enough.
    """
    for row in store.packages(scope, student_id):
        if row.state == PackageState.WAITING and row.for_student:
            return row
    return _ask(scope, student_id, for_student=True)


def ask_for_leaver(scope: Scope, student_id: UUID) -> HandoverPackage:
    """Have the export of somebody made who left this school.

    Raises:
        NotFoundError: If nobody of that id has left this school.
    """
    leaving.former_student(scope, student_id)
    for row in store.packages(scope, student_id):
        if row.state == PackageState.WAITING and not row.for_student:
            return row
    return _ask(scope, student_id, for_student=False)


def _ask(scope: Scope, student_id: UUID, *, for_student: bool) -> HandoverPackage:
    row = HandoverPackage(
        school_id=scope.school_id,
        id=new_id(),
        student_id=student_id,
        for_student=for_student,
        made_by=scope.actor_id,
        made_at=clock.now(),
        state=PackageState.WAITING,
    )
    scope.session.add(row)
    audit.record(scope, "handover:asked", row.id, student_id=student_id)
    return row


def fetch(scope: Scope, package_id: UUID) -> HandoverPackage:
    """Keep that somebody fetches the file of an export.

    The office has no way to what the student made, drafts and all.

    Raises:
        NotFoundError: If there is none for this person.
        StateError: If its file is not there.
    """
    row = store.package(scope, package_id)
    if scope.role is not Role.STUDENT and row.for_student:
        raise NotFoundError(HandoverPackage.__name__)
    if row.state != PackageState.READY:
        raise StateError(row.state)
    row.fetched_by, row.fetched_at = scope.actor_id, clock.now()
    audit.record(scope, "handover:fetched", row.id, student_id=row.student_id)
    return row


# --- of the system --------------------------------------------------------------------------------


def note_progress(scope: SystemScope, key: tuple[UUID, UUID], done: int, total: int) -> bool:
    """Write down how far an export is; whether it is wanted still."""
    row = store.locked(scope, key)
    if row is None or row.state != PackageState.WAITING:
        return False
    row.progress, row.total = done, total
    audit.record(scope, "handover:went_on", row.id, student_id=row.student_id)
    return True


def finish(
    scope: SystemScope, key: tuple[UUID, UUID], counts: dict[str, int], size: int, sha256: str
) -> bool:
    """Say that the file of an export lies there; whether it is wanted still."""
    row = store.locked(scope, key)
    if row is None or row.state != PackageState.WAITING:
        return False
    row.state = step(PACKAGE, PackageState(row.state), PackageEvent.FINISHED)
    row.counts, row.bytes, row.file_sha256 = counts, size, sha256
    row.progress = row.total
    row.ready_at = clock.now()
    row.kept_until = clock.today() + timedelta(days=KEPT_DAYS)
    audit.record(scope, "handover:made", row.id, student_id=row.student_id)
    return True


def give_up(scope: SystemScope, key: tuple[UUID, UUID]) -> None:
    """Say that an export could not be made."""
    row = store.locked(scope, key)
    if row is not None and row.state == PackageState.WAITING:
        row.state = step(PACKAGE, PackageState(row.state), PackageEvent.HALTED)
        audit.record(scope, "handover:gave_up", row.id, student_id=row.student_id)


def expire(scope: SystemScope) -> list[UUID]:
    """Let go of exports that were kept long enough; their files may be deleted."""
    gone = []
    for row in store.outlived(scope, clock.today()):
        row.state = step(PACKAGE, PackageState(row.state), PackageEvent.EXPIRED)
        audit.record(scope, "handover:file_gone", row.id, student_id=row.student_id)
        gone.append(row.id)
    return gone
