"""Providers as the board and offices enter them: entering, trying, closing."""

import re
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock, partners
from aarportal.core.errors import InvalidError
from aarportal.core.scope import Scope
from aarportal.core.sealing import Secret
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.wire import WireError
from aarportal.people.accounts.closing import operations as closing
from aarportal.people.accounts.oidc import whom
from aarportal.people.accounts.oidc.asking import Asking
from aarportal.people.accounts.oidc.models import OidcBinding, OidcProvider, PasswordlessSchool
from aarportal.people.accounts.oidc.operations import OIDC
from aarportal.people.accounts.oidc.providers import store

MAX_TITLE = 40
_DOMAIN = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_CLAIM = re.compile(r"[A-Za-z][A-Za-z0-9_.:/-]{0,99}")
#: What Entra lets nobody but the organisation set; an address of e-mail it does not prove.
_OF_ENTRA = frozenset({"preferred_username", "upn"})
_FIELDS = frozenset({"username", "master_identifier"})


@dataclass(frozen=True)
class ProviderDraft:
    """A provider, as the office enters it.

    Attributes:
        issuer: Only of `any`: Google and Entra follow from their kind and tenant.
        secret: Empty keeps the one that was entered before.
    """

    title: str
    kind: str
    client_id: str
    issuer: str = ""
    tenants: tuple[str, ...] = ()
    claim: str = ""
    compared_with: str = "username"
    strong_acr: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)


def add(scope: Scope, draft: ProviderDraft, *, private: bool) -> OidcProvider:
    """Enter a provider.

    Args:
        scope: The board's, for its whole district, or an office's, for its school alone.
        draft: As it was typed.
        private: Whether the provider may stand in a private network.

    Raises:
        InvalidError: If something is missing or does not go together.
    """
    checked = _checked(draft, private=private)
    if checked.kind != whom.ANY and not checked.secret:
        raise InvalidError("secret", "required")
    row = OidcProvider(
        **partners.entered_by(scope),
        client_secret=Secret(checked.secret) if checked.secret else None,
        **_columns(checked),
    )
    scope.session.add(row)
    scope.session.flush()
    audit.record(scope, "oidc_provider:added", row.id, detail=row.issuer)
    return row


def change(scope: Scope, provider_id: UUID, draft: ProviderDraft, *, private: bool) -> OidcProvider:
    """Let a provider be otherwise.

    With another issuer or another tenant nobody is bound to their account any more.

    Raises:
        NotFoundError: If this office has no such provider.
        InvalidError: As `add`, or if the secret is missing for another issuer: it must not be sent
            to somebody for whom it was not meant.
    """
    row = store.provider(scope, provider_id, lock=True)
    checked = _checked(draft, private=private)
    is_other = row.issuer != checked.issuer
    if is_other and row.client_secret is not None and not checked.secret:
        raise InvalidError("secret", "required")
    if is_other or set(row.tenants) - set(checked.tenants):
        _release_all(scope, row.id)
    for name, value in _columns(checked).items():
        setattr(row, name, value)
    if checked.secret:
        row.client_secret = Secret(checked.secret)
    row.tried_at, row.trouble, row.found = None, "", {}
    audit.record(scope, "oidc_provider:changed", row.id, detail=row.issuer)
    return row


def try_out(scope: Scope, provider_id: UUID, asking: Asking) -> None:
    """Ask a provider what it says of itself, and keep that for the page; no unit may be open.

    Raises:
        NotFoundError: If this office has no such provider.
    """
    with unit_of_work(scope, read_only=True):
        issuer = store.provider(scope, provider_id).issuer
    trouble, found = "", {}
    try:
        metadata, keys = asking.anew(issuer)
        found = metadata.told(len(keys))
    except WireError as error:
        trouble = error.rule
    with unit_of_work(scope):
        row = store.provider(scope, provider_id, lock=True)
        row.tried_at, row.trouble, row.found = clock.now(), trouble, found
        audit.record(scope, "oidc_provider:tried", row.id, detail=trouble)


def set_open(scope: Scope, provider_id: UUID, *, is_open: bool) -> None:
    """Let people come in by a provider, or not for now, and end what they opened by it.

    No unit of work may be open.

    Raises:
        NotFoundError: If this office has no such provider.
    """
    with unit_of_work(scope):
        row = store.provider(scope, provider_id, lock=True)
        row.paused_at = None if is_open else row.paused_at or clock.now()
        audit.record(scope, f"oidc_provider:{'opened' if is_open else 'closed'}", row.id)
        ended = [] if is_open else store.who_came(scope, row.id)
    closing.close(scope, provider_id, ended, OIDC)


