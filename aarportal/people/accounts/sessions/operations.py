"""Where people are signed in, and ending that.

Nobody's scope reaches sessions: each operation opens its own unit of work.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotAllowedError, NotFoundError, StoreBusyError
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store as accounts
from aarportal.people.accounts.locks import store as locks
from aarportal.people.accounts.proofs import TOUCH_EVERY
from aarportal.people.accounts.second_factor import store as factors
from aarportal.people.accounts.sessions import store
from aarportal.people.accounts.sessions.devices import plain_device
from aarportal.people.accounts.tokens import hash_of
from aarportal.people.directory.persons import store as persons
from aarportal.people.directory.persons.store import Person

_logger = logging.getLogger(__name__)
_REASON = "sessions"


@dataclass(frozen=True)
class OpenSession:
    """Where somebody is signed in.

    Attributes:
        id: As it is called; it opens nothing.
        way: How they came in, see `ways`.
        browser: In plain words; empty if unknown.
        system: Likewise.
        opened_at: Since when.
        seen_at: When it was last used; None for pupils, of whom nobody keeps that.
        is_strong: Whether they proved who they are in two ways.
        is_this: Whether it is the one that asks.
    """

    id: UUID
    way: str
    browser: str
    system: str
    opened_at: datetime
    seen_at: datetime | None
    is_strong: bool
    is_this: bool


@dataclass(frozen=True)
class Access:
    """How a person of the school comes in."""

    person: Person
    sessions: list[OpenSession]
    has_second_factor: bool
    rests_until: datetime | None
    """When a login ID of staff opens by itself that rests after too many tries."""
    may_help: bool
    """Whether whoever looks may end and take away something here."""


def own(scope: Scope, token: str) -> list[OpenSession]:
    """Where the person who asks is signed in, this one first."""
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        found = _open(system, scope.actor_id, hash_of(token))
    return sorted(found, key=lambda each: not each.is_this)


def end_own(scope: Scope, session_id: UUID) -> None:
    """End one of one's own sessions.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        row = store.one_of(system, scope.actor_id, session_id)
        if row is None:
            raise NotFoundError("session")
        system.session.delete(row)
        audit.record(system, "session:ended", scope.actor_id)


def end_others(scope: Scope, token: str) -> int:
    """End all of one's own sessions but the one that asks, and say how many."""
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        return end_all(system, scope.actor_id, but=hash_of(token))


def access_of(scope: Scope, person_id: UUID) -> Access:
    """How a person comes in of whom the office looks after.

    Raises:
        NotFoundError: If there is no such person here, or not any more.
    """
    person = _person(scope, person_id)
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        may_help = _may_help(system, scope, person_id)
        found = _open(system, person_id, b"")
        lock = locks.staff_lock(system, person_id)
        rests_until = lock.ends_at if lock and lock.ends_at > clock.now() else None
        has_second_factor = factors.is_enrolled(system, person_id)
        return Access(person, found, has_second_factor, rests_until, may_help)


def end_of(scope: Scope, person_id: UUID) -> int:
    """The office ends every session of a person, and is told how many.

    Raises:
        NotFoundError: If there is no such person here.
        NotAllowedError: As `check_help`.
    """
    check_help(scope, person_id)
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        return end_all(system, person_id)


def check_help(scope: Scope, person_id: UUID) -> Person:
    """Find a person of whom somebody may change how they come in; no unit of work may be open.

    Raises:
        NotFoundError: If there is no such person here, or not any more.
        NotAllowedError: If it is they themselves, or somebody of the board and they are not.
    """
    person = _person(scope, person_id)
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        if not _may_help(system, scope, person_id):
            raise NotAllowedError("access")
    return person


def end_all(system: SystemScope, user_id: UUID, *, but: bytes = b"") -> int:
    """End the sessions of a person within a unit of work of the system.

    Args:
        system: The unit of work.
        user_id: Whose.
        but: Hash of the token of the session that stays.
    """
    ended = 0
    for row, _seen_at in store.sessions_of(system, user_id, clock.now()):
        if row.token_hash != but:
            system.session.delete(row)
            ended += 1
    if ended:
        audit.record(system, "access:ended", user_id, detail=str(ended))
    return ended


def touch(session_id: UUID) -> None:
    """Write that a session is used. Whatever comes in the way: it is written the next time."""
    now = clock.now()
    try:
        with unit_of_work(SystemScope(_REASON)) as system:
            store.touch(system, session_id, now, now - TOUCH_EVERY)
    except (DBAPIError, StoreBusyError):
        _logger.warning("it could not be written that a session is used", exc_info=True)


def _open(system: SystemScope, user_id: UUID, own_hash: bytes) -> list[OpenSession]:
    return [
        OpenSession(
            row.id,
            row.way,
            *plain_device(row.device),
            row.opened_at,
            seen_at,
            row.strong_at is not None,
            row.token_hash == own_hash,
        )
        for row, seen_at in store.sessions_of(system, user_id, clock.now())
    ]


def _person(scope: Scope, person_id: UUID) -> Person:
    with unit_of_work(scope, read_only=True):
        if scope.has_lost(person_id):
            # Whoever went on to another school is that school's to look after.
            raise NotFoundError("person")
        return persons.person(scope, person_id)


def _may_help(system: SystemScope, scope: Scope, person_id: UUID) -> bool:
    """Whether it is for whoever asks to help; the office's own scope knows nothing of the board.

    Raises:
        NotFoundError: If the person is at the school no more: they are others' to look after.
    """
    if scope.role is Role.DISTRICT_ADMINISTRATOR:
        return person_id != scope.actor_id
    places = {post.school_id for post in accounts.posts(system, person_id, clock.today())}
    if scope.school_id not in places:
        raise NotFoundError("person")
    return person_id != scope.actor_id and NOTHING not in places
