"""xAPI over HTTP: statements come in here.

Source: xAPI 1.0.3, part three (communication).
"""

import re
from uuid import UUID

import msgspec.structs
from flask import Response, jsonify, make_response, request

from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope, SystemScope, unit_of_work
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.intake import operations
from aarportal.cycle.action.intake.operations import StatementConflictError
from aarportal.cycle.action.xapi.statements import Statement, StatementError, decode_batch
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.credentials import keep
from aarportal.web.reader import Reader, Visitor

blueprint = PortalBlueprint("xapi", __name__, url_prefix="/xapi", credential="app")

VERSION_HEADER = "X-Experience-API-Version"
#: What is spoken here; a request in any version 1.0 is answered in the latest of them.
VERSION = "1.0.3"
_SPOKEN = re.compile(r"\A1\.0(\.\d+)?\Z")


class RequestError(ValueError):
    """A request that xAPI does not allow; the message says which rule."""


@keep("app")
def calling_app() -> Visitor | None:
    """The learning app behind HTTP Basic credentials."""
    if not request.headers.get("Authorization", "").isascii():
        return None  # base64 is ASCII; Werkzeug raises on anything else
    given = request.authorization
    if given is None or given.type != "basic" or not (given.username or "").isprintable():
        return None
    with unit_of_work(SystemScope("which app is calling"), read_only=True) as scope:
        app = apps.who(scope, given.username or "", given.password or "")
    return Visitor(app, Reader(language="en")) if app else None


@blueprint.route("/statements", permission=Permission.STATEMENTS_WRITE, methods=["POST"])
def post_statements(scope: AppScope) -> Response:
    """Take one statement or an array of them: all or nothing."""
    _refuse_parameters(frozenset())
    ids = operations.ingest(scope, _statements())
    return jsonify([str(id_) for id_ in ids])


@blueprint.route("/statements", permission=Permission.STATEMENTS_WRITE, methods=["PUT"])
def put_statement(scope: AppScope) -> Response:
    """Take one statement under the id that the address names."""
    _refuse_parameters(frozenset({"statementId"}))
    statement_id = _uuid(request.args.get("statementId", ""))
    statements = _statements()
    if len(statements) != 1 or request.get_data().lstrip().startswith(b"["):
        raise RequestError("PUT takes exactly one statement")
    if statements[0].id not in {None, statement_id}:
        raise RequestError("the statement has another id than the address")
    operations.ingest(scope, [_with_id(statements[0], statement_id)])
    return make_response("", 204)


@blueprint.after_app_request
def say_version(response: Response) -> Response:
    """Every answer says which version it speaks, where no view was found as well."""
    if not request.path.startswith(f"{blueprint.url_prefix}/"):
        return response
    response.headers[VERSION_HEADER] = VERSION
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI"'
    return response


@blueprint.errorhandler(StatementError)
def answer_bad_statement(error: StatementError) -> Response:
    """Say which property broke which rule."""
    response = jsonify(error=error.message, path=error.path)
    response.status_code = 400
    return response


@blueprint.errorhandler(RequestError)
def answer_bad_request(error: RequestError) -> Response:
    """Say which rule the request broke."""
    response = jsonify(error=str(error))
    response.status_code = 400
    return response


@blueprint.errorhandler(StatementConflictError)
def answer_conflict(error: StatementConflictError) -> Response:
    """Say which id is taken; nothing of the batch was stored."""
    response = jsonify(error=str(error))
    response.status_code = 409
    return response


def _statements() -> list[Statement]:
    version = request.headers.get(VERSION_HEADER, "")
    if not _SPOKEN.match(version):
        raise RequestError(f"the header {VERSION_HEADER} has to be 1.0 or 1.0.x")
    if request.mimetype != "application/json":
        raise RequestError("the Content-Type has to be application/json; attachments come later")
    return decode_batch(request.get_data(), clock.now())


def _refuse_parameters(known: frozenset[str]) -> None:
    unknown = sorted(request.args.keys() - known)
    if unknown:
        raise RequestError(f"unknown query parameters: {', '.join(unknown)}")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise RequestError("statementId has to be a UUID") from None


def _with_id(statement: Statement, statement_id: UUID) -> Statement:
    """The statement under its id; its raw text stays as it was sent."""
    return msgspec.structs.replace(statement, id=statement_id)
