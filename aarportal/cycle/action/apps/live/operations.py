"""A test message is not the app's doing: when the app was last there stays as it was."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aarportal.core.scope import AppScope
from aarportal.cycle.action.apps.live import store
from aarportal.cycle.action.models import LearningApp


@dataclass(frozen=True)
class LastUse:
    """When an app was last there.

    Attributes:
        at: The moment.
        is_alone: Whether nothing else of the app waits to be read.
    """

    at: datetime | None
    is_alone: bool


@dataclass(frozen=True)
class Seen:
    """What became of a statement: `unread`, `waiting` with the reason, or `recorded`."""

    state: str
    reason: str = ""


def last_use(scope: AppScope) -> LastUse:
    """When the app was last there, before a test message."""
    return LastUse(_app(scope).last_used_at, is_alone=not store.has_unread(scope))


def reset_last_use(scope: AppScope, before: LastUse) -> None:
    """Take the reading of a test message for no use of the app."""
    if before.is_alone:
        _app(scope).last_used_at = before.at


def look(scope: AppScope, given_id: UUID) -> Seen:
    """What became of a statement, as xAPI names it, that was taken in this transaction."""
    if store.has_unread(scope):
        return Seen(store.UNREAD)
    reason = store.reason(scope, given_id)
    return Seen(store.RECORDED) if reason is None else Seen(store.WAITING, reason)


def _app(scope: AppScope) -> LearningApp:
    app = scope.session.get(LearningApp, scope.actor_id)
    assert app is not None
    return app
