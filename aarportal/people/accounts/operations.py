"""Coming in, going out, and choosing how to read."""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, TooManyTriesError
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope, unit_of_work
from aarportal.people.accounts import passwords, store
from aarportal.people.accounts.entering import acts_after_a_move
from aarportal.people.accounts.models import Account, SignInSession, SignInThrottle
from aarportal.people.accounts.pupil_view.operations import view_of
from aarportal.people.accounts.scopes.operations import scope_of
from aarportal.people.accounts.ways import PASSWORD

_logger = logging.getLogger(__name__)

#: A session lasts a school day; a shared device is locked by its idle time long before.
SESSION_LENGTH = timedelta(hours=10)

#: Tries that do not succeed, within the window, before an account or an address has to wait. A
#: whole class sits behind one address, so that limit is far above what forty typing children need.
TRIES_PER_ACCOUNT = 6
TRIES_PER_ADDRESS = 200
THROTTLE_WINDOW = timedelta(minutes=5)

_LONGEST_DEVICE = 200

#: Role of the roster -> what somebody is here; whoever has another one cannot come in.
_ROLES = {
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    "administrator": Role.ADMINISTRATOR,
    "siteAdministrator": Role.ADMINISTRATOR,
    "principal": Role.PRINCIPAL,
    "ext:nurse": Role.NURSE,
    "counselor": Role.COUNSELOR,
    "guardian": Role.GUARDIAN,
    "parent": Role.GUARDIAN,
    "relative": Role.GUARDIAN,
    "systemAdministrator": Role.SYSTEM_ADMINISTRATOR,
    "districtAdministrator": Role.DISTRICT_ADMINISTRATOR,
}


@dataclass(frozen=True)
class Entrance:
    """How somebody came in.

    Attributes:
        way: Name of the way, see `ways`.
        device: Browser and system, as far as they say so.
        is_strong: Whether they proved who they are in two ways.
    """

    way: str
    device: str = ""
    is_strong: bool = False


@dataclass(frozen=True)
class SignInDraft:
    """What somebody typed to come in."""

    code: str
    login_id: str
    password: str
    address: str
    """Where the request came from; only a keyed hash of it is kept."""
    device: str = ""
    """As of an `Entrance`."""


@dataclass(frozen=True)
class ReadingDraft:
    """How somebody wants to read."""

    script: str
    text_size: str
    font: str
    language: str


def sign_in(draft: SignInDraft, secret: str) -> str:
    """Open a session and return its token.

    The password is checked outside any transaction: it takes tens of milliseconds, and a class of
    forty would queue up behind the one writer.

    Raises:
        InvalidError: If code, login id and password do not go together; never says which.
        TooManyTriesError: If the account or the address has to wait.
    """
    keys = _throttle_keys(draft, secret)
    with unit_of_work(SystemScope("sign-in"), read_only=True) as scope:
        _refuse_too_many(scope, keys)
        found = store.applicant(scope, draft.code, draft.login_id, clock.today())
    fits = passwords.matches(draft.password, found.account.password_hash if found else None)
    if not fits or found is None or found.role not in _ROLES:
        with unit_of_work(SystemScope("sign-in")) as scope:
            _count_try(scope, keys)
            audit.record(scope, "session:refused", keys[0])
        raise InvalidError("password", "sign_in")
    return let_in(found, Entrance(PASSWORD, draft.device))


def let_in(found: store.Applicant, entrance: Entrance) -> str:
    """Open a session for somebody who has proved who they are, and return its token.

    Every way in ends here; no unit of work may be open.

    Args:
        found: Who, and where they belong.
        entrance: How they came.

    Raises:
        InvalidError: If nobody with this role has anything to do here.
    """
    role = _ROLES.get(found.role)
    if role is None:
        raise InvalidError("role", "sign_in")
    with unit_of_work(SystemScope("sign-in")) as scope:
        token = _open_session(scope, found, role, entrance)
    _settle_in(token)
    return token


