"""Learning apps over HTTP: who may send, with which secret, and what came."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.audit import operations as audit
from aarportal.core import clock, submissions
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.core.words import mark
from aarportal.cycle.action.apps import known_apps, operations, store
from aarportal.cycle.action.apps.changing import operations as changing
from aarportal.cycle.action.apps.forms import AppForm, RotateForm
from aarportal.cycle.action.apps.live import store as live
from aarportal.cycle.action.apps.live import trial
from aarportal.cycle.action.apps.operations import Credential
from aarportal.cycle.action.apps.store import App
from aarportal.cycle.action.apps.vendors import document
from aarportal.cycle.action.apps.vendors.document import Facts
from aarportal.cycle.action.apps.vendors.examples import Place
from aarportal.cycle.action.freshness import RHYTHM_DAYS
from aarportal.cycle.action.intake import digester
from aarportal.people.attendance import store as attendance
from aarportal.settings import Settings
from aarportal.web import addresses, looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import ONCE_FIELD, PortalBlueprint
from aarportal.web.fragments import render, tag_of, unchanged
from aarportal.web.paging import asked_page
from aarportal.web.reader import CATALOGUES, current_reader
from aarportal.web.texts import catalogue, notice

blueprint = PortalBlueprint("apps", __name__)

PAGE = 40
_MANAGE = Permission.APPS_MANAGE


# --- the list -------------------------------------------------------------------------------------


@blueprint.route("/apps", permission=_MANAGE)
def apps(scope: Scope) -> Response:
    """List the learning apps of the district, and what came from each."""
    return render("apps/apps.html", _listed(scope))


# --- registering and changing ---------------------------------------------------------------------


@blueprint.route("/apps/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Ask what the app is called and what it may do."""
    return _new(AppForm().offer(store.schools(scope)))


@blueprint.route("/apps/new", permission=_MANAGE, fresh=True, methods=["POST"], once=False)
def add(scope: Scope) -> AnyResponse:
    """Register an app and show its secret, in this answer and nowhere else."""
    if (before := _answered_before(scope)) is not None:
        return before
    form = AppForm().offer(store.schools(scope))
    try:
        if form.validate():
            return _show(scope, operations.add_app(scope, form.draft()), is_new=True)
    except InvalidError as error:
        form.refuse(error)
    return _new(form, status=422)


@blueprint.route("/apps/<uuid:app_id>/change", permission=_MANAGE)
def change_form(scope: Scope, app_id: UUID) -> Response:
    """Show what the app may do, to be changed."""
    row = store.app(scope, app_id)
    return _change(row, AppForm.of(row).offer(store.schools(scope)))


@blueprint.route("/apps/<uuid:app_id>/change", permission=_MANAGE, fresh=True, methods=["POST"])
def change(scope: Scope, app_id: UUID) -> AnyResponse:
    """Let the app be otherwise."""
    row = store.app(scope, app_id)
    form = AppForm.of(row).offer(store.schools(scope))
    try:
        if form.validate():
            changing.change_app(scope, app_id, form.draft())
            notice(mark("The app is changed."))
            return _done(app_id)
    except InvalidError as error:
        form.refuse(error)
    return _change(row, form, status=422)


@blueprint.route(
    "/apps/<uuid:app_id>/rotate", permission=_MANAGE, fresh=True, methods=["POST"], once=False
)
def rotate(scope: Scope, app_id: UUID) -> AnyResponse:
    """Make a new secret and show it, in this answer and nowhere else."""
    if (before := _answered_before(scope)) is not None:
        return before
    form = RotateForm()
    made = operations.rotate_secret(scope, app_id, at_once=bool(form.at_once.data))
    return _show(scope, made, is_new=False)


@blueprint.route("/apps/<uuid:app_id>/revoke", permission=_MANAGE, methods=["POST"])
def revoke(scope: Scope, app_id: UUID) -> AnyResponse:
    """Let the app in no more."""
    operations.revoke(scope, app_id)
    notice(mark("The app cannot send or read any more. What it sent is kept."))
    return _done(app_id)


