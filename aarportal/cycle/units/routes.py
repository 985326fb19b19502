"""Units over HTTP: what a class works on."""

from datetime import timedelta
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.units import operations, store
from aarportal.cycle.units.forms import UnitForm
from aarportal.people.roster import store as roster
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("units", __name__)


@blueprint.route("/units", permission=Permission.UNITS_READ)
def units(scope: Scope) -> AnyResponse:
    """List the units of a class, the current ones first."""
    if not scope.class_ids:
        return redirect(url_for("teaching.class_now"), 303)
    class_id = _class(scope, request.args.get("class_id", ""))
    found = store.units_of_class(scope, class_id)
    values = {
        "units": operations.in_order(found, clock.today()),
        "cards": store.cards(scope, [unit.id for unit in found]),
        "classes": roster.classes(scope),
        "class_id": class_id,
        "today": clock.today(),
        "one_day": timedelta(days=1),
    }
    return render("units/units.html", values)


@blueprint.route("/class/<uuid:class_id>/units/new", permission=Permission.UNITS_WRITE)
def new_unit(scope: Scope, class_id: UUID) -> Response:
    """Show the sheet for a new unit."""
    form = UnitForm(starts_on=clock.today(), last_on=clock.today() + timedelta(weeks=2))
    return _sheet(_class(scope, str(class_id)), form)


@blueprint.route(
    "/class/<uuid:class_id>/units", permission=Permission.UNITS_WRITE, methods=["POST"]
)
def add_unit(scope: Scope, class_id: UUID) -> AnyResponse:
    """Plan a new unit."""
    form = UnitForm()
    try:
        if form.validate():
            operations.add_unit(scope, form.draft(class_id))
            notice(mark("The unit is kept."))
            return redirect(url_for(".units", class_id=class_id), 303)
    except InvalidError as error:
        form.refuse(error)
    return _sheet(_class(scope, str(class_id)), form, status=422)


@blueprint.route("/units/<uuid:unit_id>", permission=Permission.UNITS_WRITE)
def edit_unit(scope: Scope, unit_id: UUID) -> Response:
    """Show the sheet of a unit."""
    unit = operations.own_unit(scope, unit_id)
    form = UnitForm(obj=unit, last_on=unit.ends_before - timedelta(days=1))
    form.show_cards(operations.card_drafts(scope, unit))
    return _sheet(unit.class_id, form, unit_id=unit.id)


@blueprint.route("/units/<uuid:unit_id>", permission=Permission.UNITS_WRITE, methods=["POST"])
def change_unit(scope: Scope, unit_id: UUID) -> AnyResponse:
    """Change a unit and its cards."""
    unit, form = operations.own_unit(scope, unit_id), UnitForm()
    try:
        if form.validate():
            operations.change_unit(scope, unit_id, form.draft(unit.class_id))
            notice(mark("The unit is kept."))
            return redirect(url_for(".units", class_id=unit.class_id), 303)
    except InvalidError as error:
        form.refuse(error)
    return _sheet(unit.class_id, form, unit_id=unit_id, status=422)


def _class(scope: Scope, text: str) -> UUID:
    """The class that was asked for, else the teacher's first; somebody else's is not found."""
    if not text:
        return scope.class_ids[0]
    for class_id in scope.class_ids:
        if str(class_id) == text:
            return class_id
    raise NotFoundError("class")


def _sheet(
    class_id: UUID, form: UnitForm, *, unit_id: UUID | None = None, status: int = 200
) -> Response:
    values = {"form": form, "class_id": class_id, "unit_id": unit_id}
    return render("units/unit.html", values, status=status)
