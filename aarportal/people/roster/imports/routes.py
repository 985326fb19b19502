"""Rosters that are brought, over HTTP."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.roster.difference import Fate
from aarportal.people.roster.imports import importer, operations, store
from aarportal.people.roster.imports.forms import ConfirmForm, RosterForm
from aarportal.people.roster.imports.rules import DOUBTS, REFUSALS, TROUBLES
from aarportal.people.roster.imports.states import STOPPED, WORKING
from aarportal.people.roster.oneroster.problems import RULES
from aarportal.people.roster.oneroster.repairs import REPAIRS
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render, tag_of, unchanged
from aarportal.web.guard import LARGER_FORMS
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice, source

PAGE = 40
#: People of one fate on a page.
PEOPLE = 50
#: The parts around a file in a form.
_AROUND_A_FILE = 64 * 1024

blueprint = PortalBlueprint("rosters", __name__, shows=looks.school("roster"))
LARGER_FORMS["rosters.bring"] = operations.MOST_BYTES + _AROUND_A_FILE
_MANAGE = Permission.ROSTER_MANAGE


@blueprint.route("/rosters", permission=_MANAGE)
def rosters(scope: Scope) -> Response:
    """List the rosters that were brought, the latest first."""
    rows, count = store.page(scope, asked_page(), PAGE)
    values = {
        "imports": rows,
        "people": store.people(scope, {row.made_by for row in rows}),
        "schools": store.school_names(scope, {row.school_id for row in rows}),
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
        "school_day": clock.school_day_of,
    }
    return render("rosters/rosters.html", values)


@blueprint.route("/rosters/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Ask for a file."""
    return _new(scope, RosterForm())


@blueprint.route("/rosters/new", permission=_MANAGE, methods=["POST"], costs=10)
def bring(scope: Scope) -> AnyResponse:
    """Take a file in, and have it looked through."""
    form = RosterForm()
    if form.validate():
        form.file.data.seek(0)
        data = form.file.data.read(operations.MOST_BYTES + 1)
        try:
            row = operations.bring(scope, form.brought(), data)
        except InvalidError:
            form.file.errors = [source(RULES["zip_too_large"], detail=str(operations.MOST_BYTES))]
        else:
            importer.here().files.put(row.id, data)
            return _on_to(row.id)
    return _new(scope, form, status=422)


@blueprint.route("/rosters/<uuid:roster_id>", permission=_MANAGE)
def roster_import(scope: Scope, roster_id: UUID) -> AnyResponse:
    """Show what a roster would do, how far it is, or what it did."""
    row = store.roster_import(scope, roster_id)
    version = f"{row.state} {_progress(row)} {row.state_since}"
    is_working = row.state in WORKING
    return (unchanged(version) if is_working else None) or _import(scope, row, None, version)


@blueprint.route(
    "/rosters/<uuid:roster_id>/confirm", permission=_MANAGE, fresh=True, methods=["POST"]
)
def confirm(scope: Scope, roster_id: UUID) -> AnyResponse:
    """Have it written."""
    row, form = store.to_change(scope, roster_id), ConfirmForm()
    try:
        operations.confirm(scope, row, sure=bool(form.sure.data))
    except InvalidError:
        form.sure.errors = [source(mark("Say that it is meant so, or do not take it in."))]
        return _import(scope, row, form)
    return _on_to(roster_id)


@blueprint.route("/rosters/<uuid:roster_id>/continue", permission=_MANAGE, methods=["POST"])
def go_on(scope: Scope, roster_id: UUID) -> AnyResponse:
    """Go on where it stopped."""
    operations.go_on(scope, store.to_change(scope, roster_id))
    return _on_to(roster_id)


@blueprint.route("/rosters/<uuid:roster_id>/undo", permission=_MANAGE)
def undo(scope: Scope, roster_id: UUID) -> Response:
    """Show what would go."""
    row = store.roster_import(scope, roster_id)
    return render("rosters/undo.html", {"row": row, "fates": _fates(row)})


@blueprint.route("/rosters/<uuid:roster_id>/undo", permission=_MANAGE, fresh=True, methods=["POST"])
def take_back(scope: Scope, roster_id: UUID) -> AnyResponse:
    """Have everything taken back that it wrote."""
    operations.ask_back(scope, store.to_change(scope, roster_id))
    return _on_to(roster_id)


@blueprint.route("/rosters/<uuid:roster_id>/drop", permission=_MANAGE, methods=["POST"])
def drop(scope: Scope, roster_id: UUID) -> AnyResponse:
    """Let go of a roster of which nothing was written."""
    operations.drop(scope, store.to_change(scope, roster_id))
    files = importer.here().files
    afterwards(lambda: files.forget(roster_id))
    notice(mark("The file is gone; nothing of it was imported."))
    return redirect(url_for(".rosters"), 303)


def _new(scope: Scope, form: RosterForm, *, status: int = 200) -> Response:
    within = operations.reach(scope)
    names = store.school_names(scope, {within.school_id})
    values = {"form": form, "school": next(iter(names.values()), ""), "repairs": REPAIRS}
    return render("rosters/new.html", values, status=status)


def _import(
    scope: Scope, row: store.Import, form: ConfirmForm | None, version: str = ""
) -> AnyResponse:
    fates = _fates(row)
    asked = request.args.get("fate", "")
    fate = asked if asked in dict(fates) else next((name for name, _ in fates), "")
    number = asked_page()
    values = {
        "row": row,
        "form": form or ConfirmForm(formdata=None),
        "fates": fates,
        "fate": fate,
        "lines": store.fates(scope, row.id, fate, (number - 1) * PEOPLE, PEOPLE) if fate else [],
        "page": number,
        "pages": max(-(-dict(fates).get(fate, 0) // PEOPLE), 1),
        "people": store.people(scope, {row.made_by, row.confirmed_by, row.undone_by}),
        "schools": store.school_names(scope, {row.school_id}),
        "rules": {**RULES, **REFUSALS},
        "repairs": REPAIRS,
        "doubts": DOUBTS,
        "troubles": TROUBLES,
        "working": row.state in WORKING,
        "stopped": row.state in STOPPED,
        "progress": _progress(row),
        "school_day": clock.school_day_of,
        "tag": tag_of(version),
    }
    response = render("rosters/import.html", values, status=422 if form else 200)
    response.set_etag(tag_of(version))
    return response


def _fates(row: store.Import) -> list[tuple[str, int]]:
    """(fate, how many people) of those that somebody meets, in their order."""
    found = row.outcome.get("fates", {})
    return [(str(fate), found[fate]) for fate in Fate if found.get(fate)]


def _progress(row: store.Import) -> int:
    """Rows that are done; those of one transaction only the process that writes them knows."""
    written = importer.here().written
    return written[1] if written and written[0] == row.id else row.progress


def _on_to(roster_id: UUID) -> AnyResponse:
    """Lead to the import, and have it worked on once this is committed."""
    afterwards(importer.here().worker.wake)
    return redirect(url_for(".roster_import", roster_id=roster_id), 303)
