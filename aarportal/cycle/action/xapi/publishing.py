"""Statements that the portal itself makes of what students do in it, for other systems to read.

Only floors above this one know what students do beside working in apps. Whoever makes statements of
it is put in here where everything is joined; they are made when somebody asks for statements, and
now and then, so that nothing waits for that.
"""

import time
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app

#: Seconds after which statements are made without being asked for.
_EVERY_SECONDS = 60.0


class Publisher(Protocol):
    """Makes statements and keeps them in the log."""

    def publish(self, district_id: UUID, within_seconds: float) -> None:
        """Publish what is new in a district; after so long nothing more is begun."""

    def publish_where_read(self, within_seconds: float) -> None:
        """Publish what is new in every district in which somebody reads it."""


class _Turns:
    """Who publishes, and when it is time."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self._next = time.monotonic() + _EVERY_SECONDS

    def is_time(self) -> bool:
        """Whether it is long since the last time; then it is not for a while."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + _EVERY_SECONDS
        return True


def init_app(app: Flask, publisher: Publisher) -> None:
    """Say who publishes for this app."""
    app.extensions["publishing"] = _Turns(publisher)


def publish(district_id: UUID, within_seconds: float) -> None:
    """Publish what is new in a district, because somebody is about to read it.

    No unit of work may be open in this thread.
    """
    try:
        _turns().publisher.publish(district_id, within_seconds)
    except Exception:
        # What is in the log already can be read all the same; the next who asks tries again.
        current_app.logger.exception("what students did could not be published")


def publish_now_and_then(within_seconds: float) -> None:
    """Publish what is new wherever somebody reads it, if it is time for that again."""
    if not _turns().is_time():
        return
    try:
        _turns().publisher.publish_where_read(within_seconds)
    except Exception:
        current_app.logger.exception("what students did could not be published")


def _turns() -> _Turns:
    turns: _Turns = current_app.extensions["publishing"]
    return turns
