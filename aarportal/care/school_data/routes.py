"""Imports of school data over HTTP."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.care.school_data import importer, operations, store
from aarportal.care.school_data.columns import columns_of
from aarportal.care.school_data.forms import ColumnsForm, FileForm, StartForm
from aarportal.care.school_data.kinds import Kind, discover
from aarportal.care.school_data.rules import RULES, TROUBLES
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.tables.sheets import SheetError
from aarportal.core.words import mark
from aarportal.cycle.action.imports.states import BEFORE_START, WORKING, ImportState
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render, tag_of, unchanged
from aarportal.web.guard import LARGER_FORMS
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice, source

PAGE = 40
#: The parts around a file in a form.
_AROUND_A_FILE = 64 * 1024

blueprint = PortalBlueprint("school_data", __name__, shows=looks.school("school_data"))
LARGER_FORMS["school_data.bring"] = operations.MOST_BYTES + _AROUND_A_FILE
_IMPORT = Permission.SCHOOL_DATA_IMPORT


@blueprint.route("/school-data", permission=_IMPORT)
def imports(scope: Scope) -> Response:
    """List what was brought, the latest first."""
    number = asked_page()
    rows, number, pages = store.page(scope, number, PAGE)
    values = {
        "imports": rows,
        "kinds": discover(),
        "people": store.names(scope, {row.made_by for row in rows}),
        "page": number,
        "pages": pages,
        "school_day": clock.school_day_of,
    }
    return render("school_data/imports.html", values)


@blueprint.route("/school-data/new", permission=_IMPORT)
def new(scope: Scope) -> Response:
    """Ask which kind of table it is, and say of each who will read it."""
    return render("school_data/new.html", {"kinds": store.kinds_for(scope)})


@blueprint.route("/school-data/new/<string:kind_key>", permission=_IMPORT)
def file(scope: Scope, kind_key: str) -> Response:
    """Ask for a file."""
    return _file(scope, store.kind(scope, kind_key), FileForm())


@blueprint.route(
    "/school-data/new/<string:kind_key>", permission=_IMPORT, methods=["POST"], costs=10
)
def bring(scope: Scope, kind_key: str) -> AnyResponse:
    """Take a file in."""
    kind, form = store.kind(scope, kind_key), FileForm()
    if form.validate():
        form.file.data.seek(0)  # the view may run twice
        data = form.file.data.read(operations.MOST_BYTES + 1)
        try:
            row = operations.bring(scope, kind, form.file.data.filename or "", data)
        except SheetError as error:
            form.file.errors = [_file_words(error)]
        else:
            importer.files().put(row.id, data)
            return redirect(url_for(".columns", data_import_id=row.id), 303)
    return _file(scope, kind, form, status=422)


@blueprint.route("/school-data/<uuid:data_import_id>/columns", permission=_IMPORT)
def columns(scope: Scope, data_import_id: UUID) -> AnyResponse:
    """Ask which column holds what; before that, in which encoding the file is text."""
    row = store.school_data_import(scope, data_import_id)
    if row.state not in BEFORE_START:
        return redirect(url_for(".school_data_import", data_import_id=data_import_id), 303)
    return _columns(scope, row, _columns_form(scope, row))


@blueprint.route("/school-data/<uuid:data_import_id>/columns", permission=_IMPORT, methods=["POST"])
def say_columns(scope: Scope, data_import_id: UUID) -> AnyResponse:
    """Keep which column holds what, and have every row looked at."""
    row = operations.with_open_columns(scope, data_import_id)
    form = _columns_form(scope, row)
    if form is not None and form.validate():
        said = form.said()
        form.refuse(_column_words(form, *each) for each in _problems(scope, row, form))
        if not form.errors:
            operations.say_columns(scope, row, said)
            return _on_to(data_import_id)
    return _columns(scope, row, form, status=422)


@blueprint.route(
    "/school-data/<uuid:data_import_id>/encoding", permission=_IMPORT, methods=["POST"]
)
def choose_encoding(scope: Scope, data_import_id: UUID) -> AnyResponse:
    """Keep in which encoding the file is text."""
    row = operations.with_open_columns(scope, data_import_id)
    try:
        operations.choose_encoding(scope, row, request.form.get("encoding", ""))
    except InvalidError:
        return _columns(scope, row, _columns_form(scope, row), status=422, asks_encoding=True)
    return redirect(url_for(".columns", data_import_id=data_import_id), 303)


@blueprint.route("/school-data/<uuid:data_import_id>", permission=_IMPORT)
def school_data_import(scope: Scope, data_import_id: UUID) -> AnyResponse:
    """Show what the import would do, how far it is, or what it did."""
    row = store.school_data_import(scope, data_import_id)
    if row.state == ImportState.UPLOADED:
        return redirect(url_for(".columns", data_import_id=data_import_id), 303)
    version = f"{row.state} {row.progress} {row.state_since}"
    same = unchanged(version) if row.state in WORKING else None
    return same or _import(scope, row, StartForm(formdata=None), version)


@blueprint.route("/school-data/<uuid:data_import_id>/start", permission=_IMPORT, methods=["POST"])
def start(scope: Scope, data_import_id: UUID) -> AnyResponse:
    """Have the rows taken in."""
    row, form = store.school_data_import(scope, data_import_id), StartForm()
    try:
        operations.start(scope, row, without_others=bool(form.without_others.data))
    except InvalidError as error:
        form.without_others.errors = [source(_START_WORDS[error.rule])]
        return _import(scope, row, form, status=422)
    return _on_to(data_import_id)


@blueprint.route("/school-data/<uuid:data_import_id>/undo", permission=_IMPORT)
def undo(scope: Scope, data_import_id: UUID) -> Response:
    """Ask once more before everything is taken back."""
    row = store.school_data_import(scope, data_import_id)
    values = {"row": row, "kind": store.kind(scope, row.kind)}
    return render("school_data/undo.html", values)


@blueprint.route(
    "/school-data/<uuid:data_import_id>/<string:step>", permission=_IMPORT, methods=["POST"]
)
def go(scope: Scope, data_import_id: UUID, step: str) -> AnyResponse:
    """Stop the work, go on with it, or have everything taken back."""
    operations.go(scope, store.school_data_import(scope, data_import_id), step)
    return _on_to(data_import_id)


@blueprint.route("/school-data/<uuid:data_import_id>/drop", permission=_IMPORT, methods=["POST"])
def drop(scope: Scope, data_import_id: UUID) -> AnyResponse:
    """Let go of a file of which nothing was taken."""
    operations.drop(scope, store.school_data_import(scope, data_import_id))
    forget = importer.files().forget
    afterwards(lambda: forget(data_import_id))
    notice(mark("The file is gone; nothing of it was imported."))
    return redirect(url_for(".imports"), 303)


#: Rule -> sentence, where the operation refuses to start.
_START_WORDS = {
    "choose": mark("Say that these rows are left out, or mend the file."),
    "nothing_new": mark("No row says anything new."),
}


def _file(scope: Scope, kind: Kind, form: FileForm, *, status: int = 200) -> Response:
    values = {"kind": kind, "form": form, "kept": store.mapping(scope, kind.key)}
    return render("school_data/file.html", values, status=status)


def _file_words(error: SheetError) -> str:
    said = source(RULES[error.rule], detail=error.detail)
    return source("Line %(n)s: %(words)s", n=error.line, words=said) if error.line else said


def _columns_form(scope: Scope, row: store.Import) -> ColumnsForm | None:
    if not row.encoding:
        return None
    kind, said = store.kind(scope, row.kind), operations.said_of(row)
    return ColumnsForm.of(kind, said, row.heads[row.encoding])


def _problems(scope: Scope, row: store.Import, form: ColumnsForm) -> list[tuple[str, str]]:
    return list(operations.column_problems(scope, row, form.said()))


def _column_words(form: ColumnsForm, name: str, rule: str) -> tuple[str, str]:
    return name, source(RULES[rule], detail=str(form[name].label.text))


def _columns(
    scope: Scope,
    row: store.Import,
    form: ColumnsForm | None,
    *,
    status: int = 200,
    asks_encoding: bool = False,
) -> Response:
    values = {
        "row": row,
        "kind": store.kind(scope, row.kind),
        "form": form,
        "refused": asks_encoding,
    }
    return render("school_data/columns.html", values, status=status)


def _import(
    scope: Scope, row: store.Import, form: StartForm, version: str = "", *, status: int = 200
) -> AnyResponse:
    kind = store.kind(scope, row.kind)
    wanted = {UUID(each["student_id"]) for each in row.preview}
    values = {
        "row": row,
        "kind": kind,
        "form": form,
        "labels": {column.key: column.label for column in columns_of(kind)},
        "people": {str(key): person for key, person in store.names(scope, wanted).items()},
        "school_day": clock.school_day_of,
        "rules": RULES,
        "troubles": TROUBLES,
        "working": row.state in WORKING,
        "tag": tag_of(version),
    }
    response = render("school_data/import.html", values, status=status)
    response.set_etag(tag_of(version))
    return response


def _on_to(data_import_id: UUID) -> AnyResponse:
    """Lead to the import, and have it worked on once this is committed."""
    afterwards(importer.wake)
    return redirect(url_for(".school_data_import", data_import_id=data_import_id), 303)
