"""Parameters and bodies of requests for documents.

Source: xAPI 1.0.3, part three, sections 2.3, 2.6 and 2.7; IEEE 9274.1.1 (xAPI 2.0), 4.1.6.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import request

from aarportal.cycle.action.xapi import parameters, protocol
from aarportal.cycle.action.xapi.documents.operations import Sent
from aarportal.cycle.action.xapi.documents.places import Kind, Place
from aarportal.cycle.action.xapi.documents.preconditions import Preconditions
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.statements import actor_key
from aarportal.cycle.action.xapi.terms import agent_value
from aarportal.cycle.action.xapi.versions import Version

#: Kind -> the parameter with the document's id, and those without which no document is found.
NAMES: dict[Kind, tuple[str, frozenset[str]]] = {
    "state": ("stateId", frozenset({"activityId", "agent"})),
    "activity": ("profileId", frozenset({"activityId"})),
    "agent": ("profileId", frozenset({"agent"})),
}
#: What a document is without a Content-Type.
_ANY_BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Sought:
    """What a GET asks for: a document, or those of a context that changed after `since`."""

    place: Place
    since: datetime | None


def place(kind: Kind, *, single: bool = True) -> Place:
    """The place that a request names.

    Args:
        kind: Which resource it is.
        single: Whether it has to name one document.

    Raises:
        RequestError: If a parameter is missing, unknown or wrong.
    """
    id_name, context = NAMES[kind]
    known = context | {id_name} | _registration_of(kind)
    return _place(kind, protocol.query(known, context | {id_name} if single else context))


def sought(kind: Kind) -> Sought:
    """What a GET asks for.

    `since` may stand beside the id of a document; then it changes nothing.

    Raises:
        RequestError: If a parameter is missing, unknown or wrong.
    """
    id_name, context = NAMES[kind]
    given = protocol.query(context | {id_name, "since"} | _registration_of(kind), context)
    since = parameters.instant(given["since"], "since") if "since" in given else None
    return Sought(_place(kind, given), since)


def preconditions() -> Preconditions:
    """What the request knows of the document."""
    return Preconditions(request.headers.get("If-Match"), request.headers.get("If-None-Match"))


def sent(max_bytes: int) -> Sent:
    """The document of a PUT or POST.

    Raises:
        RequestEntityTooLarge: If it is larger than that.
        RequestError: If its type is no text.
    """
    request.max_content_length = max_bytes
    content_type = request.headers.get("Content-Type") or _ANY_BYTES
    if not content_type.isprintable():
        raise RequestError("the Content-Type is no text", "$header.Content-Type")
    return Sent(request.get_data(), content_type, preconditions(), protocol.version())


def _registration_of(kind: Kind) -> frozenset[str]:
    return frozenset({"registration"}) if kind == "state" else frozenset()


def _place(kind: Kind, given: dict[str, str]) -> Place:
    id_name, _ = NAMES[kind]
    if given.get(id_name) == "":
        raise RequestError(f"{id_name} is empty", f"$query.{id_name}")
    registration = given.get("registration")
    return Place(
        kind,
        parameters.iri(given["activityId"], "activityId") if "activityId" in given else "",
        _agent(given["agent"]) if "agent" in given else "",
        None if registration is None else parameters.uuid(registration, "registration"),
        given.get(id_name, ""),
    )


def _agent(text: str) -> str:
    """Whose it is, by identifier alone; since 2.0 that may be a group's."""
    groups = protocol.version() is Version.V2_0
    key = actor_key(parameters.agent(text, groups=groups))
    assert key is not None  # an anonymous group was refused
    return agent_value(key)
