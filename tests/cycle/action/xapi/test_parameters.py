"""Texts of parameters -> values, or what is wrong and where."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from aarportal.cycle.action.xapi import parameters
from aarportal.cycle.action.xapi.parameters import RequestError, chosen

KNOWN = {"activityId", "agent"}

#: What is wrong -> parameters, the path that is named, a word of the explanation.
WRONG = {
    "unknown": ([("colour", "red")], "$query.colour", "activityId, agent"),
    "in other letters": ([("ActivityId", "a:b")], "$query.ActivityId", "activityId"),
    "twice": ([("agent", "1"), ("agent", "1")], "$query.agent", "twice"),
    "a NUL": ([("agent", "a\0")], "$query.agent", "NUL"),
    "missing": ([], "$query.agent", "missing"),
    "empty": ([("agent", "")], "$query.agent", "missing"),
}


@pytest.mark.parametrize(("given", "path", "word"), WRONG.values(), ids=WRONG)
def test_a_wrong_parameter_is_named(given, path, word):
    with pytest.raises(RequestError, match=word) as caught:
        chosen(given, KNOWN, {"agent"})
    assert (caught.value.path, caught.value.status) == (path, 400)


def test_the_others_come_through():
    assert chosen([("agent", "{}")], KNOWN, {"agent"}) == {"agent": "{}"}
    assert chosen([("activityId", "")], KNOWN) == {"activityId": ""}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_a_flag_is_written_as_in_json(text, value):
    assert parameters.flag(text, "ascending") is value


@pytest.mark.parametrize("text", ["True", "1", "yes", "", " true"])
def test_nothing_else_is_a_flag(text):
    with pytest.raises(RequestError, match="ascending"):
        parameters.flag(text, "ascending")


MOMENTS = {
    "2026-11-20T10:15:30Z": datetime(2026, 11, 20, 10, 15, 30, tzinfo=UTC),
    "2026-11-20T10:15:30.123+09:00": datetime(2026, 11, 20, 1, 15, 30, 123000, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "moment"), MOMENTS.items())
def test_a_timestamp_is_a_moment(text, moment):
    assert parameters.instant(text, "since") == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-11-20", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(RequestError, match=r"timestamp") as caught:
        parameters.instant(text, "since")
    assert caught.value.path == "$query.since"


def test_a_uuid_is_read_in_any_case():
    text = "018F6A52-7C3D-4B1E-9A10-3F5B2C4D6E7F"
    assert parameters.uuid(text, "registration") == UUID(text)


#: JSON of an agent that is none -> the path that is named.
NO_AGENTS = {
    "": "$query.agent",
    "1": "$query.agent",
    "{}": "$query.agent",
    '{"mbox": "aoi@hinata.example"}': "$query.agent.mbox",
    '{"account": {"name": "s"}}': "$query.agent.account.homePage",
    '{"objectType": "Group", "mbox": "mailto:a@b.example"}': "$query.agent.objectType",
    '{"mbox": "mailto:a@b.example", "age": 9}': "$query.agent.age",
    "[" * 100_000: "$query.agent",
}


@pytest.mark.parametrize(("text", "path"), NO_AGENTS.items(), ids=[*map(str, range(8))])
def test_what_is_no_agent_is_refused_with_the_place(text, path):
    with pytest.raises(RequestError) as caught:
        parameters.agent(text)
    assert caught.value.path == path


def test_a_group_with_an_identifier_may_be_let_in():
    group = '{"objectType": "Group", "mbox": "mailto:a@b.example"}'
    assert parameters.agent(group, groups=True).is_group
    nameless = '{"objectType": "Group", "member": [{"mbox": "mailto:a@b.example"}]}'
    with pytest.raises(RequestError, match="identified Group"):
        parameters.agent(nameless, groups=True)
