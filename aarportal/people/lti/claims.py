"""What a launch says, pure: every claim is looked at before anybody comes in.

Source: 1EdTech LTI 1.3 core, sections 4 and 5; 1EdTech Security Framework 1.0, section 5.1.3.
Claims of Japanese 学習eポータル are taken as they come: what is not asked for is not looked at.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aarportal.people.lti.tokens import TokenError

PREFIX = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
VERSION = "1.3.0"
RESOURCE_LINK, DEEP_LINK = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"

#: How far the clocks of two servers may be apart.
SKEW = timedelta(minutes=2)
LONGEST = 255
#: Platforms write whole tokens into the addresses of their services.
LONGEST_ADDRESS = 2000
_LONGEST_DATA = 8 * 1024
#: Roles of somebody who is nobody, in full and in short.
_NOBODY = frozenset(
    {
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Guest",
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#None",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#None",
        "Guest",
    }
)

#: By what the roster can know somebody: `sub` is the 利用者識別子; the sourcedId of the roster; an
#: address that is the login name.
KNOWN_BY = ("identifier", "sourced_id", "email")


@dataclass(frozen=True)
class Expected:
    """What a launch has to agree with.

    Attributes:
        root: The portal's own address, without a slash at its end.
        begun_at: When this launch was begun here.
        now: On our clock.
        origins: Web origins of the platform, for addresses that the launch names.
    """

    issuer: str
    client_id: str
    deployments: Sequence[str]
    nonce: str = field(repr=False)
    root: str
    begun_at: datetime
    now: datetime
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Links:
    """What a platform asks for when it wants a link to be chosen."""

    return_url: str
    data: str | None


@dataclass(frozen=True)
class Scores:
    """Where scores of a link go (AGS).

    Attributes:
        items_url: Where a line item can be made; empty where none may be.
        item_url: The line item of the link; empty if there is none.
    """

    link_id: str
    items_url: str
    item_url: str


@dataclass(frozen=True)
class Launch:
    """A launch that may be believed.

    Attributes:
        names: Kind of `KNOWN_BY` -> what the launch says of it.
        target: A path of the portal.
        links: None unless a link is to be chosen.
        memberships_url: Where the members of the context are asked for; empty if nowhere.
        scores: None where the platform takes none.
    """

    subject: str
    deployment_id: str
    names: Mapping[str, str]
    target: str
    context_id: str
    context_title: str
    links: Links | None = None
    memberships_url: str = ""
    scores: Scores | None = None


def checked(claims: Mapping[str, Any], expected: Expected) -> Launch:
    """The launch, if all of its claims are as they have to be.

    Raises:
        TokenError: The first rule that is broken.
    """
    _check_envelope(claims, expected)
    deployment_id = claims.get(f"{PREFIX}deployment_id")
    if not isinstance(deployment_id, str) or deployment_id not in expected.deployments:
        raise TokenError("deployment")
    message = claims.get(f"{PREFIX}message_type")
    # No set: what is not hashable is no message either.
    if message not in (RESOURCE_LINK, DEEP_LINK):
        raise TokenError("message_type")
    if claims.get(f"{PREFIX}version") != VERSION:
        raise TokenError("version")
    subject = _text(claims.get("sub"), "subject")
    roles = claims.get(f"{PREFIX}roles")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise TokenError("roles")
    if _NOBODY & set(roles):
        raise TokenError("anonymous")
    links = None
    if message == RESOURCE_LINK:
        _text(_part(claims, f"{PREFIX}resource_link").get("id"), "resource_link")
    else:
        links = _links(_part(claims, f"{DEEP_LINKING}deep_linking_settings"), expected)
    context = _part(claims, f"{PREFIX}context")
    return Launch(
        subject,
        deployment_id,
        _names(claims, subject),
        own_target(claims.get(f"{PREFIX}target_link_uri"), expected.root),
        _short(context.get("id")),
        _short(context.get("title") or context.get("label")),
        links,
        _address(_part(claims, NRPS_CLAIM).get("context_memberships_url")),
        _scores(claims) if links is None else None,
    )


def own_target(address: Any, root: str) -> str:
    """The path at which a launch ends; `/` for the address of launches itself.

    Raises:
        TokenError: If it is not one of this portal.
    """
    if not isinstance(address, str) or not address.isascii() or not address.isprintable():
        raise TokenError("target")
    if any(mark in address for mark in ("\\", " ")):
        raise TokenError("target")
    try:
        parts = urlsplit(address)
        if origin_of(address) != origin_of(root) or parts.username is not None:
            raise TokenError("target")
    except ValueError as error:
        raise TokenError("target") from error
    if parts.path.startswith(("//", "/lti/")) or not parts.path:
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as a browser names them; empty if it has none.

    Source: RFC 6454, section 6.2.
    """
    try:
        parts: SplitResult = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def _check_envelope(claims: Mapping[str, Any], expected: Expected) -> None:
    """Who says it, to whom, when, and in answer to what."""
    if claims.get("iss") != expected.issuer:
        raise TokenError("issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise TokenError("audience")
    party = claims.get("azp")
    if (party is not None or len(audiences) > 1) and party != expected.client_id:
        raise TokenError("authorized_party")
    ends, made = _moment(claims.get("exp"), "expired"), _moment(claims.get("iat"), "issued_at")
    if expected.now - SKEW >= ends:
        raise TokenError("expired")
    if made > expected.now + SKEW or made < expected.begun_at - SKEW:
        raise TokenError("issued_at")
    if "nbf" in claims and _moment(claims["nbf"], "not_before") > expected.now + SKEW:
        raise TokenError("not_before")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode("utf-8", "replace"), expected.nonce.encode()
    ):
        raise TokenError("nonce")


