"""Where people are signed in: their own page, and the office's about somebody."""

from uuid import UUID

from flask import Response, redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.words import mark
from aarportal.people.accounts.giving import operations as giving
from aarportal.people.accounts.own_password import operations as own_password
from aarportal.people.accounts.sessions import operations
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("sessions", __name__, shows=looks.nobody)

_OWN, _MANAGE = Permission.SESSIONS_OWN, Permission.ACCESS_MANAGE


@blueprint.route("/sessions", permission=_OWN, transaction=False)
def own(scope: Scope) -> Response:
    """List where the person is signed in."""
    found = operations.own(scope, session["token"])
    may_prove = scope.allows(Permission.SECOND_FACTOR_OWN)
    with unit_of_work(scope, read_only=True):
        may_change_password = own_password.may_change(scope)
    values = {
        "sessions": found,
        "may_prove": may_prove,
        "may_change_password": may_change_password,
        "day_of": clock.school_day_of,
    }
    return render("sessions/own.html", values)


@blueprint.route(
    "/sessions/<uuid:session_id>/end", permission=_OWN, transaction=False, methods=["POST"]
)
def end(scope: Scope, session_id: UUID) -> AnyResponse:
    """End one of them."""
    operations.end_own(scope, session_id)
    notice(mark("You are signed out there."))
    return redirect(url_for(".own"), 303)


@blueprint.route("/sessions/end-others", permission=_OWN, transaction=False, methods=["POST"])
def end_others(scope: Scope) -> AnyResponse:
    """End all of them but this one."""
    operations.end_others(scope, session["token"])
    notice(mark("You are signed in on this device only."))
    return redirect(url_for(".own"), 303)


@blueprint.route(
    "/people/<uuid:person_id>/sign-ins",
    permission=_MANAGE,
    shows=looks.person("sign_ins", "person_id"),
    transaction=False,
)
def of_person(scope: Scope, person_id: UUID) -> Response:
    """Show how a person comes in."""
    values = {
        "access": operations.access_of(scope, person_id),
        "password": giving.standing(scope, person_id),
        "day_of": clock.school_day_of,
    }
    return render("sessions/of_person.html", values)


@blueprint.route(
    "/people/<uuid:person_id>/sign-ins/end",
    permission=_MANAGE,
    fresh=True,
    transaction=False,
    methods=["POST"],
)
def end_of(scope: Scope, person_id: UUID) -> AnyResponse:
    """End every session of a person."""
    operations.end_of(scope, person_id)
    notice(mark("They are signed out everywhere."))
    return redirect(url_for(".of_person", person_id=person_id), 303)
