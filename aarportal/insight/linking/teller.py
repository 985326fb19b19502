"""Who tells platforms that reflections were handed in: a thread of the server."""

import time
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, current_app

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.wire import Wire
from aarportal.core.words import mark
from aarportal.insight.linking import store
from aarportal.people.lti.completing import operations
from aarportal.people.lti.completing import store as completions
from aarportal.settings import Settings
from aarportal.web import worker
from aarportal.web.script import Script, draw_plain
from aarportal.web.texts import catalogue

_NAME = "completion teller"
#: How a line item of ours is called in the platform's list, which people of the school read.
LABEL = mark("Looking back handed in")
_REASON = "who handed a reflection in"
#: So many are told in one go, which has to be over before the next try of them is due.
_AT_ONCE = 20
_MOST_SECONDS = 90.0
_LOOK_EVERY = timedelta(seconds=30)
#: A hand-in is written before it is committed; and a server may have been down for a while.
_OVERLAP, _LOOK_BACK = timedelta(minutes=10), timedelta(days=30)


class Teller:
    """Tells for one app's database."""

    def __init__(self, app: Flask) -> None:
        """Nothing runs until its worker is started."""
        self.worker = worker.add(app, _NAME, self._work)
        self._app = app
        self._looked_at: datetime | None = None

    def _work(self) -> bool:
        """Look who is done, and tell some of them; whether there may be more."""
        self.look()
        operations.give_up_old()
        with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
            ids = completions.due(scope, clock.now(), _AT_ONCE)
        if not ids:
            return False
        settings: Settings = self._app.config["SETTINGS"]
        wire = Wire(private=settings.private_platforms, until=time.monotonic() + _MOST_SECONDS)
        label = draw_plain(catalogue("ja").ugettext(LABEL), Script.KANJI)
        tokens: dict[UUID, str] = {}
        try:
            for each in ids:
                claimed = operations.claim(each)
                if claimed is not None:
                    operations.tell(claimed, wire, tokens, label)
        finally:
            wire.close()
        return len(ids) == _AT_ONCE

    def look(self) -> None:
        """Take over what was handed in since the last look."""
        now = clock.now()
        before = self._looked_at
        if before is not None and timedelta(0) <= now - before < _LOOK_EVERY:
            return
        since = now - _LOOK_BACK if before is None else min(before, now) - _OVERLAP
        with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
            is_any = completions.is_anything_opened(scope)
        if is_any:
            with unit_of_work(SystemScope(_REASON)) as scope:
                operations.note_done(scope, store.handed_in(scope, since))
        self._looked_at = now


def init_app(app: Flask) -> None:
    """Give the app its teller."""
    app.extensions[_NAME] = Teller(app)


def here() -> Teller:
    """The teller of the app at work."""
    found: Teller = current_app.extensions[_NAME]
    return found
