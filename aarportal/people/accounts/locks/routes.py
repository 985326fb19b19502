"""Accounts that rest, over HTTP: who cannot come in, and letting them try again."""

from uuid import UUID, uuid4

from flask import current_app, redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from aarportal.core import clock, submissions
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.words import mark
from aarportal.people.accounts import store as accounts
from aarportal.people.accounts.giving import operations as giving
from aarportal.people.accounts.locks import operations, store
from aarportal.web import looks
from aarportal.web.blueprint import ONCE_FIELD, PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("locks", __name__, shows=looks.nobody)


@blueprint.route("/sign-ins", permission=Permission.CARDS_RULE, shows=looks.school("sign_ins"))
def sign_ins(scope: Scope) -> Response:
    """List everybody of the school who cannot come in."""
    values = {
        "pupils": store.locked_pupils(scope),
        "staff": store.locked_staff(scope),
        "day_of": clock.school_day_of,
    }
    return render("locks/sign_ins.html", values)


@blueprint.route(
    "/sign-ins/pupils/<uuid:student_id>/open",
    permission=Permission.SIGN_INS_HELP,
    methods=["POST"],
)
def open_to_pupil(scope: Scope, student_id: UUID) -> Response:
    """Let a pupil try again."""
    operations.open_to_pupil(scope, student_id)
    notice(mark("The login ID opens again."))
    return redirect(_back(scope), 303)


@blueprint.route(
    "/sign-ins/staff/<uuid:person_id>/open", permission=Permission.CARDS_RULE, methods=["POST"]
)
def open_to_staff(scope: Scope, person_id: UUID) -> Response:
    """Let a colleague try again."""
    operations.open_to_staff(scope, person_id)
    notice(mark("The login ID opens again."))
    return redirect(url_for(".sign_ins"), 303)


@blueprint.route(
    "/people/<uuid:person_id>/sign-ins/open",
    permission=Permission.ACCESS_MANAGE,
    fresh=True,
    transaction=False,
    methods=["POST"],
)
def open_to_person(scope: Scope, person_id: UUID) -> Response:
    """Let somebody try again for whom one looks after how they come in."""
    operations.open_to_person(scope, person_id)
    notice(mark("The login ID opens again."))
    return redirect(url_for("sessions.of_person", person_id=person_id), 303)


@blueprint.route(
    "/sign-ins/pupils/<uuid:student_id>/password",
    permission=Permission.PASSWORDS_GIVE,
    methods=["POST"],
    shows=looks.told,
    transaction=False,
)
def give_password(scope: Scope, student_id: UUID) -> Response:
    """Give a pupil a new start password and show it, in this answer and nowhere else."""
    # Looked at before the key of the form is taken: what is refused leaves nothing behind.
    giving.check_pupil(scope, student_id)
    with unit_of_work(scope, read_only=True):
        back = _back(scope)
    if not _is_first(scope, back):
        return _shown_before(back)
    password = giving.to_pupil(scope, student_id, str(current_app.secret_key))
    with unit_of_work(scope):
        looks.tell(scope, student_id, "sign_ins")
        values = {"person": accounts.login_of(scope, student_id), "password": password}
        return render("locks/password.html", values | {"back": back, "is_pupil": True})


@blueprint.route(
    "/people/<uuid:person_id>/sign-ins/password",
    permission=Permission.ACCESS_MANAGE,
    fresh=True,
    transaction=False,
    methods=["POST"],
)
def give_password_to_person(scope: Scope, person_id: UUID) -> Response:
    """Give somebody who is no pupil a new start password and show it, in this answer only."""
    giving.check_person(scope, person_id)
    back = url_for("sessions.of_person", person_id=person_id)
    if not _is_first(scope, back):
        return _shown_before(back)
    person, password = giving.to_person(scope, person_id, str(current_app.secret_key))
    values = {"person": person, "password": password, "back": back, "is_pupil": False}
    return render("locks/password.html", values)


def _is_first(scope: Scope, back: str) -> bool:
    """Take the key of a form whose answer is shown once; whether nobody has taken it before."""
    key = request.form.get(ONCE_FIELD, "")[:64] or uuid4().hex
    try:
        with unit_of_work(scope):
            if submissions.earlier_answer(scope, key) is not None:
                return False
            submissions.remember(scope, key, back)
    except IntegrityError:
        # A second tap came at the same moment.
        return False
    return True


def _shown_before(back: str) -> Response:
    notice(mark("The password was shown a moment ago. If nobody saw it, give another one."))
    return redirect(back, 303)


def _back(scope: Scope) -> str:
    """The page of the class from which somebody came, else the office's list, else one's own."""
    class_id = request.form.get("class", type=UUID)
    if class_id is not None and request.form.get("from") == "class":
        return url_for("teaching.class_view", class_id=class_id)
    if class_id is not None:
        return url_for("cards.cards", class_id=class_id)
    return url_for(".sign_ins") if scope.is_office else url_for("home.home")
