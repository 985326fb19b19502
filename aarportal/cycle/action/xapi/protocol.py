"""What every resource of xAPI has in common: keys, versions, errors, limits.

Source: xAPI 1.0.3, part three, sections 1, 3.2, 3.3 and 4; IEEE 9274.1.1 (xAPI 2.0), 4.1.
"""

import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask, Response, current_app, jsonify, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from aarportal.core.errors import PortalError, TooManyTriesError
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.xapi import cross_origin
from aarportal.cycle.action.xapi.alternate import AlternateRequestSyntax
from aarportal.cycle.action.xapi.parameters import RequestError, chosen
from aarportal.cycle.action.xapi.resources import store
from aarportal.cycle.action.xapi.statements import StatementError
from aarportal.cycle.action.xapi.versions import (
    HEADER,
    Version,
    VersionError,
    asked_for,
    reply_version,
)
from aarportal.settings import Settings
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint, View
from aarportal.web.credentials import keep
from aarportal.web.errors import STATUS
from aarportal.web.rate_limit import TokenBuckets
from aarportal.web.reader import Reader, Visitor

ROOT = "/xapi"
REALM = 'Basic realm="xAPI"'

_MACHINE = Reader(language="en")
#: Where the request keeps whose key came with it.
_CALLER = "aarportal.app"
#: A form may need three characters for each that it holds.
_FORM_FACTOR = 3

#: Status -> what it means, where nothing more is known.
_WORDS = {
    400: "the request is not one that HTTP allows",
    401: "send the key and the secret of a learning app (HTTP Basic)",
    403: "this key does not grant that",
    404: "there is no such thing here",
    405: "this resource does not know that method; see Allow",
    409: "it has changed since it was read",
    412: "it is not in the state that the request wants it in",
    413: "the body is longer than this store takes",
    429: "too many requests; see Retry-After",
    500: "something went wrong in here; nothing was stored",
    503: "the store is busy; nothing was stored, send it again",
}


class XapiBlueprint(PortalBlueprint):
    """Resources below the root of xAPI: every view knows the version of its request is spoken."""

    def __init__(self, name: str, import_name: str) -> None:
        """Give the resources their root, their credential and their errors."""
        super().__init__(name, import_name, url_prefix=ROOT, credential="app")
        self.register_error_handler(StatementError, _answer_statement_error)
        self.register_error_handler(RequestError, _answer_request_error)
        self.register_error_handler(VersionError, _answer_version_error)
        self.register_error_handler(PortalError, _answer_portal_error)
        self.register_error_handler(HTTPException, _answer_http_error)

    def route(  # type: ignore[override]
        self, rule: str, *, permission: Permission, once: bool = False, **options: Any
    ) -> Callable[[View], View]:
        """Register a view; all but public ones are entered only in a version that is spoken."""
        # Who sends reads only what it needs to find its way.
        reads = permission is Permission.STATEMENTS_READ
        shows = looks.school("records") if reads else looks.nobody
        register = super().route(rule, permission=permission, once=once, shows=shows, **options)

        def register_spoken(view: View) -> View:
            @wraps(view)
            def enter(*args: Any, **url_values: Any) -> Any:
                if permission is not Permission.PUBLIC:
                    version()
                return view(*args, **url_values)

            return register(enter)

        return register_spoken


def init_app(app: Flask, settings: Settings) -> None:
    """Let the app speak xAPI below its root, in what goes wrong as well."""
    app.extensions["xapi_rate"] = TokenBuckets(settings.xapi_requests_per_minute, time.monotonic)
    app.wsgi_app = AlternateRequestSyntax(  # type: ignore[method-assign]
        app.wsgi_app, prefix=f"{ROOT}/", max_bytes=_FORM_FACTOR * settings.max_statements_bytes
    )

    @app.before_request
    def meet() -> Response | None:
        if not _is_here():
            return None
        # What an app sends is a document, whatever type it gives it: nobody may read it as a form,
        # because then it is gone.
        request.form = ImmutableMultiDict()
        return cross_origin.preflight() if request.endpoint else None

    @app.after_request
    def speak(response: Response) -> Response:
        if not _is_here():
            return response
        response.headers[HEADER] = reply_version(
            request.headers.get(HEADER), Version(_settings().unversioned_xapi)
        )
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = REALM
        if response.status_code >= 400:
            _explain(response)
        if "Access-Control-Allow-Origin" not in response.headers:
            cross_origin.share(response, caller_id())
        return response


