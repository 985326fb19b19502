"""Links that other systems show: choosing what they open, and opening it."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.words import mark
from aarportal.cycle.units import store as units
from aarportal.insight.linking import store
from aarportal.insight.linking.store import KINDS
from aarportal.people.lti.claims import origin_of
from aarportal.people.lti.linking import operations
from aarportal.people.lti.linking.operations import Link
from aarportal.web import addresses, looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.openings import let_form_go_to
from aarportal.web.texts import plain, ruby_plain

blueprint = PortalBlueprint("linking", __name__, shows=looks.nobody)

#: Kind -> how the link is called.
WORDS = {
    "unit": mark("My records of “%(unit)s”"),
    "goal": mark("Choose a goal for “%(unit)s”"),
    "reflection": mark("Look back on “%(unit)s”"),
}


@blueprint.route("/links/<uuid:choice_id>", permission=Permission.UNITS_WRITE, transaction=False)
def choice(scope: Scope, choice_id: UUID) -> Response:
    """Show a teacher what a link of their platform can open."""
    operations.check(scope, choice_id)
    return _page(scope, choice_id)


@blueprint.route(
    "/links/<uuid:choice_id>",
    permission=Permission.UNITS_WRITE,
    methods=["POST"],
    transaction=False,
)
def choose(scope: Scope, choice_id: UUID) -> Response:
    """Send what was chosen back to the platform."""
    operations.check(scope, choice_id)
    chosen = request.form.get("link", "")
    link = _link(scope, chosen)
    if link is None and chosen != "none":
        return _page(scope, choice_id, status=422)
    response = operations.respond(scope, choice_id, link)
    let_form_go_to(origin_of(response.to))
    return render("linking/send.html", {"response": response})


@blueprint.route("/places/<string:kind>/<uuid:unit_id>", permission=Permission.HOME_READ)
def place(scope: Scope, kind: str, unit_id: UUID) -> AnyResponse:
    """Lead whoever opened such a link to the very place."""
    unit = units.unit(scope, unit_id)
    if kind not in KINDS:
        raise NotFoundError("place")
    if scope.role is Role.TEACHER:
        return redirect(url_for("units.edit_unit", unit_id=unit.id), 303)
    if scope.role is not Role.STUDENT:
        return redirect(url_for("home.home"), 303)
    return redirect(_of_student(scope, kind, unit.id), 303)


def _of_student(scope: Scope, kind: str, unit_id: UUID) -> str:
    if kind == "unit":
        return url_for("action.records", unit=unit_id)
    lap_id = store.open_lap(scope, unit_id) if kind == "reflection" else None
    if lap_id is not None:
        return url_for("reflection.reflect", cycle_id=lap_id)
    return url_for("anticipation.goal_form", unit=unit_id)


def _page(scope: Scope, choice_id: UUID, *, status: int = 200) -> Response:
    with unit_of_work(scope, read_only=True):
        values = {
            "offers": store.offers(scope, clock.today()),
            "words": WORDS,
            "choice_id": choice_id,
            "is_missing": status != 200,
        }
        return render("linking/choice.html", values, status=status)


def _link(scope: Scope, chosen: str) -> Link | None:
    """What was chosen; None if nothing was, or something that is not offered."""
    kind, _, key = chosen.partition(":")
    with unit_of_work(scope, read_only=True):
        offers = store.offers(scope, clock.today())
    unit = next((each.unit for each in offers if str(each.unit.id) == key), None)
    if unit is None or kind not in KINDS:
        return None
    title = plain(WORDS[kind], unit=ruby_plain(unit.title))
    return Link(title, addresses.root() + url_for(".place", kind=kind, unit_id=unit.id))
