"""Threads of the server that work on what requests leave behind: imports, exports, deletions.

What there is to do stands in tables, so that another process, or this one after it was killed, goes
on where somebody stopped. Needs no queue.
"""

import threading
from collections.abc import Callable, Iterable

from flask import Flask

#: Seconds after which a thread looks without being told: another process may have stopped.
_LOOK_AGAIN_SECONDS = 5.0

Work = Callable[[], bool]


class Worker:
    """A thread that works slice by slice, or whoever asks for it where none runs."""

    def __init__(self, app: Flask, name: str, work: Work, tidy: Callable[[], None]) -> None:
        """Nothing runs until `start`.

        Args:
            app: In whose context the work is done.
            name: Of the thread.
            work: Does one slice; says whether there was anything to do.
            tidy: What is done once, when the thread starts.
        """
        self._app = app
        self._name = name
        self._work = work
        self._tidy = tidy
        self._asked = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Say that there is something to do."""
        if self._thread is None:
            self.work_off()
        else:
            self._asked.set()

    def start(self) -> None:
        """Work in a thread of its own from now on, on what an earlier process left first."""
        if self._thread is None:
            self._asked.set()
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def work_off(self) -> None:
        """Work until nothing is left to do, or somebody else does it."""
        while self._work():
            pass

    def tidy(self) -> None:
        """Do what is done once when the thread starts."""
        self._survive(self._tidy)

    def _run(self) -> None:
        with self._app.app_context():
            self._survive(self._tidy)
            while True:
                self._asked.wait(_LOOK_AGAIN_SECONDS)
                self._asked.clear()
                self._survive(self.work_off)

    def _survive(self, work: Callable[[], None]) -> None:
        """Work, and outlive what comes in between: a database that is away for a while."""
        try:
            work()
        except Exception:
            self._app.logger.exception("%s could not work", self._name)


def add(app: Flask, name: str, work: Work, *, tidy: Callable[[], None] = lambda: None) -> Worker:
    """Give the app a worker; a server starts it with the others."""
    workers: dict[str, Worker] = app.extensions.setdefault("workers", {})
    workers[name] = Worker(app, name, work, tidy)
    return workers[name]


def all_of(app: Flask) -> Iterable[Worker]:
    """Every worker of the app."""
    workers: dict[str, Worker] = app.extensions.get("workers", {})
    return workers.values()


def wake(app: Flask, name: str) -> None:
    """Say that there is something to do for one of them (see `Worker.wake`)."""
    app.extensions["workers"][name].wake()
