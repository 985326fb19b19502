"""What a browser needs before anybody is known: the shell that works offline, and a fresh token."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from flask import (
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    request,
    send_from_directory,
    url_for,
)
from flask_wtf.csrf import generate_csrf

from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.settings import Settings
from aarportal.web import assets, credentials, view
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render

blueprint = PortalBlueprint("shell", __name__)

#: Whoever reads an older copy asks again; less than a year, as the RFC wants it.
_TOLD_FOR = timedelta(days=180)


@blueprint.route("/csrf", permission=Permission.PUBLIC)
def csrf() -> Response:
    """A token for what an outbox is about to send, and whose session it would go under."""
    visitor = credentials.known("browser")
    person = visitor.person if visitor else None
    owner = view.owner_name(current_app.config["SETTINGS"], person) if person else None
    return jsonify(token=generate_csrf(), person=owner)


@blueprint.route("/sw.js", permission=Permission.PUBLIC)
def service_worker() -> Response:
    """The service worker, at the root so that it serves every page."""
    script = Path(current_app.config["ASSET_FOLDER"], "js", "sw.js").read_bytes()
    response = Response(script, mimetype="text/javascript")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    response.make_conditional(request)
    return response


@blueprint.route("/static-manifest.json", permission=Permission.PUBLIC)
def static_manifest() -> Response:
    """The files of this version's shell."""
    version = current_app.config["ASSET_VERSION"]
    files = assets.shell(current_app.config["ASSET_FOLDER"], version)
    return jsonify(version=version, files=files)


@blueprint.route("/offline", permission=Permission.PUBLIC)
def offline() -> Response:
    """The sheet to write on without a connection; the same for everybody."""
    return render("shell/offline.html", {})


@blueprint.route("/manifest.webmanifest", permission=Permission.PUBLIC)
def web_manifest() -> Response:
    """What makes the portal installable."""
    return make_response(
        send_from_directory(
            current_app.config["ASSET_FOLDER"],
            "manifest.webmanifest",
            mimetype="application/manifest+json",
        )
    )


@blueprint.route("/.well-known/security.txt", permission=Permission.PUBLIC)
def security_txt() -> Response:
    """Whom to tell about a weakness.

    Source: RFC 9116.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.security_contact:
        abort(404)
    until = datetime.combine(clock.today() + _TOLD_FOR, time(), UTC)
    lines = [
        f"Contact: {settings.security_contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: ja, en",
    ]
    if settings.public_url.startswith("https://"):
        root = settings.public_url.rstrip("/")
        lines.append(f"Canonical: {root}{url_for('.security_txt')}")
    return Response("".join(f"{line}\r\n" for line in lines), mimetype="text/plain")


@blueprint.route("/healthz", permission=Permission.PUBLIC)
def health() -> Response:
    """Says that the process answers; monitors ask for it."""
    return jsonify(ok=True)