@keep("app")
def calling_app() -> Visitor | None:
    """The learning app behind HTTP Basic credentials.

    Raises:
        TooManyTriesError: If it asks more often than it may.
    """
    if not request.headers.get("Authorization", "").isascii():
        return None  # base64 is ASCII; Werkzeug raises on anything else
    given = request.authorization
    if given is None or given.type != "basic" or not (given.username or "").isprintable():
        return None
    return let_in(given.username or "", given.password or "")


def let_in(key: str, secret: str) -> Visitor | None:
    """The learning app with this credential, however it was sent; None if it is nobody's.

    Raises:
        TooManyTriesError: If the app asks more often than it may.
    """
    app = known_apps.recall(key, secret)
    if app is None:
        with unit_of_work(SystemScope("which app is calling"), read_only=True) as scope:
            app = apps.who(scope, key, secret)
        known_apps.remember(key, secret, app)
    if app is None:
        return None
    request.environ[_CALLER] = app.actor_id
    wait_seconds = _rate().take(app.actor_id)
    if wait_seconds:
        raise TooManyTriesError(wait_seconds)
    return Visitor(app, _MACHINE)


def caller_id() -> UUID | None:
    """The app whose key came with the request, if one did."""
    found: UUID | None = request.environ.get(_CALLER)
    return found


def version() -> Version:
    """Whose rules the request follows.

    Raises:
        VersionError: If it says none, or one that is not spoken here.
    """
    return asked_for(request.headers.get(HEADER))


def query(known: Collection[str], required: Collection[str] = ()) -> dict[str, str]:
    """The query parameters of the request; none but known ones, none twice.

    Raises:
        RequestError: If it is otherwise.
    """
    return chosen(request.args.items(multi=True), known, required)


def authorities(scope: AppScope, app_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Who vouches for the statements of apps, as JSON of agents."""
    return {
        app_id: msgspec.json.encode(
            {
                "objectType": "Agent",
                "account": {"homePage": home_page(), "name": str(app_id)},
                "name": title,
            }
        )
        for app_id, title in store.titles(scope, app_ids).items()
    }


def home_page() -> str:
    """Where the names of apps are accounts: this installation."""
    return _settings().public_url or request.host_url


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def _rate() -> TokenBuckets:
    found: TokenBuckets = current_app.extensions["xapi_rate"]
    return found


def _is_here() -> bool:
    return request.path.startswith(f"{ROOT}/")


def done() -> Response:
    """The answer to a change that went well: nothing, of no type."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def tagged(response: Response) -> Response:
    """An answer to a GET with its entity tag, the SHA-1 of its body; 304 for who has it already."""
    response.add_etag()
    response.make_conditional(request)
    return response


# --- what is wrong ------------------------------------------------------------------------------


def wrong(message: str, path: str, status: int) -> Response:
    """An answer that says which rule was broken, and where."""
    response = jsonify(error=message, path=path)
    response.status_code = status
    return response


def _answer_statement_error(error: StatementError) -> Response:
    return wrong(error.message, error.path, 400)


def _answer_request_error(error: RequestError) -> Response:
    return wrong(str(error), error.path, error.status)


def _answer_version_error(error: VersionError) -> Response:
    return wrong(str(error), f"$header.{HEADER}", 400)


def _answer_portal_error(error: PortalError) -> Response:
    """The table of the pages, but for 422, which no sender expects."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    status = 400 if status == 422 else status
    said = str(error) if status in {400, 409} else ""
    response = wrong(said or _WORDS[status], "$", status)
    if isinstance(error, TooManyTriesError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _answer_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    return wrong(_WORDS.get(status, error.name), "$", status)


def _explain(response: Response) -> None:
    """Put words to an error that was found before any resource was."""
    said = response.get_json(silent=True)
    if not isinstance(said, dict) or "path" not in said:
        status = response.status_code
        response.set_data(msgspec.json.encode({"error": _WORDS.get(status, ""), "path": "$"}))
        response.content_type = "application/json"
