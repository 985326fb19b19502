"""What has to be done once a day: by a thread of the server, or by `aarportal maintain`."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from flask import Flask

from aarportal.core import clock, memory
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover import keeper
from aarportal.insight.maintenance import operations
from aarportal.web import worker
from aarportal.web.priority import for_a_machine

#: After a fault it is tried again, but not at every look of the thread.
_AFTER_A_FAULT = timedelta(hours=1)


class Nightly:
    """Runs every schedule of one app's database."""

    def __init__(self, app: Flask) -> None:
        """Nothing runs until its worker is started."""
        self._app = app
        self._done_on: date | None = None
        self._not_before = datetime.min.replace(tzinfo=UTC)
        worker.add(app, "maintenance", self._once_a_day)

    def run(self) -> Counter[str]:
        """Let go of everything whose time is over; how much of what."""
        gone: Counter[str] = Counter()
        gone["deletion_orders"] = len(keeper.of(self._app).delete_due(clock.today()))
        with for_a_machine(), unit_of_work(SystemScope("retention by schedule")) as system:
            gone.update(operations.let_go(system, clock.now()))
        for each in worker.all_of(self._app):
            each.tidy()
        # What was drawn and read of a child lies here too, in each process for itself.
        memory.forget()
        return gone

    def _once_a_day(self) -> bool:
        day, now = clock.today(), clock.now()
        if self._done_on != day and now >= self._not_before:
            self._not_before = now + _AFTER_A_FAULT
            self.run()
            self._done_on, self._not_before = day, now
        return False


def init_app(app: Flask) -> None:
    """Give the app its schedule."""
    app.extensions["nightly"] = Nightly(app)


def of(app: Flask) -> Nightly:
    """The app's schedule."""
    found: Nightly = app.extensions["nightly"]
    return found
