"""Tables of a school year over HTTP: brought, looked at, taken, undone, and fetched."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import ConflictError, InvalidError, StateError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.tables.sheets import SheetError
from aarportal.core.words import mark
from aarportal.people.attendance.calendar import timetable_on
from aarportal.people.school_year import store as year_store
from aarportal.people.school_year import years
from aarportal.people.school_year.imports import (
    calendar_table,
    differences,
    operations,
    store,
    timetable_table,
)
from aarportal.people.school_year.imports.columns import TableKind
from aarportal.people.school_year.imports.forms import BringForm, ColumnsForm, TakeForm
from aarportal.people.school_year.imports.rules import RULES
from aarportal.people.school_year.imports.writing import written
from aarportal.people.school_year.years import day_of, year_of
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.guard import LARGER_FORMS
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice, source

PAGE = 40
#: Lines with problems that are listed; whoever has more mends these first.
_MOST_PROBLEMS = 100
#: The parts around a file in a form.
_AROUND_A_FILE = 64 * 1024

blueprint = PortalBlueprint("year_imports", __name__)
LARGER_FORMS["year_imports.bring"] = operations.MOST_BYTES + _AROUND_A_FILE
_MANAGE = Permission.SCHOOL_YEAR_MANAGE
_TAKE_WORDS = {
    "choose": mark("Say that the lines with problems are left out, or mend the file."),
    "nothing": mark("Nothing in the table is different from what holds."),
}


@blueprint.route("/school-year/tables", permission=_MANAGE)
def imports(scope: Scope) -> Response:
    """List what was brought, the latest first."""
    rows, count = store.page(scope, asked_page(), PAGE)
    values = {
        "imports": rows,
        "people": store.people(scope, {row.made_by for row in rows}),
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
        "school_day": clock.school_day_of,
        "year_of": years.school_year_of,
    }
    return render("year_imports/imports.html", values)


@blueprint.route("/school-year/tables/new", permission=_MANAGE)
def new(_scope: Scope) -> Response:
    """Ask for a file."""
    this_year = years.school_year_of(clock.today())
    is_timetable = request.args.get("kind") == TableKind.TIMETABLE
    kind = TableKind.TIMETABLE if is_timetable else TableKind.CALENDAR
    year = year_of(request.args.get("year", "")) or this_year
    form = BringForm(kind=kind.value, year=str(year))
    return _new(form.offer(this_year))


@blueprint.route("/school-year/tables/new", permission=_MANAGE, methods=["POST"], costs=10)
def bring(scope: Scope) -> AnyResponse:
    """Take a file in."""
    form = BringForm().offer(years.school_year_of(clock.today()))
    if form.is_complete():
        data = form.file.data.read(operations.MOST_BYTES + 1)
        try:
            row = operations.bring(scope, form.draft(), data)
            return redirect(url_for(".table", year_import_id=row.id), 303)
        except SheetError as error:
            form.file.errors = [_file_words(error)]
        except InvalidError as error:
            form.refuse(error)
    return _new(form, status=422)


@blueprint.route("/school-year/tables/<uuid:year_import_id>/columns", permission=_MANAGE)
def columns(scope: Scope, year_import_id: UUID) -> AnyResponse:
    """Ask which column holds what."""
    row = store.year_import(scope, year_import_id)
    if row.state != "brought":
        return redirect(url_for(".table", year_import_id=year_import_id), 303)
    form = _columns_form(row).show(row.columns, replaces=row.replaces)
    form.encoding.data = row.encoding
    return _columns(row, form)


@blueprint.route(
    "/school-year/tables/<uuid:year_import_id>/columns", permission=_MANAGE, methods=["POST"]
)
def say_columns(scope: Scope, year_import_id: UUID) -> AnyResponse:
    """Keep it."""
    row = store.year_import(scope, year_import_id)
    form = _columns_form(row)
    try:
        if form.validate():
            operations.say_columns(scope, row, form.draft())
            return redirect(url_for(".table", year_import_id=year_import_id), 303)
    except InvalidError as error:
        form.refuse(error)
    except SheetError as error:
        form.encoding.errors = [_file_words(error)]
    return _columns(row, form, status=422)


@blueprint.route("/school-year/tables/<uuid:year_import_id>", permission=_MANAGE)
def table(scope: Scope, year_import_id: UUID) -> AnyResponse:
    """Show what the table would change, or what it has changed."""
    row = store.year_import(scope, year_import_id)
    if row.state == "brought" and operations.column_problems(row):
        return redirect(url_for(".columns", year_import_id=year_import_id), 303)
    return _table(scope, row, TakeForm(formdata=None))


@blueprint.route(
    "/school-year/tables/<uuid:year_import_id>/take", permission=_MANAGE, methods=["POST"]
)
def take(scope: Scope, year_import_id: UUID) -> AnyResponse:
    """Write what it changes."""
    row, form = store.year_import(scope, year_import_id), TakeForm()
    wanted, seal = bool(form.without_problems.data), form.seal.data or ""
    try:
        operations.take(scope, row, seal, without_problems=wanted)
    except InvalidError as error:
        return _table(scope, row, form, trouble=_TAKE_WORDS[error.rule])
    except StateError:
        raise
    except ConflictError:
        return _table(scope, row, form, trouble=_CHANGED)
    notice(mark("The table is taken."))
    return redirect(url_for(".table", year_import_id=year_import_id), 303)


_CHANGED = mark("Something has changed meanwhile. Please look at the difference again.")


@blueprint.route(
    "/school-year/tables/<uuid:year_import_id>/undo", permission=_MANAGE, methods=["POST"]
)
def undo(scope: Scope, year_import_id: UUID) -> AnyResponse:
    """Bring back what was there before."""
    operations.undo(scope, store.year_import(scope, year_import_id))
    notice(mark("What was there before is back."))
    return redirect(url_for(".table", year_import_id=year_import_id), 303)


@blueprint.route(
    "/school-year/tables/<uuid:year_import_id>/drop", permission=_MANAGE, methods=["POST"]
)
def drop(scope: Scope, year_import_id: UUID) -> AnyResponse:
    """Let go of a table that was not taken."""
    operations.drop(scope, store.year_import(scope, year_import_id))
    notice(mark("The table is gone; nothing of it was taken."))
    return redirect(url_for(".imports"), 303)


@blueprint.route("/school-year/calendar.csv", permission=_MANAGE, costs=5)
def calendar_table_of_year(scope: Scope) -> Response:
    """Hand out the calendar of a school year as a table."""
    year = year_of(request.args.get("year", "")) or years.school_year_of(clock.today())
    names = {key.hex: it.title for key, it in year_store.bells(scope).items()}
    rows = calendar_table.rows(year_store.planned_year(scope, year), names)
    return _file(f"calendar_{year}.csv", calendar_table.HEADERS, rows)


@blueprint.route("/school-year/timetables.csv", permission=_MANAGE, costs=5)
def timetable_table_of_day(scope: Scope) -> Response:
    """Hand out the timetables of all classes on a day as a table."""
    on = day_of(request.args.get("on", "")) or clock.today()
    people = operations.people_of(scope, on)
    known = year_store.timetables(scope, list(people.classes))
    now = {key: timetable_on(every, on) for key, every in known.items()}
    rows = timetable_table.rows({key: it.slots for key, it in now.items() if it}, people)
    return _file(f"timetables_{on.isoformat()}.csv", timetable_table.HEADERS, rows)


def _file(name: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    response = Response(written(headers, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _new(form: BringForm, *, status: int = 200) -> Response:
    is_timetable = form.kind.data == TableKind.TIMETABLE
    values = {"form": form, "is_timetable": is_timetable}
    return render("year_imports/new.html", values, status=status)


def _file_words(error: SheetError) -> str:
    said = source(RULES[error.rule], detail=error.detail)
    return source("Line %(n)s: %(words)s", n=error.line, words=said) if error.line else said


def _columns_form(row: store.Import) -> ColumnsForm:
    return ColumnsForm.of(TableKind(row.kind), operations.sheet_of(row))


def _columns(row: store.Import, form: ColumnsForm, *, status: int = 200) -> Response:
    sheet = operations.sheet_of(row)
    values = {"row": row, "form": form, "headers": sheet.headers, "rows": sheet.rows[:3]}
    return render("year_imports/columns.html", values, status=status)


def _table(scope: Scope, row: store.Import, form: TakeForm, *, trouble: str = "") -> AnyResponse:
    is_brought = row.state == "brought"
    found = operations.look(scope, row) if is_brought else None
    changes = found.changes if found else operations.changes_of(row)
    kept = [] if row.state != "taken" else operations.still_there(scope, row)
    values = {
        "row": row,
        "form": form,
        "look": found,
        "trouble": trouble,
        "problems": found.problems[:_MOST_PROBLEMS] if found else (),
        "problem_lines": len({it.line for it in found.problems}) if found else 0,
        "rules": RULES,
        "changed_since": len(changes) - len(kept),
        "school_day": clock.school_day_of,
        "year": years.school_year_of(row.starts_on),
        **_difference(scope, row, changes),
    }
    return render("year_imports/table.html", values, status=422 if trouble else 200)


def _difference(
    scope: Scope, row: store.Import, changes: Sequence[differences.Change]
) -> dict[str, Any]:
    """A difference as people read it."""
    if row.kind == TableKind.CALENDAR:
        names = {key.hex: it.title for key, it in year_store.bells(scope).items()}
        pairs = [(it.held, it.after) for it in changes]
        return {
            "days": differences.day_lines(changes),
            "bells": names,
            "counts": differences.counts(pairs),
        }
    people = operations.people_of(scope, row.starts_on)
    weeks = [(UUID(it.key), differences.lesson_lines(it)) for it in changes]
    lines = [line for _class_id, found in weeks for line in found]
    return {
        "weeks": [(people.classes.get(key, "—"), found) for key, found in weeks],
        "teachers": {it.id: it.name for it in people.teachers},
        "weekdays": timetable_table.WEEKDAYS,
        "counts": differences.counts((it.before, it.after) for it in lines),
    }
