"""Changing one's own password.

No unit of work may be open: two hashes are made.
"""

from dataclasses import dataclass

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import ConflictError, InvalidError, NotFoundError
from aarportal.core.permissions import WITHOUT_SECOND_FACTOR, Permission
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import passwords, store
from aarportal.people.accounts.own_password.rules import refusal
from aarportal.people.accounts.proofs import FRESH_FOR
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.tokens import hash_of


@dataclass(frozen=True)
class PasswordDraft:
    """What somebody typed.

    Attributes:
        now: The password that works now; empty where it is not asked for.
        new: The one that is to work from now on.
    """

    now: str
    new: str


@dataclass(frozen=True)
class Asked:
    """Who asks for a new password, and from where.

    Attributes:
        token: Of their session.
        is_due: Whether nothing else opens to them before they have chosen one.
        secret: Of this installation, see `proving`.
    """

    token: str
    is_due: bool
    secret: str


def may_change(scope: Scope) -> bool:
    """Whether there is a password that the person could change; a unit of work is open."""
    if not scope.allows(Permission.PASSWORD_CHANGE):
        return False
    return passwords.is_set(store.own_account(scope).password_hash)


def is_given(scope: Scope) -> bool:
    """Whether somebody else made the password that works now.

    Raises:
        NotFoundError: If there is none: the person comes in another way.
    """
    with unit_of_work(scope, read_only=True):
        if not may_change(scope):
            raise NotFoundError("password")
        return store.own_account(scope).must_change


def asks_for_now(asked: Asked) -> bool:
    """Whether the password of now has to be typed before another one is taken.

    It is left out for whoever has just come in with one that was given to them, and is made to
    choose. That it was given says nothing by itself: small children keep such a one, and whoever
    comes by a provider has never used it; another child at their tablet would take the account.
    """
    if not asked.is_due:
        return True
    with unit_of_work(SystemScope("own password"), read_only=True) as system:
        row = store.sign_in_session(system, hash_of(asked.token))
        return row is None or clock.now() - row.proved_at >= FRESH_FOR


def change_own(scope: Scope, draft: PasswordDraft, asked: Asked) -> str:
    """Set a new password, end all other sessions, and return the token of this one.

    Raises:
        ConflictError: If the password has become another one meanwhile.
        InvalidError: If the password of now is another one, or the new one will not do.
        NotFoundError: If there is no password: the person comes in another way.
        TooManyTriesError: If the password of now was tried too often.
    """
    with unit_of_work(scope, read_only=True):
        if not may_change(scope):
            raise NotFoundError("password")
        before, own_words = store.own_account(scope).password_hash, store.own_names(scope)
    is_asked = asks_for_now(asked)
    if is_asked and not proving.check_password(scope.actor_id, draft.now, asked.secret):
        raise InvalidError("now", "now")
    is_staff = scope.role not in WITHOUT_SECOND_FACTOR
    rule = refusal(draft.new, is_staff=is_staff, own_words=own_words)
    if rule is None and passwords.matches(draft.new, before):
        rule = "same"
    if rule is not None:
        raise InvalidError("new", rule)
    hashed = passwords.hash_password(draft.new)
    with unit_of_work(SystemScope("own password", scope)) as system:
        account = store.account(system, scope.actor_id, lock=True)
        if account.password_hash != before:
            # Somebody gave them another one while this one was checked: that one counts.
            raise ConflictError("password")
        account.password_hash, account.must_change = hashed, False
        audit.record(system, "password:changed", scope.actor_id)
        sessions.end_all(system, scope.actor_id, but=hash_of(asked.token))
    return proving.proved(asked.token) if is_asked else proving.with_new_token(asked.token)
