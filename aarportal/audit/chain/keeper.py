"""A thread of the server links new traces every few seconds, and once a day lets old ones go."""

from datetime import date

from flask import Flask

from aarportal.audit.chain import operations
from aarportal.core import clock
from aarportal.settings import Settings
from aarportal.web import worker


class Keeper:
    """Looks after the chain of one app's database."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        """Nothing runs until its worker is started."""
        self._years = settings.audit_years
        self._looked_on: date | None = None
        worker.add(app, "audit chain", self._work)

    def _work(self) -> bool:
        if operations.link_some():
            return True
        if self._looked_on != clock.today():
            self._looked_on = clock.today()
            return operations.let_go(self._years) > 0
        return False


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its keeper."""
    app.extensions["audit_chain"] = Keeper(app, settings)
