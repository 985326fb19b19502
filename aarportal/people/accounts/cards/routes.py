"""Login cards over HTTP: printed for a class, held up by a child."""

from functools import partial
from uuid import UUID, uuid4

import segno
from flask import current_app, redirect, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from aarportal.core import clock, submissions
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.words import mark
from aarportal.people.accounts import ways
from aarportal.people.accounts.cards import operations, store
from aarportal.people.accounts.cards.forms import ChosenForm, NetworksForm, PicturesForm
from aarportal.people.accounts.cards.operations import Printed
from aarportal.people.accounts.cards.pictures import PICTURES
from aarportal.people.accounts.locks import store as locks
from aarportal.people.accounts.routes import welcome
from aarportal.people.accounts.ways import CARD, Way
from aarportal.web import addresses, looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import ONCE_FIELD, PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import written_for
from aarportal.web.shared_device import is_shared
from aarportal.web.texts import notice, plain

blueprint = PortalBlueprint("cards", __name__, shows=looks.school_class("sign_ins"))

#: Where the browser keeps what it read from a QR code until the pictures are tapped.
_HELD = "card"


def _offers() -> list[tuple[str, str]]:
    """On a tablet that many share, children who hold a card are told how to come in with it."""
    return [(plain("Come in with my card"), url_for("cards.card"))] if is_shared() else []


ways.add(Way(CARD, _offers))


@blueprint.route("/card/<string:token>", permission=Permission.PUBLIC)
def scanned(token: str) -> Response:
    """Take what stood in the QR code out of the address, and ask for the pictures.

    It opens nothing: a browser that looks ahead may fetch it, and no history keeps it.
    """
    session[_HELD] = token[:100]
    return _untold(redirect(url_for(".card"), 303))


@blueprint.route("/card", permission=Permission.PUBLIC, methods=["GET", "POST"])
def card() -> Response:
    """Ask for the pictures of the card that was scanned, and open a session."""
    form, token, rule = PicturesForm(), session.get(_HELD), "none"
    if not token:
        return _untold(_ask(form, rule))
    if not form.is_submitted():
        return _untold(_ask(form, operations.look(token, _address())))
    rule = "missing"
    if form.validate():
        try:
            return _untold(_open(form, token))
        except InvalidError as error:
            rule = error.rule
    return _untold(_ask(PicturesForm(formdata=None), rule, status=422))


@blueprint.route("/classes/<uuid:class_id>/cards", permission=Permission.SIGN_INS_HELP)
def cards(scope: Scope, class_id: UUID) -> Response:
    """List the pupils of a class: who has a card, who cannot come in."""
    return _cards(scope, class_id)


@blueprint.route(
    "/classes/<uuid:class_id>/cards",
    permission=Permission.SIGN_INS_HELP,
    methods=["POST"],
    once=False,
)
def hand_out(scope: Scope, class_id: UUID) -> Response:
    """Make cards and show them to be printed, in this answer and nowhere else."""
    key = request.form.get(ONCE_FIELD, "")[:64] or uuid4().hex
    if (before := submissions.earlier_answer(scope, key)) is not None:
        return redirect(before, 303)
    try:
        made = operations.hand_out(scope, class_id, ChosenForm().student_ids())
    except InvalidError:
        return _cards(scope, class_id, status=422)
    submissions.remember(scope, key, url_for(".cards", class_id=class_id))
    # Whoever found the card of before is out, and not only at its next scan.
    afterwards(partial(operations.close_opened, [it.mate.id for it in made]))
    return _untold(_print(scope, class_id, made))


@blueprint.route(
    "/classes/<uuid:class_id>/cards/end",
    permission=Permission.SIGN_INS_HELP,
    methods=["POST"],
    transaction=False,
)
def end(scope: Scope, class_id: UUID) -> Response:
    """End the cards of some pupils."""
    try:
        operations.end(scope, class_id, ChosenForm().student_ids())
    except InvalidError:
        with unit_of_work(scope, read_only=True):
            return _cards(scope, class_id, status=422)
    notice(mark("These cards open nothing any more."))
    return redirect(url_for(".cards", class_id=class_id), 303)


