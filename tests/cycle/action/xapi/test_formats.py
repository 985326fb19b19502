"""How stored statements are given out: exact, ids, canonical, and lists of them."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.formats import (
    NO_CANON,
    Canon,
    StoredForm,
    canonical,
    exact,
    ids,
    mentioned,
    statement_result,
)
from aarportal.cycle.action.xapi.statement_comparison import same_statement
from aarportal.cycle.action.xapi.statements import SubStatement, actor_key, decode_batch
from aarportal.cycle.action.xapi.versions import Version
from tests.cycle.action.xapi import strategies
from tests.cycle.action.xapi.example import (
    ATTACHMENT,
    ID,
    MAIL,
    OTHER_ID,
    PUPIL,
    QUIZ,
    REMOVE,
    statement,
    sub,
)

STORED = datetime(2026, 11, 20, 1, 31, 0, 250, tzinfo=UTC)
DRILL = {"account": {"homePage": "https://portal.example/apps", "name": "drill"}}
AUTHORITY = json.dumps(DRILL).encode()
ASSIGNED = {"stored": "2026-11-20T01:31:00.000250Z", "authority": DRILL}
TEAM = {"objectType": "Group", "name": "3班", **MAIL, "member": [PUPIL]}
BOOK = {
    **QUIZ,
    "definition": {
        "name": {"en": "Book", "ja": "ほん"},
        "description": {"en": "A book", "ja": "ほんです"},
        "interactionType": "choice",
        "choices": [{"id": "a", "description": {"en": "yes", "ja": "はい"}}, {"id": "b"}],
        "extensions": {"https://e.example/n": 1e30},
    },
}


def stored(body, **options) -> StoredForm:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return StoredForm(UUID(ID), STORED, AUTHORITY, raw, **options)


def given_out(form, body, *more, **options):
    return json.loads(form(stored(body, **options), *more))


# --- exact --------------------------------------------------------------------------------------


def test_an_exact_statement_is_what_was_sent_and_what_the_store_adds():
    body = {"actor": {"name": "あおい", **MAIL}, "verb": {"id": "urn:did"}, "object": BOOK}
    assert given_out(exact, body) == {
        "id": ID,
        **body,
        "timestamp": ASSIGNED["stored"],
        "version": "1.0.0",
        **ASSIGNED,
    }


def test_what_the_sender_said_stays_and_what_only_the_store_may_say_does_not():
    said = {
        "id": OTHER_ID.upper(),
        "timestamp": "2026-11-20T10:15:30.123456789+09:00",
        "version": "1.0.2",
    }
    claimed = {"stored": "2001-01-01T00:00:00Z", "authority": MAIL}
    found = given_out(exact, statement(**said, **claimed))
    assert {name: found[name] for name in said} == said
    assert {name: found[name] for name in ASSIGNED} == ASSIGNED


def test_numbers_and_texts_go_out_to_the_letter():
    raw = (
        b'{"actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"urn:v"},"object":{"id":"urn:o"},'
        b'"result":{"score":{"raw":1.10, "max" :1E2},"response":"\\u3042\\/"}}'
    )
    assert b'{"score":{"raw":1.10, "max" :1E2},"response":"\\u3042\\/"}' in exact(stored(raw))


def test_activities_around_go_out_in_arrays():
    around = {"parent": QUIZ, "grouping": [QUIZ, {"id": "urn:g"}], "category": [], "other": QUIZ}
    wanted = {"parent": [QUIZ], "grouping": around["grouping"], "category": [], "other": [QUIZ]}
    context = {"platform": "drill", "contextActivities": around}
    found = given_out(exact, statement(context=context))
    assert found["context"] == {"platform": "drill", "contextActivities": wanted}
    found = given_out(exact, statement(object=sub(context=context), context=REMOVE))
    assert found["object"]["context"]["contextActivities"] == wanted


def test_a_name_written_with_escapes_is_the_same_name():
    raw = json.dumps(statement(object=sub(context={"contextActivities": {"parent": QUIZ}})))
    raw = raw.replace("contextActivities", "context\\u0041ctivities")
    raw = raw.replace("SubStatement", "Sub\\u0053tatement").replace('"stored"', '"\\u0073tored"')
    found = given_out(exact, raw.encode())
    assert found["object"]["context"]["contextActivities"] == {"parent": [QUIZ]}


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("2026-11-20T10:15:30.125+09:00", "2026-11-20T01:15:30.125000Z"),
        ("2008-09-15 15:53:00.601+00:00", "2008-09-15T15:53:00.601000Z"),
        ("2026-11-20T10:15:30.12345678Z", "2026-11-20T10:15:30.12345678Z"),
        ("2026-11-20T10:15:30", "2026-11-20T10:15:30.000000Z"),
    ],
)
def test_xapi_2_gives_timestamps_out_in_utc(said, written):
    for form, *more in ((exact,), (ids,), (canonical, NO_CANON, ())):
        found = given_out(form, statement(timestamp=said), *more, Version.V2_0)
        assert found["timestamp"] == written
    found = given_out(exact, statement(object=sub(timestamp=said)), Version.V2_0)
    assert found["object"]["timestamp"] == written
    assert given_out(exact, statement(timestamp=said))["timestamp"] == said


def test_a_statement_without_version_has_that_of_its_time():
    assert given_out(exact, statement(), version=Version.V2_0.assumed)["version"] == "2.0.0"


# --- ids ----------------------------------------------------------------------------------------


def test_ids_name_and_tell_nothing():
    body = statement(
        actor={"objectType": "Agent", "name": "あおい", **PUPIL},
        object=BOOK,
        result={"response": "はい"},
        context={
            "instructor": {"name": "先生", **MAIL},
            "team": TEAM,
            "platform": "drill",
            "contextActivities": {"parent": BOOK, "other": [{**BOOK, "objectType": "Activity"}]},
            "contextAgents": [{"objectType": "contextAgent", "agent": {"name": "x", **MAIL}}],
            "contextGroups": [{"objectType": "contextGroup", "group": TEAM}],
        },
    )
    found = given_out(ids, body)
    assert found == {
        "id": ID,
        "actor": {"objectType": "Agent", **PUPIL},
        "verb": {"id": body["verb"]["id"]},
        "object": QUIZ,
        "result": {"response": "はい"},
        "context": {
            "instructor": MAIL,
            "team": {"objectType": "Group", **MAIL},
            "platform": "drill",
            "contextActivities": {"parent": [QUIZ], "other": [{**QUIZ, "objectType": "Activity"}]},
            "contextAgents": [{"objectType": "contextAgent", "agent": MAIL}],
            "contextGroups": [
                {"objectType": "contextGroup", "group": {"objectType": "Group", **MAIL}}
            ],
        },
        "timestamp": body["timestamp"],
        "version": "1.0.0",
        **ASSIGNED,
    }


def test_ids_name_the_members_of_a_group_without_a_name():
    members = {"objectType": "Group", "name": "3班", "member": [{"name": "あおい", **PUPIL}, MAIL]}
    found = given_out(ids, statement(actor=members))
    assert found["actor"] == {"objectType": "Group", "member": [PUPIL, MAIL]}


@pytest.mark.parametrize(
    ("thing", "left"),
    [
        ({"objectType": "Agent", "name": "x", **MAIL}, {"objectType": "Agent", **MAIL}),
        (TEAM, {"objectType": "Group", **MAIL}),
        ({"objectType": "StatementRef", "id": OTHER_ID},) * 2,
        (sub(object=BOOK, actor={"name": "x", **MAIL}), sub()),
    ],
)
def test_ids_name_whatever_the_object_is(thing, left):
    assert given_out(ids, statement(object=thing, context=REMOVE))["object"] == left


# --- canonical ----------------------------------------------------------------------------------


def test_a_canonical_statement_speaks_one_language():
    body = statement(
        verb={"id": "urn:v", "display": {"en": "read", "ja": "読んだ"}},
        object=BOOK,
        context={"contextActivities": {"parent": BOOK}, "platform": "x"},
        attachments=[{**ATTACHMENT, "display": {"en": "drawing", "ja": "図"}}],
    )
    found = given_out(canonical, body, NO_CANON, ("ja",))
    told = {
        **BOOK["definition"],
        "name": {"ja": "ほん"},
        "description": {"ja": "ほんです"},
        "choices": [{"id": "a", "description": {"ja": "はい"}}, {"id": "b"}],
    }
    assert found["verb"] == {"id": "urn:v", "display": {"ja": "読んだ"}}
    assert found["object"] == {**QUIZ, "definition": told}
    assert found["context"]["contextActivities"] == {"parent": [{**QUIZ, "definition": told}]}
    assert found["attachments"][0]["display"] == {"ja": "図"}
    assert found["actor"] == body["actor"]
    assert given_out(canonical, body, NO_CANON, ())["object"]["definition"]["name"] == {
        "en": "Book"
    }


def test_a_canonical_statement_has_the_definitions_that_hold():
    canon = Canon(
        {QUIZ["id"]: json.dumps({"name": {"en": "Quiz", "ja": "クイズ"}}).encode()},
        {"urn:v": json.dumps({"en": "did"}).encode()},
    )
    body = statement(verb={"id": "urn:v"}, object=sub(object=BOOK, verb={"id": "urn:v"}))
    found = given_out(canonical, body, canon, ("ja",))
    assert found["verb"]["display"] == found["object"]["verb"]["display"] == {"en": "did"}
    assert found["object"]["object"] == {**QUIZ, "definition": {"name": {"ja": "クイズ"}}}
    assert found["context"]["contextActivities"]["parent"] == [
        {**QUIZ, "definition": {"name": {"ja": "クイズ"}}}
    ]


def test_what_a_canon_is_needed_for_is_told():
    bodies = [
        statement(verb={"id": "urn:a"}, object={"id": "urn:o"}),
        statement(verb={"id": "urn:b"}, object=sub(object={"id": "urn:i"}), context=REMOVE),
        statement(verb={"id": "urn:c"}, object={"objectType": "Agent", **MAIL}, context=REMOVE),
    ]
    activities, verbs = mentioned(json.dumps(body).encode() for body in bodies)
    assert activities == {"urn:o", "urn:i", QUIZ["id"]}
    assert verbs == {"urn:a", "urn:b", "urn:c", "https://v.example/did"}


# --- lists --------------------------------------------------------------------------------------


def test_a_list_holds_its_statements_in_order_and_where_more_are():
    forms = [exact(stored(statement(id=each))) for each in (ID, OTHER_ID)]
    found = json.loads(statement_result(forms, '/xapi/statements?more="あ"'))
    assert [each["id"] for each in found["statements"]] == [ID, OTHER_ID]
    assert found["more"] == '/xapi/statements?more="あ"'
    assert statement_result([]) == b'{"statements":[],"more":""}'


# --- any statement ------------------------------------------------------------------------------


def without_attachments(found):
    """Canonical attachments speak one language, and comparison sees that."""
    if isinstance(found.object, SubStatement):
        inner = msgspec.structs.replace(found.object, attachments=())
        found = msgspec.structs.replace(found, object=inner)
    return msgspec.structs.replace(found, attachments=())


@settings(max_examples=60)
@given(strategies.statements(), st.booleans(), st.sampled_from(list(Version)))
def test_whatever_is_given_out_is_a_statement_and_says_the_same(body, ascii_only, version):
    raw = json.dumps(body, ensure_ascii=ascii_only).encode()
    [sent] = decode_batch(raw, STORED, version=None)
    for form, *more in ((exact,), (ids,), (canonical, NO_CANON, ("ja",))):
        out = form(stored(raw), *more, version)
        [read] = decode_batch(out, STORED + timedelta(days=1), version=version)
        assert read.id == (sent.id or UUID(ID))
        assert read.timestamp == sent.timestamp
        assert json.loads(out)["authority"] == DRILL
        if form is exact:
            assert same_statement(read, sent)
        elif form is canonical:
            assert same_statement(without_attachments(read), without_attachments(sent))
            assert len(read.verb.display or ()) <= 1
        else:
            # Names of people are all that comparison sees and ids do not tell.
            assert (read.verb.id, read.result) == (sent.verb.id, sent.result)
            assert actor_key(read.actor) == actor_key(sent.actor)
            assert read.verb.display is msgspec.UNSET
            assert ids(stored(out), version) == out
