"""Who looks after whom for a time, over HTTP: for the office and the head of the school."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.relations import operations, store
from aarportal.people.relations.forms import RelationForm
from aarportal.people.relations.kinds import MAX_REASON, Kind
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("relations", __name__, shows=looks.school("relations"))
_MANAGE = Permission.RELATIONS_MANAGE


@blueprint.route("/relations", permission=_MANAGE)
def relations(scope: Scope) -> Response:
    """List who looks after whom, from when until when."""
    today = clock.today()
    values = {"relations": store.listed(scope, today), "today": today, "kinds": tuple(Kind)}
    return render("relations/relations.html", values)


@blueprint.route("/relations/new", permission=_MANAGE)
def new(scope: Scope) -> Response:
    """Show the sheet for a new one."""
    kind = _kind() or Kind.COVER
    form = _form(scope, kind)
    form.starts_on.data = clock.today()
    if "student_id" in form:
        form.student_id.data = request.args.get("student", "")
    return _new(kind, form)


@blueprint.route("/relations", permission=_MANAGE, fresh=True, methods=["POST"])
def give(scope: Scope) -> AnyResponse:
    """Give it."""
    kind = _kind()
    form = _form(scope, kind or Kind.COVER)
    try:
        if form.validate() and kind is not None:
            operations.give(scope, form.draft(kind))
            notice(mark("It is given, and holds on these days."))
            return redirect(url_for(".relations"), 303)
    except InvalidError as error:
        form.refuse(error)
    return _new(kind or Kind.COVER, form, status=422)


@blueprint.route(
    "/relations/<uuid:relation_id>/end", permission=_MANAGE, fresh=True, methods=["POST"]
)
def end(scope: Scope, relation_id: UUID) -> AnyResponse:
    """Take it back, from now on."""
    operations.end(scope, relation_id)
    notice(mark("It is over, from now on."))
    return redirect(url_for(".relations"), 303)


def _kind() -> Kind | None:
    word = request.form.get("kind") or request.args.get("kind", "")
    return Kind(word) if word in set(Kind) else None


def _form(scope: Scope, kind: Kind) -> RelationForm:
    """A form with those of the school who may be chosen."""
    today = clock.today()
    form = RelationForm.of(kind).offer("holder_id", store.holders(scope, kind, today))
    if kind is Kind.COVER:
        rows = store.classes(scope, today)
        return form.offer("class_id", [(row.id, row.title) for row in rows])
    if kind is Kind.LEADS_GRADE:
        return form.offer("grade", [(grade, grade) for grade in store.grades(scope, today)])
    if kind is Kind.HEALTH_ROOM:
        return form
    return form.offer_students(store.students(scope, today))


def _new(kind: Kind, form: RelationForm, *, status: int = 200) -> Response:
    values = {"kind": kind, "kinds": tuple(Kind), "form": form, "max_reason": MAX_REASON}
    return render("relations/new.html", values, status=status)
