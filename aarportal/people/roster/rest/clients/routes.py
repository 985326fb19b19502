"""Systems that read the roster, over HTTP: who they are, and with which secret."""

from uuid import UUID, uuid4

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock, submissions
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.roster.rest import entities, operations
from aarportal.people.roster.rest.clients import store
from aarportal.people.roster.rest.clients.forms import ClientForm
from aarportal.people.roster.rest.operations import Credential
from aarportal.web import addresses, looks
from aarportal.web.blueprint import ONCE_FIELD, PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice

blueprint = PortalBlueprint("roster_clients", __name__, shows=looks.nobody)

PAGE = 40
_MANAGE = Permission.ROSTER_MANAGE


@blueprint.route("/rosters/clients", permission=_MANAGE)
def clients(scope: Scope) -> Response:
    """List the systems that read the roster."""
    rows, count = store.page(scope, asked_page(), PAGE)
    names = {str(school_id): name for school_id, name in store.schools(scope)}
    values = {
        "clients": rows,
        "school_names": names,
        "root": addresses.root(),
        "base": entities.BASE,
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
        "school_day_of": clock.school_day_of,
    }
    return render("roster_clients/clients.html", values)


@blueprint.route("/rosters/clients/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Ask what the system is called and what it reads."""
    return _new(scope, ClientForm())


@blueprint.route(
    "/rosters/clients/new", permission=_MANAGE, fresh=True, methods=["POST"], once=False
)
def add(scope: Scope) -> AnyResponse:
    """Let a system read and show its secret, in this answer and nowhere else."""
    if (before := _answered_before(scope)) is not None:
        return before
    form = ClientForm().offer(store.schools(scope))
    try:
        if form.validate():
            return _show(scope, operations.add_client(scope, form.draft()), is_new=True)
    except InvalidError as error:
        form.refuse(error)
    return _new(scope, form, status=422)


@blueprint.route(
    "/rosters/clients/<uuid:client_id>/rotate",
    permission=_MANAGE,
    fresh=True,
    methods=["POST"],
    once=False,
)
def rotate(scope: Scope, client_id: UUID) -> AnyResponse:
    """Make a new secret and show it, in this answer and nowhere else."""
    if (before := _answered_before(scope)) is not None:
        return before
    return _show(scope, operations.rotate_secret(scope, client_id), is_new=False)


@blueprint.route("/rosters/clients/<uuid:client_id>/revoke", permission=_MANAGE, methods=["POST"])
def revoke(scope: Scope, client_id: UUID) -> AnyResponse:
    """Let the system read no more."""
    operations.revoke(scope, client_id)
    notice(mark("The system cannot read the roster any more."))
    return redirect(url_for(".clients"), 303)


def _new(scope: Scope, form: ClientForm, *, status: int = 200) -> Response:
    values = {"form": form.offer(store.schools(scope)), "is_board": store.is_board(scope)}
    return render("roster_clients/new.html", values, status=status)


def _answered_before(scope: Scope) -> AnyResponse | None:
    """Where the same form led before: a page that is loaded again shows no secret."""
    location = submissions.earlier_answer(scope, _form_key())
    return None if location is None else redirect(location, 303)


def _show(scope: Scope, made: Credential, *, is_new: bool) -> Response:
    submissions.remember(scope, _form_key(), url_for(".clients"))
    values = {
        "credential": made,
        "is_new": is_new,
        "client": store.client(scope, made.client_row_id),
        "root": addresses.root(),
        "base": entities.BASE,
    }
    return render("roster_clients/secret.html", values)


def _form_key() -> str:
    return request.form.get(ONCE_FIELD, "")[:64] or uuid4().hex
