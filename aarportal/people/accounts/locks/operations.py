"""Having an account rest, and opening it again."""

from datetime import datetime
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store as accounts
from aarportal.people.accounts.locks import store
from aarportal.people.accounts.locks.models import PupilLock, StaffLock
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.store import Applicant
from aarportal.people.accounts.tries import operations as tries

_REASON = "an account that rests"


def lock(scope: SystemScope, found: Applicant, ends_at: datetime) -> None:
    """Let an account rest; it opens to nobody before, not even with the right password."""
    account, now = found.account, clock.now()
    is_student = found.role == Role.STUDENT
    row: PupilLock | StaffLock | None
    if is_student:
        row = store.pupil_lock(scope, found.school_id, account.user_id) or PupilLock(
            school_id=found.school_id, student_id=account.user_id
        )
    else:
        row = store.staff_lock(scope, account.user_id) or StaffLock(
            user_id=account.user_id, district_id=account.district_id
        )
        row.school_id = found.school_id
    row.locked_at, row.ends_at = now, ends_at
    scope.session.add(row)
    student_id = account.user_id if is_student else None
    audit.record(
        scope, "account:locked", account.user_id,
        student_id=student_id, district_id=account.district_id,
    )  # fmt: skip


def open_to_pupil(scope: Scope, student_id: UUID) -> None:
    """Let a student try again; opening it twice changes nothing.

    Raises:
        NotFoundError: If the person helps no such student.
    """
    accounts.pupils_account(scope, student_id, PupilLock.readers)
    row = store.pupil_lock(scope, scope.school_id, student_id)
    if row is None:
        return
    scope.session.delete(row)
    audit.record(scope, "account:unlocked", student_id, student_id=student_id)


def open_to_staff(scope: Scope, user_id: UUID) -> None:
    """Let somebody of the same school try again; the office alone can.

    Raises:
        NotFoundError: If no such person is locked out here.
    """
    row = store.staff_lock(scope, user_id)
    if row is None or row.school_id != scope.school_id:
        raise NotFoundError("person")
    scope.session.delete(row)
    audit.record(scope, "account:unlocked", user_id)


def open_to_person(scope: Scope, user_id: UUID) -> None:
    """Let somebody try again of whom the office, or the board, looks after how they come in.

    No unit of work may be open. Whom the office of a school cannot help, itself and the board, the
    board can; opening it twice changes nothing.

    Raises:
        NotAllowedError: If it is they themselves, or somebody of the board and they are not.
        NotFoundError: If there is no such person here.
    """
    sessions.check_help(scope, user_id)
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        row = store.staff_lock(system, user_id)
        if row is not None:
            system.session.delete(row)
            audit.record(system, "account:unlocked", user_id)


def open_by_hand(code: str, login_id: str, secret: str) -> bool:
    """Let somebody try again for whom nobody is left to do it; whether there is such a person.

    Args:
        code: Of the school or the district.
        login_id: Whose.
        secret: Of this installation.
    """
    with unit_of_work(SystemScope("an account is opened by hand")) as system:
        found = accounts.applicant(system, code, login_id, clock.today())
        if found is None:
            return False
        account = found.account
        for row in store.locks_of(system, account.user_id):
            system.session.delete(row)
        tries.forget(system, tries.of_login(account.district_id, account.login_id, secret))
        student_id = account.user_id if found.role == Role.STUDENT else None
        audit.record(
            system, "account:unlocked", account.user_id,
            student_id=student_id, district_id=account.district_id,
        )  # fmt: skip
        return True