def remove(scope: Scope, provider_id: UUID) -> None:
    """Forget a provider, its secret, and whose accounts are whose there, and end what they opened.

    No unit of work may be open.

    Raises:
        NotFoundError: If this office has no such provider.
    """
    with unit_of_work(scope):
        row = store.provider(scope, provider_id, lock=True)
        ended = store.who_came(scope, row.id)
        _release_all(scope, row.id)
        audit.record(scope, "oidc_provider:removed", row.id, detail=row.issuer)
        scope.session.delete(row)
    closing.close(scope, provider_id, ended, OIDC)


def release(scope: Scope, provider_id: UUID, name: str) -> None:
    """Let a person come in with another account of a provider, from the next time.

    What is open by the one of before ends. No unit of work may be open.

    Raises:
        NotFoundError: If this office has no such provider.
        InvalidError: If nobody of this name came in by it.
    """
    with unit_of_work(scope):
        row = store.provider(scope, provider_id)
        bound = store.binding_of(scope, row.id, name) if name else None
        if bound is None:
            raise InvalidError("name", "unknown")
        audit.record(scope, "oidc_binding:released", bound.user_id)
        scope.session.delete(bound)
    closing.close(scope, provider_id, [bound.user_id], OIDC)


def set_passwords(scope: Scope, *, are_off: bool) -> None:
    """Say whether people come in by providers alone; whoever manages ways keeps their password.

    Raises:
        InvalidError: If there is no provider by which they could.
    """
    row = store.passwordless(scope)
    if are_off and not any(each.paused_at is None for each in store.providers(scope)):
        raise InvalidError("passwords", "no_provider")
    if are_off and row is None:
        school_id = store.said_about(scope)
        scope.session.add(
            PasswordlessSchool(
                district_id=scope.district_id, school_id=school_id, made_by=scope.actor_id
            )
        )
    if not are_off and row is not None:
        scope.session.delete(row)
    audit.record(scope, "passwords:off" if are_off else "passwords:on", store.said_about(scope))


def _release_all(scope: Scope, provider_id: UUID) -> None:
    scope.session.execute(delete(OidcBinding).where(OidcBinding.provider_id == provider_id))


def _columns(draft: ProviderDraft) -> dict[str, object]:
    return {
        "title": draft.title,
        "kind": draft.kind,
        "issuer": draft.issuer,
        "client_id": draft.client_id,
        "tenants": list(draft.tenants),
        "claim": draft.claim,
        "compared_with": draft.compared_with,
        "strong_acr": list(draft.strong_acr),
    }


def _checked(draft: ProviderDraft, *, private: bool) -> ProviderDraft:
    """The draft with what follows from its kind."""
    partners.check_text("title", draft.title, MAX_TITLE)
    partners.check_text("client_id", draft.client_id)
    partners.check_secret(draft.secret, needed=False)
    if draft.compared_with not in _FIELDS:
        raise InvalidError("compared_with", "unknown")
    if any(len(each) > 200 for each in draft.strong_acr):
        raise InvalidError("strong_acr", "too_long")
    by_kind = {whom.GOOGLE: _of_google, whom.ENTRA: _of_entra, whom.ANY: _of_any}
    if draft.kind not in by_kind:
        raise InvalidError("kind", "unknown")
    found = by_kind[draft.kind](draft)
    partners.check_address("issuer", found.issuer, private=private)
    return found


def _of_google(draft: ProviderDraft) -> ProviderDraft:
    return replace(
        draft, issuer=whom.GOOGLE_ISSUER, tenants=_domains(draft, needed=True), claim="email"
    )


def _of_entra(draft: ProviderDraft) -> ProviderDraft:
    """One tenant, by its id: whoever is let in from any tenant is let in from everybody's."""
    tenants = tuple(each.lower() for each in draft.tenants)
    if len(tenants) != 1 or not whom.is_tenant(tenants[0]):
        raise InvalidError("tenants", "tenant")
    claim = draft.claim or "preferred_username"
    if claim not in _OF_ENTRA:
        raise InvalidError("claim", "not_of_entra")
    return replace(draft, issuer=whom.entra_issuer(tenants[0]), tenants=tenants, claim=claim)


def _of_any(draft: ProviderDraft) -> ProviderDraft:
    if not draft.issuer:
        raise InvalidError("issuer", "required")
    if whom.needs_own_kind(draft.issuer):
        raise InvalidError("issuer", "own_kind")
    claim = draft.claim or "preferred_username"
    if not _CLAIM.fullmatch(claim):
        raise InvalidError("claim", "unknown")
    if claim in whom.CHOSEN_BY_THEMSELVES:
        raise InvalidError("claim", "chosen")
    return replace(draft, tenants=_domains(draft, needed=False), claim=claim)


def _domains(draft: ProviderDraft, *, needed: bool) -> tuple[str, ...]:
    domains = tuple(dict.fromkeys(each.lower() for each in draft.tenants))
    if not all(_DOMAIN.fullmatch(each) for each in domains) or (needed and not domains):
        raise InvalidError("tenants", "domain")
    return domains
