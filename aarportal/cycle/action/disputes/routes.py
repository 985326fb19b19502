"""これは ちがう over HTTP: what pupils doubt, what teachers decide, and the statement itself."""

import json
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.action import store as action
from aarportal.cycle.action.disputes import operations, store
from aarportal.cycle.action.disputes.forms import DecisionForm
from aarportal.cycle.action.xapi.operations import moment_of
from aarportal.cycle.units import store as units
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("disputes", __name__, shows=looks.own_classes("doubts"))

#: Only so much of a statement is drawn; its attachments are elsewhere anyway.
MAX_SHOWN = 100_000


@blueprint.route("/disputes", permission=Permission.RECORDS_DECIDE)
def disputes(scope: Scope) -> Response:
    """Show what waits for a decision, and what was decided last."""
    return _page(scope)


@blueprint.route(
    "/disputes/<uuid:dispute_id>/decide", permission=Permission.RECORDS_DECIDE, methods=["POST"]
)
def decide(scope: Scope, dispute_id: UUID) -> AnyResponse:
    """Take the records of a line out, or say why they stay."""
    store.dispute(scope, dispute_id)
    form = DecisionForm()
    if not form.validate():
        return _page(scope, dispute_id, form)
    row = operations.decide(scope, dispute_id, form.draft())
    notice(
        mark("The records do not count any more. The pupil is told.")
        if row.decision == store.VOIDED
        else mark("Your words are on the pupil's page.")
    )
    return redirect(url_for(".disputes"), 303)


@blueprint.route(
    "/disputes/<uuid:dispute_id>/take-back",
    permission=Permission.RECORDS_DECIDE,
    methods=["POST"],
)
def take_back(scope: Scope, dispute_id: UUID) -> AnyResponse:
    """Undo: the records count again, and the dispute is open again."""
    operations.take_back(scope, dispute_id)
    notice(mark("The records count again. You can decide anew."))
    return redirect(url_for(".disputes"), 303)


@blueprint.route(
    "/disputes/<uuid:dispute_id>/seen", permission=Permission.RECORDS_WRITE, methods=["POST"]
)
def seen(scope: Scope, dispute_id: UUID) -> AnyResponse:
    """わかった: the pupil has seen the answer."""
    row = operations.acknowledge(scope, dispute_id)
    day = action.record(scope, row.record_id).day
    return redirect(url_for("action.records", day=day.isoformat()), 303)


@blueprint.route(
    "/records/<uuid:record_id>/statement",
    permission=Permission.STATEMENTS_INSPECT,
    shows=looks.told,
)
def statement(scope: Scope, record_id: UUID) -> Response:
    """Show where a record came from, with a button that opens the statement itself."""
    return render("disputes/statement.html", _origin(scope, record_id))


@blueprint.route(
    "/records/<uuid:record_id>/statement",
    permission=Permission.STATEMENTS_INSPECT,
    shows=looks.told,
    methods=["POST"],
)
def open_statement(scope: Scope, record_id: UUID) -> Response:
    """Show the statement as the app sent it; that it was opened is on record."""
    operations.open_statement(scope, record_id)
    body = store.statement(scope, record_id).body
    text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    shown = {"text": text[:MAX_SHOWN], "is_cut": len(text) > MAX_SHOWN}
    return render("disputes/statement.html", {**_origin(scope, record_id), **shown})


def _page(scope: Scope, refused: UUID | None = None, form: DecisionForm | None = None) -> Response:
    waiting, decided = store.cases(scope)
    records = [case.line.first for case in (*waiting, *decided)]
    values = {
        "waiting": waiting,
        "decided": decided,
        "apps": action.apps_by_id(scope, {row.app_id for row in records}),
        "units": units.units_by_id(scope, [row.unit_id for row in records if row.unit_id]),
        "refused": refused,
        "form": form or DecisionForm(formdata=None),
        "max_text": operations.MAX_EXPLANATION,
    }
    return render("disputes/disputes.html", values, status=422 if refused else 200)


def _origin(scope: Scope, statement_id: UUID) -> dict[str, object]:
    """Which app sent a statement, when, and who said whose it is."""
    row = store.statement(scope, statement_id)
    record = store.record_of(scope, statement_id)
    looks.tell(scope, record.student_id if record else None, "statement")
    return {
        "statement": row,
        "stored_at": moment_of(row.position),
        "stored_on": clock.school_day_of(moment_of(row.position)),
        "record": record,
        "app": action.apps_by_id(scope, {row.app_id}).get(row.app_id),
        "opened": request.method == "POST",
    }
