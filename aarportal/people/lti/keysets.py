"""Keys that other systems publish: fetched over the guarded wire, and kept for a while."""

import time
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Flask, current_app

from aarportal.core import clock
from aarportal.core.published import Published
from aarportal.core.wire import Wire, WireError
from aarportal.people.lti import tokens
from aarportal.people.lti.tokens import TokenError
from aarportal.settings import Settings

_NAME = "LTI key sets"
_SECONDS = 10.0
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 50

Keys = list[Mapping[str, Any]]


class KeySets:
    """The key sets that one app has fetched, by their addresses."""

    def __init__(self, app: Flask) -> None:
        """Nothing is fetched yet."""
        self._app = app
        self._sets = Published(self._fetched, lambda: clock.now().timestamp())

    def verified(self, token: str, jwks_url: str) -> dict[str, Any]:
        """The claims of a token that a key of this set signed; asks for new keys where needed.

        Raises:
            TokenError: If none did, or the keys cannot be fetched (`keys_unreachable`).
        """
        kid = tokens.kid_of(token)
        try:
            keys = self._sets.known(jwks_url)
            if not any(key.get("kid") == kid for key in keys):
                keys = self._sets.newer(jwks_url) or keys
        except WireError as error:
            raise TokenError("keys_unreachable") from error
        return tokens.verified(token, keys)

    def forget(self) -> None:
        """Fetch everything anew the next time."""
        self._sets.forget()

    def _fetched(self, jwks_url: str) -> Keys:
        settings: Settings = self._app.config["SETTINGS"]
        wire = Wire(private=settings.private_platforms, until=time.monotonic() + _SECONDS)
        try:
            reply = wire.ask("GET", jwks_url, {"Accept": "application/json"})
        finally:
            wire.close()
        if reply.status != 200:
            raise WireError("server_error", str(reply.status))
        if len(reply.body) > _MOST_BYTES:
            raise WireError("too_large")
        return _keys_in(reply.body)


def _keys_in(body: bytes) -> Keys:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError("not_json") from error
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list):
        raise WireError("not_json")
    return [key for key in keys[:_MOST_KEYS] if isinstance(key, dict)]


def init_app(app: Flask) -> None:
    """Give the app its key sets."""
    app.extensions[_NAME] = KeySets(app)


def here() -> KeySets:
    """The key sets of the app at work."""
    found: KeySets = current_app.extensions[_NAME]
    return found
