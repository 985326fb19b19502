"""Looking through a pupil's eyes, over HTTP."""

from uuid import UUID

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.people.accounts.pupil_view import operations
from aarportal.people.accounts.tokens import hash_of
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint

blueprint = PortalBlueprint("pupil_view", __name__, shows=looks.nobody)


@blueprint.route(
    "/class/students/<uuid:student_id>/view",
    permission=Permission.PUPIL_VIEW_OPEN,
    methods=["POST"],
    transaction=False,
)
def begin(scope: Scope, student_id: UUID) -> Response:
    """Show the pages as a pupil sees them, until it is ended."""
    operations.begin(scope, hash_of(session["token"]), student_id)
    return redirect(url_for("home.home"), 303)


@blueprint.route(
    "/view/end", permission=Permission.HOME_READ, methods=["POST"], transaction=False, in_view=True
)
def end(scope: Scope) -> Response:
    """Go back to the pages of one's own."""
    operations.end(scope, hash_of(session["token"]))
    return redirect(url_for("home.home"), 303)
