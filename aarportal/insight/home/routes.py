"""The first page after signing in."""

from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import Scope
from aarportal.cycle.action.disputes import store as disputes
from aarportal.insight.home import store
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.view import first_page

blueprint = PortalBlueprint("home", __name__, shows=looks.nobody)


@blueprint.route("/", permission=Permission.HOME_READ)
def home(scope: Scope) -> Response:
    """Show a student today's ring; send staff to where their work begins."""
    if scope.role is not Role.STUDENT:
        return redirect(url_for(first_page(scope.role)), 303)
    chosen = request.args.get("cycle", type=UUID)
    answered = len(disputes.unseen(scope, scope.actor_id)) if scope.role is Role.STUDENT else 0
    return render("home/home.html", {"today": store.today(scope, chosen), "answered": answered})
