"""The page that asks who sits there before it goes on, and gives back what was being sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotProvedError, TooManyTriesError
from aarportal.core.permissions import Permission
from aarportal.people.accounts import ways
from aarportal.people.accounts.proving import operations
from aarportal.people.accounts.proving.forms import ProofForm
from aarportal.web import credentials
from aarportal.web.addresses import own_path
from aarportal.web.blueprint import SAFE_METHODS, PortalBlueprint
from aarportal.web.errors import SCRIPTED, wants_json
from aarportal.web.fragments import render
from aarportal.web.reader import Proof, visiting

blueprint = PortalBlueprint("proving", __name__)

#: Which proof a page may want: see NotProvedError.
_WANTED = frozenset({"again", "fresh", "strong"})
#: What stood in a form that was stopped is sent along under names that begin so.
_KEPT = "kept."
#: Says that a form was stopped, even one without fields.
_STOPPED = "stopped"
#: The page on which that form stands, for ways that lead back by a link.
_BEHIND = "behind"
#: Pressed by whoever has proved it in another tab.
_DONE = "done"


@blueprint.route("/prove", permission=Permission.PUBLIC, methods=["GET", "POST"])
def prove() -> AnyResponse:
    """Take a proof, then go on where it was asked for."""
    visitor = credentials.known("browser")
    if visitor is None:
        return redirect(url_for("accounts.sign_in", next=_target()), 303)
    form = ProofForm()
    kept = _kept() if _STOPPED in request.form else None
    try:
        if form.validate_on_submit():
            _take_proof(visitor.proof, form)
            return _go_on(kept)
    except InvalidError as error:
        return _ask(form, kept, refused=error.field)
    except TooManyTriesError as error:
        return _ask_later(form, kept, error.retry_after_seconds)
    return _ask(form, kept)


@blueprint.app_errorhandler(NotProvedError)
def ask_first(error: NotProvedError) -> AnyResponse:
    """Lead whoever has to prove something to the page that asks; what they sent is kept on it."""
    is_fragment = "Hx-Request" in request.headers
    if wants_json() or (not is_fragment and any(name in request.headers for name in SCRIPTED)):
        return Response(status=401)
    if is_fragment or request.method in SAFE_METHODS:
        return _lead(error.wanted, is_fragment=is_fragment)
    with_files = any(file.filename for file in request.files.values())
    target = _page_behind() if with_files else request.full_path.rstrip("?")
    kept = None if with_files else _posted()
    return _ask(ProofForm(formdata=None), kept, wanted=error.wanted, target=target)


def _lead(wanted: str, *, is_fragment: bool) -> AnyResponse:
    target = _page_behind() if is_fragment else request.full_path.rstrip("?")
    address = url_for("proving.prove", next=target, wanted=wanted)
    if not is_fragment:
        return redirect(address, 303)
    return Response(status=401, headers={"HX-Redirect": address})


def _ask(
    form: ProofForm,
    kept: list[tuple[str, str]] | None,
    *,
    refused: str = "",
    wanted: str = "",
    target: str = "",
) -> Response:
    stopped = bool(wanted)
    values = _values(form, kept, wanted, target) | {"refused": refused}
    return _draw(values, 403 if stopped else 422 if form.is_submitted() else 200)


def _ask_later(form: ProofForm, kept: list[tuple[str, str]] | None, seconds: int) -> Response:
    """Nothing is taken just now; what was typed before stays on the page."""
    opens_at = clock.now() + timedelta(seconds=seconds)
    values = {"opens_at": opens_at, "day_of": clock.school_day_of}
    response = _draw(_values(form, kept) | values, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _draw(values: dict[str, Any], status: int) -> Response:
    visitor = credentials.known("browser")
    assert visitor is not None
    # Whoever sits there now may be somebody else: no name, no menu, but the same language.
    with visiting(replace(visitor, person=None)):
        return render("proving/prove.html", values, status=status)


def _values(
    form: ProofForm, kept: list[tuple[str, str]] | None, wanted: str = "", target: str = ""
) -> dict[str, Any]:
    """What the page is made of; `wanted` is given where something was stopped just now."""
    stopped = bool(wanted)
    wanted, target = wanted or _wanted(), target or _target()
    means = operations.means(session["token"])
    # A link leads back by a link: not to where only a form is sent.
    behind = target if kept is None else _behind(stopped=stopped)
    return {
        "form": form,
        "kept": kept,
        "wanted": wanted,
        "target": target,
        "behind": behind,
        "means": means,
        "again": ways.again(means.way, means.user_id, behind),
        "lost_files": stopped and kept is None,
    }


def _take_proof(proof: Proof, form: ProofForm) -> None:
    """Take what was typed; or look whether what is wanted was proved meanwhile, in another tab.

    Raises:
        InvalidError: If it is no proof, or was not.
        TooManyTriesError: If the person has to wait.
    """
    if _DONE not in request.form:
        secret = str(current_app.secret_key)
        session["token"] = operations.prove(session["token"], form.draft(), secret)
        return
    met = {"again": True, "fresh": proof.is_fresh, "strong": proof.is_strong}
    if proof.is_idle or not met[_wanted()]:
        raise InvalidError(_DONE, "proof")


def _go_on(kept: list[tuple[str, str]] | None) -> AnyResponse:
    if kept is None:
        return redirect(_target(), 303)
    visitor = credentials.known("browser")
    assert visitor is not None
    with visiting(replace(visitor, person=None)):
        return make_response(render("proving/send.html", {"kept": kept, "target": _target()}))


def _wanted() -> str:
    asked = request.args.get("wanted", "")
    return asked if asked in _WANTED else "fresh"


def _target() -> str:
    return own_path(request.args.get("next")) or url_for("home.home")


def _behind(*, stopped: bool) -> str:
    said = own_path(request.form.get(_BEHIND))
    return _page_behind() if stopped or said is None else said


def _page_behind() -> str:
    """The page from which something was asked for, by what its browser says."""
    said = request.headers.get("Hx-Current-Url") or request.referrer or ""
    parts = urlsplit(said)
    path = f"{parts.path}?{parts.query}".rstrip("?") if parts.netloc == request.host else None
    target = own_path(path)
    return target if target and _is_page(target) else url_for("home.home")


def _is_page(path: str) -> bool:
    """Whether a link opens it: a refused form stands where nothing but forms are taken."""
    addresses = current_app.create_url_adapter(request)
    assert addresses is not None
    try:
        addresses.match(urlsplit(path).path, method="GET")
    except HTTPException:
        return False
    return True


def _posted() -> list[tuple[str, str]]:
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if name != "csrf_token"]


def _kept() -> list[tuple[str, str]]:
    fields = request.form.items(multi=True)
    return [(name[len(_KEPT) :], value) for name, value in fields if name.startswith(_KEPT)]
