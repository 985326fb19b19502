"""Answers of providers by which nobody came in: how many from where, and a trace of each."""

import hmac
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import TooManyTriesError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store
from aarportal.people.accounts.models import SignInThrottle

#: Answers of one address that led nowhere, within the window; a whole class sits behind one.
TRIES_PER_ADDRESS = 200
THROTTLE_WINDOW = timedelta(minutes=5)


def key_of(secret: str, address: str) -> str:
    """What an address is counted under: a keyed hash, from which nobody reads it."""
    keyed = hmac.new(secret.encode(), f"oidc {address}".encode(), sha256)
    return f"oidc:{keyed.hexdigest()[:40]}"


def refuse_too_many(key: str) -> None:
    """Let nobody go on from where too many answers led nowhere.

    Raises:
        TooManyTriesError: If they have to wait.
    """
    with unit_of_work(SystemScope("sign-in"), read_only=True) as scope:
        row = store.throttle(scope, key)
        if row is None or row.tries < TRIES_PER_ADDRESS:
            return
        wait = row.window_opened_at + THROTTLE_WINDOW - clock.now()
    if wait > timedelta(0):
        raise TooManyTriesError(int(wait.total_seconds()) + 1)


def note(provider_id: UUID, key: str, detail: str) -> None:
    """Count an answer that led nowhere, and leave a trace of why."""
    try:
        _note(provider_id, key, detail)
    except IntegrityError:
        # Another one from the same address was the first at the same moment.
        _note(provider_id, key, detail)


def _note(provider_id: UUID, key: str, detail: str) -> None:
    with unit_of_work(SystemScope("sign-in")) as scope:
        _count(scope, key)
        audit.record(scope, "session:refused", provider_id, detail=detail)


def _count(scope: SystemScope, key: str) -> None:
    now = clock.now()
    row = store.throttle(scope, key, lock=True)
    if row is None:
        scope.session.add(SignInThrottle(key=key, tries=1, window_opened_at=now))
    elif now - row.window_opened_at > THROTTLE_WINDOW:
        row.tries, row.window_opened_at = 1, now
    else:
        row.tries += 1
