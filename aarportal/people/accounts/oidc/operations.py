"""To a provider and back: who came, and whom the roster knows by that."""

import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import SealedError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.wire import WireError
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts import store as accounts_store
from aarportal.people.accounts.oidc import flights, store, tokens, troubles, whom
from aarportal.people.accounts.oidc.asking import Asking, Client
from aarportal.people.accounts.oidc.discovery import Metadata
from aarportal.people.accounts.oidc.flights import Flight
from aarportal.people.accounts.oidc.models import OidcBinding, OidcProvider, OidcSpentState
from aarportal.people.accounts.oidc.refusing import operations as refusing
from aarportal.people.accounts.oidc.tokens import Expected, TokenError
from aarportal.people.accounts.oidc.troubles import OidcError
from aarportal.people.accounts.oidc.whom import Identity, Rule, WhomError
from aarportal.people.accounts.proofs import FRESH_FOR
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.roster.models import User

#: Name of the way, as it stands in a session.
OIDC = "oidc"

_SCOPES = {"email": "openid email", "sub": "openid"}


@dataclass(frozen=True)
class Portal:
    """What this installation is.

    Attributes:
        secret: Signs flights.
        asking: Asks providers.
    """

    secret: str
    asking: Asking


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a provider.

    Attributes:
        redirect_uri: Where the provider leads them back to.
        target: Where they want to go then.
        code: The school's code, if it was typed.
        other_account: Whether they want to choose an account.
        is_shared: Whether the device is one that many share.
        token: Of the session whose person proves anew who they are; empty for a sign-in.
    """

    redirect_uri: str
    target: str = ""
    code: str = ""
    other_account: bool = False
    is_shared: bool = False
    token: str = ""


@dataclass(frozen=True)
class Answer:
    """What a browser brought back from a provider."""

    state: str
    redirect_uri: str
    code: str = ""
    error: str = ""
    issuer: str = ""
    address: str = ""
    """Where the request came from; only a keyed hash of it is kept."""
    device: str = ""
    token: str = ""
    """Of the session that is open in this browser, or empty."""
    until: datetime | None = None
    """As of an `Entrance`."""


@dataclass(frozen=True)
class Arrival:
    """Somebody is in.

    Attributes:
        token: Of their session.
        target: Where they wanted to go.
        is_again: Whether they were in, and proved anew who they are.
    """

    token: str
    target: str
    is_again: bool = False


@dataclass(frozen=True)
class _Entry:
    """A provider, as it was entered.

    Attributes:
        is_of_board: Whether the board of education entered it, and not the office of a school.
    """

    id: UUID
    district_id: UUID
    issuer: str
    rule: Rule
    client: Client
    is_of_board: bool


def depart(portal: Portal, provider_id: UUID, wish: Wish) -> tuple[str, Flight]:
    """The address at the provider where somebody is to be led, and what is to be remembered.

    No unit of work may be open.

    Raises:
        OidcError: If nobody comes in by this provider now.
    """
    entry = _entry(provider_id)
    metadata = _metadata(portal, entry)
    again = ""
    if wish.token:
        found = accounts.who(wish.token)
        again = str(found[1].session.id) if found else ""
    flight = flights.begin(
        provider_id, clock.now(), target=wish.target, code=wish.code, again=again
    )
    asked = {
        "response_type": "code",
        "client_id": entry.client.client_id,
        "redirect_uri": wish.redirect_uri,
        "scope": _SCOPES.get(entry.rule.claim, "openid profile"),
        "state": flight.state,
        "nonce": flight.nonce(portal.secret),
        "code_challenge": flight.challenge(portal.secret),
        "code_challenge_method": "S256",
        **_hints(entry, wish, again=bool(again)),
    }
    mark = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{mark}{urlencode(asked)}", flight


def arrive(portal: Portal, provider_id: UUID, flight: Flight | None, answer: Answer) -> Arrival:
    """Let somebody in whom a provider sent back, or keep that they proved anew who they are.

    No unit of work may be open. The answer is taken once, whatever becomes of it.

    Args:
        portal: This installation.
        provider_id: As the address says that the provider leads back to.
        flight: What this browser remembers; None if it does not.
        answer: What it brought.

    Raises:
        OidcError: If nobody comes in by it.
        TooManyTriesError: If too many answers from there led nowhere.
    """
    if flight is None or not hmac.compare_digest(flight.state.encode(), answer.state.encode()):
        raise OidcError("lost")
    tried = refusing.tried(answer.address, portal.secret)
    refusing.refuse_too_many(tried)
    try:
        _spend(flight, provider_id)
        entry = _entry(provider_id)
        identity, proved_at = _identity(portal, entry, flight, answer)
        if flight.again:
            token = _prove_again(entry, flight, answer, identity, proved_at)
            return Arrival(token, flight.target, is_again=True)
        return Arrival(_let_in(entry, flight, answer, identity, proved_at), flight.target)
    except OidcError as error:
        detail = " ".join(filter(None, (OIDC, error.rule, error.detail)))
        refusing.note(provider_id, tried, detail)
        raise


def where_to_prove_again(user_id: UUID, target: str) -> str | None:
    """The path at which somebody proves anew who they are, where their account is kept.

    None if their provider cannot be asked to look anew: Google knows no `prompt=login` and says no
    `auth_time`.
    """
    with unit_of_work(SystemScope("proving again"), read_only=True) as scope:
        provider = store.last_provider(scope, user_id)
    if provider is None or provider.kind == whom.GOOGLE:
        return None
    return f"/sign-in/oidc/{provider.id}?{urlencode({'again': '1', 'next': target})}"


def _entry(provider_id: UUID) -> _Entry:
    with unit_of_work(SystemScope("sign-in"), read_only=True) as scope:
        row = store.open_provider(scope, provider_id)
        if row is None:
            raise OidcError("gone")
        rule = Rule(row.kind, tuple(row.tenants), row.claim, tuple(row.strong_acr))
        try:
            secret = row.client_secret.reveal() if row.client_secret else ""
        except SealedError:
            raise OidcError("not_set_up", detail="secret_lost") from None
        client = Client(row.issuer, row.client_id, secret)
        return _Entry(row.id, row.district_id, row.issuer, rule, client, row.school_id is None)


def _metadata(portal: Portal, entry: _Entry) -> Metadata:
    try:
        return portal.asking.known(entry.issuer)[0]
    except WireError as error:
        raise troubles.of_wire(error.rule) from None


def _hints(entry: _Entry, wish: Wish, *, again: bool) -> dict[str, str]:
    hints = {}
    if entry.rule.kind == whom.GOOGLE:
        # Only what the page of Google offers; what counts is the claim in the token.
        hints["hd"] = entry.rule.tenants[0] if len(entry.rule.tenants) == 1 else "*"
    if again:
        # Asked anew by the first; by the second the token says when (`auth_time`).
        hints["prompt"], hints["max_age"] = "login", "60"
        if entry.rule.strong_acr:
            hints["acr_values"] = " ".join(entry.rule.strong_acr)
    elif wish.is_shared and entry.rule.kind == whom.ANY:
        # Otherwise the next child comes in as the one before, whom the provider still knows. Not
        # every provider has a choice of accounts; every one can ask anew.
        hints["prompt"] = "login"
    elif wish.is_shared or wish.other_account:
        hints["prompt"] = "select_account"
    return hints


def _spend(flight: Flight, provider_id: UUID) -> None:
    """Take the answer of a flight, once."""
    now = clock.now()
    if flight.provider != provider_id:
        raise OidcError("mixed_up", detail="address")
    if flight.is_over(now):
        raise OidcError("too_late")
    try:
        with unit_of_work(SystemScope("sign-in")) as scope:
            store.forget_spent(scope, now - 3 * flights.FLIGHT_LENGTH)
            if store.spent(scope, flight.state_hash) is not None:
                raise OidcError("used_already")
            scope.session.add(OidcSpentState(state_hash=flight.state_hash, spent_at=now))
    except IntegrityError:
        # Two tabs at the same moment: the other one was first.
        raise OidcError("used_already") from None


def _identity(
    portal: Portal, entry: _Entry, flight: Flight, answer: Answer
) -> tuple[Identity, datetime | None]:
    """Which account it is, and when its owner proved it there; None if nobody says when."""
    metadata = _metadata(portal, entry)
    if (answer.issuer or metadata.says_issuer) and answer.issuer != entry.issuer:
        raise OidcError("mixed_up", detail="iss")
    if answer.error:
        raise troubles.of_answer(answer.error)
    if not answer.code:
        raise OidcError("interrupted", detail="no code")
    try:
        token, access = portal.asking.exchange(
            metadata,
            entry.client,
            answer.code,
            flight.verifier(portal.secret),
            answer.redirect_uri,
        )
        claims = _claims(portal, entry, token, flight, access)
        proved = tokens.moment_of(claims, "auth_time")
        found = whom.identity(claims, entry.rule)
        # Whoever enters a provider says whose keys are believed: an office that runs one itself
        # would prove two factors of the head, and open what its own role does not.
        found = replace(found, is_strong=found.is_strong and entry.is_of_board)
    except WireError as error:
        raise troubles.of_wire(error.rule) from None
    except TokenError as error:
        raise OidcError("bad_token", detail=error.rule) from None
    except WhomError as error:
        raise OidcError(error.rule, shown=error.shown) from None
    return found, None if proved is None else datetime.fromtimestamp(proved, UTC)


def _claims(
    portal: Portal, entry: _Entry, token: str, flight: Flight, access: str
) -> dict[str, object]:
    metadata, keys = portal.asking.known(entry.issuer)
    expected = Expected(
        issuer=entry.issuer,
        client_id=entry.client.client_id,
        nonce=flight.nonce(portal.secret),
        now=clock.now(),
        asked_at=flight.asked_at,
        algorithms=metadata.algorithms,
        access_token=access,
    )
    try:
        return tokens.verified(token, keys, expected)
    except TokenError as error:
        newer = portal.asking.newer_keys(entry.issuer) if error.rule == "key" else None
        if newer is None:
            raise
    return tokens.verified(token, newer, expected)


def _let_in(
    entry: _Entry,
    flight: Flight,
    answer: Answer,
    identity: Identity,
    proved_at: datetime | None,
) -> str:
    try:
        with unit_of_work(SystemScope("sign-in")) as scope:
            found = _applicant(scope, entry.id, identity, flight.code)
        if proved_at is None and entry.rule.kind != whom.GOOGLE:
            # It may have known them since long ago. Where it is asked anew it has to say when;
            # Google never does, and its people could not even set up a device for codes.
            proved_at = clock.now() - FRESH_FOR
        entrance = accounts.Entrance(
            OIDC, answer.device, identity.is_strong, proved_at, answer.until
        )
        return accounts.let_in(found, entrance)
    except IntegrityError:
        # The same person in two tabs, the first time: the other one made what was missing.
        raise OidcError("interrupted", detail="at once") from None
    except OidcError:
        raise
    except InvalidError:
        raise OidcError("ended", shown=identity.value, detail="role") from None


def _applicant(
    scope: SystemScope, provider_id: UUID, identity: Identity, code: str
) -> accounts_store.Applicant:
    """The person whose account it is, with an account here: nobody is made up.

    Raises:
        OidcError: If the roster does not know them, or not any more.
    """
    provider = store.open_provider(scope, provider_id)
    if provider is None:
        raise OidcError("gone")
    bound = store.binding(scope, provider.id, identity.subject)
    user = store.user_bound(scope, bound) if bound else _named(scope, provider, identity)
    if bound is None and store.binding_of(scope, provider.id, user.id) is not None:
        # Addresses are given to somebody else one day; the account that came first counts.
        raise OidcError("other_account", shown=identity.value)
    account = store.account(scope, user.id) or accounts.account_without_password(scope, user)
    scope.session.flush()
    for each in store.codes(scope, provider, code):
        found = accounts_store.applicant(scope, each, account.login_id, clock.today())
        if found is not None:
            break
    else:
        raise OidcError("ended", shown=identity.value)
    if bound is None:
        scope.session.add(
            OidcBinding(
                district_id=provider.district_id,
                provider_id=provider.id,
                subject=identity.subject,
                user_id=user.id,
            )
        )
        audit.record(scope, "oidc_binding:made", user.id, district_id=provider.district_id)
    return found


def _named(scope: SystemScope, provider: OidcProvider, identity: Identity) -> User:
    people = store.people_named(scope, provider.district_id, provider.compared_with, identity.value)
    enabled = [each for each in people if each.enabled]
    if len(enabled) == 1:
        return enabled[0]
    rule = "ambiguous" if enabled else "ended" if people else "unknown"
    raise OidcError(rule, shown=identity.value)


def _prove_again(
    entry: _Entry,
    flight: Flight,
    answer: Answer,
    identity: Identity,
    proved_at: datetime | None,
) -> str:
    """Keep that somebody proved anew who they are, if it was the same person, and just now."""
    found = accounts.who(answer.token) if answer.token else None
    if found is None or str(found[1].session.id) != flight.again:
        raise OidcError("other_session")
    earliest = flight.asked_at - timedelta(seconds=tokens.SKEW_SECONDS)
    # What was asked for stands in the address, where anybody can strike it out.
    if proved_at is None or proved_at < earliest:
        raise OidcError("not_fresh")
    with unit_of_work(SystemScope("proving again"), read_only=True) as scope:
        bound = store.binding(scope, entry.id, identity.subject)
        # In a pupil's view the session is still the viewer's.
        if bound is None or store.user_bound(scope, bound).id != found[1].session.user_id:
            raise OidcError("other_person")
    return proving.proved(answer.token, is_strong=identity.is_strong)
