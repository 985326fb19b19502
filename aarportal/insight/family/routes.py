"""The family's page over HTTP."""

from flask import Response

from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.insight.family import store
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render

blueprint = PortalBlueprint("family", __name__, shows=looks.own("family", Relation.GUARDS))

#: What a family may ask at the table, one a week: about ways, never about results.
QUESTIONS = (
    mark("Which way of working did you like this week?"),
    mark("What do you want to try next, and how did you come upon it?"),
    mark("Who or what helped you this week?"),
    mark("What do you know now that you did not know on Monday?"),
)


@blueprint.route("/family", permission=Permission.FAMILY_READ)
def family(scope: Scope) -> Response:
    """Show the week of the children."""
    today = clock.today()
    values = {
        "children": store.children(scope, today),
        "monday": store.monday_of(today),
        "question": QUESTIONS[today.isocalendar().week % len(QUESTIONS)],
        "school_day": clock.school_day_of,
    }
    return render("family/family.html", values)
