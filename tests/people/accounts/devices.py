"""Devices for codes of the cast, set up below the routes; an app's context is open."""

from aarportal.core import clock
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.accounts.second_factor import operations, totp
from tests.cast import CODES, PASSWORD, Member, scope_of

SECRET = "secret"


def signed_in(member: Member) -> str:
    """The token of a new session."""
    draft = SignInDraft(CODES[member.school_id], member.login_id, PASSWORD, "10.0.0.1")
    return accounts.sign_in(draft, SECRET)


def set_up(member: Member) -> tuple[str, list[str]]:
    """The secret of the member's new device, and the codes on paper."""
    scope, token = scope_of(member), signed_in(member)
    operations.begin(scope, token)
    secret = operations.standing(scope, token).secret
    return secret, operations.confirm(scope, token, totp.code_at(secret, clock.now()))
