"""Changing one's own password.

No unit of work may be open: two hashes are made.
"""

from dataclasses import dataclass

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import WITHOUT_SECOND_FACTOR
from aarportal.core.scope import Scope, SystemScope, unit_of_work
from aarportal.people.accounts import passwords, store
from aarportal.people.accounts.own_password.rules import refusal
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.tokens import hash_of
from aarportal.people.roster.models import User


@dataclass(frozen=True)
class PasswordDraft:
    """What somebody typed.

    Attributes:
        now: The password that works now.
        new: The one that is to work from now on.
    """

    now: str
    new: str


def change_own(scope: Scope, draft: PasswordDraft, token: str) -> str:
    """Set a new password, end all other sessions, and return the token of this one.

    Raises:
        InvalidError: If the password of now is another one, or the new one will not do.
        TooManyTriesError: If the password of now was tried too often.
    """
    if not proving.check_password(scope.actor_id, draft.now):
        raise InvalidError("now", "now")
    rule = refusal(
        draft.new,
        is_staff=scope.role not in WITHOUT_SECOND_FACTOR,
        own_words=_own_words(scope),
    )
    if draft.new == draft.now:
        rule = "same"
    if rule is not None:
        raise InvalidError("new", rule)
    hashed = passwords.hash_password(draft.new)
    with unit_of_work(SystemScope("own password", scope)) as system:
        account = store.account(system, scope.actor_id)
        account.password_hash = hashed
        audit.record(system, "password:changed", scope.actor_id)
        sessions.end_all(system, scope.actor_id, but=hash_of(token))
    return proving.proved(token)


def _own_words(scope: Scope) -> list[str]:
    with unit_of_work(scope, read_only=True):
        user, account = scope.session.get(User, scope.actor_id), store.own_account(scope)
        assert user is not None
        names = (user.family_name, user.given_name, user.kana_family_name, user.kana_given_name)
        return [account.login_id, user.username.partition("@")[0], *names]
