"""Looking through a pupil's eyes, over HTTP."""

from hashlib import sha256
from uuid import UUID

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.people.accounts.pupil_view import operations
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
    operations.begin(scope, _token_hash(), student_id)
    return redirect(url_for("home.home"), 303)


@blueprint.route(
    "/view/end", permission=Permission.HOME_READ, methods=["POST"], transaction=False, in_view=True
)
def end(scope: Scope) -> Response:
    """Go back to the pages of one's own."""
    operations.end(scope, _token_hash())
    return redirect(url_for("home.home"), 303)


def _token_hash() -> bytes:
    return sha256(session["token"].encode()).digest()
