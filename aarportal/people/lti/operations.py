"""Launches: begun with a state and a nonce, looked at, and ended with somebody who comes in.

No unit of work may be open: other systems are asked in between.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.operations import Entrance
from aarportal.people.accounts.store import Applicant
from aarportal.people.lti import claims, store
from aarportal.people.lti.claims import Expected, Launch, origin_of
from aarportal.people.lti.completing import operations as completing
from aarportal.people.lti.models import LtiBinding, LtiChoice, LtiContext, LtiLogin, LtiPlatform
from aarportal.people.lti.tokens import TokenError
from aarportal.people.roster.models import User

WAY = "lti"
#: A launch takes seconds; a child who has to type a password at the platform takes minutes.
_LOGIN_LENGTH = timedelta(minutes=10)
_TICKET_LENGTH = timedelta(minutes=3)
_CHOICE_LENGTH = timedelta(hours=1)
#: How long a launch that is over is known: none of it can be used again.
_KEPT = timedelta(days=1)
_REASON = "LTI launch"
_LONGEST_HINT = 4096
#: Others may be the first with the course, with the link, and with the same person.
_TRIES = 4
#: Roles that a platform which a school's office entered may bring.
_OF_SCHOOLS = frozenset({"student", "teacher"})

Verify = Callable[[str, str], dict[str, Any]]


@dataclass(frozen=True)
class LoginRequest:
    """How a platform begins a launch (third-party initiated login).

    Attributes:
        platform_id: Which registration its address named; None for the common address.
        browser: What the cookie of launches says; empty without one.
    """

    issuer: str
    login_hint: str
    message_hint: str
    client_id: str
    deployment_id: str
    platform_id: UUID | None
    browser: str


@dataclass(frozen=True)
class Begun:
    """A launch that was begun.

    Attributes:
        address: Where the browser is sent to be recognized.
        browser: What the cookie of launches has to say from now on.
        origins: Web origins of the platform.
    """

    address: str
    state: str
    browser: str
    origins: frozenset[str]


@dataclass(frozen=True)
class Arrived:
    """Somebody who may come in.

    Attributes:
        ticket: With which they do, once.
        name: How the page calls them.
        kana: How that is read; empty where the roster does not say.
        is_same_browser: Whether the launch was begun in the browser in which it ended.
        origins: Web origins of the platform.
    """

    ticket: str
    name: str
    kana: str
    is_same_browser: bool
    origins: frozenset[str]


class _BoundError(TokenError):
    """An account that was somebody else's than whom the roster means by it now."""

    def __init__(self, user_id: UUID) -> None:
        """Say whose it was: the office finds them in the trace, and can let go of the account."""
        super().__init__("bound_to_another")
        self.user_id = user_id


class RefusedLaunchError(TokenError):
    """A launch of a known platform that is not taken.

    Attributes:
        origins: Web origins of the platform, whose frame may show why.
    """

    def __init__(self, rule: str, origins: frozenset[str]) -> None:
        """Name the rule and the platform."""
        super().__init__(rule)
        self.origins = origins


def origins_of(row: LtiPlatform) -> frozenset[str]:
    """Web origins of a platform: those of the addresses that the office entered."""
    addresses = (row.issuer, row.auth_url, row.jwks_url)
    return frozenset(filter(None, map(origin_of, addresses)))


def services_of(row: LtiPlatform) -> frozenset[str]:
    """Web origins at which its services may be."""
    return origins_of(row) | {origin_of(row.token_url)} - {""}


def begin(request: LoginRequest, root: str) -> Begun:
    """Begin a launch.

    Args:
        request: What the platform says.
        root: The portal's own address, without a slash at its end.

    Raises:
        TokenError: If the platform is not known here, or does not say enough.
    """
    if not request.login_hint or not request.issuer:
        raise TokenError("login")
    if max(len(request.login_hint), len(request.message_hint)) > _LONGEST_HINT:
        raise TokenError("login")
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    browser = request.browser or secrets.token_urlsafe(32)
    with unit_of_work(SystemScope(_REASON)) as scope:
        found = store.launching(
            scope, request.issuer, request.client_id, request.deployment_id, request.platform_id
        )
        if len(found) != 1:
            raise TokenError("platform")
        [platform] = found
        now = clock.now()
        old = delete(LtiLogin).where(LtiLogin.expires_at < now - _KEPT)
        scope.session.execute(old, execution_options={"synchronize_session": False})
        scope.session.add(
            LtiLogin(
                state_hash=_hash(state),
                district_id=platform.district_id,
                platform_id=platform.id,
                nonce=nonce,
                browser_hash=_hash(browser),
                begun_at=now,
                expires_at=now + _LOGIN_LENGTH,
            )
        )
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": f"{root}/lti/launch",
        "login_hint": request.login_hint,
        "state": state,
        "nonce": nonce,
    }
    if request.message_hint:
        query["lti_message_hint"] = request.message_hint
    mark = "&" if "?" in platform.auth_url else "?"
    address = f"{platform.auth_url}{mark}{urlencode(query)}"
    return Begun(address, state, browser, origins_of(platform))


