"""Who publishes what students do here: whoever asks for statements, and now and then a thread.

Nothing of it happens while a student waits for a page.
"""

import time
from datetime import datetime
from uuid import UUID

from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi import publishing
from aarportal.insight.sharing import operations, store
from aarportal.insight.sharing.frame import Portal
from aarportal.insight.sharing.revisions import Changes
from aarportal.settings import Settings
from aarportal.web.script import Script, draw_plain
from aarportal.web.texts import catalogue

#: The address of a portal that was not told its own: a name that can be nobody's (RFC 2606).
_NOWHERE = "https://aarportal.invalid"
#: How often a part is tried that another process may have published just now.
_TRIES = 3
#: Seconds after which it is looked for statements whose laps are gone.
_LOST_EVERY_SECONDS = 60 * 60


class StatementPublisher:
    """Publishes for one app's database."""

    def __init__(self, portal: Portal) -> None:
        """Say who publishes."""
        self._portal = portal
        #: Laps that were looked into a moment ago, by district: incoming records move laps all the
        #: time, and who asks often would have every one looked into again and again.
        self._seen: dict[UUID, dict[UUID, datetime]] = {}
        self._lost_next = time.monotonic()

    def publish(self, district_id: UUID, within_seconds: float) -> None:
        """Publish what is new in a district; after so long nothing more is begun."""
        until = time.monotonic() + within_seconds
        app = self._app(district_id)
        with unit_of_work(SystemScope("what is to be published"), read_only=True) as system:
            place: operations.Place | None = operations.first_place(system, district_id)
        seen: dict[UUID, datetime] = {}
        while place is not None:
            found = self._publish_some(app, place)
            seen |= found.seen
            place = found.following
            if place is not None and time.monotonic() >= until:
                # Whoever goes on begins here: it must not take the same time again.
                with unit_of_work(app):
                    operations.keep_place(app, found.through)
                break
        self._seen[district_id] = seen

    def publish_where_read(self, within_seconds: float) -> None:
        """Publish what is new in every district in which somebody reads it."""
        with unit_of_work(SystemScope("who reads statements"), read_only=True) as system:
            districts = store.read_districts(system)
        for district_id in districts:
            self.publish(district_id, within_seconds / len(districts))
        if time.monotonic() >= self._lost_next:
            self._lost_next = time.monotonic() + _LOST_EVERY_SECONDS
            for district_id in districts:
                self.take_back_lost(district_id)

    def take_back_lost(self, district_id: UUID) -> None:
        """Take back what was published of laps that are gone."""
        app = self._app(district_id)
        while True:
            with unit_of_work(SystemScope("whose laps are gone"), read_only=True) as system:
                changes = operations.look_for_lost(system, district_id)
            if not changes:
                return
            with unit_of_work(app):
                operations.publish(app, self._portal, changes)

    def _publish_some(self, app: AppScope, place: operations.Place) -> operations.Look:
        for _ in range(_TRIES - 1):
            try:
                return self._try_some(app, place)
            except DBAPIError:
                # Another process publishes the same; then it is there the next time.
                continue
        return self._try_some(app, place)

    def _try_some(self, app: AppScope, place: operations.Place) -> operations.Look:
        known = self._seen.get(app.district_id, {})
        with unit_of_work(SystemScope("what is to be published"), read_only=True) as system:
            found = operations.look(system, app.district_id, place, known)
        parts = operations.slices(found.changes) or ([Changes([], [])] if found.is_news else [])
        for number, part in enumerate(parts, 1):
            with unit_of_work(app):
                if part:
                    operations.publish(app, self._portal, part)
                if number == len(parts):
                    operations.keep_place(app, found.through)
        return found

    def _app(self, district_id: UUID) -> AppScope:
        with unit_of_work(SystemScope("who publishes"), read_only=True) as system:
            app = operations.portal_of(system, district_id)
        if app is not None:
            return app
        try:
            with unit_of_work(SystemScope("who publishes")) as system:
                return operations.open_portal(system, district_id, self._portal.platform)
        except IntegrityError:
            with unit_of_work(SystemScope("who publishes"), read_only=True) as system:
                app = operations.portal_of(system, district_id)
            assert app is not None  # another process has just made it
            return app


def say(msgid: str, /, **values: object) -> dict[str, str]:
    """The words of a text in both languages of the pages: tag -> words, without mark-up."""
    texts = {
        "ja-JP": draw_plain(catalogue("ja").ugettext(msgid), Script.KANJI),
        "en": catalogue("en").ugettext(msgid),
    }
    return {tag: text % values if values else text for tag, text in texts.items()}


def portal_of(settings: Settings) -> Portal:
    """Under which names this portal publishes."""
    base = (settings.public_url or _NOWHERE).rstrip("/")
    home_page = settings.account_home_page or settings.public_url or _NOWHERE
    return Portal(base, home_page, settings.product_name, say)


def init_app(app: Flask, settings: Settings) -> None:
    """Let the app publish."""
    publishing.init_app(app, StatementPublisher(portal_of(settings)))
