"""Changing one's own password.

No unit of work may be open: two hashes are made.
"""

from dataclasses import dataclass

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import WITHOUT_SECOND_FACTOR
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import passwords, store
from aarportal.people.accounts.own_password.rules import refusal
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.tokens import hash_of


@dataclass(frozen=True)
class PasswordDraft:
    """What somebody typed.

    Attributes:
        now: The password that works now; empty where somebody else gave it to them: they have just
            come in with it.
        new: The one that is to work from now on.
    """

    now: str
    new: str


def is_given(scope: Scope) -> bool:
    """Whether somebody else made the password that works now."""
    with unit_of_work(scope, read_only=True):
        return store.own_account(scope).must_change


def change_own(scope: Scope, draft: PasswordDraft, token: str) -> str:
    """Set a new password, end all other sessions, and return the token of this one.

    Raises:
        InvalidError: If the password of now is another one, or the new one will not do.
        TooManyTriesError: If the password of now was tried too often.
    """
    with unit_of_work(scope, read_only=True):
        account, own_words = store.own_account(scope), store.own_names(scope)
        must_change, before = account.must_change, account.password_hash
    if not must_change and not proving.check_password(scope.actor_id, draft.now):
        raise InvalidError("now", "now")
    is_staff = scope.role not in WITHOUT_SECOND_FACTOR
    rule = refusal(draft.new, is_staff=is_staff, own_words=own_words)
    if rule is None and passwords.matches(draft.new, before):
        rule = "same"
    if rule is not None:
        raise InvalidError("new", rule)
    hashed = passwords.hash_password(draft.new)
    with unit_of_work(SystemScope("own password", scope)) as system:
        account = store.account(system, scope.actor_id)
        account.password_hash, account.must_change = hashed, False
        audit.record(system, "password:changed", scope.actor_id)
        sessions.end_all(system, scope.actor_id, but=hash_of(token))
    return proving.proved(token)
