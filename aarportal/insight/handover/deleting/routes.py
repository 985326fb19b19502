"""Deletion by schedule over HTTP."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.insight.handover import keeper
from aarportal.insight.handover.deleting import operations, store
from aarportal.insight.handover.deleting.forms import HoldForm, RuleForm
from aarportal.insight.handover.deleting.operations import Order
from aarportal.insight.handover.leaving import store as people
from aarportal.insight.handover.rules import WAITS
from aarportal.insight.handover.states import DeletionState
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice

blueprint = PortalBlueprint("deletions", __name__, shows=looks.school("leaving"))
PAGE = 40
_MANAGE, _RULE = Permission.HANDOVER_MANAGE, Permission.HANDOVER_RULE


@blueprint.route("/handover/deletions", permission=_MANAGE)
def deletions(scope: Scope) -> Response:
    """List what is planned, held or done."""
    state = _state()
    rows, count = store.page(scope, state, asked_page(), PAGE)
    values = {
        "rows": rows,
        "state": state,
        "names": people.names(scope, {row.student_id for row in rows}),
        "waits": WAITS,
        "today": clock.today(),
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
        "keep_days": people.keep_days(scope, scope.district_id),
        "school_day": clock.school_day_of,
    }
    return render("deletions/deletions.html", values)


@blueprint.route("/handover/deletions/<uuid:order_id>", permission=_MANAGE)
def deletion(scope: Scope, order_id: UUID) -> Response:
    """Show an order; once it is carried out, its certificate."""
    return _deletion(scope, operations.the_order(scope, order_id), HoldForm(formdata=None))


@blueprint.route("/handover/deletions/<uuid:order_id>/hold", permission=_MANAGE, methods=["POST"])
def hold(scope: Scope, order_id: UUID) -> AnyResponse:
    """Keep everything for a reason of law."""
    row, form = operations.the_order(scope, order_id, to_change=True), HoldForm()
    if not form.validate():
        return _deletion(scope, row, form, status=422)
    operations.hold(scope, row, form.reason.data)
    return redirect(url_for(".deletion", order_id=order_id), 303)


@blueprint.route(
    "/handover/deletions/<uuid:order_id>/release", permission=_MANAGE, fresh=True, methods=["POST"]
)
def release(scope: Scope, order_id: UUID) -> AnyResponse:
    """Let the schedule count again."""
    operations.release(scope, operations.the_order(scope, order_id, to_change=True))
    return keeper.work_on(url_for(".deletion", order_id=order_id))


@blueprint.route(
    "/handover/deletions/<uuid:order_id>/cancel", permission=_MANAGE, fresh=True, methods=["POST"]
)
def cancel(scope: Scope, order_id: UUID) -> AnyResponse:
    """Call an order off."""
    operations.cancel(scope, operations.the_order(scope, order_id, to_change=True))
    notice(mark("The deletion is called off; everything stays."))
    return redirect(url_for(".deletions"), 303)


@blueprint.route(
    "/handover/deletions/<uuid:order_id>/without-export",
    permission=_MANAGE,
    fresh=True,
    methods=["POST"],
)
def without_export(scope: Scope, order_id: UUID) -> AnyResponse:
    """Say that nobody needs an export."""
    operations.allow_without_export(scope, operations.the_order(scope, order_id, to_change=True))
    return keeper.work_on(url_for(".deletion", order_id=order_id))


@blueprint.route("/handover/rule", permission=_RULE)
def rule(scope: Scope) -> Response:
    """Ask the board how long leavers' data are kept."""
    return _rule(RuleForm(formdata=None, keep_days=people.keep_days(scope, scope.district_id)))


@blueprint.route("/handover/rule", permission=_RULE, fresh=True, methods=["POST"])
def set_rule(scope: Scope) -> AnyResponse:
    """Keep it."""
    form = RuleForm()
    if not form.validate():
        return _rule(form, status=422)
    operations.set_keep_days(scope, form.keep_days.data)
    notice(mark("The board's time is kept. It holds for what is ordered from now on."))
    return redirect(url_for(".rule"), 303)


#: What the list shows; what was called off is no deletion.
_LISTED = {state.value for state in DeletionState} - {DeletionState.CANCELLED.value}


def _deletion(scope: Scope, row: Order, form: HoldForm, *, status: int = 200) -> Response:
    staff = {each for each in (row.ordered_by, row.held_by) if each}
    values = {
        "row": row,
        "form": form,
        "names": people.names(scope, {row.student_id, *staff}),
        "waits": WAITS,
        "today": clock.today(),
        "school_day": clock.school_day_of,
    }
    return render("deletions/deletion.html", values, status=status)


def _rule(form: RuleForm, *, status: int = 200) -> Response:
    values = {"form": form, "least": operations.LEAST_DAYS, "most": operations.MOST_DAYS}
    return render("deletions/rule.html", values, status=status)


def _state() -> str:
    """Which list is asked for; that of the plans for anything that is none."""
    asked = request.args.get("state", "")
    return asked if asked in _LISTED else DeletionState.PLANNED.value
