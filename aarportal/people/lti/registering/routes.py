"""Platforms that launch people into here, over HTTP: the office's pages."""

from uuid import UUID

from flask import Response, current_app, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.words import mark
from aarportal.people.lti import store
from aarportal.people.lti.completing import store as completing
from aarportal.people.lti.registering import operations
from aarportal.people.lti.registering.forms import PlatformForm, ReleaseForm
from aarportal.people.lti.store import Platform
from aarportal.settings import Settings
from aarportal.web import addresses, looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("platforms", __name__, shows=looks.nobody)

_MANAGE = Permission.ROSTER_MANAGE
_ONE = "/rosters/platforms/<uuid:platform_id>"


@blueprint.route("/rosters/platforms", permission=_MANAGE)
def platforms(scope: Scope) -> Response:
    """List the platforms."""
    rows = store.platforms(scope)
    ids = [row.id for row in rows]
    values = {
        "platforms": rows,
        "people": store.bindings(scope, ids),
        "contexts": store.contexts(scope, ids),
        "told": completing.told(scope, ids),
        "root": addresses.root(),
    }
    return render("platforms/platforms.html", values)


@blueprint.route("/rosters/platforms/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Ask where the platform is, and show what its maker has to know of us."""
    del scope
    return _page(PlatformForm())


@blueprint.route("/rosters/platforms/new", permission=_MANAGE, fresh=True, methods=["POST"])
def add(scope: Scope) -> AnyResponse:
    """Enter a platform."""
    form = PlatformForm()
    try:
        if form.validate():
            operations.add(scope, form.draft(), private=_private())
            return _done(mark("The platform is entered. Its people may come in."))
    except InvalidError as error:
        form.refuse(error)
    return _page(form, status=422)


@blueprint.route(f"{_ONE}/change", permission=_MANAGE)
def change_form(scope: Scope, platform_id: UUID) -> Response:
    """Show what was entered, to be changed."""
    row = store.platform(scope, platform_id)
    return _page(PlatformForm.of(row), row)


@blueprint.route(f"{_ONE}/change", permission=_MANAGE, fresh=True, methods=["POST"])
def change(scope: Scope, platform_id: UUID) -> AnyResponse:
    """Let the platform be otherwise."""
    row = store.platform(scope, platform_id)
    form = PlatformForm.of(row)
    try:
        if form.validate():
            operations.change(scope, platform_id, form.draft(), private=_private())
            return _done(mark("The platform is changed."))
    except InvalidError as error:
        form.refuse(error)
    return _page(form, row, status=422)


@blueprint.route(f"{_ONE}/release", permission=_MANAGE)
def release_form(scope: Scope, platform_id: UUID) -> Response:
    """Ask who is taken for somebody else."""
    return _release(scope, platform_id, ReleaseForm())


@blueprint.route(
    f"{_ONE}/release", permission=_MANAGE, fresh=True, methods=["POST"], transaction=False
)
def release(scope: Scope, platform_id: UUID) -> AnyResponse:
    """Let the roster say anew who somebody of the platform is."""
    form = ReleaseForm()
    try:
        operations.release(scope, platform_id, form.wanted())
    except InvalidError as error:
        form.refuse(error)
        with unit_of_work(scope, read_only=True):
            return _release(scope, platform_id, form, status=422)
    return _done(mark("It is let go. At the next launch the roster says who it is."))


@blueprint.route(
    f"{_ONE}/pause", permission=_MANAGE, fresh=True, methods=["POST"], transaction=False
)
def pause(scope: Scope, platform_id: UUID) -> AnyResponse:
    """Let nobody in from there for a while."""
    operations.pause(scope, platform_id)
    return _done(mark("Nobody comes in from there any more."))


@blueprint.route(f"{_ONE}/resume", permission=_MANAGE, fresh=True, methods=["POST"])
def resume(scope: Scope, platform_id: UUID) -> AnyResponse:
    """Let people in from there again."""
    operations.resume(scope, platform_id)
    return _done(mark("People may come in from there again."))


@blueprint.route(
    f"{_ONE}/remove", permission=_MANAGE, fresh=True, methods=["POST"], transaction=False
)
def remove(scope: Scope, platform_id: UUID) -> AnyResponse:
    """Forget the platform."""
    operations.remove(scope, platform_id)
    return _done(mark("The platform is forgotten."))


def _release(scope: Scope, platform_id: UUID, form: ReleaseForm, *, status: int = 200) -> Response:
    values = {"form": form, "platform": store.platform(scope, platform_id)}
    return render("platforms/release.html", values, status=status)


def _page(form: PlatformForm, row: Platform | None = None, *, status: int = 200) -> Response:
    values = {"form": form, "platform": row, "root": addresses.root()}
    return render("platforms/entry.html", values, status=status)


def _done(words: str) -> AnyResponse:
    notice(words)
    return redirect(url_for(".platforms"), 303)


def _private() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.private_platforms
