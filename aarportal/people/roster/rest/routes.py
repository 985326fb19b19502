"""The rostering service of OneRoster 1.2 over HTTP: tokens, and every address that reads.

Source: OneRoster 1.2 Rostering Service (OpenAPI of 2022); RFC 6749, sections 4.4 and 5.
"""

from urllib.parse import quote

from flask import Response, request

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import RosterScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.rest import entities, operations, parameters, protocol, store
from aarportal.people.roster.rest.clients import store as clients
from aarportal.people.roster.rest.endpoints import ENDPOINTS, SCOPE_PREFIX, Endpoint
from aarportal.people.roster.rest.operations import Token
from aarportal.people.roster.rest.refusals import RosterRequestError
from aarportal.people.roster.rest.store import Asked
from aarportal.web import addresses
from aarportal.web.blueprint import View

blueprint = protocol.RosterBlueprint("oneroster", __name__)

_SERVICE = entities.BASE.removeprefix(protocol.ROOT)
_READ = Permission.ROSTER_READ


@blueprint.route("/token", permission=Permission.PUBLIC, methods=["POST"])
def token() -> Response:
    """Give a system that brings its secret a token for an hour."""
    if request.form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type")
    credential = _credential()
    if not _fits(*credential):
        return _refused("invalid_client", 401)
    protocol.take("roster_token_rate", credential[0])
    with unit_of_work(SystemScope("a token for the roster")) as scope:
        client = operations.client_with(scope, *credential, lock=True)
        if client is None:
            return _refused("invalid_client", 401)
        try:
            return _given(operations.issue_token(scope, client, request.form.get("scope", "")))
        except InvalidError:
            return _refused("invalid_scope")


def _fits(client_id: str, secret: str) -> bool:
    """Whether somebody has this credential; a wrong secret leaves a trace.

    Whoever has no secret never waits for the writer, nor makes anybody wait.
    """
    with unit_of_work(SystemScope("who asks for a token"), read_only=True) as scope:
        known = clients.client_by_id(scope, client_id)
        fits = operations.client_with(scope, client_id, secret) is not None
    if known is not None and not fits and protocol.may("roster_refusal_rate", known.id):
        with unit_of_work(SystemScope("a token is refused")) as scope:
            operations.note_refusal(scope, known.id)
    return fits


def _credential() -> tuple[str, str]:
    """Client id and secret, from HTTP Basic or from the form."""
    if request.headers.get("Authorization", "").isascii() and request.authorization:
        given = request.authorization
        if given.type == "basic":
            return given.username or "", given.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _given(made: Token) -> Response:
    return protocol.answer(
        {
            "access_token": made.token,
            "token_type": "Bearer",
            "expires_in": made.seconds,
            "scope": " ".join(f"{SCOPE_PREFIX}{name}" for name in made.scopes),
        }
    )


def _refused(error: str, status: int = 400) -> Response:
    response = protocol.answer({"error": error}, status)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="OneRoster"'
    return response


# --- reading --------------------------------------------------------------------------------------


def _view(endpoint: Endpoint) -> View:
    """What answers at one address."""

    def view(scope: RosterScope, sourced_id: str = "", **above: str) -> Response:
        if not endpoint.scopes & scope.scopes:
            raise RosterRequestError(403, "forbidden", "the scope of this token is another")
        if any("\0" in text for text in (sourced_id, *above.values(), *request.args.values())):
            # PostgreSQL cannot even be asked for it.
            raise RosterRequestError(400, "invaliddata", "there is no character NUL in a roster")
        asked = Asked(endpoint.objects, endpoint.narrowed, above, clock.today())
        if sourced_id:
            return _one(scope, asked, sourced_id)
        return _list(scope, asked)

    view.__name__ = endpoint.operation
    view.__doc__ = f"Answer {endpoint.operation}."
    return view


for _endpoint in ENDPOINTS:
    blueprint.route(f"{_SERVICE}{_endpoint.path}", permission=_READ)(_view(_endpoint))


def _one(scope: RosterScope, asked: Asked, sourced_id: str) -> Response:
    wanted = parameters.fields(request.args, entities.FIELDS[asked.objects])
    found = store.one(scope, asked, sourced_id, entities.referrer(addresses.root()))
    return protocol.answer({entities.SINGULAR[asked.objects]: parameters.selected(found, wanted)})


def _list(scope: RosterScope, asked: Asked) -> Response:
    given = request.args.to_dict()
    query = parameters.query(given, entities.FIELDS[asked.objects])
    page = store.page(scope, asked, query, entities.referrer(addresses.root()))
    objects = [parameters.selected(each, query.fields) for each in page.objects]
    response = protocol.answer({asked.objects: objects})
    response.headers["X-Total-Count"] = str(page.total)
    address = f"{addresses.root()}{quote(request.path)}"
    response.headers["Link"] = parameters.links(address, given, query, page.total)
    return response


@blueprint.route(f"{_SERVICE}/demographics", permission=_READ)
def demographics(scope: RosterScope) -> Response:
    """Say that birth dates and the like are not held here."""
    del scope
    raise RosterRequestError(403, "forbidden", "demographics are not held here")


@blueprint.route(f"{_SERVICE}/demographics/<path:sourced_id>", permission=_READ)
def demographics_of(scope: RosterScope, sourced_id: str) -> Response:
    """Say the same of one person."""
    del scope, sourced_id
    raise RosterRequestError(403, "forbidden", "demographics are not held here")


@blueprint.route("/<path:address>", permission=_READ)
def nothing(scope: RosterScope, address: str) -> Response:
    """Answer at every other address in the words of OneRoster."""
    del scope, address
    raise RosterRequestError(404, "unknownobject", "there is no such address here")
