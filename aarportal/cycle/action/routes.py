"""Learning over HTTP: records behind numbers, paper work, beginning, and how it is going."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.charts.wording import Voice, duration
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.action import operations, store
from aarportal.cycle.action.disputes import operations as doubts
from aarportal.cycle.action.disputes import store as disputes
from aarportal.cycle.action.disputes.operations import REASONS
from aarportal.cycle.action.forms import MAX_TITLE, ByHandForm, selection
from aarportal.cycle.action.operations import MID_ANSWERS, PaperWork
from aarportal.cycle.action.timeline import Selection, days, totals
from aarportal.cycle.anticipation import store as goals
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.store import AnyLap
from aarportal.cycle.units import store as units
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice, plain, ruby_plain, source

blueprint = PortalBlueprint("action", __name__)

AMOUNTS = {"pages": mark("%(n)s pages"), "times": mark("%(n)s times")}
#: Of more records than this only the lines are shown; each day has a page of its own.
MAX_IN_DETAIL = 300


@blueprint.route("/records", permission=Permission.RECORDS_READ)
def records(scope: Scope) -> Response:
    """Show what one day holds, or the records behind a number."""
    wanted = selection(request.args, clock.today())
    values = _records(scope, scope.actor_id, wanted)
    if wanted.whole_day is None:
        return render("action/records.html", values)
    day = wanted.whole_day
    values["neighbours"] = store.days_with_records(scope, scope.actor_id, day, day)
    return render("action/records.html", {**values, **_going_on(scope, day)})


@blueprint.route(
    "/class/students/<uuid:student_id>/records",
    permission=Permission.CLASS_READ,
    shows=looks.person("records"),
)
def student_records(scope: Scope, student_id: UUID) -> Response:
    """Show a teacher the same page about one of their pupils."""
    student = disputes.student(scope, student_id)
    wanted = selection(request.args, clock.today())
    values = _records(scope, student_id, wanted)
    if wanted.whole_day is not None:
        day = wanted.whole_day
        values["neighbours"] = store.days_with_records(scope, student_id, day, day)
    return render("action/records.html", {**values, "student": student})


@blueprint.route(
    "/records/<uuid:record_id>/dispute", permission=Permission.RECORDS_WRITE, methods=["POST"]
)
def dispute(scope: Scope, record_id: UUID) -> AnyResponse:
    """これは ちがう: ask the teacher to look at a record."""
    row = doubts.dispute(scope, record_id, request.form.get("reason", ""))
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


def _records(scope: Scope, student_id: UUID, wanted: Selection) -> dict[str, object]:
    """The records behind a number, as days of lines, and what they add up to."""
    lap = _lap(scope, student_id, wanted.cycle_id) if wanted.cycle_id else None
    counted, gone = disputes.records_behind(scope, student_id, wanted)
    doubted = disputes.disputes_of(scope, student_id)
    mended = disputes.mended(scope, doubted, counted, gone)
    every = [*counted, *mended]
    answers = [each for each in doubted if each.decided_at and not each.seen_at]
    named = [*(row.unit_id for row in every), wanted.unit_id, lap.unit_id if lap else None]
    sums = totals(counted)
    return {
        "wanted": wanted,
        "shown_day": wanted.whole_day,
        "days": days(counted, mended),
        "sums": sums,
        "sum_minutes": duration(Voice(source, str), sums.minutes),
        "apps": store.apps_by_id(scope, {row.app_id for row in every}),
        "units": units.units_by_id(scope, list({unit_id for unit_id in named if unit_id})),
        "lap": lap,
        "disputes": {each.record_id: each for each in doubted},
        "answers": answers,
        "doubted_records": disputes.first_records(scope, answers),
        "reasons": REASONS,
        "in_detail": len(every) <= MAX_IN_DETAIL,
        # What is of a school before nobody could decide about.
        "school_id": scope.school_id,
    }


def _lap(scope: Scope, student_id: UUID, cycle_id: UUID) -> AnyLap:
    """The lap.

    Raises:
        NotFoundError: If there is none, or it is another student's.
    """
    lap = cycles.cycle(scope, cycle_id)
    if lap.student_id != student_id:
        raise NotFoundError("cycle")
    return lap


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
