"""Deny by default, and the headers that every answer carries."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_wtf import CSRFProtect

from aarportal.settings import Settings
from aarportal.web.blueprint import PERMISSIONS, SAFE_METHODS

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
        "object-src 'none'",
        "frame-src 'none'",
        "media-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

#: A web filter or a captive portal can answer 200 in our place; scripts believe only this header.
APP_HEADER = ("X-App", "manabinowa")

#: What a page could ask a device for; no page of ours asks for anything. Only names that Chromium
#: knows: it warns of any other on every page.
_DEVICE_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "interest-cohort",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

#: Nothing else sets these.
_HEADERS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Origin-Agent-Cluster", "?1"),
    ("Permissions-Policy", ", ".join(f"{name}=()" for name in _DEVICE_FEATURES)),
    APP_HEADER,
)
#: Two years, for all names below ours: whoever sets up the portal gives it a name of its own.
_TLS_ONLY = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")

OUTBOX_HEADER = "X-Outbox"

#: Largest form a person may send; a reflection is a few kilobytes.
MAX_FORM_BYTES = 256 * 1024

#: Endpoint -> largest form, where people bring files.
LARGER_FORMS: dict[str, int] = {}

csrf = CSRFProtect()


def headers_of(settings: Settings) -> tuple[tuple[str, str], ...]:
    """The headers of every answer: pages, errors, files, answers to machines."""
    return (*_HEADERS, _TLS_ONLY) if settings.cookie_secure else _HEADERS


def init_app(app: Flask, settings: Settings) -> None:
    """Install the guard."""
    headers = headers_of(settings)

    _refuse_before_forms_are_read(app, settings)
    csrf.init_app(app)

    @app.before_request
    def refuse_unknown_endpoints() -> None:
        if request.endpoint and request.endpoint not in PERMISSIONS:
            abort(403)

    @app.before_request
    def refuse_what_is_no_text() -> None:
        # PostgreSQL cannot keep the character NUL, no page may show it, and no keyboard makes it.
        # Machines are told in the words of their protocol.
        if not _comes_from_a_browser(app):
            return
        if "\0" in request.path:
            abort(404)
        for sent in (request.args, request.form):
            if any("\0" in name + value for name, value in sent.items(multi=True)):
                abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        # A view can only say more: an answer that no page may be told of has its own policy.
        said = {name.lower() for name, _value in response.headers}
        response.headers.extend(each for each in headers if each[0].lower() not in said)
        # Pages are personal: nothing of them may stay in a cache of a shared device.
        response.headers.setdefault("Cache-Control", "no-store")
        vary_by(response, "Cookie")
        return _told_to_the_outbox(response)


def _refuse_before_forms_are_read(app: Flask, settings: Settings) -> None:
    @app.before_request
    def limit_what_people_send() -> None:
        # Before anything reads the form. Machines have a limit of their own: MAX_CONTENT_LENGTH.
        if _comes_from_a_browser(app):
            request.max_content_length = LARGER_FORMS.get(request.endpoint or "", MAX_FORM_BYTES)

    @app.before_request
    def refuse_what_another_site_sends() -> None:
        # The second ring round forms; the first is their token.
        if request.method not in SAFE_METHODS and _is_guarded(app) and _is_from_elsewhere(settings):
            abort(403)


def _comes_from_a_browser(app: Flask) -> bool:
    """Whether a person's browser sends this; a launch is a form of one, too, whoever made it."""
    blueprint = app.blueprints.get(request.blueprint or "")
    return getattr(blueprint, "credential", "browser") in {"browser", "launch"}


def _is_guarded(app: Flask) -> bool:
    """Whether a form's token is asked for; machines and launches prove themselves otherwise."""
    known = request.endpoint in app.view_functions
    return known and not csrf._is_exempt()  # noqa: SLF001 - Flask-WTF tells nobody else


def _is_from_elsewhere(settings: Settings) -> bool:
    """Whether a browser says that a page of another site sends this.

    Source: https://www.w3.org/TR/fetch-metadata/
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    # The scheme is the proxy's matter, which may end TLS without a word about it.
    ours = {request.host, urlsplit(settings.public_url).netloc} - {""}
    return urlsplit(origin).netloc not in ours


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
