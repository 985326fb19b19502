"""LTI as a tool, over HTTP: platforms bring people here."""

import re
from uuid import UUID

from flask import Response, current_app, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.permissions import Permission
from aarportal.people.accounts.routes import ends_early, welcome
from aarportal.people.lti import keysets, operations
from aarportal.people.lti.claims import origin_of
from aarportal.people.lti.keys import operations as keys
from aarportal.people.lti.operations import Arrived, LoginRequest, RefusedLaunchError
from aarportal.people.lti.tokens import TokenError
from aarportal.people.lti.troubles import trouble
from aarportal.people.lti.trying import operations as trying
from aarportal.web import addresses, cookies
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.openings import let_be_framed_by

#: Nobody here is known by a cookie; each request proves by itself where it comes from.
blueprint = PortalBlueprint("lti", __name__, credential="launch")

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")
_BROWSER_SECONDS = 600
_COOKIE = "launch"
#: In which frame of the platform its storage is; a name, or the page around ours.
_FRAME_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_IN_FRAME = frozenset({"iframe", "frame", "embed", "object"})


@blueprint.route("/lti/jwks", permission=Permission.PUBLIC)
def jwks() -> Response:
    """Publish our keys."""
    response = jsonify(keys=keys.published())
    seconds = int(keys.CACHED.total_seconds())
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


@blueprint.route("/lti/login", permission=Permission.PUBLIC, methods=["GET", "POST"])
def login() -> AnyResponse:
    """Begin a launch, as a platform asks for."""
    return _begin(None)


@blueprint.route(
    "/lti/login/<uuid:platform_id>", permission=Permission.PUBLIC, methods=["GET", "POST"]
)
def platform_login(platform_id: UUID) -> AnyResponse:
    """Begin a launch of one registration."""
    return _begin(platform_id)


@blueprint.route("/lti/launch", permission=Permission.PUBLIC, methods=["POST"])
def launch() -> AnyResponse:
    """End a launch: let the person in, or say what is to be done."""
    trying.refuse_too_many(*_from())
    if "error" in request.form:
        return _not_taken("platform_refused")
    state = request.form.get("state", "")
    try:
        arrived = _arrived(state)
        if arrived.is_same_browser and request.headers.get("Sec-Fetch-Dest") not in _IN_FRAME:
            return _let_in(arrived.ticket, "")
    except RefusedLaunchError as error:
        let_be_framed_by(error.origins)
        return _not_taken(error.rule)
    except TokenError as error:
        return _not_taken(error.rule)
    return _ask(arrived, state)


@blueprint.route("/lti/launch", permission=Permission.PUBLIC)
def launch_again() -> AnyResponse:
    """A launch page that is loaded again, which is used up; or a platform that refuses."""
    if "error" in request.args:
        return _refused("platform_refused")
    return redirect(url_for("home.home"), 303)


@blueprint.route("/lti/enter", permission=Permission.PUBLIC, methods=["POST"])
def enter() -> AnyResponse:
    """Come in by the page that a launch ended with; nobody else's page may send it."""
    if request.headers.get("Origin") != origin_of(addresses.root()):
        return _refused("not_from_here")
    trying.refuse_too_many(*_from())
    form = request.form
    try:
        return _let_in(form.get("ticket", ""), form.get("kept", ""))
    except TokenError as error:
        return _not_taken(error.rule)


def _begin(platform_id: UUID | None) -> AnyResponse:
    trying.begin(*_from())
    # What stands in the address of a form is nobody's word.
    sent = request.form if request.method == "POST" else request.args
    asked = LoginRequest(
        sent.get("iss", ""),
        sent.get("login_hint", ""),
        sent.get("lti_message_hint", ""),
        sent.get("client_id", ""),
        sent.get("lti_deployment_id", ""),
        platform_id,
        _browser(),
    )
    try:
        begun = operations.begin(asked, addresses.root())
    except TokenError as error:
        return _refused(error.rule)
    response: AnyResponse = redirect(begun.address, 302)
    frame = sent.get("lti_storage_target", "")
    if _FRAME_NAME.fullmatch(frame):
        let_be_framed_by(begun.origins)
        response = render("lti/login.html", {"begun": begun, "frame": frame})
    # A launch comes back as a form of another site; without TLS no browser takes that.
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    cookies.keep(
        response,
        _COOKIE,
        begun.browser,
        max_age=_BROWSER_SECONDS,
        same_site="None" if is_secure else "Lax",
    )
    return response


def _arrived(state: str) -> Arrived:
    token, verify = request.form.get("id_token", ""), keysets.here().verified
    arrived = operations.arrive(token, state, _browser(), addresses.root(), verify)
    trying.note_arrived(*_from())
    return arrived


def _ask(arrived: Arrived, state: str) -> Response:
    """Ask whether it is them, and go on in a page that is in nobody's frame."""
    let_be_framed_by(arrived.origins)
    is_framed = request.headers.get("Sec-Fetch-Dest") in _IN_FRAME
    values = {"arrived": arrived, "is_framed": is_framed, "state": state}
    return render("lti/enter.html", values)


def _let_in(ticket: str, kept: str) -> AnyResponse:
    device = request.user_agent.string
    token, target = operations.enter(ticket, kept, device, ends_early())
    return welcome(token, target)


def _not_taken(rule: str) -> Response:
    trying.note_refused(*_from())
    return _refused(rule)


def _refused(rule: str) -> Response:
    status, words, advice = trouble(rule)
    return make_response(
        render("lti/refused.html", {"words": words, "advice": advice}, status=status)
    )


def _browser() -> str:
    found = cookies.kept(_COOKIE) or ""
    return found if _BROWSER.fullmatch(found) else ""


def _from() -> tuple[str, str]:
    """From where it comes, and the secret under which that is kept."""
    return request.remote_addr or "", current_app.config["SECRET_KEY"]
