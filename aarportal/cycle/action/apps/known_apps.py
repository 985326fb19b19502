"""Apps whose credential was checked a moment ago: they send one request after the other.

Each process remembers for itself. A credential that is changed or revoked is forgotten here at
once, and by other processes within `REMEMBERED_SECONDS`. It remembers as well of which apps it was
written down a moment ago that they were here.
"""

import time
from hashlib import sha256
from uuid import UUID

from aarportal.core.scope import AppScope

REMEMBERED_SECONDS = 5.0
#: How long it is enough to have written once that an app was here.
NOTED_SECONDS = 60.0
#: More than any district has; whoever guesses keys is not remembered at all.
_MOST = 1000

_known: dict[bytes, tuple[float, AppScope]] = {}
_noted: dict[UUID, float] = {}


def recall(access_key: str, secret: str) -> AppScope | None:
    """The app whose credential this is, if it was here a moment ago."""
    found = _known.get(_digest(access_key, secret))
    if found is None or found[0] < time.monotonic():
        return None
    return found[1]


def remember(access_key: str, secret: str, app: AppScope | None) -> None:
    """Keep whose credential this is; None, for nobody's, is not kept."""
    if app is None:
        return
    if len(_known) >= _MOST:
        _known.clear()
    until = time.monotonic() + REMEMBERED_SECONDS
    _known[_digest(access_key, secret)] = (until, app)


def forget(app_id: UUID) -> None:
    """Ask the database again for this app."""
    for digest in [digest for digest, (_, app) in _known.items() if app.actor_id == app_id]:
        _known.pop(digest, None)


def forget_all() -> None:
    """Ask the database again for every app."""
    _known.clear()
    _noted.clear()


def is_noted(app_id: UUID) -> bool:
    """Whether it was written a moment ago that the app was here."""
    return _noted.get(app_id, 0.0) > time.monotonic()


def note(app_id: UUID) -> None:
    """It is being written that the app was here: for a while nobody else needs to."""
    _noted[app_id] = time.monotonic() + NOTED_SECONDS


def _digest(access_key: str, secret: str) -> bytes:
    """The secret itself is kept nowhere, in memory neither."""
    return sha256(f"{access_key}\n{secret}".encode()).digest()
