"""Imports of tables over HTTP."""

from uuid import UUID

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice as Choice

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.tables.heads import shown
from aarportal.core.tables.sheets import SheetError
from aarportal.core.words import mark
from aarportal.cycle.action import store as action
from aarportal.cycle.action.imports import importer, operations, store
from aarportal.cycle.action.imports.forms import (
    ColumnsForm,
    EncodingForm,
    StartForm,
    TableForm,
)
from aarportal.cycle.action.imports.rules import RULES, TROUBLES
from aarportal.cycle.action.imports.states import BEFORE_START, WORKING, ImportState
from aarportal.cycle.action.translators.rows import CellProblem
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render, tag_of, unchanged
from aarportal.web.guard import LARGER_FORMS
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice, plain, source

PAGE = 40
#: The parts around a file in a form.
_AROUND_A_FILE = 64 * 1024


blueprint = PortalBlueprint("imports", __name__, shows=looks.school("imports"))
LARGER_FORMS["imports.bring"] = operations.MOST_BYTES + _AROUND_A_FILE
_MANAGE = Permission.IMPORTS_MANAGE


@blueprint.route("/imports", permission=_MANAGE)
def imports(scope: Scope) -> Response:
    """List what was imported, the latest first."""
    rows, count = store.page(scope, asked_page(), PAGE)
    values = {
        "imports": rows,
        "apps": action.apps_by_id(scope, {row.app_id for row in rows}),
        "people": store.people(scope, {row.made_by for row in rows}),
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
        "school_day": clock.school_day_of,
    }
    return render("imports/imports.html", values)


