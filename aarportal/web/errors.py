"""The one table from portal errors to HTTP, and the pages that say what to do."""

import secrets

from flask import (
    Flask,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import (
    ConflictError,
    DueFirstError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    NotProvedError,
    NotSignedInError,
    PortalError,
    StoreBusyError,
    TooManyTriesError,
)

STATUS: dict[type[PortalError], int] = {
    ConflictError: 409,
    InvalidError: 422,
    NotAllowedError: 403,
    NotFoundError: 404,
    # The page that asks for the proof stands with the accounts.
    NotProvedError: 401,
    NotSignedInError: 401,
    StoreBusyError: 503,
    TooManyTriesError: 429,
}


#: A script sends these and shows what the answer means itself; a person is led to the sign-in.
SCRIPTED = frozenset({"Hx-Request", "X-Draft", "X-Outbox"})


def init_app(app: Flask) -> None:
    """Answer every error with a page, a fragment or JSON that says what to do."""

    @app.errorhandler(PortalError)
    def answer_portal_error(error: PortalError) -> AnyResponse:
        return _answer_portal_error(error)

    @app.errorhandler(CSRFError)
    def answer_stale_form(_error: CSRFError) -> AnyResponse:
        if request.endpoint == "accounts.sign_out" and "token" not in session:
            # Another tab signed out a moment before: there is nothing left to leave.
            return redirect(url_for("accounts.sign_in"), 303)
        return _answer(400, "csrf")

    @app.errorhandler(HTTPException)
    def answer_http_error(error: HTTPException) -> AnyResponse:
        if error.code is None or error.code < 400:
            return error.get_response()
        response = _answer(error.code, "")
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.errorhandler(Exception)
    def answer_unexpected(error: Exception) -> AnyResponse:
        # The trace goes to the log under a number; the page says the number and nothing else.
        number = secrets.token_hex(4)
        app.logger.error("unexpected error %s", number, exc_info=error)
        if app.testing:
            raise error
        return _answer(500, number)


def _answer_portal_error(error: PortalError) -> AnyResponse:
    if isinstance(error, DueFirstError) and not wants_json():
        if any(name in request.headers for name in SCRIPTED):
            # A form that a script sends was not taken: led on, it would think so, and forget it.
            return _answer(401, "")
        return redirect(url_for(error.endpoint), 303)
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    response = _answer(status, str(error) if isinstance(error, InvalidError) else "")
    if isinstance(error, TooManyTriesError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _answer(status: int, reason: str) -> AnyResponse:
    if wants_json():
        response = jsonify(error=reason or str(status))
        response.status_code = status
        return response
    if status == 401 and not any(name in request.headers for name in SCRIPTED):
        came_for = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=came_for), 303)
    page = render_template("errors/error.html", status=status, reason=reason)
    return make_response(page, status)


def wants_json() -> bool:
    """Whether the other side is a machine or a script: a path or a header says so."""
    return (
        request.path.startswith(("/xapi/", "/caliper", "/ims/"))
        or "X-Draft" in request.headers
        or request.accept_mimetypes.best == "application/json"
    )
