"""What this store is, what an activity is, and who an agent is, over HTTP.

Source: xAPI 1.0.3, part three, sections 2.4, 2.5 and 2.8.
"""

import msgspec
from flask import Response, jsonify, request
from msgspec import Raw

from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi import parameters, protocol
from aarportal.cycle.action.xapi.resources import store
from aarportal.cycle.action.xapi.resources.persons import person
from aarportal.cycle.action.xapi.statements import actor_key
from aarportal.cycle.action.xapi.versions import HEADER, SPOKEN, VersionError, asked_for

blueprint = protocol.XapiBlueprint("xapi_resources", __name__)


@blueprint.route("/about", permission=Permission.PUBLIC, methods=["GET"])
def about() -> Response:
    """Which versions are spoken; whoever asks in one gets those of its family."""
    protocol.query(())
    return protocol.tagged(jsonify(version=_spoken_to(request.headers.get(HEADER))))


@blueprint.route("/activities", permission=Permission.STATEMENTS_READ, methods=["GET"])
def activity(scope: AppScope) -> Response:
    """An activity with all that is known of it; one that nobody knows is there as well."""
    given = protocol.query({"activityId"}, {"activityId"})["activityId"]
    activity_id = parameters.iri(given, "activityId")
    found: dict[str, str | Raw] = {"objectType": "Activity", "id": activity_id}
    definition = store.definition(scope, activity_id)
    if definition is not None:
        found["definition"] = Raw(definition)
    return protocol.tagged(Response(msgspec.json.encode(found), content_type="application/json"))


@blueprint.route("/agents", permission=Permission.STATEMENTS_READ, methods=["GET"])
def agent(scope: AppScope) -> Response:
    """A person: the agent asked for, and by what else this app knows them."""
    asked = parameters.agent(protocol.query({"agent"}, {"agent"})["agent"])
    key = actor_key(asked)
    others = store.same_person(scope, key) if key else ()
    return protocol.tagged(jsonify(person(asked, others)))


def _spoken_to(asked: str | None) -> list[str]:
    """The versions of the family that was asked in: xAPI 1.0 knows of no later one."""
    try:
        family = asked_for(asked).value.rpartition(".")[0]
    except VersionError:
        return list(SPOKEN)
    return [version for version in SPOKEN if version.startswith(f"{family}.")]
