"""Signing in and out, and the reading switch."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.ownership import Relation
from aarportal.core.permissions import WITHOUT_SECOND_FACTOR, Permission, Role
from aarportal.core.scope import Scope
from aarportal.people.accounts import operations, store, ways
from aarportal.people.accounts.forms import ReadingForm, SignInForm
from aarportal.people.accounts.names import called
from aarportal.people.accounts.own_password import operations as own_password
from aarportal.people.accounts.proofs import TOUCH_EVERY, Stamps, proof_of
from aarportal.people.accounts.sessions import operations as sessions
from aarportal.people.accounts.store import Known
from aarportal.people.roster.grades import grade_number
from aarportal.web import cookies, shared_device
from aarportal.web.addresses import own_path
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.credentials import keep
from aarportal.web.fragments import render
from aarportal.web.reader import (
    CATALOGUES,
    LANGUAGE_COOKIE,
    Person,
    Proof,
    Reader,
    Visitor,
    band_of,
    current_reader,
)

blueprint = PortalBlueprint("accounts", __name__)

#: Remembers the school on a device, so that small children type two things and not three.
CODE_COOKIE = "school"
SHARED_SESSION = timedelta(minutes=100)
#: Where Flask-WTF keeps from what the tokens of a browser's forms are made.
_FORMS = "csrf_token"


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
    # In a pupil's view it is still the viewer who has to prove who they are.
    proof = _proof(Role(known.session.role), known)
    scope = replace(scope, is_strong=proof.is_strong)
    due = "own_password.own" if _must_choose(known, reader) else ""
    return Visitor(scope, reader, person, partial(operations.take_turn, scope), proof, due)


def _must_choose(known: store.Known, reader: Reader) -> bool:
    """Whether a password of one's own comes first.

    Grades 1 and 2 keep the one they were given: they come in with cards, and one that they can
    think of and type is worse than one that was drawn by lot.
    """
    came_with_it = known.session.way == ways.PASSWORD and not known.seen_by
    return came_with_it and known.account.must_change and reader.band != "L"


@blueprint.route("/sign-in", permission=Permission.PUBLIC, methods=["GET", "POST"])
def sign_in() -> Response:
    """Ask who it is, and open a session."""
    form = SignInForm(code=request.args.get("school") or cookies.kept(CODE_COOKIE))
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
    # A platform brings people here by a form of its own site; without TLS no browser takes that.
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    cookies.keep(response, shared_device.COOKIE, wanted, same_site="None" if is_secure else "Lax")
    return response


@blueprint.route("/language", permission=Permission.PUBLIC, methods=["POST"])
def choose_language() -> Response:
    """Read the pages before sign-in in another language."""
    language = request.form.get("language", "")
    response = redirect(url_for(".sign_in"), 303)
    if language in CATALOGUES:
        cookies.keep(response, LANGUAGE_COOKIE, language)
    return response


@blueprint.route("/letters", permission=Permission.PREFERENCES_WRITE)
def reading(scope: Scope) -> Response:
    """Show the reading switch; in a pupil's view, as the pupil reads."""
    reader = current_reader()
    form = ReadingForm(obj=reader)
    form.script.data = reader.script_choice or _suggested_script()
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
        "may_change_password": own_password.may_change(scope),
        "may_export": scope.allows(Permission.HANDOVER_OWN),
    }
    return render("accounts/reading.html", values, status=status)


def _ask(form: SignInForm, *, refused: str = "", status: int = 200) -> Response:
    logins = current_app.config.get("DEMO_LOGINS", [])
    values = {
        "form": form,
        "refused": refused,
        "demo_logins": logins,
        "offers": ways.offers(),
        "passwords_off": ways.are_passwords_off_here(),
        "shared": shared_device.is_shared(),
    }
    return render("accounts/sign_in.html", values, status=status)


def _suggested_script() -> str:
    reader = current_reader()
    return "grade" if reader.script == "ruby" else reader.script.value


def _open_session(form: SignInForm) -> Response:
    draft = form.draft(request.remote_addr or "", request.user_agent.string, ends_early())
    token = operations.sign_in(draft, current_app.secret_key)  # type: ignore[arg-type]
    response = welcome(token, request.args.get("next"))
    cookies.keep(response, CODE_COOKIE, draft.code)
    return response


def ends_early() -> datetime | None:
    """When a session ends that is opened in this browser, if that is before others do.

    A tablet that was put down and forgotten is nobody's after a double lesson.
    """
    return clock.now() + SHARED_SESSION if shared_device.is_shared() else None


def welcome(token: str, target: str | None) -> Response:
    """Give a browser its session, and lead it where it wanted to go."""
    kept = {}
    if before := session.get("token"):
        if _FORMS in session and operations.is_same_person(before, token):
            # What the same person has begun in another tab can still be sent.
            kept = {_FORMS: session[_FORMS]}
        # Whoever had this device before is out, whether they said so or not.
        operations.sign_out(before)
    session.clear()
    session.update(kept)
    return go_on(token, target)


def go_on(token: str, target: str | None) -> Response:
    """Lead somebody on who proved who they are; forms in other tabs stay theirs."""
    session["token"] = token
    return redirect(own_path(target) or url_for("home.home"), 303)


def _proof(role: Role, known: Known) -> Proof:
    """What is proved of them; that they are here now is written when the answer is made."""
    settings, now, row = current_app.config["SETTINGS"], clock.now(), known.session
    seen_at = known.seen_at or row.proved_at
    proof = proof_of(
        role,
        Stamps(row.proved_at, row.strong_at, seen_at),
        now,
        idle_minutes=settings.idle_minutes,
        asks_for_second=settings.second_factor != "off",
    )
    is_due = role not in WITHOUT_SECOND_FACTOR and now - seen_at > TOUCH_EVERY
    if is_due and not proof.is_idle:
        afterwards(partial(sessions.touch, row.id))
    return proof
