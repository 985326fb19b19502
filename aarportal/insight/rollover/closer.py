"""Who closes the laps of a school year that is over: a thread of the server."""

from flask import Flask, current_app

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.rollover import operations
from aarportal.web import worker
from aarportal.web.priority import for_a_machine

_NAME = "rollovers"


def init_app(app: Flask) -> None:
    """Give the app its worker; on the first of April it finds by itself what is to be done."""
    worker.add(app, _NAME, _work)


def wake() -> None:
    """Say that a school may have gone over to a new year, or back."""
    worker.wake(current_app, _NAME)


def _work() -> bool:
    with unit_of_work(SystemScope("which school years are over"), read_only=True) as scope:
        if not operations.unsettled(scope):
            return False
    with for_a_machine(), unit_of_work(SystemScope("a school year is over")) as scope:
        return operations.settle(scope)
