"""Requests about data over HTTP: of pupils and guardians, for the office, counted for the board."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.looking import Look
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Permission, Role
from aarportal.core.scope import AppScope, Scope
from aarportal.core.words import mark
from aarportal.insight.handover import keeper
from aarportal.insight.handover.leaving.store import Leaver
from aarportal.insight.purposes import register
from aarportal.insight.purposes.routes import numbers
from aarportal.insight.requests import operations, store
from aarportal.insight.requests.forms import AnswerForm, AskForm
from aarportal.insight.requests.states import MAX_VALUE, MAX_WORDS, OWN_WORDS, RequestKind
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader
from aarportal.web.texts import notice, plain, ruby_plain

blueprint = PortalBlueprint("data_requests", __name__)
_ASK, _MANAGE = Permission.DATA_REQUESTS_ASK, Permission.DATA_REQUESTS_MANAGE


def _wards(scope: Scope | AppScope, _values: Mapping[str, Any]) -> Sequence[Look]:
    """The children of whoever asks."""
    ids = scope.visible(frozenset({Relation.GUARDS})) or frozenset()
    return [Look("person", each, "requests") for each in sorted(ids)]


# --- who asks -------------------------------------------------------------------------------------


@blueprint.route("/my-requests", permission=_ASK, shows=_wards)
def own(scope: Scope) -> Response:
    """Show what the person asked, how far it is, and the answers."""
    values = {"requests": store.own(scope), **_values(scope)}
    return render("data_requests/own.html", values)


@blueprint.route("/my-requests/new", permission=_ASK, shows=_wards)
def new(scope: Scope) -> Response:
    """Show the sheet for a new one."""
    kind = _kind()
    return _sheet(scope, kind, _prefilled(_form(scope, kind)))


@blueprint.route("/my-requests", permission=_ASK, methods=["POST"], costs=3, shows=_wards)
def ask(scope: Scope) -> AnyResponse:
    """Ask it."""
    return _taken(scope, url_for(".own"))


# --- the office -----------------------------------------------------------------------------------


@blueprint.route("/requests", permission=_MANAGE, shows=looks.school("requests"))
def requests(scope: Scope) -> Response:
    """List what is asked of the school, by the day on which it is due."""
    waiting, answered = store.of_school(scope)
    values = {"waiting": waiting, "answered": answered, **_values(scope)}
    return render("data_requests/requests.html", values)


@blueprint.route("/requests/new", permission=_MANAGE, shows=looks.school("requests"))
def new_in_person(scope: Scope) -> Response:
    """Show the sheet for what somebody came to say."""
    kind = _kind()
    return _sheet(scope, kind, _prefilled(_form(scope, kind)))


@blueprint.route("/requests", permission=_MANAGE, methods=["POST"], shows=looks.school("requests"))
def ask_in_person(scope: Scope) -> AnyResponse:
    """Write down what somebody came to say."""
    return _taken(scope, url_for(".requests"))


@blueprint.route("/requests/<uuid:request_id>", permission=_MANAGE, shows=looks.told)
def one(scope: Scope, request_id: UUID) -> Response:
    """Show one."""
    return _one(scope, request_id)


@blueprint.route(
    "/requests/<uuid:request_id>/take", permission=_MANAGE, methods=["POST"], shows=looks.nobody
)
def take(scope: Scope, request_id: UUID) -> AnyResponse:
    """Begin to look after it."""
    operations.take_up(scope, request_id)
    return redirect(url_for(".one", request_id=request_id), 303)


@blueprint.route(
    "/requests/<uuid:request_id>/finish", permission=_MANAGE, methods=["POST"], shows=looks.told
)
def finish(scope: Scope, request_id: UUID) -> AnyResponse:
    """Answer it."""
    form = _answer_form(store.one(scope, request_id))
    try:
        if form.validate():
            operations.finish(scope, request_id, form.draft())
            notice(mark("The request is answered."))
            # A copy that was promised is made now.
            return keeper.work_on(url_for(".requests"))
    except InvalidError as error:
        form.refuse(error)
    return _one(scope, request_id, form, status=422)


# --- the board ------------------------------------------------------------------------------------


@blueprint.route(
    "/requests/counts",
    permission=Permission.DATA_REQUESTS_COUNT,
    shows=looks.sums,
    transaction=False,
)
def counts(scope: Scope) -> Response:
    """Show how many there are at each school, and nothing of what they say."""
    return render("data_requests/counts.html", {"counts": operations.counts(scope)})


def _kind() -> RequestKind:
    word = request.form.get("kind") or request.args.get("kind", "")
    return RequestKind(word) if word in set(RequestKind) else RequestKind.EXPORT


def _words() -> register.Words:
    return register.words("en" if current_reader().language == "en" else "ja")


def _values(scope: Scope) -> dict[str, Any]:
    return {
        "words": _words(),
        "kinds": tuple(RequestKind),
        "own_words": OWN_WORDS,
        "today": clock.today(),
        "school_day": clock.school_day_of,
        "asks": "pupil" if scope.role is Role.STUDENT else "adult",
    }


def _form(scope: Scope, kind: RequestKind) -> AskForm:
    """A form with whom and what it may be about."""
    titles = _words().kinds
    found = [(it.key, ruby_plain(titles[it.key].title)) for it in register.kinds()]
    form = AskForm.of(kind).offer("data_kind", found)
    if scope.role is Role.STUDENT:
        return form.about(scope.actor_id)
    today = clock.today()
    left = {it.id: _until(it) for it in store.leavers(scope, today)}
    pupils = store.pupils(scope, today).items()
    # A roster may end somebody's days at the school and forget their seat in the class.
    here = [(id_, name) for id_, (_school, name) in pupils if id_ not in left]
    groups = {plain("Left this school"): list(left.items())} if left else {}
    return form.offer("student_id", here, groups)


def _until(leaver: Leaver) -> str:
    """A leaver as a list says it: two of one name are told apart by their last day."""
    if leaver.left_on is None:
        return leaver.name
    return plain("%(name)s (until %(day)s)", name=leaver.name, day=f"{leaver.left_on:%Y/%m/%d}")


def _prefilled(form: AskForm) -> AskForm:
    for field, asked in (("data_kind", "data"), ("student_id", "student")):
        if field in form:
            form[field].data = request.args.get(asked, "")
    return form


def _taken(scope: Scope, target: str) -> AnyResponse:
    """Take what is asked; back to the sheet, with everything in it, if it cannot be taken."""
    if request.form.get("kind") not in set(RequestKind):
        # No sheet of ours says so, and nothing is asked in somebody's name by guessing.
        abort(400)
    kind = _kind()
    form = _form(scope, kind)
    try:
        if form.validate():
            operations.ask(scope, form.draft(kind))
            notice(mark("It is asked. The school answers within 30 days."))
            return redirect(target, 303)
    except InvalidError as error:
        form.refuse(error)
    return _sheet(scope, kind, form, status=422)


def _sheet(scope: Scope, kind: RequestKind, form: AskForm, *, status: int = 200) -> Response:
    office = scope.is_school_office
    values = {
        "kind": kind.value,
        "form": form,
        "max_words": MAX_WORDS,
        "office": office,
        "action": url_for(".ask_in_person" if office else ".ask"),
        "back": url_for(".requests" if office else ".own"),
        "here": ".new_in_person" if office else ".new",
        **_values(scope),
    }
    return render("data_requests/new.html", values, status=status)


def _answer_form(listed: store.Listed) -> AnswerForm:
    row = listed.row
    is_correction = row.kind == RequestKind.CORRECTION
    return AnswerForm.of(notes_change=is_correction and row.data_kind not in OWN_WORDS)


def _one(
    scope: Scope, request_id: UUID, form: AnswerForm | None = None, *, status: int = 200
) -> Response:
    listed = store.one(scope, request_id)
    looks.tell(scope, listed.row.student_id, "requests")
    values = {
        "it": listed,
        "form": form or _answer_form(listed),
        "most": {"words": MAX_WORDS, "value": MAX_VALUE},
        "register": register.kinds(),
        "has_left": store.has_left(scope, listed.row.student_id),
        "numbers": numbers(),
        **_values(scope),
    }
    return render("data_requests/one.html", values, status=status)
