"""Proving once more, or in a second way, who one is.

No unit of work may be open: a password takes tens of milliseconds to check.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotSignedInError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import passwords, store
from aarportal.people.accounts.models import SignInSession
from aarportal.people.accounts.second_factor import operations as second_factor
from aarportal.people.accounts.second_factor import store as factors
from aarportal.people.accounts.sessions import store as sessions
from aarportal.people.accounts.tokens import hash_of, new_token
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.accounts.tries.operations import Limit
from aarportal.people.accounts.ways import PASSWORD

#: Tries of one person that do not succeed before they have to wait: the first for fingers that
#: slip, the second for whoever knows the password and guesses codes. At any moment three codes of a
#: million open (RFC 6238: of this half minute, of the one before and of the one after), so 30 tries
#: a day, 11,000 a year, hit one with a chance of 3 %, and leave as many traces.
PER_PERSON = (Limit("proof", 5, timedelta(minutes=15)), Limit("proofs", 30, timedelta(days=1)))
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
        row = _open_session(scope, token)
        has_code = factors.is_enrolled(scope, row.user_id)
        return Means(row.user_id, row.way, row.way == PASSWORD, has_code)


def prove(token: str, draft: ProofDraft, secret: str) -> str:
    """Take a proof, and return the token that the browser holds from now on.

    Args:
        token: That it holds now.
        draft: What was typed.
        secret: Of this installation; tries are counted under a name that tells nobody whose.

    Raises:
        InvalidError: If it is none.
        NotSignedInError: If nobody holds this token.
        TooManyTriesError: If the person has to wait.
    """
    known = means(token)
    if _fits(known, draft, secret):
        return proved(token, is_strong=bool(draft.code))
    field = "code" if draft.code else "password"
    raise InvalidError(field, "proof")


def check_password(user_id: UUID, password: str, secret: str) -> bool:
    """Whether this is the person's password; tries that do not succeed are counted, as in `prove`.

    Raises:
        TooManyTriesError: If the person has to wait.
    """
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        has_code = factors.is_enrolled(scope, user_id)
    known = Means(user_id, PASSWORD, password=True, code=has_code)
    return _fits(known, ProofDraft(password), secret)


def proved(token: str, *, is_strong: bool = False) -> str:
    """Keep that somebody has proved who they are, and return the token that counts from now on.

    A way that has its own proof (an identity provider that asked again) calls this, too.

    Raises:
        NotSignedInError: If nobody holds this token.
    """
    with unit_of_work(SystemScope(_REASON)) as scope:
        row = _open_session(scope, token)
        now = clock.now()
        fresh = _turned(row)
        row.proved_at = now
        if is_strong:
            row.strong_at = now
        sessions.touch(scope, row.id, now, now)
        audit.record(
            scope, "session:proved", row.user_id,
            district_id=row.district_id, detail="strong" if is_strong else "",
        )  # fmt: skip
    return fresh


def with_new_token(token: str) -> str:
    """Give a session another token after something grave; it proves nothing anew.

    Raises:
        NotSignedInError: If nobody holds this token.
    """
    with unit_of_work(SystemScope(_REASON)) as scope:
        row = _open_session(scope, token)
        fresh = _turned(row)
        audit.record(scope, "session:renewed", row.user_id, district_id=row.district_id)
    return fresh


def _open_session(scope: SystemScope, token: str) -> SignInSession:
    row = store.sign_in_session(scope, hash_of(token))
    if row is None or row.closes_at <= clock.now():
        raise NotSignedInError
    return row


def _turned(row: SignInSession) -> str:
    """Whoever knew the token of before does not come along."""
    fresh = new_token()
    row.token_hash = hash_of(fresh)
    return fresh


def _fits(known: Means, draft: ProofDraft, secret: str) -> bool:
    """Whether it is a proof; it is counted before, because many may be tried at once."""
    these = [tries.tried(limit, str(known.user_id), secret) for limit in PER_PERSON]
    tries.alone(tries.begin, these, _REASON)
    if draft.code:
        fits = known.code and second_factor.takes(known.user_id, draft.code)
    else:
        fits = passwords.matches(draft.password, _password_hash(known))
    if not fits:
        with unit_of_work(SystemScope(_REASON)) as scope:
            district_id = store.account(scope, known.user_id).district_id
            audit.record(scope, "session:proof_refused", known.user_id, district_id=district_id)
    elif draft.code or not known.code:
        tries.alone(tries.forget, these, _REASON)
    else:
        # A password that is known gives nobody more tries at the codes.
        tries.alone(tries.uncount, these, _REASON)
    return fits


def _password_hash(known: Means) -> str | None:
    if not known.password:
        return None
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        return store.account(scope, known.user_id).password_hash
