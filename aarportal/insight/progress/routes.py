"""あゆみ over HTTP: the student's own charts."""

from dataclasses import replace

from flask import Response, request, url_for

from aarportal import charts
from aarportal.charts.chart import Drawn, NextStepKey
from aarportal.charts.history import UnitHistory
from aarportal.charts.wording import Words
from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.cycle.units.subjects import SUBJECTS
from aarportal.insight.progress import store
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader
from aarportal.web.texts import plain, ruby_plain, source

blueprint = PortalBlueprint("progress", __name__)

_WORDS = Words(say=source, say_plain=plain, plain_title=ruby_plain)


@blueprint.route("/progress", permission=Permission.CHARTS_READ)
def progress(scope: Scope) -> Response:
    """Show the charts, of all subjects or of one."""
    history = store.learning_history(scope, scope.actor_id, current_reader().grade, clock.today())
    subjects = sorted({day.subject for day in history.days if day.subject})
    asked = request.args.get("subject", "")
    chosen = asked if asked in subjects else ""
    if chosen:
        history = history.only(chosen)
    history = replace(history, units=tuple(map(_named, history.units)))
    drawn = [chart.draw(history, _WORDS) for chart in charts.discover().values()]
    values = {"charts": drawn, "subjects": subjects, "chosen": chosen, "step_href": _step_href}
    return render("progress/progress.html", values)


def _named(unit: UnitHistory) -> UnitHistory:
    """A unit with its subject in words."""
    name = SUBJECTS.get(unit.subject, "")
    return replace(unit, subject=source(name) if name else "")


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