@blueprint.route(
    "/classes/<uuid:class_id>/cards/<uuid:student_id>/release",
    permission=Permission.SIGN_INS_HELP,
    methods=["POST"],
)
def release(scope: Scope, class_id: UUID, student_id: UUID) -> Response:
    """Let a card open again that was stopped."""
    operations.let_go_on(scope, class_id, student_id)
    notice(mark("The card opens again."))
    return redirect(url_for(".cards", class_id=class_id), 303)


@blueprint.route("/cards", permission=Permission.CARDS_RULE, shows=looks.nobody)
def rules(scope: Scope) -> Response:
    """Show from which networks cards open at any time."""
    form = NetworksForm()
    form.networks.data = "\n".join(store.networks(scope, scope.school_id))
    return _rules(form)


@blueprint.route(
    "/cards", permission=Permission.CARDS_RULE, fresh=True, shows=looks.nobody, methods=["POST"]
)
def set_rules(scope: Scope) -> Response:
    """Say from which networks cards open at any time."""
    form = NetworksForm()
    try:
        if form.validate():
            operations.set_networks(scope, form.networks.data or "")
            notice(mark("The networks are kept."))
            return redirect(url_for(".rules"), 303)
    except InvalidError as error:
        form.refuse(error)
    return _rules(form, status=422)


@blueprint.route(
    "/cards/end",
    permission=Permission.CARDS_RULE,
    fresh=True,
    shows=looks.nobody,
    methods=["POST"],
    transaction=False,
)
def end_all(scope: Scope) -> Response:
    """End every card of the school."""
    operations.end_all(scope)
    notice(mark("No card of the school opens anything any more."))
    return redirect(url_for(".rules"), 303)


def _cards(scope: Scope, class_id: UUID, *, status: int = 200) -> Response:
    today = clock.today()
    group = store.homeroom(scope, class_id)
    holders = store.holders(scope, class_id, today, clock.school_year_of(today))
    values = {
        "group": group,
        "holders": holders,
        "locked": {it.user_id for it in locks.locked_pupils(scope, [h.mate.id for h in holders])},
        "of_office": scope.is_office,
        "nobody": status != 200,
        "day_of": clock.school_day_of,
    }
    return render("cards/cards.html", values, status=status)


def _print(scope: Scope, class_id: UUID, made: list[Printed]) -> Response:
    school = store.school_of(scope)
    values = {
        "group": store.homeroom(scope, class_id),
        "cards": [(it, _qr(it.token)) for it in made],
        "school": school.name if school else "",
        "pictures": PICTURES,
    }
    return render("cards/printed.html", values)


def _qr(token: str) -> Markup:
    """The drawing of a card's address: paths alone, under the policy of every page."""
    address = addresses.root() + url_for(".scanned", token=token)
    code = segno.make(address, error="m", micro=False)
    drawing = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawing)  # noqa: S704 # made of squares alone


def _ask(form: PicturesForm, rule: str, *, status: int = 200) -> Response:
    values = {"form": form, "rule": rule, "pictures": PICTURES}
    # Whoever holds a card reads hiragana, and nobody knows yet who it is.
    with written_for("L"):
        return render("cards/card.html", values, status=status)


def _open(form: PicturesForm, token: str) -> Response:
    shown = form.shown(token, _address(), request.user_agent.string)
    opened = operations.enter(shown, str(current_app.secret_key))
    return welcome(opened, None)


def _rules(form: NetworksForm, *, status: int = 200) -> Response:
    values = {"form": form, "address": _address()}
    return render("cards/rules.html", values, status=status)


def _address() -> str:
    return request.remote_addr or ""


def _untold(response: Response) -> Response:
    """No page hears from which of these a browser came."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
