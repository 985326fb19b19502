"""Staff's second factor: setting it up, codes on paper, taking it away."""

from uuid import UUID

from flask import Response, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.second_factor import operations, totp
from aarportal.people.accounts.second_factor.forms import CodeForm
from aarportal.web import looks
from aarportal.web.addresses import own_path
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_person
from aarportal.web.texts import notice

blueprint = PortalBlueprint("second_factor", __name__, shows=looks.nobody)

_OWN = Permission.SECOND_FACTOR_OWN


@blueprint.route("/second-factor", permission=_OWN, transaction=False)
def own(scope: Scope) -> Response:
    """Show what the person has, and what it is for."""
    return _show(scope, CodeForm(formdata=None))


@blueprint.route(
    "/second-factor/begin", permission=_OWN, fresh=True, transaction=False, methods=["POST"]
)
def begin(scope: Scope) -> AnyResponse:
    """Make a secret for a device."""
    operations.begin(scope, session["token"])
    return redirect(url_for(".own", next=_next()), 303)


@blueprint.route(
    "/second-factor/confirm", permission=_OWN, fresh=True, transaction=False, methods=["POST"]
)
def confirm(scope: Scope) -> AnyResponse:
    """Take the first code of the device, and show the codes on paper, in this answer only."""
    form = CodeForm()
    if not form.validate():
        return _show(scope, form, status=422)
    try:
        codes = operations.confirm(scope, session["token"], form.code.data or "")
    except InvalidError as error:
        return _show(scope, form, refused=error.rule, status=422)
    session["token"] = proving.proved(session["token"], is_strong=True)
    return render("second_factor/codes.html", {"codes": codes, "next": _next()})


@blueprint.route(
    "/second-factor/codes", permission=_OWN, fresh=True, transaction=False, methods=["POST"]
)
def renew_codes(scope: Scope) -> AnyResponse:
    """Make new codes on paper, and show them in this answer only."""
    return render("second_factor/codes.html", {"codes": operations.renew_codes(scope)})


@blueprint.route(
    "/second-factor/remove", permission=_OWN, fresh=True, transaction=False, methods=["POST"]
)
def remove(scope: Scope) -> AnyResponse:
    """Take one's own device away."""
    operations.remove_own(scope)
    notice(mark("The device is taken away. Set up another one before you go."))
    return redirect(url_for(".own"), 303)


@blueprint.route(
    "/people/<uuid:person_id>/second-factor/remove",
    permission=Permission.ACCESS_MANAGE,
    fresh=True,
    transaction=False,
    methods=["POST"],
)
def remove_of(scope: Scope, person_id: UUID) -> AnyResponse:
    """Take away the device that somebody has lost."""
    operations.remove_of(scope, person_id)
    notice(mark("The device is taken away. At the next sign-in they set up another one."))
    return redirect(url_for("sessions.of_person", person_id=person_id), 303)


def _show(scope: Scope, form: CodeForm, *, refused: str = "", status: int = 200) -> Response:
    standing = operations.standing(scope, session["token"])
    person, name = current_person(), current_app.config["SETTINGS"].product_name
    assert person is not None
    address = totp.address(standing.secret, name, person.display_name) if standing.secret else ""
    values = {
        "form": form,
        "standing": standing,
        "picture": totp.picture(address) if address else "",
        "refused": refused,
        "is_strong": scope.is_strong,
        "next": _next(),
        "day_of": clock.school_day_of,
    }
    return render("second_factor/own.html", values, status=status)


def _next() -> str | None:
    return own_path(request.args.get("next"))
