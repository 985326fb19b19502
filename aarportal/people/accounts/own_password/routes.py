"""One's own password."""

from flask import Response, redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import InvalidError
from aarportal.core.permissions import WITHOUT_SECOND_FACTOR, Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.accounts.own_password import operations
from aarportal.people.accounts.own_password.forms import PasswordForm
from aarportal.people.accounts.own_password.rules import SHORTEST_OF_PUPIL, SHORTEST_OF_STAFF
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("own_password", __name__)


@blueprint.route("/password", permission=Permission.SESSIONS_OWN, transaction=False)
def form(scope: Scope) -> Response:
    """Ask for a new password."""
    return _show(scope, PasswordForm(formdata=None))


@blueprint.route(
    "/password", permission=Permission.SESSIONS_OWN, transaction=False, methods=["POST"]
)
def change(scope: Scope) -> AnyResponse:
    """Take the new password; everywhere else the person is signed out."""
    typed = PasswordForm()
    try:
        if typed.validate():
            session["token"] = operations.change_own(scope, typed.draft(), session["token"])
            notice(mark("Your new password works from now on. Other devices are signed out."))
            return redirect(url_for("sessions.own"), 303)
    except InvalidError as error:
        typed.refuse(error)
    return _show(scope, typed, status=422)


def _show(scope: Scope, typed: PasswordForm, *, status: int = 200) -> Response:
    is_staff = scope.role not in WITHOUT_SECOND_FACTOR
    shortest = SHORTEST_OF_STAFF if is_staff else SHORTEST_OF_PUPIL
    return render("own_password/form.html", {"form": typed, "shortest": shortest}, status=status)
