"""あゆみ over HTTP: the student's own charts."""

from dataclasses import replace
from typing import Any, TypeVar

from flask import Response, request, url_for

from aarportal import charts
from aarportal.charts.chart import Chart, Drawn, NextStepKey
from aarportal.charts.history import GoalOutcome, LearningHistory, UnitHistory
from aarportal.charts.wording import Words
from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.cycle.action.timeline import Selection
from aarportal.cycle.units.subjects import SUBJECTS
from aarportal.insight.progress import store
from aarportal.insight.progress.traces import linked, trace
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader
from aarportal.web.texts import plain, ruby_plain, source

blueprint = PortalBlueprint("progress", __name__)

OfSubject = TypeVar("OfSubject", UnitHistory, GoalOutcome)

_WORDS = Words(say=source, say_plain=plain, plain_title=ruby_plain)


@blueprint.route("/progress", permission=Permission.CHARTS_READ, costs=1)
def progress(scope: Scope) -> Response:
    """Show the charts, of all subjects or of one."""
    found = store.progress(scope, scope.actor_id, current_reader().grade, clock.today())
    subjects = sorted({day.subject for day in found.history.days if day.subject})
    asked = request.args.get("subject", "")
    chosen = asked if asked in subjects else ""
    history = _in_words(found.history.only(chosen) if chosen else found.history)
    values = {
        "charts": [_with_records(chart, history, chosen) for chart in charts.discover().values()],
        "subjects": subjects,
        "chosen": chosen,
        "step_href": _step_href,
        "quiet": [app for app in found.quiet if not chosen or chosen in app.subjects],
    }
    return render("progress/progress.html", values)


def _with_records(
    chart: Chart[Any], history: LearningHistory, subject: str
) -> tuple[Drawn, list[list[str]], str]:
    """A chart, where each cell of its table leads, and where the chart as a whole does."""
    drawn = chart.draw(history, _WORDS)
    traced = trace(chart, history, subject)
    links = list(linked(drawn.table.rows, traced, _records_href))
    return drawn, links, _records_href(traced.whole) if traced.whole else ""


def _records_href(selection: Selection) -> str:
    return url_for("action.records", **selection.query())  # type: ignore[arg-type] # lists repeat


def _in_words(history: LearningHistory) -> LearningHistory:
    """The history with its subjects in words."""
    return replace(
        history,
        units=tuple(map(_named, history.units)),
        goals=tuple(map(_named, history.goals)),
    )


def _named(row: OfSubject) -> OfSubject:
    """A unit or a goal with its subject in words."""
    name = SUBJECTS.get(row.subject, "")
    return replace(row, subject=source(name) if name else "")


def _step_href(drawn: Drawn) -> str:
    """Where the one button of a chart leads: always into the next lap."""
    step = drawn.next_step
    if step.key is NextStepKey.PRACTISE_UNIT:
        return url_for("anticipation.goal_form", unit=step.target)
    if step.key is NextStepKey.CHANGE_PLAN:
        return url_for("anticipation.goal_form", step=3)
    if step.key in {NextStepKey.SMALLER_GOAL, NextStepKey.BIGGER_GOAL}:
        return url_for("anticipation.goal_form", step=2)
    return url_for("anticipation.goal_form")
