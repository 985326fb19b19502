"""Questions about the sessions of a person; no person's own scope reaches them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from aarportal.core.scope import SystemScope
from aarportal.people.accounts.models import SessionTouch, SignInSession


def sessions_of(
    scope: SystemScope, user_id: UUID, now: datetime
) -> Sequence[tuple[SignInSession, datetime | None]]:
    """Open sessions of a person and when each was last used, the latest first."""
    rows = scope.session.execute(
        select(SignInSession, SessionTouch.seen_at)
        .outerjoin(SessionTouch, SessionTouch.session_id == SignInSession.id)
        .where(SignInSession.user_id == user_id, SignInSession.closes_at > now)
        .order_by(SignInSession.opened_at.desc(), SignInSession.id)
    )
    return [(row, seen_at) for row, seen_at in rows]


def one_of(scope: SystemScope, user_id: UUID, session_id: UUID) -> SignInSession | None:
    """A session, if it is this person's."""
    return scope.session.scalar(
        select(SignInSession).where(
            SignInSession.id == session_id, SignInSession.user_id == user_id
        )
    )


def touch(scope: SystemScope, session_id: UUID, now: datetime, older_than: datetime) -> None:
    """Write that a session is used, unless that was written a moment ago."""
    scope.session.execute(
        update(SessionTouch)
        .where(SessionTouch.session_id == session_id, SessionTouch.seen_at < older_than)
        .values(seen_at=now)
    )
