"""Who asks other systems for their rosters: a thread of the server, each at its hour."""

import time
from collections.abc import Callable
from uuid import UUID

from flask import Flask, current_app

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.wire import Wire, WireError
from aarportal.people.roster.imports import importer
from aarportal.people.roster.sources import operations, store
from aarportal.people.roster.sources.operations import Claimed, House
from aarportal.people.roster.sources.pulling import Pull, Pulled
from aarportal.people.roster.sources.troubles import PullError
from aarportal.settings import Settings
from aarportal.web import worker

_NAME = "roster puller"
#: A roster that has not come by then is given up.
_MOST_SECONDS = 30 * 60.0


class Puller:
    """Asks the systems that one app's database knows.

    Attributes:
        pause: Waits for so many seconds.
    """

    def __init__(self, app: Flask) -> None:
        """Nothing runs until its worker is started."""
        self.worker = worker.add(app, _NAME, self._work)
        self.pause: Callable[[float], None] = time.sleep
        self._app = app

    @property
    def house(self) -> House:
        """What this installation is."""
        settings: Settings = self._app.config["SETTINGS"]
        return House(settings.private_roster_sources)

    def _work(self) -> bool:
        """Ask the first that is due; whether one was."""
        with unit_of_work(SystemScope("which rosters are due"), read_only=True) as scope:
            ids = store.due(scope, clock.now())
        return any(self._ask(each) for each in ids)

    def _ask(self, source_id: UUID) -> bool:
        with unit_of_work(SystemScope("a roster is asked for")) as scope:
            claimed = operations.claim(scope, source_id)
        if claimed is None:
            return False
        try:
            pulled = self._pulled(claimed)
            self._hand_over(claimed, pulled)
        except WireError as error:
            self._give_up(claimed, error)
        except Exception:
            self._app.logger.exception("a roster could not be fetched")
            self._give_up(claimed, PullError("unexpected"))
        return True

    def _pulled(self, claimed: Claimed) -> Pulled:
        """Ask outside of any transaction: the other system may take minutes."""
        if claimed.place is None:
            raise claimed.trouble or PullError("unexpected")
        wire = Wire(private=self.house.private, until=time.monotonic() + _MOST_SECONDS)
        try:
            return Pull(claimed.place, wire, self.pause).whole()
        finally:
            wire.close()

    def _hand_over(self, claimed: Claimed, pulled: Pulled) -> None:
        rosters = importer.of(self._app)
        with unit_of_work(SystemScope("a roster was fetched")) as scope:
            import_id = operations.brought(scope, claimed, pulled)
            if import_id is not None:
                # Before the commit: whoever finds the import finds its file.
                rosters.files.put(import_id, pulled.data)
        if import_id is not None:
            rosters.worker.wake()

    def _give_up(self, claimed: Claimed, error: WireError) -> None:
        with unit_of_work(SystemScope("a roster did not come")) as scope:
            operations.came_to_nothing(scope, claimed.source_id, error)


def init_app(app: Flask) -> None:
    """Give the app its puller."""
    app.extensions[_NAME] = Puller(app)


def of(app: Flask) -> Puller:
    """The app's puller."""
    puller: Puller = app.extensions[_NAME]
    return puller


def here() -> Puller:
    """The puller of the app at work."""
    return of(current_app)
