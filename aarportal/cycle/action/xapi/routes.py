"""Statements over HTTP: they come in here, and out again.

Source: xAPI 1.0.3, part three, section 2.1; IEEE 9274.1.1 (xAPI 2.0), 4.1.6.1.
"""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from flask import Response, current_app, request
from sqlalchemy.exc import IntegrityError
from werkzeug.http import http_date

from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.xapi import (
    bodies,
    formats,
    forms,
    languages,
    log_writer,
    multipart,
    operations,
    parameters,
    protocol,
    publishing,
    retrieval,
)
from aarportal.cycle.action.xapi.attachments import operations as attachments
from aarportal.cycle.action.xapi.attachments.storage import AttachmentStore
from aarportal.cycle.action.xapi.bodies import Body
from aarportal.cycle.action.xapi.formats import StoredForm
from aarportal.cycle.action.xapi.forms import Manner, Which
from aarportal.cycle.action.xapi.moments import timestamp
from aarportal.cycle.action.xapi.multipart import Limits, Part
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.search import Query
from aarportal.cycle.action.xapi.statements import ActorKey
from aarportal.cycle.action.xapi.store import Kept
from aarportal.settings import Settings

blueprint = protocol.XapiBlueprint("xapi", __name__)

CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"
#: Where the request keeps it.
_THROUGH = "aarportal.through"
#: How long whoever asks waits for statements to be read that came just before; then the answer says
#: up to when it is complete.
_PATIENCE_SECONDS = 2.0
#: With several workers none knows what the others are writing; a transaction takes no longer.
_OTHERS_MICROSECONDS = 1_000_000
#: How often attachments are kept that another request brings at the same moment.
_TRIES = 3


# --- in -------------------------------------------------------------------------------------------


@blueprint.route(
    "/statements", permission=Permission.STATEMENTS_WRITE, transaction=False, methods=["POST"]
)
def post_statements(scope: AppScope) -> Response:
    """Take one statement or an array of them: all or nothing."""
    protocol.query(())
    body = _body()
    _keep(scope, body.parts)
    receipt = log_writer.write(scope, body.statements)
    digester.bring(receipt.new)
    return Response(msgspec.json.encode(receipt.ids), content_type="application/json")


@blueprint.route(
    "/statements", permission=Permission.STATEMENTS_WRITE, transaction=False, methods=["PUT"]
)
def put_statement(scope: AppScope) -> Response:
    """Take one statement under the id that the address names."""
    given = protocol.query({"statementId"}, {"statementId"})
    statement_id = parameters.uuid(given["statementId"], "statementId")
    body = _body()
    if body.is_array:
        raise RequestError("PUT takes exactly one statement")
    [statement] = body.statements
    if statement.id not in {None, statement_id}:
        raise RequestError("the statement has another id than the address", "$.id")
    _keep(scope, body.parts)
    # The statement goes under its id; its raw text stays as it was sent.
    receipt = log_writer.write(scope, [msgspec.structs.replace(statement, id=statement_id)])
    digester.bring(receipt.new)
    return protocol.done()


@blueprint.after_request
def have_them_read(response: Response) -> Response:
    """What was stored is committed now: it can be read."""
    if request.method in {"POST", "PUT"} and response.status_code < 300:
        digester.wake()
    return response


def _body() -> Body:
    boundary = bodies.boundary_in(request.content_type or "")
    settings = _settings()
    if boundary is not None:
        request.max_content_length = settings.max_attachments_bytes
    return bodies.read(
        request.get_data(),
        boundary,
        clock.now(),
        version=protocol.version(),
        limits=Limits(part_bytes=settings.max_attachments_bytes),
    )


def _keep(scope: AppScope, parts: Sequence[Part]) -> None:
    """Keep data of attachments before the statements that need it."""
    for number in range(_TRIES) if parts else ():
        try:
            with unit_of_work(scope):
                attachments.keep(scope, _files(), parts)
        except IntegrityError:
            # Another request brings the same data; now it is there.
            if number == _TRIES - 1:
                raise
        else:
            return


# --- out ------------------------------------------------------------------------------------------


