"""Opening a learning app, over HTTP."""

from uuid import UUID

from flask import Response, current_app, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.cycle.action.launching import operations, store
from aarportal.cycle.action.launching.operations import Question, RefusedError, Sign
from aarportal.people.lti.claims import origin_of
from aarportal.web import addresses
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.openings import let_form_go_to

blueprint = PortalBlueprint("launches", __name__)


@blueprint.route("/my-apps", permission=Permission.APPS_OPEN)
def tools(scope: Scope) -> Response:
    """List the apps that can be opened."""
    return render("launches/apps.html", {"tools": store.tools(scope)})


@blueprint.route("/my-apps/<uuid:tool_id>", permission=Permission.APPS_OPEN)
def open_tool(scope: Scope, tool_id: UUID) -> AnyResponse:
    """Open an app: it is told that somebody comes, and asks who."""
    return redirect(operations.opening(scope, tool_id, _sign(), addresses.root()), 302)


@blueprint.route("/lti/authorize", permission=Permission.APPS_OPEN, transaction=False)
def authorize(scope: Scope) -> Response:
    """Answer an app that asks who opened it."""
    question = Question(request.args.to_dict())
    try:
        answer = operations.answer(scope, question, _sign(), addresses.root())
    except RefusedError:
        return render("launches/refused.html", {}, status=400)
    let_form_go_to(origin_of(answer.to))
    return render("launches/send.html", {"answer": answer})


def _sign() -> Sign:
    return Sign(current_app.config["SECRET_KEY"], session["token"])