def sign_out(token: str) -> None:
    """Close the session with this token; a token that is not known is no error."""
    with unit_of_work(SystemScope("sign-out")) as scope:
        row = store.sign_in_session(scope, _hash(token))
        if row:
            audit.record(scope, "session:closed", row.user_id)
            if row.sees_as:
                audit.record(scope, "pupil_view:ended", row.sees_as, student_id=row.sees_as)
            scope.session.delete(row)


def who(token: str) -> tuple[Scope, store.Known] | None:
    """The scope of the person who holds this token, and what their page needs to know."""
    with unit_of_work(SystemScope("who is asking"), read_only=True) as system:
        known = store.known(system, _hash(token), clock.now(), clock.today())
        if known is None:
            return None
        scope = scope_of(system, known)
        if known.session.sees_as is not None:
            day = clock.today()
            return view_of(system, scope, known, known.session.sees_as, day) or (scope, known)
        return scope, known


def take_turn(scope: Scope) -> None:
    """What a student writes waits for what they, or apps on their behalf, write at this moment.

    Two taps at once, or a goal and the first record of a lap, would not see each other
    (PostgreSQL; SQLite has one writer). Staff write about many students and wait for nobody.
    """
    if scope.role is Role.STUDENT:
        store.lock_person(scope)


def set_reading(scope: Scope, draft: ReadingDraft) -> Account:
    """Keep how the person wants to read."""
    account = store.own_account(scope)
    account.script = draft.script
    account.text_size = draft.text_size
    account.font = draft.font
    account.language = draft.language
    audit.record(scope, "preferences:set", scope.actor_id)
    return account


def open_account(
    scope: SystemScope, district_id: UUID, user_id: UUID, login_id: str, password_hash: str
) -> Account:
    """Give a person of the roster a login id and a password."""
    account = Account(
        district_id=district_id, user_id=user_id, login_id=login_id, password_hash=password_hash
    )
    scope.session.add(account)
    audit.record(scope, "account:opened", user_id)
    return account


def _settle_in(token: str) -> None:
    """Have done what is to be done for a student who was at another school before.

    The student is in already: what cannot be done now keeps nobody out, and is done at the next
    sign-in.
    """
    found = who(token)
    if found is None or found[0].role is not Role.STUDENT or not found[0].other_school_ids:
        return
    for act in acts_after_a_move():
        try:
            with unit_of_work(found[0]) as scope:
                take_turn(scope)
                act(scope)
        except Exception:
            _logger.exception("what is left of a school before could not be settled")


def _open_session(
    scope: SystemScope, found: store.Applicant, role: Role, entrance: Entrance
) -> str:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    scope.session.add(
        SignInSession(
            token_hash=_hash(token),
            district_id=found.account.district_id,
            user_id=found.account.user_id,
            school_id=found.school_id,
            role=role,
            opened_at=now,
            closes_at=now + SESSION_LENGTH,
            way=entrance.way,
            device=entrance.device[:_LONGEST_DEVICE],
            proved_at=now,
            strong_at=now if entrance.is_strong else None,
        )
    )
    audit.record(scope, "session:opened", found.account.user_id, detail=entrance.way)
    return token


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _throttle_keys(draft: SignInDraft, secret: str) -> tuple[str, str]:
    def key(kind: str, value: str) -> str:
        return kind + hmac.new(secret.encode(), value.encode(), sha256).hexdigest()[:40]

    return key("account:", f"{draft.code}/{draft.login_id}"), key("address:", draft.address)


def _refuse_too_many(scope: SystemScope, keys: tuple[str, str]) -> None:
    for key, limit in zip(keys, (TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS), strict=True):
        row = store.throttle(scope, key)
        if row is None or row.tries < limit:
            continue
        wait = row.window_opened_at + THROTTLE_WINDOW - clock.now()
        if wait > timedelta(0):
            raise TooManyTriesError(int(wait.total_seconds()) + 1)


def _count_try(scope: SystemScope, keys: tuple[str, str]) -> None:
    now = clock.now()
    for key in keys:
        row = store.throttle(scope, key, lock=True)
        if row is None:
            scope.session.add(SignInThrottle(key=key, tries=1, window_opened_at=now))
        elif now - row.window_opened_at > THROTTLE_WINDOW:
            row.tries, row.window_opened_at = 1, now
        else:
            row.tries += 1
