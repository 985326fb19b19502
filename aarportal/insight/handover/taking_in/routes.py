"""Taking in the export of an earlier school over HTTP."""

from shutil import copyfileobj
from typing import BinaryIO
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.insight.handover import keeper, signing
from aarportal.insight.handover.archive import LIMITS, PackageError, measured, opened
from aarportal.insight.handover.leaving import store as people
from aarportal.insight.handover.rules import RULES, TROUBLES
from aarportal.insight.handover.states import IntakeState
from aarportal.insight.handover.taking_in import operations, store
from aarportal.insight.handover.taking_in.forms import FileForm, PersonForm, TrustForm
from aarportal.people.identity import store as identities
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render, tag_of, unchanged
from aarportal.web.guard import LARGER_FORMS
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice, source

blueprint = PortalBlueprint("intakes", __name__, shows=looks.school("leaving"))
LARGER_FORMS["intakes.bring"] = LIMITS.archive_bytes + 64 * 1024
PAGE = 40
_MANAGE = Permission.HANDOVER_MANAGE
_WORKING = frozenset({IntakeState.WRITING, IntakeState.UNDOING})


@blueprint.route("/handover/imports", permission=_MANAGE)
def imports(scope: Scope) -> Response:
    """List the exports that were brought, the latest first."""
    rows, count = store.page(scope, asked_page(), PAGE)
    values = {
        "rows": rows,
        "names": people.names(scope, {row.student_id for row in rows if row.student_id}),
        "page": asked_page(),
        "pages": max(-(-count // PAGE), 1),
        "school_day": clock.school_day_of,
    }
    return render("intakes/imports.html", values)


@blueprint.route("/handover/imports/new", permission=_MANAGE)
def new(_scope: Scope) -> Response:
    """Ask for a file."""
    return render("intakes/new.html", {"form": FileForm(formdata=None)})


@blueprint.route("/handover/imports/new", permission=_MANAGE, methods=["POST"], costs=5)
def bring(scope: Scope) -> AnyResponse:
    """Take a file in; nothing of it is written."""
    form = FileForm()
    if form.validate():
        name, file = form.file.data.filename or "", form.file.data.stream
        try:
            file.seek(0)
            _, digest = measured(file, LIMITS.archive_bytes)
            with opened(file) as package:
                row = operations.bring(scope, name, digest, package)
        except PackageError as error:
            form.file.errors = [source(RULES[error.rule])]
        else:
            return _keep(row.id, file)
    return render("intakes/new.html", {"form": form}, status=422)


@blueprint.route("/handover/imports/<uuid:intake_id>", permission=_MANAGE)
def intake(scope: Scope, intake_id: UUID) -> AnyResponse:
    """Show who made it, whose it is, what it holds, and how far it is."""
    row = operations.the_import(scope, intake_id)
    version = f"{row.state} {row.trouble}"
    if row.state in _WORKING and (same := unchanged(version)):
        return same
    response = _intake(scope, row, TrustForm(formdata=None))
    response.set_etag(tag_of(version))
    return response


@blueprint.route("/handover/imports/<uuid:intake_id>/trust", permission=_MANAGE, methods=["POST"])
def trust(scope: Scope, intake_id: UUID) -> AnyResponse:
    """Keep that the fingerprint was compared."""
    row, form = operations.the_import(scope, intake_id, to_change=True), TrustForm()
    if not form.validate():
        return _intake(scope, row, form, status=422)
    operations.trust(scope, row)
    return redirect(url_for(".intake", intake_id=intake_id), 303)


@blueprint.route("/handover/imports/<uuid:intake_id>/person", permission=_MANAGE, methods=["POST"])
def choose_person(scope: Scope, intake_id: UUID) -> AnyResponse:
    """Keep whose it is; an empty value takes that back."""
    row, form = operations.the_import(scope, intake_id, to_change=True), PersonForm()
    wanted = form.student_id.data
    if wanted and not form.validate():
        raise NotFoundError("person")
    operations.choose_person(scope, row, UUID(wanted) if wanted else None)
    return redirect(url_for(".intake", intake_id=intake_id), 303)


@blueprint.route(
    "/handover/imports/<uuid:intake_id>/confirm", permission=_MANAGE, fresh=True, methods=["POST"]
)
def confirm(scope: Scope, intake_id: UUID) -> AnyResponse:
    """Have it written."""
    row = operations.the_import(scope, intake_id, to_change=True)
    try:
        operations.confirm(scope, row)
    except InvalidError as error:
        notice(_REFUSED[error.rule], "warn")
        return redirect(url_for(".intake", intake_id=intake_id), 303)
    return keeper.work_on(url_for(".intake", intake_id=intake_id))


@blueprint.route(
    "/handover/imports/<uuid:intake_id>/undo", permission=_MANAGE, fresh=True, methods=["POST"]
)
def take_back(scope: Scope, intake_id: UUID) -> AnyResponse:
    """Have everything deleted that it made."""
    operations.take_back(scope, operations.the_import(scope, intake_id, to_change=True))
    return keeper.work_on(url_for(".intake", intake_id=intake_id))


@blueprint.route("/handover/imports/<uuid:intake_id>/drop", permission=_MANAGE, methods=["POST"])
def drop(scope: Scope, intake_id: UUID) -> AnyResponse:
    """Let go of a file of which nothing was taken."""
    operations.drop(scope, operations.the_import(scope, intake_id, to_change=True))
    here = keeper.here()
    afterwards(lambda: here.brought.forget(intake_id))
    notice(mark("The file is gone; nothing of it was imported."))
    return redirect(url_for(".imports"), 303)


_REFUSED = {
    "choose": mark("Say first whose it is."),
    "compare": mark("Compare the fingerprint first."),
}


def _intake(
    scope: Scope, row: operations.Intake, form: TrustForm, *, status: int = 200
) -> Response:
    words = request.args.get("words", "").strip()[:100]
    found = identities.find_persons(scope, words) if words and not row.student_id else []
    chosen = identities.persons(scope, [row.student_id] if row.student_id else [])
    here = store.present(scope, [each.id for each in found] or [row.student_id or NOTHING])
    person = here.get(row.student_id) if row.student_id else None
    values = {
        "row": row,
        "form": form,
        "issuer": row.manifest["issuer"],
        "fingerprint": signing.spoken(row.fingerprint),
        "trusted": operations.is_trusted(scope, row),
        "person": chosen.get(row.student_id) if row.student_id else None,
        "by_identifier": bool(
            person and person.master_identifier
            and person.master_identifier == row.manifest["userMasterIdentifier"]
        ),
        "words": words,
        "found": [each for each in found if each.id in here][: identities.MOST_FOUND],
        "today": clock.today(),
        "working": row.state in _WORKING,
        "troubles": TROUBLES,
        "school_day": clock.school_day_of,
        "tag": tag_of(f"{row.state} {row.trouble}"),
    }  # fmt: skip
    return render("intakes/import.html", values, status=status)


def _keep(intake_id: UUID, file: BinaryIO) -> AnyResponse:
    file.seek(0)
    with keeper.here().brought.writing(intake_id) as kept:
        copyfileobj(file, kept)
    return redirect(url_for(".intake", intake_id=intake_id), 303)
