"""People before machines: whoever works for a machine waits while a page is being made.

One process runs one thread of Python at a time. A page asks the database ten times and would wait
at each question for its turn beside threads that only count; so those give way while anybody waits
for a page. Pages that only read count: one that writes may wait for what the machine holds.
"""

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy import Engine, event

_SAFE = frozenset({"GET", "HEAD"})
#: Longest wait at one question, in seconds: on a school's busiest morning records are read too.
_LONGEST_WAIT = 0.03

#: How long a thread that only counts keeps Python to itself, in seconds: a page comes back from the
#: database a hundred times and waits as long each time, and before it is known to be a page a few
#: times. Among machines, changing over only costs.
_SWITCH_SECONDS_FOR_PAGES, _SWITCH_SECONDS = 0.0002, 0.0005

_works_for_a_machine: ContextVar[bool] = ContextVar("works_for_a_machine", default=False)


class Pages:
    """How many pages are being made just now."""

    def __init__(self) -> None:
        """None."""
        self._lock = threading.Lock()
        self._count = 0
        self._none_left = threading.Event()
        self._none_left.set()

    def begin(self) -> None:
        """A page begins."""
        with self._lock:
            self._count += 1
            if self._count == 1:
                self._none_left.clear()
                sys.setswitchinterval(_SWITCH_SECONDS_FOR_PAGES)

    def end(self) -> None:
        """A page is done."""
        with self._lock:
            self._count -= 1
            if not self._count:
                sys.setswitchinterval(_SWITCH_SECONDS)
                self._none_left.set()

    def give_way(self) -> None:
        """Wait until no page is being made, but not for long."""
        self._none_left.wait(_LONGEST_WAIT)


_pages = Pages()


class PeopleFirst:
    """WSGI middleware that counts the pages being made, from the first line that is ours on."""

    def __init__(self, app: WSGIApplication, *, machines: tuple[str, ...]) -> None:
        """Stand before an app.

        Args:
            app: Gets every request.
            machines: Beginnings of the paths under which machines ask.
        """
        self._app = app
        self._machines = machines

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path: str = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in _SAFE or path.startswith(self._machines):
            return self._app(environ, start_response)
        _pages.begin()
        try:
            return self._app(environ, start_response)
        finally:
            _pages.end()


def init_app(app: Flask, *, machines: tuple[str, ...]) -> None:
    """Count the pages that this app makes; see `PeopleFirst`."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    app.wsgi_app = PeopleFirst(app.wsgi_app, machines=machines)  # type: ignore[method-assign]  # WSGI middleware


@contextmanager
def for_a_machine() -> Iterator[None]:
    """What runs in here gives way to pages, now and whenever it asks the database."""
    token = _works_for_a_machine.set(True)
    try:
        _pages.give_way()
        yield
    finally:
        _works_for_a_machine.reset(token)


@event.listens_for(Engine, "before_cursor_execute")
def _ask_later(*_: Any) -> None:
    if _works_for_a_machine.get():
        _pages.give_way()
