"""Learning apps that may send statements, and how they prove who they are."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.ids import new_id
from aarportal.core.scope import AppScope, SystemScope
from aarportal.cycle.action import store
from aarportal.cycle.action.models import LearningApp
from aarportal.people.roster.models import School


@dataclass(frozen=True)
class Credential:
    """What an app signs its requests with; the secret is shown once and kept nowhere."""

    app_id: UUID
    access_key: str
    secret: str


def add_app(
    scope: SystemScope, district_id: UUID, title: str, school_ids: list[UUID] | None = None
) -> Credential:
    """Register a learning app.

    Args:
        scope: The system's.
        district_id: The district whose students it serves.
        title: As students see it.
        school_ids: Schools it may write for; None for every school of the district.
    """
    credential = Credential(new_id(), secrets.token_hex(12), secrets.token_urlsafe(32))
    scope.session.add(
        LearningApp(
            id=credential.app_id,
            district_id=district_id,
            title=title,
            access_key=credential.access_key,
            secret_hash=_hash(credential.secret),
            school_ids=None if school_ids is None else [str(key) for key in school_ids],
        )
    )
    audit.record(scope, "app:added", credential.app_id)
    return credential


def who(scope: SystemScope, access_key: str, secret: str) -> AppScope | None:
    """The scope of the app with this credential; None when it does not fit or was revoked."""
    app = store.app_by_key(scope, access_key)
    known = app.secret_hash if app else bytes(sha256().digest_size)
    if not hmac.compare_digest(known, _hash(secret)) or app is None or app.revoked_at:
        return None
    if app.school_ids is None:
        ids = scope.session.scalars(select(School.id).where(School.district_id == app.district_id))
        return AppScope(app.id, app.district_id, frozenset(ids))
    return AppScope(app.id, app.district_id, frozenset(UUID(key) for key in app.school_ids))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
