"""Caliper 1.1 and 1.2 envelopes as xAPI statements, event by event.

No event is dropped for what it says: a class or an action that nobody listed becomes a general
statement. Entities that are only described (`describe`) and events of anonymous people are named
and left out: the former are no events, the latter can never belong to anybody.

Source: Caliper Analytics 1.1 and 1.2, information model and sensor API (envelope).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Raw

from aarportal.core.words import mark
from aarportal.cycle.action.translators import Translated, caliper_entities, caliper_vocabulary
from aarportal.cycle.action.translators.caliper_entities import OURS_CALIPER, Entity
from aarportal.cycle.action.vocabulary import CORE_EXTENSIONS

#: Statement ids and registrations are derived from this and the id that the event carries.
_NAMESPACE = UUID("6f3b1c0e-2d55-5c1a-9f0e-0c1f6a2b7d48")

#: Under this key of the context the whole event is kept, as it was sent.
EVENT = OURS_CALIPER + "event"
FEDERATED_SESSION = OURS_CALIPER + "federated-session"
SESSION = "https://w3id.org/xapi/openedx/extensions/session-id"
#: How often a thing was attempted; the ending is that of the Digital Agency's study-log profile.
ATTEMPT_COUNT = OURS_CALIPER + "/xapi/resultextension/count"
_VIDEO = "https://w3id.org/xapi/video/extensions/"

#: A larger event is kept beside its statement only.
MOST_EVENT_BYTES = 64 * 1024
#: Deeper events would not fit into the extensions of a statement.
_MOST_LEVELS = 100

_DATA_VERSION = re.compile(
    r"\Ahttps?://purl\.imsglobal\.org/ctx/caliper/v1p[12](?:/[A-Za-z]+-extension)?/?\Z"
)
# An offset of -00:00 means that nobody knows it. Without one it is UTC, as Caliper demands.
_TIME = re.compile(
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:Z|(?!-00:?00\Z)[+-][0-9]{2}:?[0-9]{2})?\Z"
)
_URN_UUID = re.compile(r"\Aurn:uuid:[0-9a-f-]{36}\Z", re.IGNORECASE)

#: Sentence for each rule, in English; `%(detail)s` is the detail of the problem.
RULES: Mapping[str, str] = MappingProxyType(
    {
        "envelope_json": mark("The envelope is not a JSON object: %(detail)s"),
        "envelope_sensor": mark("The envelope needs a sensor."),
        "envelope_send_time": mark("The envelope needs a sendTime."),
        "envelope_version": mark(
            "This dataVersion is not known: %(detail)s. Caliper 1.1 and 1.2 can be read."
        ),
        "envelope_data": mark("data must be a list of events."),
        "event_json": mark("The event is not a JSON object: %(detail)s"),
        "event_deep": mark("The event is nested more than %(detail)s levels deep."),
        "event_property": mark("The event needs the property %(detail)s."),
        "event_time": mark("%(detail)s is not a moment such as 2026-04-01T01:02:03.000Z."),
        "event_id_twice": mark("%(detail)s has the same id and says something else."),
        "event_repeated": mark("The same event stands at %(detail)s."),
        "describe": mark("A describe message is no event; it was left out."),
        "actor_anonymous": mark("The actor is anonymous, so the event belongs to nobody."),
    }
)
#: Rules that no sender broke: the request is good, these parts of it just become no statement.
HARMLESS = frozenset({"actor_anonymous", "describe", "event_repeated"})


@dataclass(frozen=True, slots=True)
class EventProblem:
    """Why an event, or a whole envelope, became no statement.

    Attributes:
        path: The property, as JSONPath from the top of the envelope: `$.data[3].actor`.
        rule: Key in `RULES`.
        detail: The word that is wrong or is missing; never the name of a person.
        source: The event as it was sent; empty when it is about the envelope.
    """

    path: str
    rule: str
    detail: str = ""
    source: bytes = b""


class _BrokenError(Exception):
    """An event that cannot be translated."""

    def __init__(self, rule: str, place: str = "", detail: str = "") -> None:
        """Name the rule and the property."""
        super().__init__(rule)
        self.rule = rule
        self.place = place
        self.detail = detail[:200]


_ENVELOPE = msgspec.json.Decoder(dict[str, Raw])
_DATA = msgspec.json.Decoder(list[Raw])
# A number beyond every range must not cost the whole event: it is kept in the source anyway.
_EVENT = msgspec.json.Decoder(Any, float_hook=float)
_ENCODER = msgspec.json.Encoder()
#: What the decoder raises on bytes that are not JSON.
_NOT_JSON = (ValueError, RecursionError)


def translate(envelope: bytes) -> list[Translated | EventProblem]:
    """One statement or problem for each entry of `data`, in order.

    An envelope that is broken itself gives its problems alone.
    """
    problems, data, sensor = _opened(envelope)
    if problems:
        return list(problems)
    outcomes: list[Translated | EventProblem] = []
    seen: dict[UUID, tuple[int, Any]] = {}
    for number, item in enumerate(data):
        source = bytes(item)
        try:
            event = _event(source)
            translated = _translated(event, number, source, sensor)
            if translated.id in seen:
                earlier, said = seen[translated.id]
                rule = "event_repeated" if said == event else "event_id_twice"
                raise _BrokenError(rule, ".id", f"$.data[{earlier}]")  # noqa: TRY301
        except _BrokenError as broken:
            path = f"$.data[{number}]{broken.place}"
            outcomes.append(EventProblem(path, broken.rule, broken.detail, source))
        else:
            seen[translated.id] = (number, event)
            outcomes.append(translated)
    return outcomes


def _opened(envelope: bytes) -> tuple[list[EventProblem], list[Raw], str]:
    """What is wrong with an envelope; its data; its sensor."""
    try:
        parts = _ENVELOPE.decode(envelope)
        head = {
            name: _EVENT.decode(parts[name])
            for name in ("sensor", "sendTime", "dataVersion")
            if name in parts
        }
    except _NOT_JSON as error:
        return [EventProblem("$", "envelope_json", _said(error))], [], ""
    sensor, version = head.get("sensor"), head.get("dataVersion")
    if isinstance(sensor, Mapping):
        # Sensors of 1.0 and some of 1.1 describe themselves instead of giving their id.
        sensor = sensor.get("id") or sensor.get("@id")
    problems = []
    if not isinstance(sensor, str) or not sensor:
        problems.append(EventProblem("$.sensor", "envelope_sensor"))
    if not isinstance(head.get("sendTime"), str):
        problems.append(EventProblem("$.sendTime", "envelope_send_time"))
    if not isinstance(version, str) or not _DATA_VERSION.match(version):
        shown = version[:200] if isinstance(version, str) else ""
        problems.append(EventProblem("$.dataVersion", "envelope_version", shown))
    try:
        data = _DATA.decode(parts["data"])
    except (*_NOT_JSON, KeyError):
        problems.append(EventProblem("$.data", "envelope_data"))
        data = []
    return problems, data, sensor if isinstance(sensor, str) else ""


def _said(error: Exception) -> str:
    """What the decoder found, short."""
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def _event(source: bytes) -> dict[str, Any]:
    """One event, decoded; its required properties are there."""
    try:
        event = _EVENT.decode(source)
    except _NOT_JSON as error:
        raise _BrokenError("event_json", "", _said(error)) from error
    if not isinstance(event, dict):
        raise _BrokenError("event_json", "", type(event).__name__)
    if "action" not in event and "eventTime" not in event and "type" in event:
        raise _BrokenError("describe")
    for name in ("id", "type", "action", "eventTime"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise _BrokenError("event_property", f".{name}", name)
    for name in ("actor", "object"):
        if not caliper_entities.entity(event.get(name)):
            raise _BrokenError("event_property", f".{name}", name)
    if _too_deep(source, event):
        raise _BrokenError("event_deep", "", str(_MOST_LEVELS))
    return event


def _too_deep(source: bytes, event: Any) -> bool:
    """Whether anything in an event lies deeper than a statement may hold it."""
    if source.count(b"{") + source.count(b"[") <= _MOST_LEVELS:
        return False
    level: list[Any] = [event]
    for _ in range(_MOST_LEVELS):
        level = [
            part
            for each in level
            for part in (each.values() if isinstance(each, dict) else each)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


# --- one event ----------------------------------------------------------------------------------


def _translated(event: dict[str, Any], number: int, source: bytes, sensor: str) -> Translated:
    """The statement that says what an event says."""
    event_id = event["id"].lower() if _URN_UUID.match(event["id"]) else event["id"]
    statement_id = uuid5(_NAMESPACE, event_id)
    event_type = caliper_vocabulary.term(event["type"])
    action = caliper_vocabulary.term(event["action"])
    attempt = caliper_entities.attempt_of(event)
    # An attempt is a way to say whose; what was worked on is what it was an attempt at.
    worked_on = caliper_entities.worked_on(event, attempt)
    learner, instructor = _who(event, event_type, attempt)
    statement: dict[str, Any] = {
        "id": str(statement_id),
        "timestamp": _timestamp(event["eventTime"]),
        "actor": caliper_entities.agent(learner, sensor),
        "verb": {
            "id": caliper_vocabulary.verb_iri(event_type, action, worked_on.type),
            "display": {"en": action},
        },
        "object": _object(event, event_type, worked_on, statement_id, sensor),
        "result": _result(event, event_type, action, attempt),
        "context": _context(event, event_type, worked_on, source),
    }
    if attempt.id:
        statement["context"]["registration"] = str(uuid5(_NAMESPACE, attempt.id))
    if instructor is not None and instructor.is_person and not instructor.is_anonymous:
        statement["context"]["instructor"] = caliper_entities.agent(instructor, sensor)
    if not statement["result"]:
        del statement["result"]
    if statement["object"].get("objectType") == "Agent":
        statement["context"].pop("platform", None)
    return Translated(number, statement_id, _ENCODER.encode(statement), source)


def _who(event: dict[str, Any], event_type: str, attempt: Entity) -> tuple[Entity, Entity | None]:
    """Whose event it is, and who judged.

    A grade belongs to the one who made the attempt, whoever graded it; a session that ran out
    belongs to the one who had begun it, not to the program that ended it.
    """
    actor = caliper_entities.entity(event["actor"])
    learner, place = actor, ".actor"
    if event_type in {"GradeEvent", "OutcomeEvent"} and attempt.part("assignee"):
        learner, place = attempt.part("assignee"), ".object.assignee"
    elif event_type == "SessionEvent" and not actor.is_person:
        session = caliper_entities.entity(event["object"])
        began = session.part("user") or session.part("actor")
        learner, place = (began, ".object.user") if began else (actor, place)
    if learner.is_anonymous:
        raise _BrokenError("actor_anonymous", place)
    return learner, actor if learner.id != actor.id else None


def _timestamp(text: str) -> str:
    """The moment of an event, in UTC and to the millisecond, as Caliper has it."""
    try:
        moment = datetime.fromisoformat(text) if _TIME.match(text) else None
    except ValueError:
        moment = None
    # The first and the last year leave no room to change into another time zone.
    if moment is not None and 2 < moment.year < 9998:
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        said = moment.astimezone(UTC).isoformat(timespec="milliseconds")
        return said.removesuffix("+00:00") + "Z"
    raise _BrokenError("event_time", ".eventTime", text)


def _object(
    event: dict[str, Any], event_type: str, worked_on: Entity, statement_id: UUID, sensor: str
) -> dict[str, Any]:
    """What it was done to: a person, or an activity."""
    if worked_on.is_person and not worked_on.is_anonymous:
        return caliper_entities.agent(worked_on, sensor)
    activity = caliper_entities.activity(worked_on, statement_id)
    response = caliper_entities.entity(event.get("generated"))
    kind = caliper_vocabulary.INTERACTION_TYPES.get(response.type)
    definition = activity.get("definition", {})
    if kind and event_type == "AssessmentItemEvent":
        definition.setdefault("type", caliper_vocabulary.QUESTION)
        if definition["type"] == caliper_vocabulary.QUESTION:
            definition["interactionType"] = kind
        activity["definition"] = definition
    return activity


def _result(event: dict[str, Any], event_type: str, action: str, attempt: Entity) -> dict[str, Any]:
    """Score, answer, duration and count of an event; the place in a film."""
    generated = caliper_entities.entity(event.get("generated"))
    result: dict[str, Any] = {}
    score = caliper_entities.score(generated)
    if score:
        result["score"] = score
    response = caliper_entities.response(generated)
    if response:
        result["response"] = response
    if action in caliper_vocabulary.ENDINGS:
        timed = (generated, attempt, caliper_entities.entity(event["object"]))
        # The length of a film is no time that somebody spent.
        own = timed if event_type != "MediaEvent" else (attempt,)
        duration = next(filter(None, map(caliper_entities.duration, own)), None)
        if duration:
            result["duration"] = duration
    if action in {"Completed", "Ended", "Submitted"}:
        result["completion"] = True
    extensions: dict[str, Any] = {}
    count = attempt.said.get("count")
    if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10_000:
        extensions[ATTEMPT_COUNT] = count
    at = caliper_entities.seconds(caliper_entities.entity(event.get("target")), "currentTime")
    if at is not None:
        extensions[_VIDEO + "time"] = at
    if extensions:
        result["extensions"] = extensions
    return result


def _context(
    event: dict[str, Any], event_type: str, worked_on: Entity, source: bytes
) -> dict[str, Any]:
    """Where it happened: app, course, what it is part of; and the event itself."""
    whole = len(source) <= MOST_EVENT_BYTES
    extensions: dict[str, Any] = {EVENT: Raw(source)} if whole else {}
    for name, key in (("session", SESSION), ("federatedSession", FEDERATED_SESSION)):
        session = caliper_entities.entity(event.get(name))
        if session.id:
            extensions[key] = session.id
    length = caliper_entities.seconds(worked_on, "duration")
    if event_type == "MediaEvent" and length is not None:
        extensions[_VIDEO + "length"] = length
    extensions.update(caliper_entities.extensions(event, None if whole else CORE_EXTENSIONS))
    context: dict[str, Any] = {
        "contextActivities": {
            "category": [{"id": caliper_vocabulary.event_iri(event_type)}],
            **caliper_entities.activities_around(event, worked_on),
        },
        "extensions": extensions,
    }
    app = caliper_entities.entity(event.get("edApp"))
    if app.name or app.id:
        context["platform"] = app.name or app.id
    return context