@blueprint.route("/apps/<uuid:app_id>/restore", permission=_MANAGE, fresh=True, methods=["POST"])
def restore(scope: Scope, app_id: UUID) -> AnyResponse:
    """Let the app in again."""
    operations.restore(scope, app_id)
    notice(mark("The app may send again, with the secret it had."))
    return _done(app_id)


def _new(form: AppForm, *, status: int = 200) -> Response:
    return render("apps/new.html", {"form": form}, status=status)


def _change(row: App, form: AppForm, *, status: int = 200) -> Response:
    return render("apps/change.html", {"app": row, "form": form}, status=status)


def _answered_before(scope: Scope) -> AnyResponse | None:
    """Where the same form led before: a page that is loaded again shows no secret."""
    location = submissions.earlier_answer(scope, _form_key())
    return None if location is None else redirect(location, 303)


def _show(scope: Scope, made: Credential, *, is_new: bool) -> Response:
    submissions.remember(scope, _form_key(), url_for(".app", app_id=made.app_id))
    _forget_afterwards(made.app_id)
    values = {
        "credential": made,
        "is_new": is_new,
        "app": store.app(scope, made.app_id),
        "endpoint": f"{addresses.root()}/xapi/",
        "hours": operations.PREVIOUS_SECRET_HOURS,
    }
    return render("apps/secret.html", values)


def _form_key() -> str:
    return request.form.get(ONCE_FIELD, "")[:64] or uuid4().hex


def _done(app_id: UUID) -> AnyResponse:
    _forget_afterwards(app_id)
    return redirect(url_for(".app", app_id=app_id), 303)


def _forget_afterwards(app_id: UUID) -> None:
    """Forget the app and read again what has to be, once the change is committed.

    A request that came meanwhile may have been let in by what held before.
    """
    afterwards(lambda: known_apps.forget(app_id))
    afterwards(digester.wake)


# --- one app --------------------------------------------------------------------------------------


@blueprint.route(
    "/apps/<uuid:app_id>", permission=_MANAGE, shows=looks.school("records"), transaction=False
)
def app(scope: Scope, app_id: UUID) -> Response:
    """Show an app and what it sent last; asked again with nothing changed, it answers 304."""
    with unit_of_work(scope, read_only=True):
        row = store.app(scope, app_id)
    # The log is the district's: it is read with the app's own eyes, for no school.
    with unit_of_work(AppScope(app_id, scope.district_id, frozenset()), read_only=True) as own:
        arrivals = live.latest(own)
    with unit_of_work(scope, read_only=True):
        values = _values(scope, row, live.fates(scope, arrivals, _test_object()))
        version = repr((sorted(map(repr, values.items())), current_reader()))
        return unchanged(version) or _page(scope, row, values, tag_of(version))


def _values(scope: Scope, row: App, fates: list[live.Fate]) -> dict[str, Any]:
    """All that moves by itself."""
    today = clock.today()
    calendar = attendance.recent_calendar(scope, today, RHYTHM_DAYS)
    traffic = store.traffic(scope, [row.id], today)[row.id]
    return {
        "fates": fates,
        "days": traffic.last(today),
        "fresh": traffic.freshness(today, _record_on(row), calendar.is_school_day),
        "waiting": store.waiting(scope, [row.id]).get(row.id, 0),
        "used_at": row.last_used_at,
        "record_at": row.last_record_at,
        "is_revoked": row.revoked_at is not None,
    }


def _page(scope: Scope, row: App, values: dict[str, Any], tag: str) -> Response:
    chosen = set(row.school_ids or ())
    schools = store.schools(scope) if chosen else []
    until = row.previous_secret_until
    page = {
        "app": row,
        "tag": tag,
        "school_names": [name for id_, name in schools if str(id_) in chosen],
        "root": addresses.root(),
        "rotate_form": RotateForm(formdata=None),
        "previous_until": until if until and clock.now() < until else None,
        "day_of": clock.school_day_of,
    }
    return render("apps/app.html", values | page)


