"""Cases over HTTP: who they are about, and how these children learn."""

from uuid import UUID

from flask import Response

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.insight.teaching import store as teaching
from aarportal.people.accounts.pupil_view.operations import may_view
from aarportal.people.relations import store
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render

blueprint = PortalBlueprint("cases", __name__, shows=looks.own("case", Relation.CASE))


@blueprint.route("/cases", permission=Permission.CASES_READ)
def cases(scope: Scope) -> Response:
    """List the cases that the person is on today."""
    return render("cases/cases.html", {"cases": store.cases(scope, clock.today())})


@blueprint.route(
    "/cases/<uuid:student_id>", permission=Permission.CASES_READ, shows=looks.person("case")
)
def student(scope: Scope, student_id: UUID) -> Response:
    """Show the last laps of the child whom a case is about."""
    known = store.cases(scope, clock.today())
    found = [it for it in known if it.row.student_id == student_id]
    if not found:
        raise NotFoundError("relation")
    values = {
        "case": found[0],
        "laps": teaching.laps(scope, student_id),
        "can_view": may_view(scope, student_id),
    }
    return render("cases/student.html", values)
