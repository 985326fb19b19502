"""Giving somebody a password to begin with, who has forgotten theirs.

No unit of work may be open: a hash takes tens of milliseconds by intention.
"""

from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotAllowedError, NotFoundError, NotProvedError
from aarportal.core.ownership import HandedOutByHomeroom
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import helping, passwords, store, ways
from aarportal.people.accounts.helping import Post
from aarportal.people.accounts.locks import store as locks
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.roles import ROLES
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.directory.persons.store import Person

#: What a person's page says of it: whoever looks may give one, others may, nobody may.
GIVES, OTHERS_GIVE, NOBODY = "gives", "others", ""

_REASON = "a new start password"


def check_pupil(scope: Scope, student_id: UUID) -> None:
    """Look whether somebody gives passwords to a student.

    Raises:
        NotFoundError: If the person hands out nothing to such a student, or it is somebody who is
            more than a pupil, here or elsewhere.
    """
    with unit_of_work(scope, read_only=True):
        store.pupils_account(scope, student_id, HandedOutByHomeroom.readers)
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        if not helping.is_pupil(store.posts(system, student_id, clock.today())):
            raise NotFoundError("account")


def check_person(scope: Scope, person_id: UUID) -> Person:
    """Find somebody who is no pupil, and to whom the person who asks gives a password.

    Raises:
        NotAllowedError: If it is not for them to give one, see `helping.may_give`.
        NotFoundError: If there is no such person here, or a password opens nothing to them.
        NotProvedError: If it is not proved in two ways who asks.
    """
    if not scope.is_strong:
        raise NotProvedError("strong")
    person = sessions.check_help(scope, person_id)
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        _check_person(system, scope, person_id)
    return person


def to_pupil(scope: Scope, student_id: UUID, secret: str) -> str:
    """Give a student a new password to begin with, and open the account.

    Args:
        scope: Of the teacher or the office.
        student_id: To whom.
        secret: Of this installation.

    Returns:
        The password, which is kept nowhere.

    Raises:
        NotFoundError: As `check_pupil`.
    """
    check_pupil(scope, student_id)
    password = passwords.start_password()
    password_hash = passwords.hash_password(password)
    with unit_of_work(scope):
        account = store.pupils_account(scope, student_id, HandedOutByHomeroom.readers)
        account.password_hash, account.must_change = password_hash, True
        tried = tries.of_login(account.district_id, account.login_id, secret)
        row = locks.pupil_lock(scope, scope.school_id, student_id)
        if row is not None:
            scope.session.delete(row)
        audit.record(scope, "password:given", student_id, student_id=student_id)
    # Whoever is in with the old one is out: sessions are the system's alone.
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        store.close_sessions(system, [student_id])
        # Tries with the forgotten one keep nobody waiting who has the new one in hand.
        tries.forget(system, tried)
        audit.record(system, "sessions:closed", student_id, student_id=student_id)
    return password


def to_person(scope: Scope, person_id: UUID, secret: str) -> tuple[Person, str]:
    """Give somebody who is no pupil a new password to begin with, and open the account.

    A second factor stays as it is.

    Args:
        scope: Of the office, the head, or the board.
        person_id: To whom.
        secret: Of this installation.

    Returns:
        (who it is, the password, which is kept nowhere).

    Raises:
        NotAllowedError, NotFoundError, NotProvedError: As `check_person`.
    """
    person = check_person(scope, person_id)
    password = passwords.start_password()
    password_hash = passwords.hash_password(password)
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        store.account(system, person_id, lock=True)
        # They may have become somebody else's to help meanwhile.
        account = _check_person(system, scope, person_id)
        account.password_hash, account.must_change = password_hash, True
        for row in locks.locks_of(system, person_id):
            system.session.delete(row)
        tries.forget(system, tries.of_login(account.district_id, account.login_id, secret))
        store.close_sessions(system, [person_id])
        audit.record(system, "password:given", person_id)
    return person, password


def standing(scope: Scope, person_id: UUID) -> str:
    """Who gives a person a password to begin with: `GIVES`, `OTHERS_GIVE` or `NOBODY`."""
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        posts = store.posts(system, person_id, clock.today())
        account = _account(system, person_id, posts)
        if account is None or not helping.is_staff(posts) or person_id == scope.actor_id:
            return NOBODY
        is_mine = helping.may_give(scope.role, scope.school_id, posts)
        return GIVES if is_mine else OTHERS_GIVE


def _check_person(system: SystemScope, scope: Scope, person_id: UUID) -> Account:
    posts = store.posts(system, person_id, clock.today())
    account = _account(system, person_id, posts)
    if account is None or not helping.is_staff(posts):
        raise NotFoundError("account")
    if not helping.may_give(scope.role, scope.school_id, posts):
        raise NotAllowedError("password")
    return account


def _account(system: SystemScope, person_id: UUID, posts: list[Post]) -> Account | None:
    """The account of somebody to whom a password opens something."""
    found = store.person(system, person_id)
    account = found[1] if found else None
    if account is None or not any(
        post.role in ROLES
        and not ways.is_password_off(system, account.district_id, post.school_id, post.role)
        for post in posts
    ):
        return None
    return account
