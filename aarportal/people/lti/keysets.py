"""Keys that other systems publish: fetched over the guarded wire, and kept for a while."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from flask import Flask, current_app

from aarportal.core import clock
from aarportal.core.wire import Wire, WireError
from aarportal.people.lti import tokens
from aarportal.people.lti.tokens import TokenError
from aarportal.settings import Settings

_NAME = "LTI key sets"
_KEPT = timedelta(hours=1)
#: An unknown key may be a new one; asked for more often than this, it is somebody's invention.
_AGAIN = timedelta(seconds=30)
_SECONDS = 10.0
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 50
_MOST_SETS = 1000

Keys = list[Mapping[str, Any]]


@dataclass(frozen=True)
class _Kept:
    keys: Keys
    fetched_at: datetime

    def is_enough(self, kid: str, now: datetime) -> bool:
        """Whether it is fresh, or so fresh that even an unknown key is no reason to ask."""
        age = now - self.fetched_at
        has = any(key.get("kid") == kid for key in self.keys)
        return timedelta(0) <= age < (_KEPT if has else _AGAIN)


class KeySets:
    """The key sets that one app has fetched, by their addresses."""

    def __init__(self, app: Flask) -> None:
        """Nothing is fetched yet."""
        self._app = app
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def verified(self, token: str, jwks_url: str) -> dict[str, Any]:
        """The claims of a token that a key of this set signed; asks for new keys where needed.

        Raises:
            TokenError: If none did, or the keys cannot be fetched (`keys_unreachable`).
        """
        kid = tokens.kid_of(token)
        now = clock.now()
        kept = self._kept.get(jwks_url)
        if kept is None or not kept.is_enough(kid, now):
            kept = self._fetched(jwks_url)
        return tokens.verified(token, kept.keys)

    def forget(self) -> None:
        """Fetch everything anew the next time."""
        self._kept.clear()

    def _fetched(self, jwks_url: str) -> _Kept:
        settings: Settings = self._app.config["SETTINGS"]
        wire = Wire(private=settings.private_platforms, until=time.monotonic() + _SECONDS)
        try:
            reply = wire.ask("GET", jwks_url, {"Accept": "application/json"})
        except WireError as error:
            raise TokenError("keys_unreachable") from error
        finally:
            wire.close()
        if reply.status != 200 or len(reply.body) > _MOST_BYTES:
            raise TokenError("keys_unreachable")
        kept = _Kept(_keys_in(reply.body), clock.now())
        with self._lock:
            if len(self._kept) >= _MOST_SETS:
                self._kept.clear()
            self._kept[jwks_url] = kept
        return kept


def _keys_in(body: bytes) -> Keys:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TokenError("keys_unreachable") from error
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list):
        raise TokenError("keys_unreachable")
    return [key for key in keys[:_MOST_KEYS] if isinstance(key, dict)]


def init_app(app: Flask) -> None:
    """Give the app its key sets."""
    app.extensions[_NAME] = KeySets(app)


def here() -> KeySets:
    """The key sets of the app at work."""
    found: KeySets = current_app.extensions[_NAME]
    return found
