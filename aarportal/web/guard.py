"""Deny by default, and the headers that every answer carries."""

from flask import Flask, Response, abort, request
from flask_wtf import CSRFProtect

from aarportal.web.blueprint import PERMISSIONS

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

#: A web filter or a captive portal can answer 200 in our place; scripts believe only this header.
APP_HEADER = ("X-App", "manabinowa")

#: Nothing else sets these.
_HEADERS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), camera=(), microphone=()"),
    APP_HEADER,
)

OUTBOX_HEADER = "X-Outbox"

#: Largest form a person may send; a reflection is a few kilobytes.
MAX_FORM_BYTES = 256 * 1024

#: Endpoint -> largest form, where people bring files.
LARGER_FORMS: dict[str, int] = {}

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Install the guard."""

    @app.before_request
    def limit_what_people_send() -> None:
        # Before anything reads the form. Machines have a limit of their own: MAX_CONTENT_LENGTH.
        blueprint = app.blueprints.get(request.blueprint or "")
        if getattr(blueprint, "credential", "browser") == "browser":
            request.max_content_length = LARGER_FORMS.get(request.endpoint or "", MAX_FORM_BYTES)

    csrf.init_app(app)

    @app.before_request
    def refuse_unknown_endpoints() -> None:
        if request.endpoint and request.endpoint not in PERMISSIONS:
            abort(403)

    @app.before_request
    def refuse_what_is_no_text() -> None:
        # PostgreSQL cannot keep the character NUL, no page may show it, and no keyboard makes it.
        if any("\0" in value for _name, value in request.form.items(multi=True)):
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS:
            # A view can only say more: an answer that no page may be told of has its own policy.
            response.headers.setdefault(name, value)
        # Pages are personal: nothing of them may stay in a cache of a shared device.
        response.headers.setdefault("Cache-Control", "no-store")
        vary_by(response, "Cookie")
        return _told_to_the_outbox(response)


def vary_by(response: Response, header: str) -> None:
    """Say that an answer depends on this header; `response.vary` takes five times as long."""
    others = response.headers.get("Vary")
    response.headers["Vary"] = f"{others}, {header}" if others else header


def _told_to_the_outbox(response: Response) -> Response:
    """A script that sends a form itself is told where the answer lies instead of led there.

    That address, in a header of ours, is the proof that the form was taken: a page with status 200
    could be anybody's.
    """
    if OUTBOX_HEADER not in request.headers or response.status_code != 303:
        return response
    response.status_code = 204
    response.headers["X-Location"] = response.headers.pop("Location")
    response.set_data(b"")
    return response