def arrive(token: str, state: str, browser: str, root: str, verify: Verify) -> Arrived:
    """Look at a launch, and find who it is.

    Args:
        token: The id_token.
        state: As it came back.
        browser: What the cookie of launches says; empty without one.
        root: The portal's own address, without a slash at its end.
        verify: (token, address of keys) -> its claims, if a key from there signed it.

    Raises:
        TokenError: If anything of it is not as it has to be, or the person is not in the roster.
    """
    row, platform = _use_state(state)
    expected = Expected(
        issuer=platform.issuer,
        client_id=platform.client_id,
        deployments=platform.deployments,
        nonce=row.nonce,
        root=root,
        begun_at=row.begun_at,
        now=clock.now(),
        origins=origins_of(platform),
    )
    try:
        launch = claims.checked(verify(token, platform.jwks_url), expected)
        ticket, user = _recognized(row, platform, launch)
    except TokenError as error:
        _note_refusal(platform, error)
        raise RefusedLaunchError(error.rule, expected.origins) from error
    is_same = bool(browser) and secrets.compare_digest(_hash(browser), row.browser_hash)
    name = f"{user.family_name} {user.given_name}"
    kana = f"{user.kana_family_name} {user.kana_given_name}".strip()
    return Arrived(ticket, name, kana, is_same, expected.origins)


def enter(ticket: str, state: str, device: str, until: datetime | None = None) -> tuple[str, str]:
    """Let somebody in who was launched; the token of their session, and where they wanted to go.

    Args:
        ticket: As of `Arrived`.
        state: What the platform kept for us; empty if it keeps nothing.
        device: As of an `Entrance`.
        until: Likewise.

    Raises:
        TokenError: If the ticket was used, is over, or the state is another launch's.
    """
    now = clock.now()
    with unit_of_work(SystemScope(_REASON)) as scope:
        row = store.ticket(scope, _hash(ticket))
        if row is None or row.expires_at <= now:
            raise TokenError("ticket")
        is_good = not state or _hash(state) == row.state_hash
        row.ticket_hash = None
        found = _applicant(scope, row) if is_good else None
        target = row.target
    if found is None:
        raise TokenError("ticket" if is_good else "state")
    return accounts.let_in(found, Entrance(WAY, device, until=until)), target


def _use_state(state: str) -> tuple[LtiLogin, LtiPlatform]:
    """The launch that was begun with this state; from now on it is used.

    Raises:
        TokenError: If there is none, or it is over or was used.
    """
    now = clock.now()
    with unit_of_work(SystemScope(_REASON)) as scope:
        row = store.login(scope, _hash(state))
        if row is None or row.used_at is not None or row.expires_at <= now:
            raise TokenError("state")
        row.used_at = now
        platform = store.platform_of(scope, row.platform_id)
        if platform is None:
            raise TokenError("platform")
    return row, platform


def _recognized(row: LtiLogin, platform: LtiPlatform, launch: Launch) -> tuple[str, User]:
    """Find the person, and give out a ticket; anew where another launch brought the same row.

    A class taps a new link at once. The state is used by now, so nobody can begin from the start.
    """
    for _ in range(_TRIES - 1):
        try:
            return _recognize(row, platform, launch)
        except IntegrityError:
            continue
    return _recognize(row, platform, launch)


def _recognize(row: LtiLogin, platform: LtiPlatform, launch: Launch) -> tuple[str, User]:
    """Find the person, and give out a ticket for them."""
    ticket, now = secrets.token_urlsafe(32), clock.now()
    with unit_of_work(SystemScope(_REASON)) as scope:
        user_id = _person(scope, platform, launch)
        school_id = _school(scope, platform, launch.deployment_id)
        found = store.place(scope, user_id, school_id, clock.today())
        if found is None:
            raise TokenError("not_in_roster")
        user, school_id, role = found
        if not _may_bring(platform, role):
            raise TokenError("not_in_roster")
        _bind(scope, platform, launch, user)
        if store.account(scope, user.id) is None:
            accounts.account_without_password(scope, user)
        current = store.login(scope, row.state_hash)
        assert current is not None
        current.ticket_hash, current.expires_at = _hash(ticket), now + _TICKET_LENGTH
        current.user_id, current.school_id = user.id, school_id
        current.target = _target(scope, platform, launch, user, role)
        _note_context(scope, platform, launch)
        if role == "student":
            completing.note_opened(scope, platform, launch, user.id, services_of(platform))
        detail = f"{platform.id}: {'deep linking' if launch.links else 'resource link'}"
        student_id = user.id if role == "student" else None
        audit.record(
            scope, "lti:launched", user.id,
            student_id=student_id, district_id=platform.district_id, detail=detail,
        )  # fmt: skip
    return ticket, user