def _names(claims: Mapping[str, Any], subject: str) -> dict[str, str]:
    email = claims.get("email") if claims.get("email_verified", True) is True else None
    return {
        "identifier": subject,
        "sourced_id": _short(_part(claims, f"{PREFIX}lis").get("person_sourcedid")),
        "email": _short(email),
    }


def _links(asked: Mapping[str, Any], expected: Expected) -> Links:
    address, data = asked.get("deep_link_return_url"), asked.get("data")
    if not isinstance(address, str) or origin_of(address) not in expected.origins:
        raise TokenError("return_url")
    if not address.isascii() or not address.isprintable() or urlsplit(address).username is not None:
        raise TokenError("return_url")
    accepted = asked.get("accept_types")
    if not isinstance(accepted, list) or "ltiResourceLink" not in accepted:
        raise TokenError("accept_types")
    if data is not None and (not isinstance(data, str) or len(data) > _LONGEST_DATA):
        raise TokenError("data")
    if data is not None and "\0" in data:
        # PostgreSQL cannot keep it.
        raise TokenError("data")
    return Links(address, data)


def _scores(claims: Mapping[str, Any]) -> Scores | None:
    """Where scores go, if the platform says that they may be sent.

    Source: 1EdTech LTI Assignment and Grade Services 2.0, section 3.1.
    """
    told = _part(claims, AGS_CLAIM)
    scopes = told.get("scope")
    if not isinstance(scopes, list) or SCORE_SCOPE not in scopes:
        return None
    items = _address(told.get("lineitems")) if LINE_ITEM_SCOPE in scopes else ""
    item = _address(told.get("lineitem"))
    link_id = _short(_part(claims, f"{PREFIX}resource_link").get("id"))
    return Scores(link_id, items, item) if items or item else None


def _part(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = claims.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any, rule: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise TokenError(rule)
    if not value.isprintable():
        raise TokenError(rule)
    return value


def _short(value: Any) -> str:
    """A text that may be kept; empty for anything else."""
    is_text = isinstance(value, str) and value.isprintable() and len(value) <= LONGEST
    return value if is_text else ""


def _address(value: Any) -> str:
    """An address that may be kept and asked one day; empty for anything else."""
    is_plain = isinstance(value, str) and value.isascii() and value.isprintable()
    return value if is_plain and len(value) <= LONGEST_ADDRESS and " " not in value else ""


def _moment(value: Any, rule: str) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenError(rule)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise TokenError(rule) from error
