"""Leaving over HTTP: a student's own record, and whoever has left a school."""

from uuid import UUID

from flask import Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.insight.handover import keeper, signing
from aarportal.insight.handover.deleting import operations as deletions
from aarportal.insight.handover.forms import OrderForm
from aarportal.insight.handover.leaving import operations as leaving
from aarportal.insight.handover.leaving import store as leavers_store
from aarportal.insight.handover.packages import operations, store
from aarportal.insight.handover.states import PackageState
from aarportal.insight.handover.taking_in import operations as taking
from aarportal.insight.handover.taking_in import store as intakes
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render, tag_of, unchanged
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice

blueprint = PortalBlueprint("handover", __name__, shows=looks.school("leaving"))
PAGE = 40
_OWN, _MANAGE = Permission.HANDOVER_OWN, Permission.HANDOVER_MANAGE


# --- わたしの きろく ------------------------------------------------------------------------------


@blueprint.route("/my-record", permission=_OWN)
def own(scope: Scope) -> AnyResponse:
    """Show the student's own exports."""
    rows = store.packages(scope, scope.actor_id)
    version = " ".join(f"{row.id}{row.state}{row.progress}" for row in rows)
    working = any(row.state == PackageState.WAITING for row in rows)
    values = {
        "packages": [row for row in rows if row.for_student],
        "working": working,
        "school_day": clock.school_day_of,
        "tag": tag_of(version),
    }
    response = (unchanged(version) if working else None) or render("handover/own.html", values)
    response.set_etag(tag_of(version))
    return response


@blueprint.route("/my-record", permission=_OWN, methods=["POST"], costs=10)
def ask_own(scope: Scope) -> AnyResponse:
    """Have the student's own export made."""
    try:
        operations.ask_for_own(scope)
    except InvalidError:
        notice(mark("You have made it often enough today. Come again tomorrow."), "info")
        return redirect(url_for(".own"), 303)
    return keeper.work_on(url_for(".own"))


@blueprint.route("/my-record/<uuid:package_id>/file", permission=_OWN, methods=["POST"], costs=5)
def fetch_own(scope: Scope, package_id: UUID) -> AnyResponse:
    """Hand the file over."""
    return _file(operations.fetch(scope, package_id).id, "my-record")


# --- whoever has left -----------------------------------------------------------------------------


@blueprint.route("/handover", permission=_MANAGE, transaction=False)
def leavers(scope: Scope) -> Response:
    """List who left this school, the last one first."""
    words = request.args.get("words", "").strip()[:100]
    rows, count = leaving.leavers(scope, words, asked_page(), PAGE)
    values = {
        "rows": rows,
        "count": count,
        "words": words,
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
    }
    return render("handover/leavers.html", values)


@blueprint.route(
    "/handover/leavers/<uuid:student_id>", permission=_MANAGE, shows=looks.person("leaving")
)
def leaver(scope: Scope, student_id: UUID) -> AnyResponse:
    """Show the papers of somebody who left."""
    return _leaver(scope, student_id, OrderForm(formdata=None))


@blueprint.route(
    "/handover/leavers/<uuid:student_id>/package",
    permission=_MANAGE,
    fresh=True,
    methods=["POST"],
    costs=3,
    shows=looks.nobody,
)
def ask(scope: Scope, student_id: UUID) -> AnyResponse:
    """Have the export of a leaver made."""
    operations.ask_for_leaver(scope, student_id)
    return keeper.work_on(url_for(".leaver", student_id=student_id))


@blueprint.route(
    "/handover/packages/<uuid:package_id>/file",
    permission=_MANAGE,
    fresh=True,
    methods=["POST"],
    costs=3,
    shows=looks.told,
)
def fetch(scope: Scope, package_id: UUID) -> AnyResponse:
    """Hand the file of a leaver over."""
    package = operations.fetch(scope, package_id)
    looks.tell(scope, package.student_id, "archive")
    return _file(package.id, "handover")


@blueprint.route(
    "/handover/leavers/<uuid:student_id>/order",
    permission=_MANAGE,
    fresh=True,
    methods=["POST"],
    shows=looks.person("leaving"),
)
def order(scope: Scope, student_id: UUID) -> AnyResponse:
    """Plan that everything of a leaver is deleted."""
    form = OrderForm()
    try:
        if form.validate():
            deletions.order(scope, form.draft(student_id))
            notice(mark("The deletion is planned."))
            return keeper.work_on(url_for(".leaver", student_id=student_id))
    except InvalidError as error:
        form.refuse(error)
    return _leaver(scope, student_id, form, status=422)


# --- keys -----------------------------------------------------------------------------------------


@blueprint.route("/handover/keys", permission=_MANAGE, shows=looks.nobody)
def keys(scope: Scope) -> Response:
    """Show the fingerprint of this installation, and those that somebody compared."""
    rows = intakes.issuers(scope)
    values = {
        "fingerprint": signing.spoken(signing.fingerprint(keeper.here().key.public)),
        "issuers": rows,
        "spoken": signing.spoken,
        "names": leavers_store.names(scope, {row.confirmed_by for row in rows}),
        "school_day": clock.school_day_of,
    }
    return render("handover/keys.html", values)


@blueprint.route(
    "/handover/keys/<uuid:issuer_id>/withdraw",
    permission=_MANAGE,
    shows=looks.nobody,
    methods=["POST"],
)
def distrust(scope: Scope, issuer_id: UUID) -> AnyResponse:
    """Trust a key no more."""
    taking.distrust(scope, issuer_id)
    notice(mark("Files with this key are asked about again."))
    return redirect(url_for(".keys"), 303)


def _leaver(scope: Scope, student_id: UUID, form: OrderForm, *, status: int = 200) -> AnyResponse:
    left_on = leavers_store.former_student(scope, student_id)
    rows = [row for row in store.packages(scope, student_id) if not row.for_student]
    order_row = leavers_store.orders_of(scope, [student_id]).get(student_id)
    working = any(row.state == PackageState.WAITING for row in rows)
    version = " ".join(f"{row.id}{row.state}{row.progress}" for row in rows)
    if working and (same := unchanged(version)):
        return same
    values = {
        "student_id": student_id,
        "name": leavers_store.names(scope, [student_id])[student_id],
        "left_on": left_on,
        "due_on": deletions.due_on(scope, left_on),
        "packages": rows,
        "own_fetched": leavers_store.own_fetched(scope, student_id),
        "order": order_row,
        "form": form,
        "working": working,
        "school_day": clock.school_day_of,
        "names": leavers_store.names(scope, {row.fetched_by for row in rows if row.fetched_by}),
        "tag": tag_of(version),
    }
    response = render("handover/leaver.html", values, status=status)
    response.set_etag(tag_of(version))
    return response


def _file(package_id: UUID, name: str) -> AnyResponse:
    file = keeper.here().made.open(package_id)
    if file is None:
        raise NotFoundError("file")
    called = f"{name}-{clock.today().isoformat()}.zip"
    return send_file(file, "application/zip", as_attachment=True, download_name=called)