def _person(scope: SystemScope, platform: LtiPlatform, launch: Launch) -> UUID:
    """Who it is: whoever came under this name before, else whom the roster knows by it.

    Raises:
        TokenError: If nobody is meant, several are, or somebody else than before.
    """
    bound = store.binding(scope, platform.id, launch.subject)
    name = launch.names.get(platform.known_by, "")
    found = store.in_roster(scope, platform.district_id, platform.known_by, name)
    if bound is None:
        if len(found) != 1:
            raise TokenError("not_in_roster" if not found else "several_in_roster")
        return found[0]
    came = store.who_stays(scope, bound.user_id)
    if found and came not in found:
        # The roster has given the name to somebody else: a person has to look at that.
        raise _BoundError(bound.user_id)
    return came


def _school(scope: SystemScope, platform: LtiPlatform, deployment_id: str) -> UUID | None:
    """The one school whose people this launch may bring; None for the whole district.

    学習eポータル call a school's deployment `S_` and its 学校コード.
    """
    named = None
    if deployment_id.startswith("S_"):
        code = deployment_id.removeprefix("S_")
        named = store.school_of_code(scope, platform.district_id, code)
    if platform.school_id is not None and named not in {None, platform.school_id}:
        raise TokenError("not_in_roster")
    return platform.school_id or named


def _may_bring(platform: LtiPlatform, role: str) -> bool:
    """Whether somebody with this role comes in from there.

    Whoever enters a platform says whose keys are believed: the office of a school can let pupils
    and teachers in that way, and nobody with rights like its own or the head's.
    """
    if platform.school_id is not None:
        return role in _OF_SCHOOLS
    return accounts.role_of(role) is not None


def _bind(scope: SystemScope, platform: LtiPlatform, launch: Launch, user: User) -> None:
    if store.binding(scope, platform.id, launch.subject) is None:
        scope.session.add(
            LtiBinding(
                district_id=platform.district_id,
                platform_id=platform.id,
                subject=launch.subject,
                user_id=user.id,
            )
        )
        audit.record(
            scope, "lti_binding:made", user.id,
            district_id=platform.district_id, detail=str(platform.id),
        )  # fmt: skip


def _target(
    scope: SystemScope, platform: LtiPlatform, launch: Launch, user: User, role: str
) -> str:
    """Where the launch ends; a teacher who is to choose a link is led to the choice."""
    if launch.links is None:
        return launch.target
    if role != "teacher":
        raise TokenError("not_a_teacher")
    row = LtiChoice(
        id=new_id(),
        district_id=platform.district_id,
        platform_id=platform.id,
        user_id=user.id,
        deployment_id=launch.deployment_id,
        return_url=launch.links.return_url,
        data=launch.links.data,
        expires_at=clock.now() + _CHOICE_LENGTH,
    )
    scope.session.add(row)
    return f"/links/{row.id}"


def _note_context(scope: SystemScope, platform: LtiPlatform, launch: Launch) -> None:
    """Keep where the members of the course can be asked for, if the platform says so."""
    address = launch.memberships_url
    if not launch.context_id or not address or not platform.token_url:
        return
    if origin_of(address) not in services_of(platform):
        return
    row = store.context(scope, platform.id, launch.context_id)
    if row is None:
        row = LtiContext(
            district_id=platform.district_id,
            platform_id=platform.id,
            context_id=launch.context_id,
        )
        scope.session.add(row)
    if (row.title, row.memberships_url) != (launch.context_title, address):
        row.title, row.memberships_url = launch.context_title, address


def _applicant(scope: SystemScope, row: LtiLogin) -> Applicant | None:
    """Whoever a ticket was given to, if they still may come in."""
    if row.user_id is None or store.platform_of(scope, row.platform_id) is None:
        return None
    school_id = row.school_id
    only = school_id if school_id is not None and school_id.int else None
    found = store.place(scope, row.user_id, only, clock.today())
    account = store.account(scope, row.user_id)
    if found is None or account is None:
        return None
    return Applicant(account, found[1], found[2])


def _note_refusal(platform: LtiPlatform, error: TokenError) -> None:
    about, detail = platform.id, error.rule
    if isinstance(error, _BoundError):
        about, detail = error.user_id, f"{error.rule}: {platform.id}"
    with unit_of_work(SystemScope(_REASON)) as scope:
        audit.record(scope, "lti:refused", about, district_id=platform.district_id, detail=detail)


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()
