"""Providers of the board and of offices, over HTTP."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.words import mark
from aarportal.people.accounts.oidc import whom
from aarportal.people.accounts.oidc.door import portal
from aarportal.people.accounts.oidc.providers import operations, store
from aarportal.people.accounts.oidc.providers.forms import ProviderForm, ReleaseForm
from aarportal.people.accounts.oidc.routes import redirect_uri
from aarportal.people.accounts.oidc.troubles import FOUND
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("oidc_providers", __name__, shows=looks.nobody)

_MANAGE = Permission.WAYS_MANAGE
_ONE = "/ways/<uuid:provider_id>"


@blueprint.route("/ways", permission=_MANAGE)
def ways(scope: Scope) -> Response:
    """List the providers, and say whether passwords are off."""
    return _list(scope)


@blueprint.route("/ways/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Ask what the provider is."""
    del scope
    return _page(ProviderForm(kind=whom.GOOGLE))


@blueprint.route("/ways/new", permission=_MANAGE, fresh=True, methods=["POST"])
def add(scope: Scope) -> AnyResponse:
    """Enter a provider, and show what to enter there."""
    form = ProviderForm()
    try:
        if form.validate():
            row = operations.add(scope, form.draft(), private=portal().asking.private)
            notice(mark("It is entered. Now try it, and enter the address below at the provider."))
            return redirect(url_for(".provider", provider_id=row.id), 303)
    except InvalidError as error:
        form.refuse(error)
    return _page(form, status=422)


@blueprint.route(_ONE, permission=_MANAGE)
def provider(scope: Scope, provider_id: UUID) -> Response:
    """Show a provider, what it said of itself, and what has to be entered there."""
    return _one(scope, provider_id, ReleaseForm())


@blueprint.route(f"{_ONE}/change", permission=_MANAGE)
def change_form(scope: Scope, provider_id: UUID) -> Response:
    """Show what was entered, to be changed."""
    row = store.provider(scope, provider_id)
    return _page(ProviderForm.of(row), row)


@blueprint.route(f"{_ONE}/change", permission=_MANAGE, fresh=True, methods=["POST"])
def change(scope: Scope, provider_id: UUID) -> AnyResponse:
    """Let the provider be otherwise."""
    row = store.provider(scope, provider_id)
    form = ProviderForm.of(row)
    private = portal().asking.private
    try:
        if form.validate():
            operations.change(scope, provider_id, form.draft(), private=private)
            return _done(provider_id, mark("It is changed. Try it once more."))
    except InvalidError as error:
        form.refuse(error)
    return _page(form, row, status=422)


@blueprint.route(f"{_ONE}/try", permission=_MANAGE, fresh=True, methods=["POST"], transaction=False)
def try_out(scope: Scope, provider_id: UUID) -> AnyResponse:
    """Ask the provider what it says of itself."""
    operations.try_out(scope, provider_id, portal().asking)
    return redirect(url_for(".provider", provider_id=provider_id), 303)


@blueprint.route(
    f"{_ONE}/open", permission=_MANAGE, fresh=True, methods=["POST"], transaction=False
)
def set_open(scope: Scope, provider_id: UUID) -> AnyResponse:
    """Let people come in by it, or not for now."""
    with unit_of_work(scope, read_only=True):
        store.provider(scope, provider_id)
    is_open = _chosen("open")
    operations.set_open(scope, provider_id, is_open=is_open)
    words = mark("People can come in by it.") if is_open else mark("Nobody comes in by it now.")
    return _done(provider_id, words)


@blueprint.route(
    f"{_ONE}/release", permission=_MANAGE, fresh=True, methods=["POST"], transaction=False
)
def release(scope: Scope, provider_id: UUID) -> AnyResponse:
    """Let a person come in with another account."""
    form = ReleaseForm()
    try:
        operations.release(scope, provider_id, form.wanted())
    except InvalidError:
        with unit_of_work(scope, read_only=True):
            return _one(scope, provider_id, form, is_unknown=True)
    return _done(provider_id, mark("The next account with which this person comes in is theirs."))


@blueprint.route(
    f"{_ONE}/remove", permission=_MANAGE, fresh=True, methods=["POST"], transaction=False
)
def remove(scope: Scope, provider_id: UUID) -> AnyResponse:
    """Forget the provider."""
    operations.remove(scope, provider_id)
    notice(mark("The provider is forgotten, and its secret."))
    return redirect(url_for(".ways"), 303)


@blueprint.route("/ways/passwords", permission=_MANAGE, fresh=True, methods=["POST"])
def set_passwords(scope: Scope) -> AnyResponse:
    """Say whether people come in by providers alone."""
    are_off = _chosen("off")
    try:
        operations.set_passwords(scope, are_off=are_off)
    except InvalidError:
        return _list(scope, no_provider=True)
    notice(mark("Passwords are off.") if are_off else mark("Passwords are on."))
    return redirect(url_for(".ways"), 303)


def _chosen(name: str) -> bool:
    """What a button says; anything else is none of ours."""
    value = request.form.get(name)
    if value not in {"0", "1"}:
        raise InvalidError(name, "unknown")
    return value == "1"


def _list(scope: Scope, *, no_provider: bool = False) -> Response:
    values = {
        "providers": store.providers(scope),
        "counts": store.binding_counts(scope),
        "passwords_off": store.passwordless(scope) is not None,
        "no_provider": no_provider,
    }
    return render("oidc_providers/ways.html", values, status=422 if no_provider else 200)


def _one(
    scope: Scope, provider_id: UUID, form: ReleaseForm, *, is_unknown: bool = False
) -> Response:
    values = {
        "provider": store.provider(scope, provider_id),
        "count": store.binding_counts(scope).get(provider_id, 0),
        "redirect_uri": redirect_uri(provider_id),
        "found": FOUND,
        "form": form,
        "is_unknown": is_unknown,
    }
    return render("oidc_providers/provider.html", values, status=422 if is_unknown else 200)


def _page(form: ProviderForm, row: store.Provider | None = None, *, status: int = 200) -> Response:
    return render("oidc_providers/entry.html", {"form": form, "provider": row}, status=status)


def _done(provider_id: UUID, words: str) -> AnyResponse:
    notice(words)
    return redirect(url_for(".provider", provider_id=provider_id), 303)
