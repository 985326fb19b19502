"""When an app was last here, for one that only reads.

Of one that sends, whoever reads its statements writes it. Here it is written once a minute at most,
and never in the way of what is sent.
"""

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError

from aarportal.core.errors import StoreBusyError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.xapi.protocol import caller_id

_READING = frozenset({"GET", "HEAD"})


def init_app(app: Flask) -> None:
    """Write down which apps read."""

    @app.after_request
    def note(response: Response) -> Response:
        app_id = caller_id()
        if app_id is None or request.method not in _READING or known_apps.is_noted(app_id):
            return response
        known_apps.note(app_id)
        try:
            with unit_of_work(SystemScope("an app is reading")) as scope:
                apps.note_use(scope, app_id)
        except (DBAPIError, StoreBusyError):
            # What it asked for is there; that it asked is written next time.
            app.logger.warning("it could not be written that an app was here", exc_info=True)
        return response
