"""Beginning and ending a look through a pupil's eyes."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.errors import NotFoundError, NotProvedError
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.store import Known
from aarportal.people.roster import store as roster

#: Role -> by which relation its holder may look through a pupil's eyes. The head of a school
#: reads a child's words on that child's case only, and sees no more here.
_BY = {Role.TEACHER: Relation.HOMEROOM, Role.PRINCIPAL: Relation.CASE}


def may_view(scope: Scope, student_id: UUID) -> bool:
    """Whether the person may look through the eyes of a student."""
    relation = _BY.get(scope.role)
    return relation is not None and student_id in (scope.students.get(relation) or ())


def begin(scope: Scope, token_hash: bytes, student_id: UUID) -> None:
    """Let the person's session look through a student's eyes; opens its units of work itself.

    Raises:
        NotFoundError: If it is nobody of theirs.
        NotProvedError: If a case opens the way, and it is not proved in two ways who they are.
    """
    if not may_view(scope, student_id):
        raise NotFoundError("User")
    if _BY[scope.role] is Relation.CASE and not scope.is_strong:
        # The page of the case opens to nobody else, either.
        raise NotProvedError("strong")
    with unit_of_work(scope):
        audit.record(scope, "pupil_view:begun", student_id, student_id=student_id)
    _set(token_hash, student_id)


def end(scope: Scope, token_hash: bytes) -> None:
    """Let the session be its holder's again; one that looks at nobody stays as it is."""
    if scope.viewer_id is None:
        return
    _set(token_hash, None)
    student_id = scope.actor_id
    viewer = Scope(scope.viewer_id, scope.district_id, scope.school_id, Role.TEACHER)
    with unit_of_work(viewer) as asked:
        audit.record(asked, "pupil_view:ended", student_id, student_id=student_id)


def view_of(
    system: SystemScope, scope: Scope, known: Known, student_id: UUID, day: date
) -> tuple[Scope, Known] | None:
    """What exists in the view: what the person sees of the student, on the student's pages.

    Returns:
        None once the person may not look any more; tables that only the student reads stay closed.
    """
    found = store.person(system, student_id)
    if found is None or not may_view(scope, student_id):
        return None
    user, account = found
    sees = {key for key, ids in scope.students.items() if ids and student_id in ids}
    only = frozenset({student_id})
    seats = roster.seats(system, scope.school_id, student_id, day)
    view = replace(
        scope,
        actor_id=student_id,
        role=Role.STUDENT,
        students=dict.fromkeys(sees, only),
        class_ids=tuple(seat.class_id for seat in seats),
        other_school_ids=frozenset(),
        lent_class_ids=(),
        viewer_id=scope.actor_id,
    )
    seen_by = f"{known.user.family_name}\u2009{known.user.given_name}"
    plain = Account(language="ja", script="", font="system", text_size="m", band="")
    shown = replace(
        known, user=user, account=account or plain, was_elsewhere=False, seen_by=seen_by
    )
    return view, shown


def _set(token_hash: bytes, student_id: UUID | None) -> None:
    with unit_of_work(SystemScope("pupil view")) as system:
        row = store.sign_in_session(system, token_hash)
        if row is not None:
            row.sees_as = student_id
            audit.record(
                system, "session:turned", row.user_id,
                student_id=student_id, district_id=row.district_id,
            )  # fmt: skip
