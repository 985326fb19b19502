"""Learning over HTTP: the day's timeline, paper work, beginning, and how it is going."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.action import operations, store
from aarportal.cycle.action.forms import MAX_TITLE, ByHandForm
from aarportal.cycle.action.operations import PaperWork
from aarportal.cycle.action.timeline import lines
from aarportal.cycle.anticipation import store as goals
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.units import store as units
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice, plain, ruby_plain

blueprint = PortalBlueprint("action", __name__)

AMOUNTS = {"pages": mark("%(n)s pages"), "times": mark("%(n)s times")}
MID_ANSWERS = ("smooth", "ok", "stuck", "ask")


@blueprint.route("/records", permission=Permission.RECORDS_READ)
def records(scope: Scope) -> Response:
    """Show what one day holds."""
    day = _day(request.args.get("day", ""))
    found = store.day_records(scope, scope.actor_id, day)
    values = {
        "shown_day": day,
        "lines": lines(found),
        "apps": store.apps_by_id(scope, {row.app_id for row in found}),
        "units": units.units_by_id(scope, [row.unit_id for row in found if row.unit_id]),
        "neighbours": store.days_with_records(scope, scope.actor_id, day, day),
        **_going_on(scope, day),
    }
    return render("action/records.html", values)


@blueprint.route(
    "/records/<uuid:record_id>/dispute", permission=Permission.RECORDS_WRITE, methods=["POST"]
)
def dispute(scope: Scope, record_id: UUID) -> AnyResponse:
    """これは ちがう: ask the teacher to look at a record."""
    row = operations.dispute(scope, record_id)
    notice(mark("Your teacher will look at it."))
    return redirect(url_for(".records", day=row.day.isoformat()), 303)


@blueprint.route("/cycles/<uuid:cycle_id>/by-hand", permission=Permission.RECORDS_READ)
def by_hand_form(scope: Scope, cycle_id: UUID) -> Response:
    """Ask what was done on paper."""
    cycle = cycles.cycle(scope, cycle_id)
    goal = goals.goals_of(scope, [cycle.id]).get(cycle.id)
    form = ByHandForm(
        title=_title(scope, cycle.unit_id),
        amount=goal.amount_planned if goal else None,
        unit=goal.amount_unit if goal else "items",
    )
    return render("action/by_hand.html", {"form": form, "cycle": cycle})


@blueprint.route(
    "/cycles/<uuid:cycle_id>/by-hand", permission=Permission.RECORDS_WRITE, methods=["POST"]
)
def by_hand(scope: Scope, cycle_id: UUID) -> AnyResponse:
    """Keep what was done on paper."""
    cycle, form = cycles.cycle(scope, cycle_id), ByHandForm()
    if not form.validate():
        return render("action/by_hand.html", {"form": form, "cycle": cycle}, status=422)
    operations.record_by_hand(scope, cycle, _with_amount(form.draft()))
    notice(mark("It is in your records."))
    return redirect(url_for("home.home"), 303)


@blueprint.route(
    "/cycles/<uuid:cycle_id>/start", permission=Permission.RECORDS_WRITE, methods=["POST"]
)
def start(scope: Scope, cycle_id: UUID) -> AnyResponse:
    """はじめる: go to work."""
    operations.start(scope, cycles.cycle(scope, cycle_id))
    return redirect(url_for("home.home"), 303)


@blueprint.route("/cycles/<uuid:cycle_id>/mid", permission=Permission.RECORDS_READ)
def midway(scope: Scope, cycle_id: UUID) -> Response:
    """Show what one can do when stuck."""
    cycle = cycles.cycle(scope, cycle_id)
    goal = goals.goals_of(scope, [cycle.id]).get(cycle.id)
    return render("action/midway.html", {"cycle": cycle, "goal": goal})


@blueprint.route(
    "/cycles/<uuid:cycle_id>/mid", permission=Permission.RECORDS_WRITE, methods=["POST"]
)
def mid_check(scope: Scope, cycle_id: UUID) -> AnyResponse:
    """いまどう？ Keep the answer; being stuck leads to three ways out."""
    answer = request.form.get("mid", "")
    if answer not in MID_ANSWERS:
        raise InvalidError("mid", "choice")
    operations.check_midway(scope, cycles.cycle(scope, cycle_id), answer)
    if answer == "stuck":
        return redirect(url_for(".midway", cycle_id=cycle_id), 303)
    notice(
        mark("Your teacher can see that you want to ask.") if answer == "ask" else mark("Noted.")
    )
    return redirect(url_for("home.home"), 303)


def _day(text: str) -> date:
    try:
        return min(date.fromisoformat(text), clock.today())
    except ValueError:
        return clock.today()


def _going_on(scope: Scope, day: date) -> dict[str, object]:
    """The open laps, and the one of which いまどう？ is asked: only of today."""
    laps = cycles.open_cycles(scope, scope.actor_id)
    asked = operations.lap_to_check(laps) if day == clock.today() else None
    return {"open_cycles": laps, "asked": asked}


def _with_amount(work: PaperWork) -> PaperWork:
    """The title says what no sum keeps: how many pages, or how often."""
    if work.unit not in AMOUNTS:
        return work
    return replace(work, title=f"{work.title} {plain(AMOUNTS[work.unit], n=work.amount)}")


def _title(scope: Scope, unit_id: UUID | None) -> str:
    """Words to begin with: the name of the unit."""
    if unit_id is None:
        return ""
    return ruby_plain(units.unit(scope, unit_id).title)[:MAX_TITLE]
