"""Autosave over HTTP."""

from flask import Response, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.cycle.drafts import operations
from aarportal.web.addresses import own_path
from aarportal.web.blueprint import PortalBlueprint

blueprint = PortalBlueprint("drafts", __name__, url_prefix="/drafts")

#: Fields of every form that are not a part of what the child wrote.
_FRAME = frozenset({"csrf_token", "rev", "idem", "go"})


@blueprint.route("/<form>/<key>", permission=Permission.DRAFTS_WRITE, once=False, methods=["POST"])
def save(scope: Scope, form: str, key: str) -> Response:
    """Keep a draft; 409 with the standing text when another device wrote meanwhile."""
    change = _change(form, key)
    draft = operations.save(scope, change)
    if draft is None:
        return jsonify(rev=0, saved_at="", done=True)
    at = draft.saved_at.astimezone(clock.SCHOOL_TIME).strftime("%H:%M")
    if operations.is_conflict(draft, change):
        return make_response(jsonify(rev=draft.rev, content=draft.content, saved_at=at), 409)
    return jsonify(rev=draft.rev, saved_at=at)


@blueprint.route("/<form>/<key>/choice", permission=Permission.DRAFTS_WRITE, methods=["POST"])
def choose(scope: Scope, form: str, key: str) -> AnyResponse:
    """Of two texts, go on with the chosen one."""
    operations.choose(scope, form, key, other=request.form.get("keep") == "other")
    return redirect(own_path(request.form.get("back")) or "/", 303)


def _change(form: str, key: str) -> operations.DraftChange:
    content = {name: values for name, values in request.form.lists() if name not in _FRAME}
    rev = request.form.get("rev", 0, type=int)
    chosen = request.headers.get("X-Draft") == "chosen"
    return operations.DraftChange(form, key, rev, content, request.form.get("idem", ""), chosen)
