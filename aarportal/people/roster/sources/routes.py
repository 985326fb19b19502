"""Systems that the roster is fetched from, over HTTP."""

from uuid import UUID

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.roster.sources import operations, puller, store
from aarportal.people.roster.sources.forms import SourceForm
from aarportal.people.roster.sources.store import Source
from aarportal.people.roster.sources.troubles import TROUBLES
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice

blueprint = PortalBlueprint("sources", __name__, shows=looks.nobody)

PAGE = 20
_MANAGE = Permission.ROSTER_MANAGE
_ONE = "/rosters/sources/<uuid:source_id>"


@blueprint.route("/rosters/sources", permission=_MANAGE)
def sources(scope: Scope) -> Response:
    """List the systems, and how asking them went."""
    rows, count = store.page(scope, asked_page(), PAGE)
    values = {
        "sources": rows,
        "troubles": TROUBLES,
        "now": clock.now(),
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
        "school_day_of": clock.school_day_of,
    }
    return render("sources/sources.html", values)


@blueprint.route("/rosters/sources/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Ask where the other system is."""
    del scope
    return _page(SourceForm())


@blueprint.route("/rosters/sources/new", permission=_MANAGE, fresh=True, methods=["POST"])
def add(scope: Scope) -> AnyResponse:
    """Enter a system, and ask it for the first time."""
    form = SourceForm()
    try:
        if form.validate():
            row = operations.add(scope, form.draft(), puller.here().house)
            operations.ask_now(scope, row.id)
            return _asked()
    except InvalidError as error:
        form.refuse(error)
    return _page(form, status=422)


@blueprint.route(f"{_ONE}/change", permission=_MANAGE)
def change_form(scope: Scope, source_id: UUID) -> Response:
    """Show what was entered, to be changed."""
    row = store.source(scope, source_id)
    return _page(SourceForm.of(row), row)


@blueprint.route(f"{_ONE}/change", permission=_MANAGE, fresh=True, methods=["POST"])
def change(scope: Scope, source_id: UUID) -> AnyResponse:
    """Let the system be otherwise."""
    row = store.source(scope, source_id)
    form = SourceForm.of(row)
    try:
        if form.validate():
            operations.change(scope, source_id, form.draft(), puller.here().house)
            return _done(mark("The system is changed."))
    except InvalidError as error:
        form.refuse(error)
    return _page(form, row, status=422)


@blueprint.route(f"{_ONE}/ask", permission=_MANAGE, methods=["POST"])
def ask(scope: Scope, source_id: UUID) -> AnyResponse:
    """Ask the system now."""
    operations.ask_now(scope, source_id)
    return _asked()


@blueprint.route(f"{_ONE}/pause", permission=_MANAGE, methods=["POST"])
def pause(scope: Scope, source_id: UUID) -> AnyResponse:
    """Ask the system no more for a while."""
    operations.pause(scope, source_id)
    return _done(mark("The system is not asked any more."))


@blueprint.route(f"{_ONE}/resume", permission=_MANAGE, methods=["POST"])
def resume(scope: Scope, source_id: UUID) -> AnyResponse:
    """Ask the system every day again."""
    operations.resume(scope, source_id)
    return _done(mark("The system is asked every day again."))


@blueprint.route(f"{_ONE}/remove", permission=_MANAGE, methods=["POST"])
def remove(scope: Scope, source_id: UUID) -> AnyResponse:
    """Forget the system."""
    operations.remove(scope, source_id)
    return _done(mark("The system is forgotten, and its secret. What it brought is kept."))


def _page(form: SourceForm, row: Source | None = None, *, status: int = 200) -> Response:
    return render("sources/entry.html", {"form": form, "source": row}, status=status)


def _asked() -> AnyResponse:
    afterwards(puller.here().worker.wake)
    return _done(mark("The system is being asked. Load this page again in a while."))


def _done(words: str) -> AnyResponse:
    notice(words)
    return redirect(url_for(".sources"), 303)
