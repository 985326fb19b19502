"""What every address of the rostering service has in common: tokens, limits, errors."""

import time

import msgspec
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from aarportal.core.errors import PortalError, TooManyTriesError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.rest import operations
from aarportal.people.roster.rest.refusals import RosterRequestError, status_info
from aarportal.settings import Settings
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.credentials import keep
from aarportal.web.errors import STATUS
from aarportal.web.rate_limit import TokenBuckets
from aarportal.web.reader import Reader, Visitor

ROOT = "/ims/oneroster"
_MACHINE = Reader(language="en")
#: Tokens that a system may fetch in a minute, each is good for an hour; as many refusals of a
#: minute leave a trace.
_TOKENS_PER_MINUTE = 30


class RosterBlueprint(PortalBlueprint):
    """Addresses below the root of OneRoster, which say what is wrong in its words."""

    def __init__(self, name: str, import_name: str) -> None:
        """Give the addresses their root, their credential and their errors."""
        super().__init__(name, import_name, url_prefix=ROOT, credential="roster")
        self.register_error_handler(RosterRequestError, _answer_request_error)
        self.register_error_handler(PortalError, _answer_portal_error)
        self.register_error_handler(HTTPException, _answer_http_error)


def init_app(app: Flask, settings: Settings) -> None:
    """Count what systems ask for."""
    app.extensions["roster_rate"] = TokenBuckets(settings.xapi_requests_per_minute, time.monotonic)
    for rate in ("roster_token_rate", "roster_refusal_rate"):
        app.extensions[rate] = TokenBuckets(_TOKENS_PER_MINUTE, time.monotonic)


@keep("roster")
def reading_system() -> Visitor | None:
    """The system behind a bearer token.

    Raises:
        TooManyTriesError: If it asks more often than it may.
    """
    given = request.headers.get("Authorization", "")
    kind, _, token = given.partition(" ")
    if kind.lower() != "bearer" or not token.isascii():
        return None
    with unit_of_work(SystemScope("which system reads the roster"), read_only=True) as scope:
        found = operations.who(scope, token.strip())
    if found is None:
        return None
    take("roster_rate", found.actor_id)
    return Visitor(found, _MACHINE)


def take(rate: str, key: object) -> None:
    """Let somebody ask once more.

    Raises:
        TooManyTriesError: If they asked too often.
    """
    wait_seconds = _wait_seconds(rate, key)
    if wait_seconds:
        raise TooManyTriesError(wait_seconds)


def may(rate: str, key: object) -> bool:
    """Whether something is done once more, and not too often."""
    return not _wait_seconds(rate, key)


def _wait_seconds(rate: str, key: object) -> int:
    buckets: TokenBuckets = current_app.extensions[rate]
    return buckets.take(key)


def answer(body: object, status: int = 200) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def _answer_request_error(error: RosterRequestError) -> Response:
    return answer(status_info(error.status, error.minor, error.description), error.status)


def _answer_portal_error(error: PortalError) -> Response:
    """The table of the pages, but for 422, which no reader expects."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    status = 400 if status == 422 else status
    response = answer(status_info(status), status)
    if isinstance(error, TooManyTriesError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="OneRoster"'
    return response


def _answer_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    return answer(status_info(status), status)
