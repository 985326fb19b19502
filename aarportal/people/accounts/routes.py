"""Signing in and out, and the reading switch."""

from functools import partial
from urllib.parse import urlsplit

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from aarportal.core.errors import InvalidError
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import Scope
from aarportal.people.accounts import operations, store, ways
from aarportal.people.accounts.forms import ReadingForm, SignInForm
from aarportal.people.accounts.names import called
from aarportal.people.roster.grades import grade_number
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

blueprint = PortalBlueprint("accounts", __name__)

#: Remembers the school on a device, so that small children type two things and not three.
CODE_COOKIE = "school"
YEAR_SECONDS = 366 * 24 * 3600


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
    full_name = f"{user.family_name}\u2009{user.given_name}"
    on_case = Relation.CASE in scope.students and not is_student
    person = Person(user.id, scope.role, full_name, short_name, known.seen_by, on_case)
    return Visitor(scope, reader, person, partial(operations.take_turn, scope))


@blueprint.route("/sign-in", permission=Permission.PUBLIC, methods=["GET", "POST"])
def sign_in() -> Response:
    """Ask who it is, and open a session."""
    form = SignInForm(code=request.args.get("school") or request.cookies.get(CODE_COOKIE))
    if not form.is_submitted():
        return _ask(form)
    refused = False
    if form.validate():
        try:
            return _open_session(form)
        except InvalidError:
            refused = True
    return _ask(form, refused=refused, status=422)


@blueprint.route("/sign-out", permission=Permission.PUBLIC, methods=["POST"])
def sign_out() -> Response:
    """Close the session; its changed cookie makes the browser drop the pages behind it."""
    token = session.pop("token", None)
    session.clear()
    if token:
        operations.sign_out(token)
    return redirect(url_for(".sign_in"), 303)


@blueprint.route("/language", permission=Permission.PUBLIC, methods=["POST"])
def choose_language() -> Response:
    """Read the pages before sign-in in another language."""
    language = request.form.get("language", "")
    response = redirect(url_for(".sign_in"), 303)
    if language in CATALOGUES:
        _keep_cookie(response, LANGUAGE_COOKIE, language)
    return response


@blueprint.route("/letters", permission=Permission.PREFERENCES_WRITE)
def reading(scope: Scope) -> Response:
    """Show the reading switch."""
    account = store.own_account(scope)
    form = ReadingForm(obj=account)
    form.script.data = account.script or _suggested_script()
    return render("accounts/reading.html", {"form": form})


@blueprint.route("/letters", permission=Permission.PREFERENCES_WRITE, methods=["POST"])
def set_reading(scope: Scope) -> Response:
    """Keep how the person wants to read, then show it."""
    form = ReadingForm()
    if not form.validate():
        return render("accounts/reading.html", {"form": form}, status=422)
    operations.set_reading(scope, form.draft())
    return redirect(url_for(".reading"), 303)


def _ask(form: SignInForm, *, refused: bool = False, status: int = 200) -> Response:
    logins = current_app.config.get("DEMO_LOGINS", [])
    values = {
        "form": form,
        "refused": refused,
        "demo_logins": logins,
        "offers": ways.offers(),
    }
    return render("accounts/sign_in.html", values, status=status)


def _suggested_script() -> str:
    reader = current_reader()
    return "grade" if reader.script == "ruby" else reader.script.value


def _open_session(form: SignInForm) -> Response:
    draft = form.draft(request.remote_addr or "", request.user_agent.string)
    token = operations.sign_in(draft, current_app.secret_key)  # type: ignore[arg-type]
    response = welcome(token, request.args.get("next"))
    _keep_cookie(response, CODE_COOKIE, draft.code)
    return response


def welcome(token: str, target: str | None) -> Response:
    """Give a browser its session, and lead it where it wanted to go."""
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
