"""What xAPI 2.0 takes and 1.0.3 does not, and the other way round."""

import json
from datetime import UTC, datetime

import pytest

from aarportal.cycle.action.xapi.statement_comparison import same_statement
from aarportal.cycle.action.xapi.statements import StatementError, decode_batch
from aarportal.cycle.action.xapi.versions import Version
from tests.cycle.action.xapi.example import GROUP, MAIL, NOW, PUPIL, REMOVE, decode, statement, sub

V1, V2 = Version.V1_0, Version.V2_0
COACH = "https://w3id.org/xapi/roles/coach"
SOMEBODY = {"objectType": "contextAgent", "agent": MAIL, "relevantTypes": [COACH]}
SOME = {"objectType": "contextGroup", "group": GROUP, "relevantTypes": [COACH]}


def with_context(inside: bool, **parts) -> dict:
    if inside:
        return statement(object=sub(context=parts), context=REMOVE)
    return statement(context=parts)


def refusal(body, version) -> str:
    with pytest.raises(StatementError) as refused:
        decode(body, version=version)
    return refused.value.path


GOOD = {
    "an agent and its part": {"contextAgents": [SOMEBODY]},
    "an agent without one": {"contextAgents": [{**SOMEBODY, "agent": PUPIL} | {}]},
    "several": {"contextAgents": [SOMEBODY, {"objectType": "contextAgent", "agent": PUPIL}]},
    "a group and its part": {"contextGroups": [SOME]},
    "a group by its name": {"contextGroups": [{**SOME, "group": {"objectType": "Group", **MAIL}}]},
    "both": {"contextAgents": [SOMEBODY], "contextGroups": [SOME]},
    "none": {"contextAgents": [], "contextGroups": []},
}
#: What is wrong -> (property, value).
BAD = {
    "no list": ("contextAgents", SOMEBODY),
    "another type": ("contextAgents", [{**SOMEBODY, "objectType": "Should fail"}]),
    "no type": ("contextAgents", [{"agent": MAIL}]),
    "nobody": ("contextAgents", [{**SOMEBODY, "agent": {"key": "Should fail"}}]),
    "no agent": ("contextAgents", [{"objectType": "contextAgent"}]),
    "a group for an agent": ("contextAgents", [{**SOMEBODY, "agent": GROUP}]),
    "no types": ("contextAgents", [{**SOMEBODY, "relevantTypes": []}]),
    "a type that is no IRI": ("contextAgents", [{**SOMEBODY, "relevantTypes": ["abc"]}]),
    "types that are no list": ("contextAgents", [{**SOMEBODY, "relevantTypes": COACH}]),
    "something more": ("contextAgents", [{**SOMEBODY, "since": 2020}]),
    "null": ("contextAgents", None),
    "groups that are no list": ("contextGroups", SOME),
    "a group of another type": ("contextGroups", [{**SOME, "objectType": "contextAgent"}]),
    "no group": ("contextGroups", [{"objectType": "contextGroup"}]),
    "an agent for a group": ("contextGroups", [{**SOME, "group": MAIL}]),
    "a group without members": ("contextGroups", [{**SOME, "group": {"objectType": "Group"}}]),
    "no types of a group": ("contextGroups", [{**SOME, "relevantTypes": []}]),
    "members beside the group": ("contextGroups", [{**SOME, "member": [MAIL]}]),
}


@pytest.mark.parametrize("inside", [False, True], ids=["statement", "sub-statement"])
@pytest.mark.parametrize("parts", GOOD.values(), ids=GOOD)
def test_whoever_has_to_do_with_it_may_stand_in_the_context_since_2_0(parts, inside):
    body = with_context(inside, **parts)
    [found] = decode(body, version=V2)
    context = found.object.context if inside else found.context
    assert len(context.context_agents or ()) == len(parts.get("contextAgents", ()))
    assert len(context.context_groups or ()) == len(parts.get("contextGroups", ()))
    path = "$.object.context" if inside else "$.context"
    assert refusal(body, V1).startswith(f"{path}.context")
    assert decode(body, version=None)


