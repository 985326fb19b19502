"""Platforms that may launch people of the district into here: entering and changing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock, partners
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.partners import check_address, check_text
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.closing import operations as closing
from aarportal.people.lti import store
from aarportal.people.lti.claims import KNOWN_BY, LONGEST
from aarportal.people.lti.completing import operations as completing
from aarportal.people.lti.models import LtiPlatform
from aarportal.people.lti.operations import WAY

MAX_TITLE = 60
MOST_DEPLOYMENTS = 200


@dataclass(frozen=True)
class PlatformDraft:
    """A platform, as the office enters it.

    Attributes:
        token_url: Empty where none of its services is used.
        known_by: By what the roster knows its people, one of `claims.KNOWN_BY`.
        sends_completion: Whether it is told who handed a reflection in.
    """

    title: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployments: tuple[str, ...]
    known_by: str
    sends_completion: bool = False


def add(scope: Scope, draft: PlatformDraft, *, private: bool) -> LtiPlatform:
    """Enter a platform.

    Args:
        scope: The office's; of a school it may bring that school's people only.
        draft: What it is.
        private: Whether platforms in private networks may be asked.

    Raises:
        InvalidError: If something is missing, is there already, or an address cannot be asked.
    """
    _check(scope, draft, private=private)
    row = LtiPlatform(**partners.entered_by(scope), **_columns(draft))
    scope.session.add(row)
    scope.session.flush()
    audit.record(scope, "lti_platform:added", row.id)
    return row


def change(scope: Scope, platform_id: UUID, draft: PlatformDraft, *, private: bool) -> LtiPlatform:
    """Let a platform be otherwise; its issuer stays, because people are known under it.

    Raises:
        NotFoundError: If this office has no such platform.
        InvalidError: As `add`, or if the issuer is another.
    """
    row = store.platform(scope, platform_id, lock=True)
    _check(scope, draft, private=private, but_not=row.id)
    if draft.issuer != row.issuer:
        raise InvalidError("issuer", "fixed")
    if row.sends_completion and not draft.sends_completion:
        completing.forget_unsent(scope, row.id)
    for name, value in _columns(draft).items():
        setattr(row, name, value)
    audit.record(scope, "lti_platform:changed", row.id)
    return row


def pause(scope: Scope, platform_id: UUID) -> None:
    """Let nobody in from there until somebody wants it again, and end what they opened.

    No unit of work may be open.

    Raises:
        NotFoundError: If this office has no such platform.
        StateError: If it is paused already.
    """
    with unit_of_work(scope):
        row = store.platform(scope, platform_id, lock=True)
        if row.paused_at is not None:
            raise StateError("the platform is paused already")
        row.paused_at = clock.now()
        audit.record(scope, "lti_platform:paused", row.id)
        ended = store.who_came(scope, row.id)
    closing.close(scope, platform_id, ended, WAY)


def resume(scope: Scope, platform_id: UUID) -> LtiPlatform:
    """Let people in from there again.

    Raises:
        NotFoundError: If this office has no such platform.
        StateError: If it is not paused.
    """
    row = store.platform(scope, platform_id, lock=True)
    if row.paused_at is None:
        raise StateError("the platform is not paused")
    row.paused_at = None
    audit.record(scope, "lti_platform:resumed", row.id)
    return row


def remove(scope: Scope, platform_id: UUID) -> None:
    """Forget a platform, and who of its people is who here, and end what they opened.

    No unit of work may be open.

    Raises:
        NotFoundError: If this office has no such platform.
    """
    with unit_of_work(scope):
        row = store.platform(scope, platform_id, lock=True)
        ended = store.who_came(scope, row.id)
        audit.record(scope, "lti_platform:removed", row.id)
        scope.session.delete(row)
    closing.close(scope, platform_id, ended, WAY)


def release(scope: Scope, platform_id: UUID, name: str) -> None:
    """Let the roster say anew, at the next launch, who somebody of a platform is.

    What they opened ends, and what the platform was to be told under that account is not sent: it
    may be about somebody else. No unit of work may be open.

    Args:
        scope: The office's.
        platform_id: Which platform.
        name: As of `store.bindings_named`.

    Raises:
        NotFoundError: If this office has no such platform.
        InvalidError: If nobody of this name came from there.
    """
    with unit_of_work(scope):
        row = store.platform(scope, platform_id, lock=True)
        bound = store.bindings_named(scope, row.id, name) if name else []
        if not bound:
            raise InvalidError("name", "unknown")
        ended = [each.user_id for each in bound]
        for each in bound:
            completing.forget_unsent(scope, row.id, each.subject)
            audit.record(scope, "lti_binding:released", each.user_id, detail=str(row.id))
            scope.session.delete(each)
    closing.close(scope, platform_id, ended, WAY)


def _columns(draft: PlatformDraft) -> dict[str, object]:
    return {
        "title": draft.title,
        "issuer": draft.issuer,
        "client_id": draft.client_id,
        "auth_url": draft.auth_url,
        "token_url": draft.token_url,
        "jwks_url": draft.jwks_url,
        "deployments": list(dict.fromkeys(draft.deployments)),
        "known_by": draft.known_by,
        "sends_completion": draft.sends_completion,
    }


def _check(
    scope: Scope, draft: PlatformDraft, *, private: bool, but_not: UUID | None = None
) -> None:
    check_text("title", draft.title, MAX_TITLE)
    check_text("issuer", draft.issuer, LONGEST)
    check_text("client_id", draft.client_id, LONGEST)
    check_address("issuer", draft.issuer, private=private)
    check_address("auth_url", draft.auth_url, private=private, with_query=True)
    check_address("jwks_url", draft.jwks_url, private=private)
    if draft.sends_completion and not draft.token_url:
        raise InvalidError("token_url", "required")
    if draft.token_url:
        check_address("token_url", draft.token_url, private=private)
    _check_deployments(draft.deployments)
    if draft.known_by not in KNOWN_BY:
        raise InvalidError("known_by", "required")
    if store.is_entered(scope, draft.issuer, draft.client_id, but_not):
        raise InvalidError("client_id", "taken")


def _check_deployments(deployments: Sequence[str]) -> None:
    if not deployments:
        raise InvalidError("deployments", "required")
    if len(deployments) > MOST_DEPLOYMENTS:
        raise InvalidError("deployments", "too_many")
    if any(len(each) > LONGEST or not each.isprintable() for each in deployments):
        raise InvalidError("deployments", "too_long")
