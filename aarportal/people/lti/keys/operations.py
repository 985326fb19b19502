"""Our own key pairs: one signs, those before stay published until nobody needs them.

A new key is published before it signs: whoever fetched our keys a moment ago does not know it yet.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import Secret
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti import tokens
from aarportal.people.lti.models import LtiKey

#: How long a key is published after it signed for the last time: others keep what they fetched.
OVERLAP = timedelta(days=7)
#: How long others may keep what is published without asking again.
CACHED = timedelta(minutes=5)
_REASON = "keys of LTI"


def published() -> list[dict[str, Any]]:
    """The public keys that others verify by; the first key is made when somebody asks for it."""
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        rows = _published(scope, clock.now())
    if not any(row.retired_at is None for row in rows):
        rows = [*rows, rotate()]
    return [row.public_key for row in rows]


def signed(claims: dict[str, Any]) -> str:
    """A token with these claims and our signature; no unit of work may be open."""
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        row = _signing(scope, clock.now())
    private = (row or rotate()).private_key.reveal()
    return tokens.signed(claims, json.loads(private))


def rotate() -> LtiKey:
    """Make a new key, which signs as soon as everybody knows it; no unit of work may be open."""
    private, public = tokens.new_key()
    with unit_of_work(SystemScope(_REASON)) as scope:
        now = clock.now()
        for row in scope.session.scalars(select(LtiKey).where(LtiKey.retired_at.is_(None))):
            row.retired_at = now + CACHED
        made = LtiKey(
            kid=public["kid"],
            private_key=Secret(json.dumps(private)),
            public_key=public,
            made_at=now,
        )
        scope.session.add(made)
        audit.record(scope, "lti_key:made", public["kid"])
    return made


def _signing(scope: SystemScope, now: datetime) -> LtiKey | None:
    """The oldest that signs still: those after it are not known everywhere yet."""
    signs = LtiKey.retired_at.is_(None) | (LtiKey.retired_at > now)
    query = select(LtiKey).where(signs).order_by(LtiKey.made_at, LtiKey.id)
    return scope.session.scalar(query.limit(1))


def _published(scope: SystemScope, now: datetime) -> list[LtiKey]:
    is_fresh = LtiKey.retired_at.is_(None) | (LtiKey.retired_at > now - OVERLAP)
    return list(scope.session.scalars(select(LtiKey).where(is_fresh).order_by(LtiKey.made_at)))
