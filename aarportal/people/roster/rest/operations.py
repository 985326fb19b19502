"""Systems that may read the roster: making them known, and giving them tokens."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.permissions import ROSTER_GRANTS
from aarportal.core.scope import RosterScope, Scope, SystemScope
from aarportal.people.roster.rest.clients import store
from aarportal.people.roster.rest.endpoints import SCOPE_PREFIX, SCOPES
from aarportal.people.roster.rest.models import RosterClient, RosterToken

TOKEN_SECONDS = 3600
MAX_TITLE = 60
_NO_HASH = bytes(sha256().digest_size)


@dataclass(frozen=True)
class ClientDraft:
    """What a system is called and what it may read.

    Attributes:
        title: As the office calls it.
        school_ids: Schools it reads about; None for the whole district, which the board alone may
            let be read.
    """

    title: str
    school_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True)
class Credential:
    """What a system asks for tokens with; the secret is shown once and kept nowhere."""

    client_row_id: UUID
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Token:
    """A bearer token as it is given out."""

    token: str = field(repr=False)
    seconds: int
    scopes: tuple[str, ...]


def add_client(scope: Scope, draft: ClientDraft) -> Credential:
    """Let a system read the roster.

    Raises:
        InvalidError: If it has no name, or is to read what this office may not give.
    """
    school_ids = _checked(scope, draft)
    made = Credential(UUID(int=0), f"roster-{secrets.token_hex(8)}", secrets.token_urlsafe(32))
    row = RosterClient(
        district_id=scope.district_id,
        school_id=None if store.is_board(scope) else scope.school_id,
        title=draft.title,
        client_id=made.client_id,
        secret_hash=_hash(made.secret),
        scopes=list(SCOPES),
        school_ids=None if school_ids is None else sorted(map(str, school_ids)),
        made_by=scope.actor_id,
    )
    scope.session.add(row)
    scope.session.flush()
    audit.record(scope, "roster_client:added", row.id)
    return Credential(row.id, made.client_id, made.secret)


def _checked(scope: Scope, draft: ClientDraft) -> Sequence[UUID] | None:
    """The schools it reads about."""
    if not draft.title.strip() or not draft.title.isprintable():
        raise InvalidError("title", "required")
    if len(draft.title) > MAX_TITLE:
        raise InvalidError("title", "too_long")
    if not store.is_board(scope):
        return [scope.school_id]
    if draft.school_ids is None:
        return None
    if not draft.school_ids:
        raise InvalidError("school_ids", "no_school")
    if not scope.school_ids.issuperset(draft.school_ids):
        raise InvalidError("school_ids", "unknown_school")
    return draft.school_ids


def rotate_secret(scope: Scope, client_row_id: UUID) -> Credential:
    """Give a system a new secret; the one before and every token end now.

    Raises:
        NotFoundError: If this office has no such system.
        StateError: If it is revoked.
    """
    row = store.locked_client(scope, client_row_id)
    if row.revoked_at is not None:
        raise StateError("the client is revoked")
    made = Credential(row.id, row.client_id, secrets.token_urlsafe(32))
    row.secret_hash = _hash(made.secret)
    row.secret_since = clock.now()
    audit.record(scope, "roster_client:secret_rotated", row.id)
    return made


def revoke(scope: Scope, client_row_id: UUID) -> RosterClient:
    """Let a system read no more, from now on.

    Raises:
        NotFoundError: If this office has no such system.
        StateError: If it is revoked already.
    """
    row = store.locked_client(scope, client_row_id)
    if row.revoked_at is not None:
        raise StateError("the client is revoked already")
    row.revoked_at = clock.now()
    audit.record(scope, "roster_client:revoked", row.id)
    return row


def client_with(
    scope: SystemScope, client_id: str, secret: str, *, lock: bool = False
) -> RosterClient | None:
    """The system with this credential; None when it does not fit or was revoked.

    Args:
        scope: The system's.
        client_id: As it was sent.
        secret: Likewise.
        lock: Whether nobody else may rotate or revoke it until this transaction ends.
    """
    row = store.client_by_id(scope, client_id, lock=lock)
    # Something is compared in any case, so that the time it takes tells nothing.
    fits = hmac.compare_digest(row.secret_hash if row else _NO_HASH, _hash(secret))
    return row if row is not None and fits and row.revoked_at is None else None


def issue_token(scope: SystemScope, client: RosterClient, asked: str) -> Token:
    """Give a system a token for an hour.

    Args:
        scope: The system's.
        client: Whose secret was brought.
        asked: Scopes as they were asked for, parted by spaces; empty for all that it may have.

    Raises:
        InvalidError: If it may not have what it asks for.
    """
    wanted = tuple(dict.fromkeys(name.removeprefix(SCOPE_PREFIX) for name in asked.split()))
    if not set(wanted) <= set(client.scopes):
        raise InvalidError("scope", "unknown")
    now = clock.now()
    made = Token(secrets.token_urlsafe(32), TOKEN_SECONDS, wanted or tuple(client.scopes))
    over = delete(RosterToken).where(
        RosterToken.client_row_id == client.id, RosterToken.expires_at <= now
    )
    scope.session.execute(over)
    scope.session.add(
        RosterToken(
            token_hash=_hash(made.token),
            district_id=client.district_id,
            client_row_id=client.id,
            scopes=list(made.scopes),
            issued_at=now,
            expires_at=now + timedelta(seconds=TOKEN_SECONDS),
        )
    )
    client.last_used_at = now
    audit.record(scope, "roster_client:token_issued", client.id)
    return made


def note_refusal(scope: SystemScope, client_row_id: UUID) -> None:
    """Leave a trace of a secret that did not fit, or of a client that was revoked."""
    audit.record(scope, "roster_client:refused", client_row_id)


def who(scope: SystemScope, token: str) -> RosterScope | None:
    """What the holder of a token may see; None when it holds no longer."""
    found = store.token(scope, _hash(token))
    if found is None:
        return None
    held, client = found
    is_over = held.expires_at <= clock.now() or held.issued_at < client.secret_since
    if is_over or client.revoked_at is not None:
        return None
    named = client.school_ids
    every = store.school_ids(scope, client.district_id)
    return RosterScope(
        actor_id=client.id,
        district_id=client.district_id,
        school_ids=every if named is None else every & {UUID(key) for key in named},
        permissions=ROSTER_GRANTS,
        whole_district=named is None,
        scopes=frozenset(held.scopes),
    )


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
