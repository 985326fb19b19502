"""Tokens for the services of a platform (LTI Advantage)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from aarportal.core import clock
from aarportal.core.wire import Reply
from aarportal.people.lti.keys import operations as keys
from aarportal.people.lti.models import LtiPlatform

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SECONDS = timedelta(minutes=5)


class ServiceError(Exception):
    """A service that does not do what it is asked for.

    Attributes:
        rule: Why; a key.
    """

    def __init__(self, rule: str) -> None:
        """Name the rule."""
        super().__init__(rule)
        self.rule = rule


class Asker(Protocol):
    """Whoever carries a question to another system (see `wire.Wire`)."""

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], *, query: str = "", body: str = ""
    ) -> Reply:
        """Ask once."""


class _Token(msgspec.Struct):
    access_token: str


def token(platform: LtiPlatform, wire: Asker, scopes: str) -> str:
    """A token for services, for our signature; no unit of work may be open.

    Args:
        platform: Whose services.
        wire: How it is asked.
        scopes: What they are, with spaces between them.

    Raises:
        WireError: If no answer comes.
        ServiceError: If it gives us none.

    Source: 1EdTech Security Framework 1.0, section 4.1; RFC 7523.
    """
    now = clock.now()
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_url,
        "iat": int(now.timestamp()),
        "exp": int((now + _SECONDS).timestamp()),
        "jti": str(uuid4()),
    }
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": keys.signed(claims),
            "scope": scopes,
        }
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    reply = wire.ask("POST", platform.token_url, headers, body=form)
    if reply.status != 200:
        raise ServiceError("refused")
    try:
        found = msgspec.json.decode(reply.body, type=_Token).access_token
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ServiceError("not_json") from error
    if not found.isascii() or not found.isprintable():
        raise ServiceError("not_json")
    return found
