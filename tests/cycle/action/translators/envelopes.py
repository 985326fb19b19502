"""Caliper events as senders write them, to start from."""

import copy
import json
from datetime import UTC, datetime

from aarportal.cycle.action.translators import Translated
from aarportal.cycle.action.translators.caliper import EventProblem, translate
from aarportal.cycle.action.xapi.statements import decode_batch

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)

SENSOR = "https://drill.example/sensors/1"
V1P1 = "http://purl.imsglobal.org/ctx/caliper/v1p1"
V1P2 = "http://purl.imsglobal.org/ctx/caliper/v1p2"
PUPIL_ID = "0b3c2d1e-1111-4222-8333-444455556666"
PUPIL = {"id": f"https://idp.hinata.example/user/{PUPIL_ID}", "type": "Person"}
TEST = {
    "id": "https://drill.example/tests/7",
    "type": "Assessment",
    "name": "わり算テスト",
    "maxScore": 20,
}
ITEM = {
    "id": "https://drill.example/tests/7/items/3",
    "type": "AssessmentItem",
    "name": "わり算 3",
    "isPartOf": TEST,
}
ATTEMPT = {
    "id": "https://drill.example/attempts/99",
    "type": "Attempt",
    "assignee": PUPIL,
    "assignable": TEST,
    "count": 2,
    "startedAtTime": "2026-11-20T01:00:00.000Z",
    "endedAtTime": "2026-11-20T01:12:30.000Z",
}
COURSE = {
    "id": "https://lms.example/sections/5-1-sansu",
    "type": "CourseSection",
    "name": "5年1組 算数",
    "subCourseOf": {"id": "https://lms.example/courses/sansu", "type": "CourseOffering"},
}
VIDEO = {
    "id": "https://video.example/v/1",
    "type": "VideoObject",
    "name": "わり算のしかた",
    "duration": "PT3M15S",
}
APP = {"id": "https://drill.example", "type": "SoftwareApplication", "name": "まなびドリル"}
REMOVE = object()


def event(type_="AssessmentEvent", action="Started", **parts) -> dict:
    """A good event with some properties changed or removed."""
    whole = {
        "@context": V1P2,
        "id": "urn:uuid:c51570e4-f8ed-4c18-bb3a-dfe51b2cc594",
        "type": type_,
        "actor": PUPIL,
        "action": action,
        "object": TEST,
        "eventTime": "2026-11-20T01:15:00.000Z",
        "edApp": APP,
        "group": COURSE,
        "membership": {
            "id": "https://lms.example/memberships/1",
            "type": "Membership",
            "member": PUPIL["id"],
            "organization": COURSE["id"],
            "roles": ["Learner"],
            "status": "Active",
        },
        "session": {"id": "https://drill.example/sessions/1", "type": "Session"},
    }
    whole.update(parts)
    return copy.deepcopy({name: part for name, part in whole.items() if part is not REMOVE})


def envelope(*events, **parts) -> bytes:
    """An envelope around events, with some of its properties changed or removed."""
    whole = {
        "sensor": SENSOR,
        "sendTime": "2026-11-20T01:16:00.000Z",
        "dataVersion": V1P2,
        "data": list(events),
    }
    whole.update(parts)
    whole = {name: part for name, part in whole.items() if part is not REMOVE}
    return json.dumps(whole, ensure_ascii=False).encode()


def one(sent: dict) -> dict:
    """The statement that one event becomes."""
    (outcome,) = translate(envelope(sent))
    assert isinstance(outcome, Translated), outcome
    decode_batch(outcome.statement, NOW)
    return json.loads(outcome.statement)


def problem(sent: dict) -> EventProblem:
    """The problem that one event has."""
    (outcome,) = translate(envelope(sent))
    assert isinstance(outcome, EventProblem), outcome
    return outcome
