"""In by a provider: there, and back."""

from typing import Any
from uuid import UUID

from flask import Response as FlaskResponse
from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from aarportal.core.permissions import Permission
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import ways
from aarportal.people.accounts.oidc import flights, operations, store
from aarportal.people.accounts.oidc.door import portal
from aarportal.people.accounts.oidc.flights import Flight
from aarportal.people.accounts.oidc.operations import OIDC, Answer, Wish
from aarportal.people.accounts.oidc.troubles import TROUBLES, OidcError
from aarportal.people.accounts.routes import CODE_COOKIE, ends_early, go_on, welcome
from aarportal.web import addresses, cookies, shared_device
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import gettext as _

blueprint = PortalBlueprint("oidc", __name__)

_ONE = "/sign-in/oidc/<uuid:provider_id>"
#: Somebody may have begun in several tabs; more cookies than that would only be carried about.
_MOST_FLIGHTS = 4
_COOKIE = "oidc-"


def redirect_uri(provider_id: UUID) -> str:
    """Where a provider leads people back to; it has to be entered there to the letter."""
    return addresses.root() + url_for("oidc.back", provider_id=provider_id)


@blueprint.route("/sign-in/school", permission=Permission.PUBLIC)
def school() -> FlaskResponse:
    """Ask which school somebody is of, and show by which providers people come in there."""
    code, target = request.args.get("school", "").strip()[:40], request.args.get("next", "")
    with unit_of_work(SystemScope("sign-in page"), read_only=True) as scope:
        found = store.offered(scope, code) if code else None
        offers = [(row.title, _start(row.id, target, school=code)) for row in found or ()]
    values = {"code": code, "offers": offers, "target": target}
    return render("oidc/school.html", values)


@blueprint.route(_ONE, permission=Permission.PUBLIC)
def start(provider_id: UUID) -> Response:
    """Lead somebody to their provider, and remember in their browser that they went."""
    try:
        address, flight = operations.depart(portal(), provider_id, _wish(provider_id))
    except OidcError as error:
        return _trouble(provider_id, error)
    response = redirect(address, 303)
    _remember(response, flight)
    return response


@blueprint.route(f"{_ONE}/back", permission=Permission.PUBLIC)
def back(provider_id: UUID) -> Response:
    """Let somebody in whom a provider sent back."""
    flight = _flight(request.args.get("state", ""))
    try:
        arrival = operations.arrive(portal(), provider_id, flight, _answer(provider_id))
    except OidcError as error:
        response = _trouble(provider_id, error, flight)
    else:
        lead = go_on if arrival.is_again else welcome
        response = lead(arrival.token, arrival.target)
    if flight:
        cookies.forget(response, _cookie(flight.state))
    return response


def _wish(provider_id: UUID) -> Wish:
    return Wish(
        redirect_uri(provider_id),
        target=request.args.get("next", ""),
        code=_code(),
        other_account="other" in request.args,
        is_shared=shared_device.is_shared(),
        token=session.get("token", "") if "again" in request.args else "",
    )


def _answer(provider_id: UUID) -> Answer:
    given = request.args
    return Answer(
        state=given.get("state", ""),
        redirect_uri=redirect_uri(provider_id),
        code=given.get("code", ""),
        error=given.get("error", ""),
        issuer=given.get("iss", ""),
        address=request.remote_addr or "",
        device=request.user_agent.string,
        token=session.get("token", ""),
        until=ends_early(),
    )


def _trouble(provider_id: UUID, error: OidcError, flight: Flight | None = None) -> Response:
    trouble = TROUBLES[error.rule]
    target = flight.target if flight else request.args.get("next", "")
    code = flight.code if flight else _code()
    values = {
        "trouble": trouble,
        "rule": error.rule,
        "shown": error.shown,
        "target": target,
        "again": _start(provider_id, target, school=code) if error.rule != "gone" else "",
        "other": _start(provider_id, target, school=code, other="1")
        if trouble.other_account
        else "",
    }
    return render("oidc/trouble.html", values, status=trouble.status)


def _offers() -> list[tuple[str, str]]:
    """What the sign-in page offers for the school that was typed or that this device knows."""
    with unit_of_work(SystemScope("sign-in page"), read_only=True) as scope:
        found = store.offered(scope, _code())
        titles = [(row.title, row.id) for row in found or ()]
    target = request.args.get("next", "")
    if found is None:
        return [(_("With the account of your school"), url_for("oidc.school", next=target or None))]
    return [(_("With %(name)s", name=name), _start(key, target)) for name, key in titles]


def _is_only_one() -> bool:
    with unit_of_work(SystemScope("sign-in page"), read_only=True) as scope:
        return store.is_password_off_under(scope, _code())


def _start(provider_id: UUID, target: str = "", **more: str) -> str:
    given: dict[str, Any] = {"next": target or None, **{k: v or None for k, v in more.items()}}
    return url_for("oidc.start", provider_id=provider_id, **given)


def _code() -> str:
    typed = request.form.get("code") or request.args.get("school")
    return (typed or cookies.kept(CODE_COOKIE) or "").strip()[:40]


def _flight(state: str) -> Flight | None:
    cookie = cookies.kept(_cookie(state))
    return flights.opened(cookie, portal().secret) if cookie else None


def _remember(response: Response, flight: Flight) -> None:
    """Keep a flight in the browser, and forget the oldest ones that never came back."""
    found = [
        (known.began_at, name)
        for name, value in cookies.all_kept(_COOKIE).items()
        if (known := flights.opened(value, portal().secret)) is not None
    ]
    for _began_at, name in sorted(found)[: -(_MOST_FLIGHTS - 1)]:
        cookies.forget(response, name)
    # It is sent when the provider leads back, because that is a link to be followed.
    cookies.keep(
        response,
        _cookie(flight.state),
        flight.sealed(portal().secret),
        max_age=int(flights.FLIGHT_LENGTH.total_seconds()),
    )


def _cookie(state: str) -> str:
    return _COOKIE + state[:12]


ways.add(ways.Way(OIDC, _offers, operations.where_to_prove_again, _is_only_one))
ways.close_to_passwords(OIDC, store.are_passwords_off)
