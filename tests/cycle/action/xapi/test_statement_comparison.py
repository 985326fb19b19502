"""A replay is told from a conflict: what xAPI ignores when it compares, and what it does not."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.statement_comparison import (
    fingerprint,
    same_fingerprint,
    same_statement,
)
from aarportal.cycle.action.xapi.statements import decode_batch

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ID = "018f6a52-7c3d-4b1e-9a10-3f5b2c4d6e7f"
OTHER_ID = "b7c1f0de-55aa-4f0f-8d2e-0a1b2c3d4e5f"
SHA2 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AOI = {"mbox": "mailto:aoi@hinata.example"}
BEN = {"account": {"homePage": "https://idp.hinata.example/", "name": "s0002"}}
QUIZ = {"id": "https://drill.example/quiz/7"}
PAGE = "https://e.example/page"
REMOVE = object()

BASE = {
    "id": ID,
    "actor": {"objectType": "Group", "name": "3班", "member": [AOI, BEN]},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}},
    "object": {**QUIZ, "definition": {"name": {"ja": "小テスト"}}},
    "result": {
        "score": {"scaled": 0.5, "raw": 5, "max": 10},
        "success": False,
        "response": "12",
        "duration": "PT23.50S",
        "extensions": {PAGE: {"from": 1, "to": 2}},
    },
    "context": {
        "registration": ID,
        "instructor": AOI,
        "team": {"objectType": "Group", "member": [AOI, BEN]},
        "platform": "drill",
        "revision": "1",
        "language": "ja-JP",
        "statement": {"objectType": "StatementRef", "id": OTHER_ID},
        "contextActivities": {"parent": [QUIZ], "other": [QUIZ, {"id": "urn:b"}]},
        "extensions": {"https://e.example/a": 1, "https://e.example/b": [1, 2]},
    },
    "timestamp": "2026-11-20T10:15:30.125+09:00",
    "attachments": [
        {
            "usageType": "https://drill.example/usage/drawing",
            "display": {"ja": "図"},
            "contentType": "image/png",
            "length": 12,
            "sha2": SHA2,
            "fileUrl": "https://drill.example/files/1.png",
        }
    ],
}

SAME = [
    ("id", OTHER_ID),
    ("id", REMOVE),
    ("stored", "2026-11-21T00:00:00Z"),
    ("authority", AOI),
    ("version", "1.0.3"),
    ("timestamp", "2026-11-20T01:15:30.125Z"),
    ("timestamp", "2026-11-20T01:15:30.125999Z"),
    ("timestamp", REMOVE),
    ("verb.display", {"ja": "答えた"}),
    ("verb.display", REMOVE),
    ("object.definition", REMOVE),
    ("object.definition", {"type": "urn:quiz", "extensions": {PAGE: 3}}),
    ("object.objectType", "Activity"),
    ("actor.member", [BEN, AOI]),
    ("actor.member", [{"objectType": "Agent", **BEN}, {"mbox": "mailto:aoi@HINATA.example"}]),
    ("context.instructor", {"mbox": "mailto:aoi@Hinata.Example", "objectType": "Agent"}),
    ("context.team.member", [BEN, AOI]),
    ("context.registration", ID.upper()),
    ("context.language", "ja-jp"),
    ("context.contextActivities.parent", QUIZ),
    ("context.contextActivities.parent", [{**QUIZ, "definition": {"name": {"ja": "別名"}}}]),
    ("context.extensions", {"https://e.example/b": [1.0, 2], "https://e.example/a": 1}),
    ("result.score.raw", 5.0),
    ("result.score", {"max": 10, "raw": 5, "scaled": 0.5}),
    ("result.duration", "PT23.509S"),
    ("attachments.0.sha2", SHA2.upper()),
]

DIFFERENT = [
    ("actor", AOI),
    ("actor.name", "4班"),
    ("actor.member", [AOI]),
    ("actor.member.0.mbox", "mailto:AOI@hinata.example"),
    ("verb.id", "http://adlnet.gov/expapi/verbs/attempted"),
    ("object.id", "https://drill.example/quiz/8"),
    ("object", {"objectType": "StatementRef", "id": OTHER_ID}),
    ("timestamp", "2026-11-20T10:15:30.126+09:00"),
    ("result", REMOVE),
    ("result.score.raw", 6),
    ("result.score.scaled", REMOVE),
    ("result.success", True),
    ("result.success", REMOVE),
    ("result.completion", False),
    ("result.response", ""),
    ("result.duration", "PT23.5S"),
    ("result.duration", "PT0M23.50S"),
    ("result.extensions", {PAGE: {"from": 1, "to": 3}}),
    ("context", REMOVE),
    ("context.registration", OTHER_ID),
    ("context.instructor", BEN),
    ("context.team.member", [AOI]),
    ("context.platform", "drill 2"),
    ("context.revision", REMOVE),
    ("context.language", "en"),
    ("context.statement.id", ID),
    ("context.contextActivities.parent", []),
    ("context.contextActivities", {"grouping": [QUIZ], "other": [QUIZ, {"id": "urn:b"}]}),
    ("context.contextActivities.other", [{"id": "urn:b"}, QUIZ]),
    ("context.extensions", {"https://e.example/a": None, "https://e.example/b": [1, 2]}),
    ("context.extensions", {"https://e.example/a": 1, "https://e.example/b": [2, 1]}),
    ("attachments", REMOVE),
    ("attachments.0.length", 13),
    ("attachments.0.sha2", SHA2[::-1]),
]


def changed(path: str, value) -> dict:
    whole = copy.deepcopy(BASE)
    place = whole
    *before, last = path.split(".")
    for name in before:
        place = place[int(name) if name.isdigit() else name]
    if value is REMOVE:
        del place[last]
    else:
        place[last] = value
    if "object" in whole and "objectType" in whole["object"] and path == "object":
        for name in ("platform", "revision"):
            del whole["context"][name]
    return whole


def one(body, stored_at=NOW):
    [found] = decode_batch(json.dumps(body).encode(), stored_at)
    return found


@pytest.mark.parametrize(("path", "value"), SAME)
def test_differences_that_xapi_ignores_make_a_replay(path, value):
    assert same_statement(one(BASE), one(changed(path, value)))
    assert same_statement(one(changed(path, value)), one(BASE))


@pytest.mark.parametrize(("path", "value"), DIFFERENT)
def test_any_other_difference_makes_a_conflict(path, value):
    assert not same_statement(one(BASE), one(changed(path, value)))
    assert not same_statement(one(changed(path, value)), one(BASE))


def test_a_time_that_the_store_assigned_is_no_difference_to_any_other_time():
    bare = changed("timestamp", REMOVE)
    assert same_statement(one(bare), one(bare, NOW + timedelta(days=1)))
    assert fingerprint(one(bare)) == fingerprint(one(bare, NOW + timedelta(days=1)))


def test_a_fingerprint_stands_for_its_statement_in_the_store():
    kept, replayed = fingerprint(one(BASE)), fingerprint(one(changed("version", "1.0.0")))
    assert kept == replayed and len(kept) == 24
    later = fingerprint(one(changed("timestamp", "2026-11-20T10:15:31+09:00")))
    assert not same_fingerprint(kept, later)
    assert kept != later and kept[:16] == later[:16]


def test_sub_statements_are_compared_by_the_same_rules():
    def planned(**parts):
        inner = {
            "objectType": "SubStatement",
            "actor": AOI,
            "verb": {"id": "urn:read"},
            "object": QUIZ,
            "timestamp": "2030-01-01T00:00:00Z",
        }
        return one({"actor": AOI, "verb": {"id": "urn:plan"}, "object": {**inner, **parts}})

    assert same_statement(planned(), planned(timestamp="2030-01-01T09:00:00+09:00"))
    assert same_statement(planned(), planned(verb={"id": "urn:read", "display": {"ja": "読む"}}))
    assert not same_statement(planned(), planned(timestamp="2030-01-02T00:00:00Z"))
    assert not same_statement(planned(), planned(actor=BEN))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def shuffled(value, keys):
    """The same JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: hash((name, keys)))
        return {name: shuffled(value[name], keys) for name in names}
    return [shuffled(each, keys) for each in value] if isinstance(value, list) else value


@given(first=JSON, second=JSON, keys=st.integers())
def test_extensions_are_compared_as_values_and_not_as_text(first, second, keys):
    ours, theirs = (one(changed("context.extensions", {PAGE: value})) for value in (first, second))
    assert same_statement(ours, theirs) == (
        json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    )
    assert same_statement(ours, one(shuffled(changed("context.extensions", {PAGE: first}), keys)))
