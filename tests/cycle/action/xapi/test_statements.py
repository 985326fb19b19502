"""Request bodies as learning apps send them: what comes out, and what is refused as a whole."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.statement_model import Activity, Actor, StatementRef
from aarportal.cycle.action.xapi.statements import (
    ActorKey,
    StatementError,
    SubStatement,
    activities_around,
    actor_key,
    decode_batch,
    duration_seconds,
)
from tests.cycle.action.xapi.example import (
    ATTACHMENT,
    GROUP,
    ID,
    MAIL,
    NOW,
    OTHER_ID,
    PUPIL,
    QUIZ,
    REMOVE,
    SHA2,
    VOIDED,
    changed,
    decode,
    one,
    statement,
    sub,
)


@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize(
    "thing",
    [
        {"objectType": "Agent", **MAIL},
        GROUP,
        {"objectType": "StatementRef", "id": OTHER_ID},
        sub(),
    ],
)
def test_revision_and_platform_stand_only_beside_an_activity(name, thing):
    with pytest.raises(StatementError) as refused:
        decode(statement(object=thing, context={name: "1"}))
    assert refused.value.path == f"$.context.{name}"
    assert one(statement(object=thing, context={"language": "ja"})).context.language == "ja"


BODIES = [
    (b"", "$"),
    (b"   ", "$"),
    (b"null", "$"),
    (b'"statement"', "$"),
    (b"{", "$"),
    (b"[{}", "$"),
    (b"[1]", "$[0]"),
    (b"[null]", "$[0]"),
    (b"[[]]", "$[0]"),
    (b'{"statements": []}', "$.statements"),
    (json.dumps(statement()).encode() + b"x", "$"),
    (json.dumps(statement()).encode("utf-16"), "$"),
    (json.dumps(statement()).replace('"drill"', '"\\ud800"').encode(), "$"),
    (json.dumps(statement()).encode().replace(b"drill", b"dr\xffll"), "$"),
    (b"[" * 200_000, "$"),
    (json.dumps(statement(result={"extensions": {"https://e.example/x": "@"}}))
     .replace('"@"', "[" * 5000 + "]" * 5000).encode(), "$"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path"), BODIES)
def test_a_body_that_is_no_statement_is_refused(body, path):
    with pytest.raises(StatementError) as refused:
        decode_batch(body, NOW)
    assert refused.value.path.startswith(path)


TIMES = [
    ("2026-11-20T10:15:30+09:00", datetime(2026, 11, 20, 1, 15, 30, tzinfo=UTC)),
    ("2026-11-20T10:15:30Z", datetime(2026, 11, 20, 10, 15, 30, tzinfo=UTC)),
    ("2026-11-20T10:15:30.123456789Z", datetime(2026, 11, 20, 10, 15, 30, 123456, UTC)),
    ("2026-11-20T10:15:30,5+0900", datetime(2026, 11, 20, 1, 15, 30, 500000, UTC)),
    ("2026-11-20T10:15-05", datetime(2026, 11, 20, 15, 15, tzinfo=UTC)),
    ("2026-11-20T10:15:30", datetime(2026, 11, 20, 10, 15, 30, tzinfo=UTC)),
    ("2031-01-01T00:00:00Z", datetime(2031, 1, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), TIMES)
def test_a_timestamp_is_kept_as_utc_even_from_the_future(text, moment):
    found = one(statement(timestamp=text))
    assert found.timestamp == moment
    assert found.timestamp.utcoffset() == timedelta(0)
    assert found.timestamp_given


def test_a_statement_without_timestamp_happened_when_it_was_stored():
    stored_at = NOW.astimezone(timezone(timedelta(hours=9)))
    [found] = decode_batch(json.dumps(statement(timestamp=REMOVE)).encode(), stored_at)
    assert found.timestamp == NOW
    assert found.timestamp.utcoffset() == timedelta(0)
    assert not found.timestamp_given


GOOD = {
    "the least": {"actor": MAIL, "verb": {"id": "urn:did"}, "object": QUIZ},
    "by sha1": statement(actor={"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"}),
    "by openid": statement(actor={"openid": "https://aoi.example/"}),
    "anonymous group": statement(actor=GROUP),
    "identified group": statement(actor={"objectType": "Group", **MAIL}),
    "everything the store sets": statement(
        stored="2026-11-20T10:15:30Z", authority=MAIL, version="1.0.3"
    ),
    "vouched for by app and user": statement(authority=GROUP),
    "agent as object": statement(object={"objectType": "Agent", **MAIL}, context=REMOVE),
    "attachment": statement(attachments=[ATTACHMENT]),
    "nulls in extensions": statement(
        result={"extensions": {"https://e.example/x": None, "https://e.example/y": [None]}}
    ),
    "numbers beyond all bounds in extensions": statement(
        context={"extensions": {"https://e.example/x": 10**40}}
    ),
    "iri in japanese": statement(verb={"id": "https://動詞.example/読んだ"}),
    "languages": statement(
        verb={
            "id": "urn:did",
            "display": dict.fromkeys(
                ["ja", "zh-Hant-TW", "sl-rozaj-biske", "x-school", "es-419"], ""
            ),
        }
    ),
    "choices": statement(
        object={
            **QUIZ,
            "definition": {
                "interactionType": "choice",
                "choices": [{"id": "a", "description": {"ja": "ア"}}, {"id": "b"}],
                "correctResponsesPattern": ["a[,]b"],
            },
        }
    ),
    "matching": statement(
        object={
            **QUIZ,
            "definition": {
                "interactionType": "matching",
                "source": [{"id": "a"}],
                "target": [{"id": "a"}],
            },
        }
    ),
    "a score of one value": statement(result={"score": {"raw": 0, "min": 0, "max": 0}}),
    "context": statement(
        context={
            "registration": ID.upper(),
            "instructor": MAIL,
            "team": GROUP,
            "revision": "2",
            "language": "ja-JP",
            "statement": {"objectType": "StatementRef", "id": OTHER_ID},
        }
    ),
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD.keys())
def test_a_statement_within_the_rules_is_taken_alone_and_in_a_batch(body):
    [alone] = decode(body)
    batch = decode([body, {**statement(), "id": OTHER_ID}])
    assert batch[0].actor == alone.actor
    assert batch[0].object == alone.object
    assert json.loads(alone.raw) == json.loads(batch[0].raw) == body


def test_a_number_too_large_for_a_computer_is_no_reason_to_refuse_an_extension():
    text = json.dumps(statement(context={"extensions": {"https://e.example/x": 7}}))
    [found] = decode_batch(text.replace("7}}", "1e999}}").encode(), NOW)
    assert found.context.extensions == {"https://e.example/x": "1e999"}


def test_each_statement_keeps_its_own_text_to_the_letter():
    texts = [json.dumps(statement(), indent=1), json.dumps(statement(id=OTHER_ID))]
    found = decode_batch(f" [{texts[0]} ,\n{texts[1]}]".encode(), NOW)
    assert [each.raw.decode() for each in found] == texts


def test_a_batch_may_be_empty_and_ids_may_be_missing():
    assert decode([]) == []
    first, second = decode([statement(id=REMOVE), statement(id=REMOVE)])
    assert first.id is None and second.id is None


def test_an_id_may_stand_once_in_a_batch_whatever_its_case():
    with pytest.raises(StatementError) as refused:
        decode([statement(), statement(id=OTHER_ID), statement(id=ID.upper())])
    assert refused.value.path == "$[2].id"
    assert one(statement(id=ID.upper())).id == UUID(ID)


def test_one_bad_statement_keeps_the_whole_batch_out():
    with pytest.raises(StatementError):
        decode([statement(), statement(id=OTHER_ID, verb={})])


def test_objects_come_out_as_what_they_are():
    assert isinstance(one(statement()).object, Activity)
    assert isinstance(one(statement(object=GROUP, context=REMOVE)).object, Actor)
    reference = {"objectType": "StatementRef", "id": OTHER_ID}
    assert isinstance(one(statement(object=reference, context=REMOVE)).object, StatementRef)
    plan = one(statement(object=sub(timestamp="2030-01-01T00:00:00+09:00"), context=REMOVE)).object
    assert isinstance(plan, SubStatement)
    assert isinstance(plan.object, Activity)
    assert plan.timestamp == datetime(2029, 12, 31, 15, tzinfo=UTC)


def test_a_voiding_statement_is_recognised():
    reference = {"objectType": "StatementRef", "id": OTHER_ID}
    voiding = one(statement(verb={"id": VOIDED}, object=reference, context=REMOVE))
    assert voiding.is_voiding and voiding.object.id == OTHER_ID
    assert not one(statement()).is_voiding


def test_an_attachment_has_its_data_in_the_request_or_says_where_it_is():
    body = statement(attachments=[ATTACHMENT, {**ATTACHMENT, "sha2": SHA2.upper()}])
    del body["attachments"][1]["fileUrl"]
    with pytest.raises(StatementError) as refused:
        decode(body)
    assert refused.value.path == "$.attachments[1]"
    with pytest.raises(StatementError):
        decode(body, data_hashes={"0" * 64})
    [found] = decode(body, data_hashes={SHA2})
    assert len(found.attachments) == 2


def test_one_activity_around_and_an_array_of_it_are_the_same():
    alone = one(statement())
    array = one(changed("context.contextActivities.parent", [QUIZ]))
    assert activities_around(alone, "parent") == activities_around(array, "parent") != []
    assert activities_around(alone, "grouping") == []
    assert activities_around(one(statement(context=REMOVE)), "parent") == []


KEYS = [
    (PUPIL, ActorKey("https://idp.hinata.example/", "s0001")),
    ({"mbox": "mailto:Aoi@Hinata.Example"}, ActorKey("mailto", "Aoi@hinata.example")),
    ({"mbox_sha1sum": "AB" * 20}, ActorKey("mbox_sha1sum", "ab" * 20)),
    ({"openid": "https://aoi.example/"}, ActorKey("openid", "https://aoi.example/")),
    (GROUP, None),
    ({**GROUP, **MAIL}, ActorKey("mailto", "aoi@hinata.example")),
]


@pytest.mark.parametrize(("actor", "key"), KEYS)
def test_an_actor_is_known_by_one_pair(actor, key):
    assert actor_key(one(statement(actor=actor)).actor) == key


DURATIONS = [
    ("PT4H35M59.14S", 4 * 3600 + 35 * 60 + 59),
    ("P16559.14S", 16559),
    ("P4W", 4 * 7 * 86400),
    ("P1DT12H", 36 * 3600),
    ("PT1,5M", 90),
    ("PT0S", 0),
    ("P3Y", None),
    ("P1M", None),
    ("P3Y1M29DT4H35M59.14S", None),
    ("P" + "9" * 400 + "D", None),
]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_a_duration_is_told_in_seconds_where_it_has_a_fixed_length(text, seconds):
    [found] = decode(statement(result={"duration": text}))
    assert duration_seconds(found.result.duration) == seconds


@given(st.binary(max_size=60))
def test_no_bytes_make_it_stumble(body):
    with pytest.raises(StatementError):
        decode_batch(body if body.strip() != b"[]" else b"{}", NOW)