@blueprint.route("/imports/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Ask for a file."""
    return _new(_table_form(scope))


@blueprint.route("/imports/new", permission=_MANAGE, methods=["POST"], costs=10)
def bring(scope: Scope) -> AnyResponse:
    """Take a file in."""
    form = _table_form(scope)
    if form.validate():
        form.file.data.seek(0)
        data = form.file.data.read(operations.MOST_BYTES + 1)
        try:
            row = operations.bring(scope, form.draft(), data)
        except SheetError as error:
            form.file.errors = [_file_words(error)]
        else:
            importer.files().put(row.id, data)
            return redirect(url_for(".columns", import_id=row.id), 303)
    return _new(form, status=422)


@blueprint.route("/imports/<uuid:import_id>/columns", permission=_MANAGE)
def columns(scope: Scope, import_id: UUID) -> AnyResponse:
    """Ask which column holds what; before that, in which encoding the file is text."""
    row = store.table_import(scope, import_id)
    if row.state not in BEFORE_START:
        return redirect(url_for(".table_import", import_id=import_id), 303)
    return _columns(scope, row, _columns_form(row))


@blueprint.route("/imports/<uuid:import_id>/columns", permission=_MANAGE, methods=["POST"])
def say_columns(scope: Scope, import_id: UUID) -> AnyResponse:
    """Keep which column holds what, and have every row looked at."""
    row = operations.with_open_columns(scope, import_id)
    form = _columns_form(row)
    if form is not None and form.validate():
        form.refuse(_column_problems(row, form))
        try:
            if not form.errors:
                operations.say_columns(scope, row, form.draft())
                return _on_to(import_id)
        except InvalidError as error:
            form.refuse([(error.field, source(_HOME_PAGE_WORDS[error.rule]))])
    return _columns(scope, row, form, status=422)


@blueprint.route("/imports/<uuid:import_id>/encoding", permission=_MANAGE, methods=["POST"])
def choose_encoding(scope: Scope, import_id: UUID) -> AnyResponse:
    """Keep in which encoding the file is text."""
    row, form = operations.with_open_columns(scope, import_id), EncodingForm()
    try:
        operations.choose_encoding(scope, row, form.encoding.data or "")
    except InvalidError:
        return _columns(scope, row, _columns_form(row), status=422, asks_encoding=True)
    return redirect(url_for(".columns", import_id=import_id), 303)


@blueprint.route("/imports/<uuid:import_id>", permission=_MANAGE)
def table_import(scope: Scope, import_id: UUID) -> AnyResponse:
    """Show what the import would do, how far it is, or what it did."""
    row = store.table_import(scope, import_id)
    if row.state == ImportState.UPLOADED:
        return redirect(url_for(".columns", import_id=import_id), 303)
    version = f"{row.state} {row.progress} {row.state_since}"
    is_working = row.state in WORKING
    return (unchanged(version) if is_working else None) or _import(scope, row, None, version)


@blueprint.route("/imports/<uuid:import_id>/start", permission=_MANAGE, methods=["POST"])
def start(scope: Scope, import_id: UUID) -> AnyResponse:
    """Have the rows taken in."""
    row, form = store.table_import(scope, import_id), StartForm()
    try:
        operations.start(scope, row, without_problems=bool(form.without_problems.data))
    except InvalidError as error:
        form.without_problems.errors = [source(_START_WORDS[error.rule])]
        return _import(scope, row, form)
    return _on_to(import_id)


@blueprint.route("/imports/<uuid:import_id>/stop", permission=_MANAGE, methods=["POST"])
def stop(scope: Scope, import_id: UUID) -> AnyResponse:
    """Stop after the rows that are being taken just now."""
    operations.stop(scope, store.table_import(scope, import_id))
    return redirect(url_for(".table_import", import_id=import_id), 303)


@blueprint.route("/imports/<uuid:import_id>/continue", permission=_MANAGE, methods=["POST"])
def go_on(scope: Scope, import_id: UUID) -> AnyResponse:
    """Go on where it stopped."""
    operations.go_on(scope, store.table_import(scope, import_id))
    return _on_to(import_id)


@blueprint.route("/imports/<uuid:import_id>/undo", permission=_MANAGE)
def undo(scope: Scope, import_id: UUID) -> Response:
    """Show what would go."""
    row = store.table_import(scope, import_id)
    values = {"row": row, "app": _app(scope, row), "made": store.made(scope, import_id)}
    return render("imports/undo.html", values)


@blueprint.route("/imports/<uuid:import_id>/undo", permission=_MANAGE, methods=["POST"])
def take_back(scope: Scope, import_id: UUID) -> AnyResponse:
    """Take everything back that it brought."""
    operations.take_back(scope, store.table_import(scope, import_id))
    return _on_to(import_id)


@blueprint.route("/imports/<uuid:import_id>/drop", permission=_MANAGE, methods=["POST"])
def drop(scope: Scope, import_id: UUID) -> AnyResponse:
    """Let go of a file of which nothing was taken."""
    operations.drop(scope, store.table_import(scope, import_id))
    files = importer.files()
    afterwards(lambda: files.forget(import_id))
    notice(mark("The file is gone; nothing of it was imported."))
    return redirect(url_for(".imports"), 303)


#: Rule -> sentence, where the operation refuses what somebody typed.
_HOME_PAGE_WORDS = {
    "not_the_rosters": mark(
        "The app does not use the roster's login names under this home page. Leave it empty."
    ),
    "the_rosters": mark(
        "Under this home page the app uses the roster's names. Choose that as what the account is."
    ),
}
_START_WORDS = {
    "choose": mark("Say that the rows with problems are left out, or mend the file."),
    "no_good_rows": mark("No row can be taken."),
}


def _table_form(scope: Scope) -> TableForm:
    return TableForm().offer(
        [
            Choice("", plain("Another app, or as the columns say")),
            *(Choice(str(app.id), app.title) for app in store.apps(scope)),
        ],
        [
            Choice("", plain("Guess from their names")),
            *(Choice(str(each.id), each.title) for each in store.mappings(scope)),
        ],
    )


def _new(form: TableForm, *, status: int = 200) -> Response:
    return render("imports/new.html", {"form": form}, status=status)


def _file_words(error: SheetError) -> str:
    said = source(RULES[error.rule], detail=error.detail)
    return source("Line %(n)s: %(words)s", n=error.line, words=said) if error.line else said


def _columns_form(row: store.Import) -> ColumnsForm | None:
    if not row.encoding:
        return None
    head = row.heads[row.encoding]
    return ColumnsForm.of(operations.mapping_of(row), row.home_page, head)


def _column_problems(row: store.Import, form: ColumnsForm) -> list[tuple[str, str]]:
    """(field, sentence) of everything that is wrong with the columns."""
    mapping = form.mapping()
    fields = {column: name for name, column in mapping.used().items()}
    return [
        _column_words(problem, fields, form) for problem in operations.column_problems(row, mapping)
    ]


def _column_words(
    problem: CellProblem, fields: dict[str, str], form: ColumnsForm
) -> tuple[str, str]:
    name = fields.get(problem.column) or (
        problem.cell if problem.rule == "column_needed" else "moment"
    )
    return name, source(RULES[problem.rule], detail=str(form[name].label.text))


def _columns(
    scope: Scope,
    row: store.Import,
    form: ColumnsForm | None,
    *,
    status: int = 200,
    asks_encoding: bool = False,
) -> Response:
    missing = [
        shown(column)
        for column in operations.mapping_of(row).used().values()
        if form is not None and column not in row.heads[row.encoding]["headers"]
    ]
    values = {
        "row": row,
        "app": _app(scope, row),
        "form": form,
        "missing": missing,
        "refused": asks_encoding,
    }
    return render("imports/columns.html", values, status=status)


def _import(
    scope: Scope, row: store.Import, form: StartForm | None, version: str = ""
) -> AnyResponse:
    wanted = {UUID(each["student_id"]) for each in row.preview if each["student_id"]}
    values = {
        "row": row,
        "app": _app(scope, row),
        "form": form or StartForm(formdata=None),
        "people": {str(key): person for key, person in store.people(scope, wanted).items()},
        "school_day": clock.school_day_of,
        "made": None if row.state in {*BEFORE_START, *WORKING} else store.made(scope, row.id),
        "rules": RULES,
        "troubles": TROUBLES,
        "working": row.state in WORKING,
        "growing": row.state == ImportState.DONE and store.is_being_read(scope, row),
        "tag": tag_of(version),
    }
    response = render("imports/import.html", values, status=422 if form else 200)
    response.set_etag(tag_of(version))
    return response


def _app(scope: Scope, row: store.Import) -> object:
    return action.apps_by_id(scope, {row.app_id}).get(row.app_id)


def _on_to(import_id: UUID) -> AnyResponse:
    """Lead to the import, and have it worked on once this is committed."""
    afterwards(importer.wake)
    return redirect(url_for(".table_import", import_id=import_id), 303)
