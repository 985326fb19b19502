"""How much somebody may ask for: costly pages by person, refusals by address or person.

A pupil who asks for charts all day is let be; a script that makes exports, or tries one id after
the other, is slowed down. Each worker counts for itself.
"""

import time

from flask import Flask, Response, current_app, request, session

from aarportal.core.errors import TooManyTriesError
from aarportal.core.permissions import Permission
from aarportal.settings import Settings
from aarportal.web.blueprint import PERMISSIONS
from aarportal.web.rate_limit import TokenBuckets
from aarportal.web.reader import Visitor

_REFUSED = frozenset({401, 403, 404, 405, 421})


class _Allowance:
    def __init__(self, settings: Settings) -> None:
        self.costly = TokenBuckets(settings.costly_per_minute, time.monotonic)
        self.refusals = TokenBuckets(settings.refusals_per_minute, time.monotonic)

    def pay(self, visitor: Visitor, costs: int) -> None:
        """Let somebody have a costly page.

        Raises:
            TooManyTriesError: If they had too many within the last minute.
        """
        who = visitor.person.id if visitor.person else request.remote_addr or ""
        _wait(self.costly.take(who, min(costs, self.costly.per_minute)))


def init_app(app: Flask, settings: Settings) -> None:
    """Count; before everything that reads the database."""
    app.extensions["allowance"] = _Allowance(settings)

    @app.before_request
    def refuse_without_looking() -> None:
        # Whoever is not signed in gets no page but a public one: that much is known for nothing.
        if not (_is_for_machines() or _knocks_at_a_public_door() or "token" in session):
            _pay_for_refusal()

    @app.after_request
    def count_refusals(response: Response) -> Response:
        if not _counts(response.status_code):
            return response
        try:
            _pay_for_refusal()
        except TooManyTriesError as error:
            # The same whether something is there or not: ids cannot be tried out in a row.
            response.status_code = 429
            response.set_data(b"")
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response


def _counts(status: int) -> bool:
    """Whether an answer is a refusal that somebody may have only so often."""
    if _is_for_machines():
        # An app that is known has its own limit, and asks lawfully for what is not there yet.
        return status == 401
    return status in _REFUSED and "token" in session


def _pay_for_refusal() -> None:
    """Count for a session alone; else for an address, of which people and machines have one each.

    Raises:
        TooManyTriesError: If there were too many within the last minute.
    """
    token = session.get("token")
    where = f"{'machine' if _is_for_machines() else 'person'}:{request.remote_addr}"
    _wait(_of_app().refusals.take(f"session:{token}" if token else where))


def _wait(seconds: int) -> None:
    if seconds:
        raise TooManyTriesError(seconds)


def _knocks_at_a_public_door() -> bool:
    # A class that comes in the morning asks for the first page, which reads nothing of a stranger.
    return PERMISSIONS.get(request.endpoint or "") is Permission.PUBLIC or request.path == "/"


def _is_for_machines() -> bool:
    blueprint = current_app.blueprints.get(request.blueprint or "")
    return getattr(blueprint, "credential", "browser") != "browser"


def _of_app() -> _Allowance:
    found: _Allowance = current_app.extensions["allowance"]
    return found
