"""Registering a 利用者識別子 over HTTP."""

from uuid import UUID

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.action.identifiers import operations
from aarportal.cycle.action.identifiers.forms import IdentifierForm
from aarportal.cycle.action.intake import digester
from aarportal.people.directory.persons import store as persons
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("identifiers", __name__, shows=looks.person("identities", "person_id"))

_MANAGE = Permission.PEOPLE_MANAGE


@blueprint.route("/people/<uuid:person_id>/identifier", permission=_MANAGE)
def identifier(scope: Scope, person_id: UUID) -> Response:
    """Ask for the one that was issued elsewhere."""
    return _page(scope, person_id, IdentifierForm(formdata=None))


@blueprint.route("/people/<uuid:person_id>/identifier", permission=_MANAGE, methods=["POST"])
def identify(scope: Scope, person_id: UUID) -> AnyResponse:
    """Register it."""
    form = IdentifierForm()
    try:
        if form.validate():
            operations.identify(scope, person_id, form.identifier.data)
            notice(
                mark("The 利用者識別子 is registered. The one before goes on meaning this person.")
            )
            return _read_on(url_for("people.person", person_id=person_id))
    except InvalidError as error:
        form.refuse(error)
    return _page(scope, person_id, form, status=422)


def _page(scope: Scope, person_id: UUID, form: IdentifierForm, *, status: int = 200) -> Response:
    person = persons.person(scope, person_id)
    if scope.has_lost(person_id):
        raise NotFoundError("person")
    holder = operations.holder(scope, form.identifier.data) if form.identifier.data else None
    values = {
        "person": person,
        "form": form,
        "holder": holder if holder and holder.id != person_id else None,
        "can_join": scope.allows(Permission.IDENTITIES_MANAGE) and person.is_student,
    }
    return render("identifiers/identifier.html", values, status=status)


def _read_on(location: str) -> AnyResponse:
    """Lead on, and have what is asked for read again once this is committed."""
    afterwards(digester.wake)
    return redirect(location, 303)
