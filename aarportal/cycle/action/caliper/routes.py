"""Caliper over HTTP: an envelope of events comes in, and is read like everything else.

A sender signs its requests with `Authorization: Bearer <key>.<secret>`, the key and the secret of a
learning app with a full stop between them, or with HTTP Basic as in xAPI.

Source: Caliper Analytics 1.2, sensor API (HTTP transport, responses).
"""

from collections.abc import Sequence

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from aarportal.core import clock
from aarportal.core.errors import PortalError, TooManyTriesError
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.translators import Translated, caliper
from aarportal.cycle.action.translators.caliper import HARMLESS, RULES, EventProblem
from aarportal.cycle.action.xapi import log_writer, protocol
from aarportal.cycle.action.xapi.statements import StatementError, decode_batch
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.credentials import keep
from aarportal.web.errors import STATUS
from aarportal.web.reader import Visitor

blueprint = PortalBlueprint("caliper", __name__, credential="caliper")

_REALM = 'Bearer realm="Caliper", Basic realm="Caliper"'
#: Problems named in an answer; a sender that breaks one rule mostly breaks it in every event.
_MOST_NAMED = 100

_WORDS = {
    401: "send Authorization: Bearer <key>.<secret> of a learning app, or HTTP Basic",
    403: "this key does not grant that",
    409: "an event with this id is here and says something else",
    413: "the envelope is larger than this endpoint takes",
    415: "the Content-Type has to be application/json",
    429: "too many requests; see Retry-After",
    503: "the store is busy; nothing was stored, send it again",
}


@keep("caliper")
def calling_sensor() -> Visitor | None:
    """The learning app behind a token or HTTP Basic credentials.

    Raises:
        TooManyTriesError: If it asks more often than it may.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return protocol.calling_app()
    key, _, secret = token.strip().partition(".")
    return protocol.let_in(key, secret) if token.isascii() and token.isprintable() else None


@blueprint.route(
    "/caliper", permission=Permission.STATEMENTS_WRITE, transaction=False, methods=["POST"]
)
def take_envelope(scope: AppScope) -> Response:
    """Take an envelope: every event of it that is one, or nothing."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    outcomes = caliper.translate(request.get_data())
    problems = [each for each in outcomes if isinstance(each, EventProblem)]
    broken = [each for each in problems if each.rule not in HARMLESS]
    if broken:
        return _refusal(broken)
    made = [each.statement for each in outcomes if isinstance(each, Translated)]
    if made:
        statements = decode_batch(b"[" + b",".join(made) + b"]", clock.now())
        digester.bring(log_writer.write(scope, statements).new)
    return _empty()


@blueprint.after_request
def have_them_read(response: Response) -> Response:
    """What was stored is committed now: it can be read."""
    if response.status_code < 300:
        digester.wake()
    elif response.status_code == 401:
        response.headers["WWW-Authenticate"] = _REALM
    return response


def _empty() -> Response:
    response = Response(status=200)
    del response.headers["Content-Type"]
    return response


def _refusal(broken: Sequence[EventProblem]) -> Response:
    """What has to be mended; 422 for a version that is not spoken here, as Caliper wants it."""
    rules = {each.rule for each in broken}
    status = 422 if rules == {"envelope_version"} else 400
    named = [
        {
            "path": each.path,
            "rule": each.rule,
            "error": RULES[each.rule] % {"detail": each.detail},
        }
        for each in broken[:_MOST_NAMED]
    ]
    response = jsonify(error="nothing was stored", problems=named, count=len(broken))
    response.status_code = status
    return response


@blueprint.errorhandler(StatementError)
def answer_statement_error(error: StatementError) -> Response:
    """An event that cannot be kept as a statement."""
    return protocol.wrong(error.message, error.path, 400)


@blueprint.errorhandler(PortalError)
def answer_portal_error(error: PortalError) -> Response:
    """The table of the pages, in JSON."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    response = protocol.wrong(_WORDS.get(status, str(error)), "$", status)
    if isinstance(error, TooManyTriesError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


@blueprint.errorhandler(HTTPException)
def answer_http_error(error: HTTPException) -> Response:
    """What HTTP itself forbids."""
    status = error.code or 500
    return protocol.wrong(_WORDS.get(status, error.name), "$", status)
