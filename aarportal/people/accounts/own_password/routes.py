"""One's own password."""

from flask import Response, current_app, redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import InvalidError
from aarportal.core.permissions import WITHOUT_SECOND_FACTOR, Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.accounts.own_password import operations
from aarportal.people.accounts.own_password.forms import PasswordForm
from aarportal.people.accounts.own_password.operations import Asked
from aarportal.people.accounts.own_password.rules import SHORTEST_OF_PUPIL, SHORTEST_OF_STAFF
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_due
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
    is_due = current_due() == "own_password.own"
    asked = Asked(session["token"], is_due, str(current_app.secret_key))
    try:
        if typed.validate_on_submit():
            session["token"] = operations.change_own(scope, typed.draft(), asked)
            notice(mark("Your new password works from now on. Other devices are signed out."))
            return redirect(url_for("home.home" if is_due else "sessions.own"), 303)
    except InvalidError as error:
        typed.refuse(error)
    return _show(scope, typed, asked, is_given=is_given)


def _show(scope: Scope, typed: PasswordForm, asked: Asked, *, is_given: bool) -> Response:
    is_staff = scope.role not in WITHOUT_SECOND_FACTOR
    values = {
        "form": typed,
        "shortest": SHORTEST_OF_STAFF if is_staff else SHORTEST_OF_PUPIL,
        "is_given": is_given,
        "is_due": asked.is_due,
        "asks_for_now": operations.asks_for_now(asked),
    }
    return render("own_password/form.html", values, status=422 if typed.errors else 200)
