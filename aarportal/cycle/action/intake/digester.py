"""Who reads the inbox: a thread of the server, or whoever filled it where none runs.

A request answers as soon as its statements are in the log. They are read in larger groups a moment
later, which costs less than one by one and never lets a learning app wait for it.
"""

import math
import threading
import time
from collections.abc import Sequence

from flask import Flask, current_app

from aarportal.core import upkeep
from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.intake import operations
from aarportal.cycle.action.xapi import publishing
from aarportal.cycle.action.xapi.operations import Logged
from aarportal.web.priority import for_a_machine

#: Seconds that more statements may join those that came: together they cost less, and a child who
#: comes back from an app does not notice it.
_GATHER_SECONDS = 1.0
#: Seconds after which the inbox is looked at without being told: another process may have filled it
#: and stopped.
_LOOK_AGAIN_SECONDS = 5.0
#: Statements kept decoded for the moment until they are read; the log has them anyway.
_MOST_FRESH = 20_000
_TRIES = 3
#: Seconds after which what was written is copied into SQLite's file: each time costs a wait for the
#: disk, and what is written often meanwhile is copied once.
_COPY_SECONDS = 2.0
#: Seconds that others may have to wait while statements are made of what students do here.
_PUBLISHING_SECONDS = 2.0


class Digester:
    """Reads the inbox of one app's database."""

    def __init__(self, app: Flask) -> None:
        """Nothing runs until `start`."""
        self._app = app
        self._fresh: dict[int, Logged] = {}
        self._filled = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_stopping = False
        self._copied_at = 0.0

    def bring(self, logged: Sequence[Logged]) -> None:
        """Hand over statements that are about to be committed, still decoded."""
        if len(self._fresh) > _MOST_FRESH:
            self._fresh.clear()
        for each in logged:
            self._fresh[each.position] = each

    def wake(self) -> None:
        """Say that there is something in the inbox."""
        if self._thread is None:
            self.read_all()
        else:
            self._filled.set()

    def start(self) -> None:
        """Read in a thread of its own from now on, what was left by an earlier process first."""
        if self._thread is None:
            self._filled.set()
            self._thread = threading.Thread(target=self._run, name="digester", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Let the thread end after what it reads just now."""
        if self._thread is not None:
            self._is_stopping = True
            self._filled.set()
            self._thread.join()
            self._thread, self._is_stopping = None, False

    def read_all(self, within_seconds: float = math.inf) -> None:
        """Read until the inbox is empty, or somebody else reads what is in it.

        Args:
            within_seconds: After this long nothing more is begun.
        """
        until = time.monotonic() + within_seconds
        while self._read_some() and time.monotonic() < until:
            pass

    def _run(self) -> None:
        with self._app.app_context():
            while not self._is_stopping:
                self._filled.wait(_LOOK_AGAIN_SECONDS)
                self._gather()
                # Whatever comes from now on wakes the thread again.
                self._filled.clear()
                try:
                    with for_a_machine():
                        while self._read_some():
                            self._copy_now_and_then()
                        self._copy_now_and_then()
                        publishing.publish_now_and_then(_PUBLISHING_SECONDS)
                except Exception:  # the thread has to outlive a database that is away for a while
                    self._app.logger.exception("the inbox could not be read")

    def _copy_now_and_then(self) -> None:
        if time.monotonic() - self._copied_at >= _COPY_SECONDS:
            upkeep.copy_log()
            self._copied_at = time.monotonic()

    def _gather(self) -> None:
        """Let more statements join, until there are enough for one reading."""
        until = time.monotonic() + _GATHER_SECONDS
        while len(self._fresh) < operations.AT_ONCE and time.monotonic() < until:
            time.sleep(_GATHER_SECONDS / 20)

    def _read_some(self) -> int:
        with unit_of_work(SystemScope("whose statements wait"), read_only=True) as system:
            scope = apps.next_in_line(system)
        if scope is None:
            return 0
        for _ in range(_TRIES):
            try:
                return self._digest(scope, operations.AT_ONCE)
            except Exception:
                self._app.logger.exception("statements could not be read; they are tried again")
        return self._read_one(scope)

    def _digest(self, scope: AppScope, limit: int) -> int:
        with unit_of_work(scope):
            asked = operations.put_back(scope)
            read = operations.digest(scope, self._fresh, limit=limit)
        for entry in read:
            for position in range(entry.position, entry.last_position + 1):
                self._fresh.pop(position, None)
        return asked + len(read)

    def _read_one(self, scope: AppScope) -> int:
        """Read the oldest statement alone; put it aside if it is the one that cannot be read."""
        try:
            return self._digest(scope, 1)
        except Exception:
            self._app.logger.exception("a statement could not be read; it goes into quarantine")
        with unit_of_work(scope):
            operations.set_aside(scope)
        return 1


def init_app(app: Flask) -> None:
    """Give the app its digester."""
    app.extensions["digester"] = Digester(app)


def of(app: Flask) -> Digester:
    """The app's digester."""
    digester: Digester = app.extensions["digester"]
    return digester


def bring(logged: Sequence[Logged]) -> None:
    """Hand over statements that are about to be committed (see `Digester.bring`)."""
    of(current_app).bring(logged)


def wake() -> None:
    """Say that there is something in the inbox (see `Digester.wake`)."""
    of(current_app).wake()