@blueprint.route(
    "/statements", permission=Permission.STATEMENTS_READ, transaction=False, methods=["GET"]
)
def get_statements(scope: AppScope) -> Response:
    """Give out one statement, or those that fit, page by page."""
    given = protocol.query(forms.KNOWN)
    manner, which = forms.manner(given), forms.which(given)
    query = forms.query(given, _settings().most_statements, _is_app(forms.agent_in(given)))
    if scope.reads_others:
        publishing.publish(scope.district_id, _PATIENCE_SECONDS)
    digester.of(current_app).read_all(_PATIENCE_SECONDS)
    settled_until = _settled_until()
    with unit_of_work(scope, read_only=True):
        through = retrieval.consistent_through(scope, settled_until)
        request.environ[_THROUGH] = through
        if which is not None:
            return _one(scope, which, manner)
        return _several(scope, query.until(through), manner, given)


def _one(scope: AppScope, which: Which, manner: Manner) -> Response:
    kept = retrieval.one(scope, which.id, voided=which.voided)
    [json] = _written(scope, [kept], manner)
    response = _answer(scope, json, [kept], manner)
    response.headers["Last-Modified"] = http_date(operations.moment_of(kept.position))
    return response


def _several(scope: AppScope, query: Query, manner: Manner, given: dict[str, str]) -> Response:
    page = retrieval.find(scope, query)
    if manner.attachments:
        page = retrieval.shortened(scope, page, _settings().max_attachments_bytes)
    more = "" if page.following is None else _address(given, page.following, query.last)
    json = formats.statement_result(_written(scope, page.statements, manner), more)
    return _answer(scope, json, page.statements, manner)


@blueprint.after_request
def say_through_when(response: Response) -> Response:
    """Every answer about statements says up to when all of them can be found."""
    through = request.environ.get(_THROUGH)
    if through is None:
        # Nobody looked what waits to be read: what was refused has nothing to do with it.
        through = _settled_until()
    response.headers[CONSISTENT_THROUGH] = timestamp(operations.moment_of(through))
    return response


def _settled_until() -> int:
    others = _OTHERS_MICROSECONDS if _settings().workers > 1 else 0
    return operations.settled_until() - others


def _is_app(agent: ActorKey | None) -> UUID | None:
    """The app that an agent is by whom statements are vouched for here."""
    if agent is None or agent.issuer != protocol.home_page():
        return None
    try:
        return UUID(agent.name)
    except ValueError:
        return None


def _address(given: dict[str, str], following: int, last: int) -> str:
    """Where the next page is, with everything that was asked for this one.

    No page goes beyond what the first one could: what came later is found by asking since then.
    """
    until = timestamp(operations.moment_of(last))
    query = urlencode({"until": until, **given, forms.CURSOR: following})
    return f"{request.script_root}{request.path}?{query}"


def _written(scope: AppScope, statements: Sequence[Kept], manner: Manner) -> list[bytes]:
    """Statements as JSON."""
    version = protocol.version()
    authorities = protocol.authorities(scope, {kept.app_id for kept in statements})
    stored = [
        StoredForm(
            kept.id,
            operations.moment_of(kept.position),
            authorities[kept.app_id],
            kept.body,
            version.assumed,
        )
        for kept in statements
    ]
    if manner.format == "ids":
        return [formats.ids(each, version) for each in stored]
    if manner.format == "canonical":
        canon = retrieval.canon(scope, statements)
        wishes = languages.accepted(request.headers.get("Accept-Language", ""))
        return [formats.canonical(each, canon, wishes, version) for each in stored]
    return [formats.exact(each, version) for each in stored]


def _answer(scope: AppScope, json: bytes, statements: Sequence[Kept], manner: Manner) -> Response:
    """An answer of JSON, with the data of attachments if it was asked for."""
    if not manner.attachments:
        return Response(json, content_type="application/json")
    hashes = [sha2 for kept in statements for sha2 in retrieval.attached(kept)]
    body, content_type = multipart.write(json, attachments.load(scope, _files(), hashes))
    return Response(body, content_type=content_type)


def _files() -> AttachmentStore:
    found: AttachmentStore = current_app.extensions["attachments"]
    return found


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
