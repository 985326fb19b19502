"""State, and profiles of activities and agents, over HTTP.

Source: xAPI 1.0.3, part three, sections 2.2, 2.3, 2.6 and 2.7; IEEE 9274.1.1 (xAPI 2.0), 4.1.6.
"""

from flask import Response, current_app, jsonify, request

from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi import protocol
from aarportal.cycle.action.xapi.documents import forms, operations, store
from aarportal.cycle.action.xapi.documents.places import Kind, Place
from aarportal.cycle.action.xapi.documents.preconditions import is_unchanged
from aarportal.settings import Settings

blueprint = protocol.XapiBlueprint("xapi_documents", __name__)

STATE, ACTIVITY, AGENT = "/activities/state", "/activities/profile", "/agents/profile"
READ, WRITE = Permission.STATEMENTS_READ, Permission.STATEMENTS_WRITE


@blueprint.route(STATE, permission=READ, methods=["GET"])
def get_state(scope: AppScope) -> Response:
    """One state, or the ids of those that there are."""
    return _get(scope, "state")


@blueprint.route(STATE, permission=WRITE, methods=["PUT"])
def put_state(scope: AppScope) -> Response:
    """Keep a state in the place of the one before."""
    return _put(scope, "state")


@blueprint.route(STATE, permission=WRITE, methods=["POST"])
def post_state(scope: AppScope) -> Response:
    """Keep a state, or properties of one."""
    return _post(scope, "state")


@blueprint.route(STATE, permission=WRITE, methods=["DELETE"])
def delete_state(scope: AppScope) -> Response:
    """Remove one state, or all of an activity and an agent."""
    place = forms.place("state", single=False)
    if not place.document_id:
        operations.remove_all(scope, place)
        return protocol.done()
    return _delete(scope, place)


@blueprint.route(ACTIVITY, permission=READ, methods=["GET"])
def get_activity_profile(scope: AppScope) -> Response:
    """One profile of an activity, or the ids of those that there are."""
    return _get(scope, "activity")


@blueprint.route(ACTIVITY, permission=WRITE, methods=["PUT"])
def put_activity_profile(scope: AppScope) -> Response:
    """Keep a profile of an activity in the place of the one before."""
    return _put(scope, "activity")


@blueprint.route(ACTIVITY, permission=WRITE, methods=["POST"])
def post_activity_profile(scope: AppScope) -> Response:
    """Keep a profile of an activity, or properties of one."""
    return _post(scope, "activity")


@blueprint.route(ACTIVITY, permission=WRITE, methods=["DELETE"])
def delete_activity_profile(scope: AppScope) -> Response:
    """Remove a profile of an activity."""
    return _delete(scope, forms.place("activity"))


@blueprint.route(AGENT, permission=READ, methods=["GET"])
def get_agent_profile(scope: AppScope) -> Response:
    """One profile of an agent, or the ids of those that there are."""
    return _get(scope, "agent")


@blueprint.route(AGENT, permission=WRITE, methods=["PUT"])
def put_agent_profile(scope: AppScope) -> Response:
    """Keep a profile of an agent in the place of the one before."""
    return _put(scope, "agent")


@blueprint.route(AGENT, permission=WRITE, methods=["POST"])
def post_agent_profile(scope: AppScope) -> Response:
    """Keep a profile of an agent, or properties of one."""
    return _post(scope, "agent")


@blueprint.route(AGENT, permission=WRITE, methods=["DELETE"])
def delete_agent_profile(scope: AppScope) -> Response:
    """Remove a profile of an agent."""
    return _delete(scope, forms.place("agent"))


def _get(scope: AppScope, kind: Kind) -> Response:
    sought = forms.sought(kind)
    if sought.place.document_id:
        return _document(scope, sought.place)
    found = store.document_ids(scope, sought.place, sought.since)
    response = jsonify(list(dict.fromkeys(document_id for document_id, _ in found)))
    if found:
        response.last_modified = found[-1][1]
    return protocol.tagged(response)


def _document(scope: AppScope, place: Place) -> Response:
    """The document as it came; to be kept, not to be shown by a browser."""
    found = store.document(scope, place)
    if found is None:
        raise NotFoundError(place.kind)
    unchanged = is_unchanged(request.headers.get("If-None-Match"), found.sha1)
    content, status = (b"", 304) if unchanged else (found.content, 200)
    response = Response(content, status, content_type=found.content_type)
    response.set_etag(found.sha1.hex())
    response.last_modified = found.updated_at
    response.headers["Content-Disposition"] = "attachment"
    return response


def _put(scope: AppScope, kind: Kind) -> Response:
    operations.put(scope, forms.place(kind), forms.sent(_max_bytes()))
    return protocol.done()


def _post(scope: AppScope, kind: Kind) -> Response:
    max_bytes = _max_bytes()
    operations.post(scope, forms.place(kind), forms.sent(max_bytes), max_bytes=max_bytes)
    return protocol.done()


def _delete(scope: AppScope, place: Place) -> Response:
    operations.remove(scope, place, forms.preconditions(), protocol.version())
    return protocol.done()


def _max_bytes() -> int:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.max_document_bytes
