"""Neighbour systems send Caliper envelopes: taken whole, or refused with words."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.models import LearningApp
from aarportal.web.rate_limit import TokenBuckets
from tests.backstage import backstage, stage
from tests.cast import AOI, APP_DRILL, APP_SECRET, BEN
from tests.cycle.action.imports import sheets
from tests.cycle.action.translators.envelopes import (
    ATTEMPT,
    ITEM,
    REMOVE,
    TEST,
    V1P1,
    envelope,
    event,
)

__all__ = ["stage"]

records, waiting, stored = map(backstage, (sheets.records, sheets.waiting, sheets.stored))
BEARER = f"Bearer drill.{APP_SECRET}"
BASIC = "Basic " + base64.b64encode(f"drill:{APP_SECRET}".encode()).decode()


def person(member) -> dict:
    return {"id": f"https://idp.hinata.example/user/{member.id}", "type": "Person"}


def answered(number=1, who=AOI, **parts) -> dict:
    """A child answered a question and got the point."""
    generated = {
        "id": f"https://drill.example/responses/{number}",
        "type": "FillinBlankResponse",
        "attempt": {**ATTEMPT, "assignee": person(who), "assignable": ITEM},
        "values": ["12"],
    }
    given = {
        "id": f"urn:uuid:c51570e4-f8ed-4c18-bb3a-{number:012}", "actor": person(who),
        "action": "Completed", "object": ITEM, "generated": generated, **parts,
    }  # fmt: skip
    return event(type_=given.pop("type", "AssessmentItemEvent"), **given)


@pytest.fixture
def send(app):
    def post(body, *, authorization=BEARER, content_type="application/json"):
        headers = {"Authorization": authorization} if authorization else {}
        data = body if isinstance(body, bytes) else envelope(*body)
        client = app.test_client()
        return client.post("/caliper", data=data, headers=headers, content_type=content_type)

    return post


@pytest.mark.parametrize("authorization", [BEARER, BASIC, f"bearer drill.{APP_SECRET}"])
@pytest.mark.parametrize("version", [V1P1, "http://purl.imsglobal.org/ctx/caliper/v1p2"])
def test_an_envelope_becomes_learning_records(send, authorization, version):
    body = envelope(answered(1), answered(2, BEN), dataVersion=version)
    answer = send(body, authorization=authorization)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "Content-Type" not in answer.headers
    assert {(each.student_id, each.verb, each.items) for each in records()} == {
        (AOI.id, "answered", 1), (BEN.id, "answered", 1),
    }  # fmt: skip


def test_the_same_envelope_again_changes_nothing(send):
    for _ in range(2):
        assert send([answered(1), answered(2)]).status_code == 200
    assert len(records()) == stored() == 2


def test_an_event_that_says_something_else_than_before_is_a_conflict(send):
    assert send([answered(1)]).status_code == 200
    answer = send([answered(2), answered(1, action="Skipped", generated=REMOVE)])
    assert answer.status_code == 409
    assert answer.get_json()["error"]
    assert stored() == 1


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Bearer", "Bearer drill", f"Bearer {APP_SECRET}", "Bearer drill.wrong", "Bearer .",
        f"Bearer stranger.{APP_SECRET}", "Bearer drill.ä", "Basic x", "Digest drill", BEARER + "x",
    ],
)  # fmt: skip
def test_without_a_key_nobody_is_let_in(send, authorization):
    answer = send([answered()], authorization=authorization)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.get_json()["error"]
    assert stored() == 0


def test_a_key_that_may_not_write_is_refused(send):
    @backstage
    def forbid():
        with unit_of_work(SystemScope("reads only")) as scope:
            scope.session.get_one(LearningApp, APP_DRILL).may_write = False
            sheets.audit.record(scope, "app:changed", APP_DRILL)

    forbid()
    known_apps.forget(APP_DRILL)
    assert send([answered()]).status_code == 403
    known_apps.forget(APP_DRILL)


BROKEN = {
    "no JSON": (b"{", "$", "envelope_json"),
    "a list": (b"[]", "$", "envelope_json"),
    "not UTF-8": (b'{"sensor": "\xff"}', "$", "envelope_json"),
    "nothing": (b"", "$", "envelope_json"),
    "no sensor": (envelope(answered(), sensor=REMOVE), "$.sensor", "envelope_sensor"),
    "no time": (envelope(answered(), sendTime=REMOVE), "$.sendTime", "envelope_send_time"),
    "no data": (envelope(data=REMOVE), "$.data", "envelope_data"),
    "data no list": (envelope(data={}), "$.data", "envelope_data"),
    "no action": (
        envelope(answered(1), event(action=REMOVE)), "$.data[1].action", "event_property",
    ),
    "a wrong time": (envelope(event(eventTime="today")), "$.data[0].eventTime", "event_time"),
    "an event that is none": (envelope(7), "$.data[0]", "event_json"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "path", "rule"), BROKEN.values(), ids=BROKEN)
def test_a_broken_envelope_is_refused_whole_and_says_where(send, body, path, rule):
    answer = send(body)
    assert answer.status_code == 400
    said = answer.get_json()
    assert [(each["path"], each["rule"]) for each in said["problems"]] == [(path, rule)]
    assert all(each["error"] for each in said["problems"])
    assert said["count"] == 1
    assert stored() == 0


@pytest.mark.parametrize("version", ["http://purl.imsglobal.org/ctx/caliper/v1p0", "2.0", ""])
def test_a_version_that_is_not_spoken_is_unprocessable(send, version):
    answer = send(envelope(answered(), dataVersion=version))
    assert answer.status_code == 422
    assert answer.get_json()["problems"][0]["path"] == "$.dataVersion"


def test_only_so_many_problems_are_named(send):
    answer = send(envelope(*(event(id=REMOVE) for _ in range(150))))
    said = answer.get_json()
    assert (answer.status_code, len(said["problems"]), said["count"]) == (400, 100, 150)


def test_what_is_nobodys_fault_is_left_out(send):
    describe = {key: TEST[key] for key in ("id", "type", "name")}
    anonymous = event(
        id="urn:uuid:00000000-0000-4000-8000-000000000009",
        actor={"id": "http://purl.imsglobal.org/caliper/Person", "type": "Person"},
    )
    assert send([answered(1), answered(1), describe, anonymous]).status_code == 200
    assert stored() == 1
    assert send([describe]).status_code == 200
    assert send([]).status_code == 200


def test_somebody_unknown_waits(send):
    stranger = {"id": "https://idp.hinata.example/user/nobody", "type": "Person"}
    assert send([answered(1, actor=stranger)]).status_code == 200
    assert (len(records()), len(waiting())) == (0, 1)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_type_of_content_is_not_supported(send, content_type):
    answer = send([answered()], content_type=content_type)
    assert answer.status_code == 415
    assert answer.get_json()["error"]


def test_a_body_that_is_too_large_is_refused(app, send):
    answer = send(b" " * (app.config["MAX_CONTENT_LENGTH"] + 1))
    assert answer.status_code == 413


def test_who_sends_too_often_waits(app, send):
    seconds = [0.0]
    before = app.extensions["xapi_rate"]
    app.extensions["xapi_rate"] = TokenBuckets(2, lambda: seconds[0])
    try:
        assert [send([]).status_code for _ in range(3)] == [200, 200, 429]
        assert send([]).headers["Retry-After"] == "30"
        seconds[0] = 30
        assert send([]).status_code == 200
    finally:
        app.extensions["xapi_rate"] = before


def test_only_posting_is_known(app):
    client = app.test_client()
    assert client.get("/caliper", headers={"Authorization": BEARER}).status_code == 405


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from([V1P1, "Person", "AssessmentEvent", "Completed", "2026-11-20T01:15:00.000Z"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "type", "actor", "action", "object", "eventTime", "generated"])
        | st.text(max_size=5),
        inner,
        max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip
PARTS = ["id", "type", "actor", "action", "object", "eventTime", "generated", "group", "session"]


@st.composite
def twisted(draw):
    """A good event with some parts of it anything at all."""
    changed = draw(st.dictionaries(st.sampled_from(PARTS), JSON | st.just(REMOVE), max_size=3))
    return answered(draw(st.integers(1, 5)), **changed)


BODIES = (
    st.binary(max_size=60)
    | st.lists(twisted(), max_size=3).map(lambda events: envelope(*events))
    | st.dictionaries(st.sampled_from(["sensor", "sendTime", "dataVersion", "data"]), JSON).map(
        lambda parts: json.dumps(parts).encode()
    )
)


@given(BODIES)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_it_is_taken_or_refused_with_words(send, body):
    before = stored()
    answer = send(body)
    assert answer.status_code in {200, 400, 409, 422}
    if answer.status_code == 200:
        assert answer.data == b""
    else:
        assert answer.get_json()["error"]
        assert stored() == before
