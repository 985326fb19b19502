"""Signing in and out, and the reading switch."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import Scope, unit_of_work
from aarportal.core.words import mark
from aarportal.people.accounts import operations, passwords, store, ways
from aarportal.people.accounts.forms import PasswordForm, ReadingForm, SignInForm
from aarportal.people.accounts.names import called
from aarportal.people.roster.grades import grade_number
from aarportal.web import shared_device
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.credentials import keep
from aarportal.web.fragments import render
from aarportal.web.reader import (
    CATALOGUES,
    LANGUAGE_COOKIE,
    Person,
    Reader,
    Visitor,
    band_of,
    current_reader,
)
from aarportal.web.texts import notice

blueprint = PortalBlueprint("accounts", __name__)

#: Remembers the school on a device, so that small children type two things and not three.
CODE_COOKIE = "school"
YEAR_SECONDS = 366 * 24 * 3600
SHARED_SESSION = timedelta(minutes=100)


@keep("browser")
def signed_in_person() -> Visitor | None:
    """Whoever holds the session of this browser."""
    token = session.get("token")
    found = operations.who(token) if token else None
    if found is None:
        return None
    scope, known = found
    user, account = known.user, known.account
    grade = grade_number(user.grade) if scope.role is Role.STUDENT else 0
    reader = Reader(
        language=account.language,
        grade=grade,
        band=account.band or band_of(grade),
        script_choice=account.script,
        font=account.font,
        text_size=account.text_size,
    )
    is_student = scope.role is Role.STUDENT
    short_name = called(user.given_name, user.kana_given_name) if is_student else user.family_name
    person = Person(user.id, scope.role, f"{user.family_name}\u2009{user.given_name}", short_name)
    due = "accounts.own_password" if _must_choose(known, reader) else ""
    return Visitor(scope, reader, person, partial(operations.take_turn, scope), due)


def _must_choose(known: store.Known, reader: Reader) -> bool:
    """Whether a password of one's own comes first.

    Grades 1 and 2 keep the one they were given: they come in with cards, and one that they can
    think of and type is worse than one that was drawn by lot.
    """
    came_with_it = known.session.way == ways.PASSWORD
    return came_with_it and known.account.must_change and reader.band != "L"


@blueprint.route("/sign-in", permission=Permission.PUBLIC, methods=["GET", "POST"])
def sign_in() -> Response:
    """Ask who it is, and open a session."""
    form = SignInForm(code=request.args.get("school") or request.cookies.get(CODE_COOKIE))
    if not form.is_submitted():
        return _ask(form)
    refused = ""
    if form.validate():
        try:
            return _open_session(form)
        except InvalidError as error:
            refused = error.rule
    return _ask(form, refused=refused, status=422)


@blueprint.route("/sign-out", permission=Permission.PUBLIC, methods=["POST"])
def sign_out() -> Response:
    """Close the session; its changed cookie makes the browser drop the pages behind it."""
    token = session.pop("token", None)
    session.clear()
    if token:
        operations.sign_out(token)
    response = redirect(url_for(".sign_in"), 303)
    shared_device.leave_nothing(response)
    return response


@blueprint.route("/shared-device", permission=Permission.PUBLIC, methods=["POST"])
def share_device() -> Response:
    """Say that many share this device, or that it is one person's own."""
    response = redirect(url_for(".sign_in"), 303)
    wanted = shared_device.value_of(shared=request.form.get("shared") == "1")
    _keep_cookie(response, shared_device.COOKIE, wanted)
    return response


@blueprint.route("/language", permission=Permission.PUBLIC, methods=["POST"])
def choose_language() -> Response:
    """Read the pages before sign-in in another language."""
    language = request.form.get("language", "")
    response = redirect(url_for(".sign_in"), 303)
    if language in CATALOGUES:
        _keep_cookie(response, LANGUAGE_COOKIE, language)
    return response


@blueprint.route(
    "/password",
    permission=Permission.PASSWORD_CHANGE,
    methods=["GET", "POST"],
    transaction=False,
)
def own_password(scope: Scope) -> Response:
    """Ask for a password of one's own, and take it."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            operations.set_own_password(
                scope, form.draft(), session["token"], str(current_app.secret_key)
            )
        except InvalidError as error:
            form.refuse(error)
        else:
            notice(mark("This is your password now."))
            return redirect(url_for("home.home"), 303)
    return _ask_password(scope, form)


@blueprint.route("/letters", permission=Permission.PREFERENCES_WRITE)
def reading(scope: Scope) -> Response:
    """Show the reading switch."""
    account = store.own_account(scope)
    form = ReadingForm(obj=account)
    form.script.data = account.script or _suggested_script()
    return _ask_reading(scope, form)


@blueprint.route("/letters", permission=Permission.PREFERENCES_WRITE, methods=["POST"])
def set_reading(scope: Scope) -> Response:
    """Keep how the person wants to read, then show it."""
    form = ReadingForm()
    if not form.validate():
        return _ask_reading(scope, form, status=422)
    operations.set_reading(scope, form.draft())
    return redirect(url_for(".reading"), 303)


def _ask_reading(scope: Scope, form: ReadingForm, *, status: int = 200) -> Response:
    values = {
        "form": form,
        "may_change_password": scope.allows(Permission.PASSWORD_CHANGE),
        "may_export": scope.allows(Permission.HANDOVER_OWN),
    }
    return render("accounts/reading.html", values, status=status)


def _ask_password(scope: Scope, form: PasswordForm) -> Response:
    with unit_of_work(scope, read_only=True):
        is_given = store.own_account(scope).must_change
        is_staff = scope.role is not Role.STUDENT
        shortest = passwords.SHORTEST_OF_STAFF if is_staff else passwords.SHORTEST
        values = {"form": form, "is_given": is_given, "shortest": shortest}
        return render("accounts/password.html", values, status=422 if form.errors else 200)


def _ask(form: SignInForm, *, refused: str = "", status: int = 200) -> Response:
    logins = current_app.config.get("DEMO_LOGINS", [])
    values = {
        "form": form,
        "refused": refused,
        "demo_logins": logins,
        "offers": ways.offers(),
        "shared": shared_device.is_shared(),
    }
    return render("accounts/sign_in.html", values, status=status)


def _suggested_script() -> str:
    reader = current_reader()
    return "grade" if reader.script == "ruby" else reader.script.value


def _open_session(form: SignInForm) -> Response:
    # A tablet that was put down and forgotten is nobody's after a double lesson.
    until = clock.now() + SHARED_SESSION if shared_device.is_shared() else None
    draft = form.draft(request.remote_addr or "", request.user_agent.string, until)
    token = operations.sign_in(draft, current_app.secret_key)  # type: ignore[arg-type]
    response = welcome(token, request.args.get("next"))
    _keep_cookie(response, CODE_COOKIE, draft.code)
    return response


def welcome(token: str, target: str | None) -> Response:
    """Give a browser its session, and lead it where it wanted to go."""
    # Whoever had this device before is out, whether they said so or not.
    if before := session.get("token"):
        operations.sign_out(before)
    session.clear()
    session["token"] = token
    return redirect(_safe_target(target), 303)


def _safe_target(target: str | None) -> str:
    """Only a path of our own: an address elsewhere would make the sign-in page a trap."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return url_for("home.home")


def _keep_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
