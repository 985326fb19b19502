"""A thread of the server outlives what goes wrong around it."""

import threading
from collections.abc import Callable

from flask import Flask

from aarportal.web.worker import Worker


class AwayError(Exception):
    """The database is away for a moment."""


def test_a_thread_goes_on_when_tidying_or_a_piece_of_work_goes_wrong():
    worked, calls = threading.Event(), iter([AwayError(), AwayError()])

    def trouble() -> None:
        if error := next(calls, None):
            raise error

    def work() -> bool:
        try:
            trouble()
        except AwayError:
            worker.wake()
            raise
        worked.set()
        return False

    tidy: Callable[[], None] = trouble
    worker = Worker(Flask("test"), "a thread", work, tidy)
    worker.start()
    assert worked.wait(timeout=30)
