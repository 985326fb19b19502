"""Rosters that are taken along, over HTTP."""

from typing import BinaryIO

from flask import Response, current_app, send_file
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.exports import operations, store
from aarportal.people.roster.exports.forms import ExportForm
from aarportal.people.roster.exports.operations import Written
from aarportal.settings import Settings
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render

blueprint = PortalBlueprint("exports", __name__, shows=looks.nobody)
_MANAGE = Permission.ROSTER_MANAGE


@blueprint.route("/rosters/export", permission=_MANAGE)
def export(scope: Scope) -> Response:
    """Ask how the roster is to be written."""
    return _page(scope, ExportForm())


@blueprint.route(
    "/rosters/export",
    permission=_MANAGE,
    fresh=True,
    methods=["POST"],
    transaction=False,
    costs=10,
    shows=looks.school("roster"),
)
def download(scope: Scope) -> AnyResponse:
    """Give the roster out, or say what is missing for it."""
    form, extent = ExportForm(), operations.extent_of(scope)
    if not form.validate():
        return _again(scope, form)
    file = _working_file()
    with unit_of_work(scope, read_only=True):
        written = operations.write(scope, extent, form.chosen(), file)
    if written.shortfalls:
        file.close()
        return _again(scope, form, written)
    with unit_of_work(scope):
        operations.note(scope, extent, form.chosen(), written)
    return _sent(file, written)


def _working_file() -> BinaryIO:
    settings: Settings = current_app.config["SETTINGS"]
    return operations.working_file(settings.data_dir / "exports")


def _sent(file: BinaryIO, written: Written) -> Response:
    file.seek(0)
    return send_file(
        file, mimetype="application/zip", as_attachment=True, download_name=written.name
    )


def _again(scope: Scope, form: ExportForm, written: Written | None = None) -> Response:
    with unit_of_work(scope, read_only=True):
        return _page(scope, form, written, status=422)


def _page(
    scope: Scope, form: ExportForm, written: Written | None = None, *, status: int = 200
) -> Response:
    extent = operations.extent_of(scope)
    code, name = store.place(scope, extent)
    values = {
        "form": form,
        "shortfalls": written.shortfalls if written else (),
        "place": name,
        "counts": store.counts(scope, extent),
        "zip_name": operations.zip_name(code, extent),
    }
    return render("exports/export.html", values, status=status)
