"""Envelopes and events that are broken or wild: named, never an exception."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.translators import Translated, caliper
from aarportal.cycle.action.translators.caliper import HARMLESS, RULES, EventProblem, translate
from aarportal.cycle.action.translators.caliper_vocabulary import VERBS
from aarportal.cycle.action.xapi.statements import decode_batch
from tests.cycle.action.translators.envelopes import (
    APP,
    ATTEMPT,
    COURSE,
    ITEM,
    NOW,
    PUPIL,
    PUPIL_ID,
    REMOVE,
    SENSOR,
    TEST,
    V1P1,
    V1P2,
    VIDEO,
    envelope,
    event,
    one,
    problem,
)

ENVELOPES = [
    (b"", [("$", "envelope_json")]),
    (b"{", [("$", "envelope_json")]),
    (b"[]", [("$", "envelope_json")]),
    (b"null", [("$", "envelope_json")]),
    (b'{"sensor": nul}', [("$", "envelope_json")]),
    (b'\xff\xfe{"a":1}', [("$", "envelope_json")]),
    (b"[" * 100_000, [("$", "envelope_json")]),
    (envelope(sensor=REMOVE), [("$.sensor", "envelope_sensor")]),
    (envelope(sensor=""), [("$.sensor", "envelope_sensor")]),
    (envelope(sensor=None), [("$.sensor", "envelope_sensor")]),
    (envelope(sendTime=REMOVE), [("$.sendTime", "envelope_send_time")]),
    (envelope(dataVersion=REMOVE), [("$.dataVersion", "envelope_version")]),
    (envelope(dataVersion=V1P2[:-1] + "9"), [("$.dataVersion", "envelope_version")]),
    (
        envelope(dataVersion="http://purl.imsglobal.org/ctx/caliper/v1/Context"),
        [("$.dataVersion", "envelope_version")],
    ),
    (envelope(data=REMOVE), [("$.data", "envelope_data")]),
    (envelope(data={}), [("$.data", "envelope_data")]),
    (
        envelope(sensor=REMOVE, sendTime=1, dataVersion=1, data="x"),
        [
            ("$.sensor", "envelope_sensor"),
            ("$.sendTime", "envelope_send_time"),
            ("$.dataVersion", "envelope_version"),
            ("$.data", "envelope_data"),
        ],
    ),
]


@pytest.mark.parametrize(("body", "expected"), ENVELOPES)
def test_a_broken_envelope_says_everything_that_is_broken(body, expected):
    assert [(each.path, each.rule) for each in translate(body)] == expected


@pytest.mark.parametrize(
    "version",
    [V1P1, V1P2, V1P1 + "/", V1P2.replace("http", "https"), V1P1 + "/ToolUseProfile-extension"],
)
def test_both_versions_are_read_however_their_context_is_written(version):
    (outcome,) = translate(envelope(event(), dataVersion=version))
    assert isinstance(outcome, Translated)


def test_a_sensor_may_describe_itself():
    (outcome,) = translate(envelope(event(), sensor={"id": SENSOR, "type": "SoftwareApplication"}))
    assert isinstance(outcome, Translated)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-11-20T01:15:00.000Z", "2026-11-20T01:15:00.000Z"),
        ("2026-11-20T10:15:00.125+09:00", "2026-11-20T01:15:00.125Z"),
        ("2026-11-20T01:15:00Z", "2026-11-20T01:15:00.000Z"),
        ("2026-11-20T01:15:00.123456789", "2026-11-20T01:15:00.123Z"),
    ],
)
def test_the_moment_is_kept_as_utc(sent, kept):
    assert one(event(eventTime=sent))["timestamp"] == kept


def test_an_empty_envelope_is_empty():
    assert translate(envelope()) == []


EVENTS = [
    (event(id=REMOVE), ".id", "event_property"),
    (event(id=7), ".id", "event_property"),
    (event(type=REMOVE), ".type", "event_property"),
    (event(action=""), ".action", "event_property"),
    (event(eventTime=REMOVE), ".eventTime", "event_property"),
    (event(eventTime="きのう"), ".eventTime", "event_time"),
    (event(eventTime="2026-02-30T00:00:00.000Z"), ".eventTime", "event_time"),
    (event(eventTime="2026-11-20T01:15:00.000-00:00"), ".eventTime", "event_time"),
    (event(eventTime="9999-12-31T23:59:59.000Z"), ".eventTime", "event_time"),
    (event(actor=REMOVE), ".actor", "event_property"),
    (event(actor=None), ".actor", "event_property"),
    (event(actor=[]), ".actor", "event_property"),
    (event(actor={"type": "Person"}), ".actor", "actor_anonymous"),
    (event(object=REMOVE), ".object", "event_property"),
    (event(object=7), ".object", "event_property"),
    ({}, ".id", "event_property"),
    ("text", "", "event_json"),
    (None, "", "event_json"),
    ([], "", "event_json"),
    ({"id": "https://x.example/1", "type": "Person"}, "", "describe"),
]


@pytest.mark.parametrize(("sent", "place", "rule"), EVENTS)
def test_a_broken_event_is_named_and_its_neighbours_go_on(sent, place, rule):
    good = event(id="urn:uuid:11111111-1111-4111-8111-111111111111")
    before, broken, after = translate(envelope(event(), sent, good))
    assert isinstance(before, Translated)
    assert isinstance(after, Translated)
    assert (broken.path, broken.rule) == (f"$.data[1]{place}", rule)
    assert json.loads(broken.source) == sent


def test_an_event_too_deep_for_a_statement_is_named():
    deep: list = []
    for _ in range(200):
        deep = [deep]
    assert problem(event(extensions={"own": deep})).rule == "event_deep"
    wide = event(extensions={"own": [[] for _ in range(500)]})
    assert one(wide)["context"]["extensions"][caliper.EVENT] == wide


RAW = [
    b'{"a":"\\ud800"}',
    b'{"a":1e999}',
    b'{"a":' + b"9" * 6000 + b"}",
    b'{"a":"\\u0000"}',
    b'{"\\u0000":1}',
    b'{"a":"\xff"}',
    b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
]


@pytest.mark.parametrize("piece", RAW)
def test_json_that_few_can_read_breaks_at_most_its_own_event(piece):
    text = json.dumps(event(extensions=REMOVE))
    wild = text[:-1].encode() + b', "extensions": ' + piece + b"}"
    good = event(id="urn:uuid:11111111-1111-4111-8111-111111111111")
    body = envelope(good)
    outcomes = translate(body[: body.rindex(b"]")] + b"," + wild + b"]}")
    if len(outcomes) == 2:
        assert isinstance(outcomes[0], Translated)
    for outcome in outcomes:
        if isinstance(outcome, Translated):
            decode_batch(outcome.statement, NOW)


def test_every_rule_has_its_sentence():
    assert set(RULES) > HARMLESS
    for sentence in RULES.values():
        assert sentence % {"detail": "x"}


#: Kinds of event, each with one of its actions.
PAIRS = [(kind, action) for kind, actions in VERBS.items() for action in actions]
TEXTS = st.sampled_from(
    [
        "", "_:b", "urn:", "urn:x:", "https://", "https://[", "https://[::1]/user/x", "http://a b/",
        "https://x.example:99999/", "mailto:", "mailto:a@b", "\x00", "PT1M", "P1Y",
        "PT1e9S", "-PT1S",
        "2026-11-20T01:00:00Z", "0001-01-01T00:00:00Z", "Person", "Attempt", "Score", "Result",
        "http://purl.imsglobal.org/caliper/", "#", "/", PUPIL_ID, "8250263100000000",
    ]
) | st.text(max_size=20)  # fmt: skip
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "id", "type", "name", "description", "isPartOf", "extensions", "value", "values",
                "attempt", "assignee", "assignable", "count", "duration", "startedAtTime",
                "endedAtTime", "scoreGiven", "maxScore", "currentTime", "subCourseOf", "user",
                "learningObjectives", "query", "searchTerms", "https://x.example/key",
            ]
        )
        | TEXTS,
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip
PLACES = [
    "actor", "action", "type", "object", "generated", "target", "referrer", "group", "membership",
    "edApp", "session", "federatedSession", "extensions", "eventTime", "id",
]  # fmt: skip
ENTITIES = st.sampled_from([PUPIL, TEST, ITEM, ATTEMPT, COURSE, VIDEO, APP])


@st.composite
def wild_events(draw):
    kind, action = draw(st.sampled_from(PAIRS))
    sent = event(kind, action, object=draw(ENTITIES), generated=draw(ENTITIES | st.none()))
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=3)):
        if isinstance(sent.get(place), dict) and draw(st.booleans()):
            sent[place][draw(st.sampled_from(["id", "type", "name", "duration"]))] = draw(JSON)
        else:
            sent[place] = draw(JSON)
    return sent


@given(st.lists(wild_events(), max_size=4))
def test_any_event_becomes_a_good_statement_or_a_named_problem(events):
    body = envelope(*events)
    outcomes = translate(body)
    assert outcomes == translate(body)
    assert len(outcomes) == len(events)
    made = [each for each in outcomes if isinstance(each, Translated)]
    decoded = decode_batch(b"[" + b",".join(each.statement for each in made) + b"]", NOW)
    assert [each.id for each in decoded] == [each.id for each in made]
    for each in outcomes:
        if isinstance(each, EventProblem):
            assert each.rule in RULES
            assert each.path.startswith("$.data[")


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_envelope_or_refused(body):
    for each in translate(body):
        assert isinstance(each, Translated) or each.rule in RULES
