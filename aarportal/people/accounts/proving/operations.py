"""Proving once more, or in a second way, who one is.

No unit of work may be open: a password takes tens of milliseconds to check.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotSignedInError, TooManyTriesError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import passwords, store
from aarportal.people.accounts.models import SignInThrottle
from aarportal.people.accounts.second_factor import operations as second_factor
from aarportal.people.accounts.second_factor import store as factors
from aarportal.people.accounts.sessions import store as sessions
from aarportal.people.accounts.tokens import hash_of, new_token
from aarportal.people.accounts.ways import PASSWORD

#: Tries of one person that do not succeed before they have to wait. With three codes of a million
#: open at any time, a year of guessing finds one with a chance of 40 %, and leaves 175,000 traces.
TRIES = 5
WINDOW = timedelta(minutes=15)
_REASON = "proof"


@dataclass(frozen=True)
class Means:
    """By what somebody can prove who they are.

    Attributes:
        user_id: Who.
        way: How they came in, see `ways`.
        password: Whether by a password of ours.
        code: Whether by a device that makes codes.
    """

    user_id: UUID
    way: str
    password: bool
    code: bool


@dataclass(frozen=True)
class ProofDraft:
    """What somebody typed; one of both is enough."""

    password: str = ""
    code: str = ""


def means(token: str) -> Means:
    """By what whoever holds this token can prove who they are.

    Raises:
        NotSignedInError: If nobody does.
    """
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        row = store.sign_in_session(scope, hash_of(token))
        if row is None or row.closes_at <= clock.now():
            raise NotSignedInError
        has_code = factors.is_enrolled(scope, row.user_id)
        return Means(row.user_id, row.way, row.way == PASSWORD, has_code)


def prove(token: str, draft: ProofDraft) -> str:
    """Take a proof, and return the token that the browser holds from now on.

    Raises:
        InvalidError: If it is none.
        NotSignedInError: If nobody holds this token.
        TooManyTriesError: If the person has to wait.
    """
    known = means(token)
    if _fits(known, draft):
        return proved(token, is_strong=bool(draft.code))
    field = "code" if draft.code else "password"
    raise InvalidError(field, "proof")


def check_password(user_id: UUID, password: str) -> bool:
    """Whether this is the person's password; tries that do not succeed are counted.

    Raises:
        TooManyTriesError: If the person has to wait.
    """
    return _fits(Means(user_id, PASSWORD, password=True, code=False), ProofDraft(password))


def proved(token: str, *, is_strong: bool = False) -> str:
    """Keep that somebody has proved who they are, and return the token that counts from now on.

    A way that has its own proof (an identity provider that asked again) calls this, too.

    Raises:
        NotSignedInError: If nobody holds this token.
    """
    with unit_of_work(SystemScope(_REASON)) as scope:
        row = store.sign_in_session(scope, hash_of(token))
        now = clock.now()
        if row is None or row.closes_at <= now:
            raise NotSignedInError
        fresh = new_token()
        # Whoever knew the token of before does not come along.
        row.token_hash = hash_of(fresh)
        row.proved_at = now
        if is_strong:
            row.strong_at = now
        sessions.touch(scope, row.id, now, now)
        tries = store.throttle(scope, _key(row.user_id), lock=True)
        if tries is not None:
            scope.session.delete(tries)
        audit.record(scope, "session:proved", row.user_id, detail="strong" if is_strong else "")
    return fresh


def _fits(known: Means, draft: ProofDraft) -> bool:
    _refuse_too_many(known.user_id)
    if draft.code:
        fits = known.code and second_factor.takes(known.user_id, draft.code)
    else:
        fits = passwords.matches(draft.password, _password_hash(known))
    if not fits:
        with unit_of_work(SystemScope(_REASON)) as scope:
            _count_try(scope, known.user_id)
            audit.record(scope, "session:proof_refused", known.user_id)
    return fits


def _password_hash(known: Means) -> str | None:
    if not known.password:
        return None
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        return store.account(scope, known.user_id).password_hash


def _key(user_id: UUID) -> str:
    return "proof:" + sha256(user_id.bytes).hexdigest()[:40]


def _refuse_too_many(user_id: UUID) -> None:
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        row = store.throttle(scope, _key(user_id))
        if row is None or row.tries < TRIES:
            return
        wait = row.window_opened_at + WINDOW - clock.now()
        if wait > timedelta(0):
            raise TooManyTriesError(int(wait.total_seconds()) + 1)


def _count_try(scope: SystemScope, user_id: UUID) -> None:
    now = clock.now()
    row = store.throttle(scope, _key(user_id), lock=True)
    if row is None:
        scope.session.add(SignInThrottle(key=_key(user_id), tries=1, window_opened_at=now))
    elif now - row.window_opened_at > WINDOW:
        row.tries, row.window_opened_at = 1, now
    else:
        row.tries += 1
