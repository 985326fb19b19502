"""Lists of members of a platform's courses, over HTTP."""

import time
from uuid import UUID

from flask import Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.wire import Wire, WireError
from aarportal.core.words import mark
from aarportal.people.lti import store as platforms
from aarportal.people.lti.members import operations, store
from aarportal.people.lti.members.reading import MembersError
from aarportal.people.roster.imports import importer
from aarportal.settings import Settings
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("members", __name__, shows=looks.nobody)

_MANAGE = Permission.ROSTER_MANAGE
_SECONDS = 30.0


@blueprint.route("/rosters/platforms/<uuid:platform_id>/courses", permission=_MANAGE)
def courses(scope: Scope, platform_id: UUID) -> Response:
    """List the courses that launches told of, to ask for their members."""
    row = platforms.platform(scope, platform_id)
    values = {
        "platform": row,
        "contexts": platforms.contexts(scope, [row.id]).get(row.id, []),
        "classes": store.school_classes(scope),
        "school_day_of": clock.school_day_of,
    }
    return render("members/courses.html", values)


@blueprint.route(
    "/rosters/platforms/courses/<uuid:context_id>",
    permission=_MANAGE,
    methods=["POST"],
    transaction=False,
)
def ask(scope: Scope, context_id: UUID) -> AnyResponse:
    """Ask for the members of a course; what differs is looked at before anything changes."""
    asked = operations.course(scope, context_id, _class_id())
    back = redirect(url_for(".courses", platform_id=asked.platform.id), 303)
    try:
        import_id = _fetched(scope, asked)
    except (WireError, MembersError):
        notice(mark("No list of members came. Nothing is changed; try again later."), "warn")
        return back
    if import_id is None:
        notice(mark("Nothing differs from the roster."))
        return back
    importer.here().worker.wake()
    return redirect(url_for("rosters.roster_import", roster_id=import_id), 303)


def _fetched(scope: Scope, asked: operations.Course) -> UUID | None:
    settings: Settings = current_app.config["SETTINGS"]
    wire = Wire(private=settings.private_platforms, until=time.monotonic() + _SECONDS)
    try:
        return operations.fetch(scope, asked, wire, importer.here().files.put)
    finally:
        wire.close()


def _class_id() -> UUID:
    try:
        return UUID(request.form.get("class_id", ""))
    except ValueError:
        raise NotFoundError("class") from None
