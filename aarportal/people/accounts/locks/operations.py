"""Having an account rest, and opening it again."""

from datetime import datetime
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotFoundError, NotProvedError
from aarportal.core.ownership import HandedOutByHomeroom
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import passwords
from aarportal.people.accounts import store as accounts
from aarportal.people.accounts.locks import store
from aarportal.people.accounts.locks.models import PupilLock, StaffLock
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.store import Applicant
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.directory.persons.store import Person

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


def give_start_password(scope: Scope, student_id: UUID, secret: str) -> str:
    """Give a student a new password to begin with, and open the account.

    No unit of work may be open: a hash takes tens of milliseconds by intention.

    Args:
        scope: Of the teacher or the office.
        student_id: To whom.
        secret: Of this installation.

    Returns:
        The password, which is kept nowhere.

    Raises:
        NotFoundError: If the person hands out nothing to such a student.
    """
    with unit_of_work(scope, read_only=True):
        accounts.pupils_account(scope, student_id, HandedOutByHomeroom.readers)
    password = passwords.start_password()
    password_hash = passwords.hash_password(password)
    with unit_of_work(scope):
        account = accounts.pupils_account(scope, student_id, HandedOutByHomeroom.readers)
        account.password_hash, account.must_change = password_hash, True
        tried = tries.of_login(account.district_id, account.login_id, secret)
        row = store.pupil_lock(scope, scope.school_id, student_id)
        if row is not None:
            scope.session.delete(row)
        audit.record(scope, "password:given", student_id, student_id=student_id)
    # Whoever is in with the old one is out: sessions are the system's alone.
    with unit_of_work(SystemScope("a new start password", scope)) as system:
        accounts.close_sessions(system, [student_id])
        # Tries with the forgotten one keep nobody waiting who has the new one in hand.
        tries.forget(system, tried)
        audit.record(system, "sessions:closed", student_id, student_id=student_id)
    return password


def give_start_password_to_person(scope: Scope, person_id: UUID, secret: str) -> tuple[Person, str]:
    """Give somebody who is no pupil a new password to begin with, and open the account.

    No unit of work may be open. A second factor stays as it is.

    Args:
        scope: Of the office, or of the board.
        person_id: To whom.
        secret: Of this installation.

    Returns:
        (who it is, the password, which is kept nowhere).

    Raises:
        NotAllowedError: If it is they themselves, or somebody of the board and they are not.
        NotFoundError: If there is no such person here, or it is a pupil, or they have no account.
        NotProvedError: If it is not proved in two ways who asks.
    """
    if not scope.is_strong:
        raise NotProvedError("strong")
    person = sessions.check_help(scope, person_id)
    if not sessions.has_own_account(person):
        raise NotFoundError("account")
    password = passwords.start_password()
    password_hash = passwords.hash_password(password)
    with unit_of_work(SystemScope("a new start password", scope)) as system:
        account = accounts.account(system, person_id, lock=True)
        account.password_hash, account.must_change = password_hash, True
        for row in store.locks_of(system, person_id):
            system.session.delete(row)
        tries.forget(system, tries.of_login(account.district_id, account.login_id, secret))
        accounts.close_sessions(system, [person_id])
        audit.record(system, "password:given", person_id)
    return person, password