@pytest.mark.parametrize("inside", [False, True], ids=["statement", "sub-statement"])
@pytest.mark.parametrize(("name", "value"), BAD.values(), ids=BAD)
def test_what_stands_there_has_to_be_somebody(name, value, inside):
    path = f"$.{'object.' if inside else ''}context.{name}"
    for version in (V1, V2, None):
        assert refusal(with_context(inside, **{name: value}), version).startswith(path)


def test_whoever_had_to_do_with_it_counts_when_statements_are_compared():
    def one(**parts):
        [found] = decode(with_context(inside=False, **parts), version=V2)
        return found

    plain, coached = one(), one(contextAgents=[SOMEBODY])
    assert not same_statement(plain, coached)
    assert same_statement(coached, one(contextAgents=[SOMEBODY]))
    assert same_statement(plain, one(contextAgents=[]))
    assert not same_statement(coached, one(contextAgents=[{**SOMEBODY, "agent": PUPIL}]))
    assert not same_statement(one(contextGroups=[SOME]), one(contextAgents=[SOMEBODY]))


VERSIONS = [
    ("1.0", True, True), ("1.0.0", True, True), ("1.0.9", True, True), ("2.0.0", False, True),
    ("2.0", False, True), ("2.0.4", False, True), ("0.9.9", False, False), ("1.1.0", False, False),
    ("2.1.0", False, False), ("3.0.0", False, False), ("should fail", False, False),
    ("1.0.3 ", False, False), ("", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "in_1_0", "in_2_0"), VERSIONS)
def test_a_statement_may_name_its_version(text, in_1_0, in_2_0):
    body = statement(version=text)
    for version, good in ((V1, in_1_0), (V2, in_2_0), (None, in_2_0)):
        if good:
            assert decode(body, version=version)
        else:
            assert refusal(body, version) == "$.version"


#: Timestamp -> (in 1.0.3, in 2.0).
TIMES = [
    ("2026-11-20T10:15:30.125Z", True, True),
    ("2026-11-20T10:15:30+09:00", True, True),
    ("2008-09-15 15:53:00.601+00:00", False, True),
    ("2026-11-20t10:15:30z", False, True),
    ("2026-11-20T10:15:30z", False, True),
    ("2026-11-20T10:15:30", True, False),
    ("2026-11-20T10:15Z", True, False),
    ("2026-11-20T10:15:30+0900", True, False),
    ("2026-11-20T10:15:30,5Z", True, False),
    ("2008-09-15T15:53:00.601-00", False, False),
    ("2008-09-15T15:53:00.601-0000", False, False),
    ("2008-09-15T15:53:00.601-00:00", False, False),
    ("2026-02-30T10:15:30Z", False, False),
    ("01/011/2015", False, False),
    ("should fail", False, False),
    ("2026-11-20", False, False),
    ("0001-01-01T00:00:00+14:00", False, False),
    ("9999-12-31T23:59:59-12:00", False, False),
]


@pytest.mark.parametrize(("text", "in_1_0", "in_2_0"), TIMES)
@pytest.mark.parametrize("inside", [False, True], ids=["statement", "sub-statement"])
def test_a_timestamp_is_iso_8601_in_1_0_and_rfc_3339_in_2_0(text, in_1_0, in_2_0, inside):
    body = statement(timestamp=text)
    if inside:
        body = statement(object=sub(timestamp=text), context=REMOVE)
    for version, good in ((V1, in_1_0), (V2, in_2_0), (None, in_1_0 or in_2_0)):
        if good:
            assert decode(body, version=version)
        else:
            assert refusal(body, version).endswith(".timestamp")


def test_a_timestamp_of_another_zone_is_converted():
    [found] = decode_batch(
        json.dumps(statement(timestamp="2008-09-15 15:53:00.601+09:00")).encode(), NOW, version=V2
    )
    assert found.timestamp == datetime(2008, 9, 15, 6, 53, 0, 601000, UTC)
    assert found.timestamp.tzinfo is UTC
