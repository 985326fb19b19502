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
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("own_password", __name__, shows=looks.nobody)


@blueprint.route(
    "/password",
    permission=Permission.PASSWORD_CHANGE,
    transaction=False,
    methods=["GET", "POST"],
)
def own(scope: Scope) -> AnyResponse:
    """Ask for a new password, and take it; everywhere else the person is signed out."""
    typed, is_given = PasswordForm(), operations.is_given(scope)
    try:
        if typed.validate_on_submit():
            session["token"] = operations.change_own(scope, typed.draft(), session["token"])
            notice(mark("Your new password works from now on. Other devices are signed out."))
            return redirect(url_for("home.home" if is_given else "sessions.own"), 303)
    except InvalidError as error:
        typed.refuse(error)
    return _show(scope, typed, is_given=is_given)


def _show(scope: Scope, typed: PasswordForm, *, is_given: bool) -> Response:
    is_staff = scope.role not in WITHOUT_SECOND_FACTOR
    shortest = SHORTEST_OF_STAFF if is_staff else SHORTEST_OF_PUPIL
    values = {"form": typed, "shortest": shortest, "is_given": is_given}
    return render("own_password/form.html", values, status=422 if typed.errors else 200)