@blueprint.route(
    "/apps/<uuid:app_id>/test-message",
    permission=_MANAGE,
    shows=looks.school("records"),
    methods=["POST"],
    transaction=False,
)
def send_test(scope: Scope, app_id: UUID) -> AnyResponse:
    """Send a message as if the app did, and say what became of it."""
    with unit_of_work(scope):
        if store.app(scope, app_id).revoked_at is not None:
            raise StateError("the app is revoked")
        audit.record(scope, "app:tested", app_id)
    with unit_of_work(SystemScope("what an app may do that is tested"), read_only=True) as system:
        own = operations.scope_of(system, store.app(system, app_id))
    outcome = trial.send(own, addresses.root(), _settings().product_name)
    words, category = _TRIED[outcome.state]
    notice(words, category)
    return redirect(url_for(".app", app_id=app_id), 303)


#: What became of a test message -> what is said about it.
_TRIED = {
    live.WAITING: (
        mark(
            "The test message arrived and was read. It is nobody's, as it should be, so it waited; "
            "then it was taken back."
        ),
        "ok",
    ),
    live.UNREAD: (
        mark("The test message arrived. Many others are before it; look at the list in a while."),
        "info",
    ),
    live.RECORDED: (
        mark("The test message became a record, which must not be. Tell the maker of the portal."),
        "error",
    ),
}


# --- the page for vendors -------------------------------------------------------------------------


@blueprint.route("/apps/documentation", permission=_MANAGE)
def documentation(scope: Scope) -> Response:
    """Show what a sending vendor has to know, in Japanese or English."""
    return render("apps/documentation.html", _documented(_chosen_app(scope)))


def _documented(row: App | None) -> dict[str, Any]:
    language = request.args.get("lang", "")
    language = language if language in CATALOGUES else current_reader().language
    return {
        "app": row,
        "language": language,
        "title": document.TITLE,
        "blocks": document.document(_facts(row)),
        "say": catalogue(CATALOGUES[language]).ugettext,
    }


def _facts(row: App | None) -> Facts:
    """What stands in the requests: this portal, this app, now, and ids that nobody used yet."""
    place = Place(
        addresses.root(),
        row.access_key if row else "KEY",
        clock.now().astimezone(clock.SCHOOL_TIME).isoformat(timespec="seconds"),
        uuid4,
    )
    return Facts.of(_settings(), place, tuple(row.home_pages) if row else ())


def _chosen_app(scope: Scope) -> App | None:
    try:
        return store.app(scope, UUID(request.args["app"])) if "app" in request.args else None
    except ValueError:
        return None


# --- what they share ------------------------------------------------------------------------------


def _test_object() -> str:
    return f"{addresses.root()}{trial.OBJECT}"


def _record_on(row: App) -> date | None:
    return None if row.last_record_at is None else clock.school_day_of(row.last_record_at)


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def _listed(scope: Scope) -> dict[str, Any]:
    today, number = clock.today(), asked_page()
    rows, count = store.page(scope, number, PAGE)
    ids = [row.id for row in rows]
    calendar = attendance.recent_calendar(scope, today, RHYTHM_DAYS)
    traffic = store.traffic(scope, ids, today)
    return {
        "apps": rows,
        "traffic": traffic,
        "waiting": store.waiting(scope, ids),
        "fresh_by_app": {
            row.id: traffic[row.id].freshness(today, _record_on(row), calendar.is_school_day)
            for row in rows
        },
        "today": today,
        "day_of": clock.school_day_of,
        "week_from": today - timedelta(days=store.WEEK - 1),
        "page": number,
        "pages": max(-(-count // PAGE), 1),
    }
