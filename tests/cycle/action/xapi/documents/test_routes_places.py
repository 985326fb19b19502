"""What names documents, how they are listed, and who may do what with them."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha1
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aarportal.core import clock
from tests.cast import MINATO
from tests.cycle.action.xapi.documents.calling import (
    ACTIVITY,
    ACTIVITY_PROFILE,
    AGENT,
    AGENT_PROFILE,
    ID_NAMES,
    NEW,
    OTHER_AGENT,
    PLACES,
    PROFILES,
    REGISTRATION,
    RESOURCES,
    STATE,
    VERSION,
    CallingApp,
    add_app,
    address,
)

DOCUMENT = {"page": 12, "marks": {"a": [1, 2]}}
each_resource = pytest.mark.parametrize("resource", RESOURCES)


@pytest.fixture
def drill(app) -> CallingApp:
    return CallingApp(app)


# --- what names a document ----------------------------------------------------------------------


@each_resource
def test_a_document_is_found_by_all_of_its_names_only(drill, resource):
    drill.at("PUT", resource, {"mine": True}, headers=NEW)
    others = {
        "activityId": f"{ACTIVITY}x",
        "agent": OTHER_AGENT,
        ID_NAMES[resource]: "Bookmark",
    }
    for name in others.keys() & PLACES[resource].keys():
        changed = {name: others[name]}
        assert drill.at("GET", resource, **changed).status_code == 404
        assert drill.at("PUT", resource, {}, headers=NEW, **changed).status_code == 204
    assert drill.at("GET", resource).get_json() == {"mine": True}


def test_profiles_of_activities_and_agents_and_states_are_apart(drill):
    for resource in RESOURCES:
        assert drill.at("PUT", resource, {"of": resource}, headers=NEW).status_code == 204
    for resource in RESOURCES:
        assert drill.at("GET", resource).get_json() == {"of": resource}


#: The same agent said in other ways.
SAME_AGENT = {
    "with a name": {"name": "あおい", **AGENT},
    "with its type": {"objectType": "Agent", **AGENT},
    "with everything": {**AGENT, "objectType": "Agent", "name": "Aoi"},
}


@pytest.mark.parametrize("agent", SAME_AGENT.values(), ids=SAME_AGENT)
@pytest.mark.parametrize("resource", [STATE, AGENT_PROFILE])
def test_an_agent_is_its_identifier(drill, resource, agent):
    drill.at("PUT", resource, DOCUMENT, headers=NEW)
    assert drill.at("GET", resource, agent=agent).get_json() == DOCUMENT


def test_the_domain_of_an_address_has_no_case(drill):
    drill.at("PUT", AGENT_PROFILE, DOCUMENT, headers=NEW, agent=OTHER_AGENT)
    same = {"mbox": "mailto:aoi@HINATA.example"}
    assert drill.at("GET", AGENT_PROFILE, agent=same).get_json() == DOCUMENT


def test_a_state_of_a_registration_is_one_of_its_own(drill):
    drill.at("PUT", STATE, {"registration": None})
    drill.at("PUT", STATE, {"registration": 1}, registration=REGISTRATION)
    assert drill.at("GET", STATE).get_json() == {"registration": None}
    same = drill.at("GET", STATE, registration=REGISTRATION.upper())
    assert same.get_json() == {"registration": 1}
    assert drill.at("DELETE", STATE).status_code == 204
    assert drill.at("GET", STATE, registration=REGISTRATION).status_code == 200


@pytest.mark.parametrize("resource", [STATE, AGENT_PROFILE])
def test_a_group_has_documents_since_2_0(app, resource):
    group = {"objectType": "Group", "name": "4-2", **AGENT, "member": [OTHER_AGENT]}
    nameless = {"objectType": "Group", "member": [AGENT]}
    old, new = CallingApp(app), CallingApp(app, version="2.0.0")
    assert old.at("PUT", resource, {}, headers=NEW, agent=group).status_code == 400
    assert new.at("PUT", resource, {}, headers=NEW, agent=nameless).status_code == 400
    assert new.at("PUT", resource, DOCUMENT, headers=NEW, agent=group).status_code == 204
    assert old.at("GET", resource).get_json() == DOCUMENT


# --- parameters ---------------------------------------------------------------------------------

#: What is wrong with a parameter -> resources that have it, its name, its value.
BAD_PARAMETERS = {
    "an activity that is no IRI": ((STATE, ACTIVITY_PROFILE), "activityId", "true"),
    "an activity that is relative": ((STATE, ACTIVITY_PROFILE), "activityId", "/question/3"),
    "an activity that is an object": ((STATE, ACTIVITY_PROFILE), "activityId", {"key": "value"}),
    "an empty activity": ((STATE, ACTIVITY_PROFILE), "activityId", ""),
    "no activity": ((STATE, ACTIVITY_PROFILE), "activityId", None),
    "an agent that is no JSON": ((STATE, AGENT_PROFILE), "agent", "not JSON"),
    "an agent that is a number": ((STATE, AGENT_PROFILE), "agent", 1),
    "an agent that is a truth": ((STATE, AGENT_PROFILE), "agent", "true"),
    "an agent of another shape": ((STATE, AGENT_PROFILE), "agent", {"key": "value"}),
    "an agent without an identifier": ((STATE, AGENT_PROFILE), "agent", {"name": "Aoi"}),
    "an agent with two": ((STATE, AGENT_PROFILE), "agent", {**AGENT, **OTHER_AGENT}),
    "a group": ((STATE, AGENT_PROFILE), "agent", {"objectType": "Group", "member": [AGENT]}),
    "an agent with a broken IRI": (
        (STATE, AGENT_PROFILE),
        "agent",
        '{"account": {"homePage": "http"//idp.example", "name": "s"}}',
    ),
    "no agent": ((STATE, AGENT_PROFILE), "agent", None),
    "a registration that is none": ((STATE,), "registration", "not UUID"),
    "a registration that is a truth": ((STATE,), "registration", True),
    "a registration in braces": ((STATE,), "registration", f"{{{REGISTRATION}}}"),
    "an empty registration": ((STATE,), "registration", ""),
    "an empty id of a state": ((STATE,), "stateId", ""),
    "an empty id of a profile": (PROFILES, "profileId", ""),
    "an id with a NUL": ((STATE,), "stateId", "a\0b"),
    "a parameter in other letters": ((STATE,), "StateId", "bookmark"),
    "an unknown parameter": (RESOURCES, "colour", "red"),
    "an agent where there is none": ((ACTIVITY_PROFILE,), "agent", AGENT),
    "an activity where there is none": ((AGENT_PROFILE,), "activityId", ACTIVITY),
    "a registration of a profile": (PROFILES, "registration", REGISTRATION),
    "the id of a state of a profile": (PROFILES, "stateId", "bookmark"),
}
BAD = [
    pytest.param(resource, name, value, id=f"{what} of {resource}")
    for what, (resources, name, value) in BAD_PARAMETERS.items()
    for resource in resources
]


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(("resource", "name", "value"), BAD)
def test_a_wrong_parameter_is_named(drill, method, resource, name, value):
    body = {} if method in {"PUT", "POST"} else None
    answer = drill.at(method, resource, body, headers=NEW if body else None, **{name: value})
    assert answer.status_code == 400
    assert answer.get_json()["path"].startswith(f"$query.{name}")
    assert answer.get_json()["error"]


@each_resource
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_document_needs_an_id(drill, resource, method):
    answer = drill.at(method, resource, {}, headers=NEW, **{ID_NAMES[resource]: None})
    assert answer.status_code == 400
    assert answer.get_json()["path"] == f"$query.{ID_NAMES[resource]}"


@pytest.mark.parametrize("resource", PROFILES)
def test_profiles_are_removed_one_by_one(drill, resource):
    assert drill.at("DELETE", resource, profileId=None).status_code == 400


@each_resource
def test_a_parameter_stands_once(drill, resource):
    twice = f"{address(PLACES[resource])}&{ID_NAMES[resource]}=other"
    assert drill.ask("GET", resource, query=twice).status_code == 400


@each_resource
@pytest.mark.parametrize("since", ["true", "1", "not a timestamp", "2026-13-01T00:00:00Z", ""])
@pytest.mark.parametrize("single", [True, False])
def test_since_has_to_be_a_timestamp(drill, resource, since, single):
    drill.at("PUT", resource, {}, headers=NEW)
    left_out = {} if single else {ID_NAMES[resource]: None}
    assert drill.at("GET", resource, since=since, **left_out).status_code == 400


@each_resource
def test_since_beside_an_id_changes_nothing(drill, resource):
    drill.at("PUT", resource, DOCUMENT, headers=NEW)
    later = (clock.now() + timedelta(days=1)).isoformat()
    assert drill.at("GET", resource, since=later).get_json() == DOCUMENT


@each_resource
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_since_is_for_getting(drill, resource, method):
    body = None if method == "DELETE" else {}
    answer = drill.at(method, resource, body, headers=NEW, since="2026-11-20T00:00:00Z")
    assert answer.status_code == 400


# --- lists --------------------------------------------------------------------------------------


def listed(drill: CallingApp, resource: str, **changed) -> list[str]:
    answer = drill.at("GET", resource, **{ID_NAMES[resource]: None, **changed})
    assert answer.status_code == 200
    return answer.get_json()


@each_resource
def test_ids_are_listed_and_nothing_else(drill, resource):
    assert listed(drill, resource) == []
    for name in ("b", "しおり 1", "a"):
        drill.at("PUT", resource, {}, headers=NEW, **{ID_NAMES[resource]: name})
    assert sorted(listed(drill, resource)) == ["a", "b", "しおり 1"]
    if "agent" in PLACES[resource]:
        assert listed(drill, resource, agent=OTHER_AGENT) == []
    if "activityId" in PLACES[resource]:
        assert listed(drill, resource, activityId=f"{ACTIVITY}x") == []


@each_resource
def test_only_what_changed_after_a_moment_is_listed(drill, resource):
    name = ID_NAMES[resource]
    drill.at("PUT", resource, {}, headers=NEW, **{name: "old"})
    drill.at("PUT", resource, {}, headers=NEW, **{name: "changed"})
    clock.shift(timedelta(minutes=10))
    since = clock.now()
    clock.shift(timedelta(minutes=20))
    drill.at("POST", resource, {"a": 1}, **{name: "changed"})
    drill.at("PUT", resource, {}, headers=NEW, **{name: "new"})
    for text in (since.isoformat(), since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")):
        assert sorted(listed(drill, resource, since=text)) == ["changed", "new"]
    answer = drill.at("GET", resource, **{name: None})
    told = parsedate_to_datetime(answer.headers["Last-Modified"])
    assert told >= since.replace(microsecond=0)


@each_resource
def test_the_moment_itself_is_not_after_it(drill, resource, monkeypatch):
    moment = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    drill.at("PUT", resource, {}, headers=NEW)
    just_before = moment - timedelta(microseconds=1)
    assert listed(drill, resource, since=moment.isoformat()) == []
    assert listed(drill, resource, since=just_before.isoformat()) == ["bookmark"]


def test_states_are_listed_for_a_registration_or_for_any(drill):
    other = str(uuid4())
    drill.at("PUT", STATE, {}, stateId="without")
    drill.at("PUT", STATE, {}, stateId="here", registration=REGISTRATION)
    drill.at("PUT", STATE, {}, stateId="both", registration=REGISTRATION)
    drill.at("PUT", STATE, {}, stateId="both", registration=other)
    assert sorted(listed(drill, STATE)) == ["both", "here", "without"]
    assert sorted(listed(drill, STATE, registration=REGISTRATION)) == ["both", "here"]
    assert listed(drill, STATE, registration=other) == ["both"]


def test_all_states_of_a_context_are_removed_at_once(drill):
    drill.at("PUT", STATE, {}, stateId="without")
    drill.at("PUT", STATE, {}, stateId="here", registration=REGISTRATION)
    drill.at("PUT", STATE, {}, agent=OTHER_AGENT)
    drill.at("PUT", STATE, {}, activityId=f"{ACTIVITY}x")
    profile = {"If-None-Match": "*"}
    drill.at("PUT", ACTIVITY_PROFILE, {}, headers=profile)
    removed = drill.at("DELETE", STATE, stateId=None, registration=REGISTRATION)
    assert removed.status_code == 204
    assert listed(drill, STATE) == ["without"]
    assert drill.at("DELETE", STATE, stateId=None).status_code == 204
    assert listed(drill, STATE) == []
    assert listed(drill, STATE, agent=OTHER_AGENT) == ["bookmark"]
    assert listed(drill, STATE, activityId=f"{ACTIVITY}x") == ["bookmark"]
    assert listed(drill, ACTIVITY_PROFILE) == ["bookmark"]


# --- limits, permissions ------------------------------------------------------------------------


@pytest.fixture
def short(app, monkeypatch) -> None:
    """Documents of at most 100 bytes."""
    from dataclasses import replace

    monkeypatch.setitem(
        app.config, "SETTINGS", replace(app.config["SETTINGS"], max_document_bytes=100)
    )


@each_resource
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_document_beyond_the_limit_is_refused(short, drill, resource, method):
    long = drill.at(method, resource, b"x" * 101, headers=NEW, content_type="text/plain")
    assert long.status_code == 413
    assert set(long.get_json()) == {"error", "path"}
    assert drill.at("GET", resource).status_code == 404
    whole = drill.at(method, resource, b"x" * 100, headers=NEW, content_type="text/plain")
    assert whole.status_code == 204


@each_resource
def test_a_document_cannot_be_merged_beyond_the_limit(short, drill, resource):
    drill.at("POST", resource, {"a": "x" * 60})
    assert drill.at("POST", resource, {"b": "x" * 60}).status_code == 413
    assert drill.at("GET", resource).get_json() == {"a": "x" * 60}
    assert drill.at("POST", resource, {"a": "y" * 60}).status_code == 204


@each_resource
def test_another_app_sees_and_changes_nothing(app, drill, resource):
    drill.at("PUT", resource, DOCUMENT, headers=NEW)
    etag = drill.at("GET", resource).headers["ETag"]
    for other in (
        CallingApp(app, add_app(app, "reader", may_read=True)),
        CallingApp(app, add_app(app, "stranger", district_id=MINATO)),
    ):
        assert other.at("GET", resource).status_code == 404
        assert listed(other, resource) == []
        assert other.at("DELETE", resource).status_code == 204
        assert other.at("PUT", resource, {}, headers={"If-Match": etag}).status_code == 412
        assert other.at("PUT", resource, {"own": 1}, headers=NEW).status_code == 204
        assert other.at("DELETE", STATE, stateId=None).status_code == 204
    assert drill.at("GET", resource).get_json() == DOCUMENT


@each_resource
def test_a_key_that_only_reads_changes_nothing(app, resource):
    reader = CallingApp(app, add_app(app, "reader", may_write=False))
    assert listed(reader, resource) == []
    for method in ("PUT", "POST", "DELETE"):
        answer = reader.at(method, resource, None if method == "DELETE" else {}, headers=NEW)
        assert answer.status_code == 403
        assert set(answer.get_json()) == {"error", "path"}


# --- anything -----------------------------------------------------------------------------------

TYPES = st.from_regex(r"\A[a-z]{1,8}/[a-z0-9.+-]{1,12}(; ?[a-z]{1,4}=[a-z0-9]{1,4})?\Z")


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    resource=st.sampled_from(RESOURCES),
    content=st.binary(max_size=2000),
    content_type=TYPES,
    document_id=st.text(min_size=1, max_size=300).filter(lambda text: "\0" not in text),
    name=st.text(min_size=1, max_size=300).filter(lambda text: "\0" not in text),
)
def test_whatever_is_kept_comes_back(app, resource, content, content_type, document_id, name):
    drill = CallingApp(app)
    place = {ID_NAMES[resource]: document_id}
    if "agent" in PLACES[resource]:
        place["agent"] = {"account": {"homePage": "https://idp.example/", "name": name}}
    drill.at("DELETE", resource, **place)
    kept = drill.at("PUT", resource, content, headers=NEW, content_type=content_type, **place)
    assert kept.status_code == 204
    found = drill.at("GET", resource, **place)
    assert (found.data, found.headers["Content-Type"]) == (content, content_type)
    assert found.headers["ETag"].strip('"') == sha1(content).hexdigest()


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    resource=st.sampled_from(RESOURCES),
    method=st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE"]),
    query=st.dictionaries(
        st.sampled_from(
            ["activityId", "agent", "registration", "stateId", "profileId", "since", "x"]
        ),
        st.text(max_size=40)
        | st.sampled_from([ACTIVITY, json.dumps(AGENT), REGISTRATION, "2026-11-20T00:00:00Z"]),
    ),
    body=st.binary(max_size=50) | st.sampled_from([b"{}", b"[]", b'{"a":1}']),
    headers=st.dictionaries(
        st.sampled_from(["If-Match", "If-None-Match", "Content-Type", "Origin", VERSION]),
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
        | st.sampled_from(["*", '"1234"', "application/json", "1.0.3", "2.0.0"]),
    ),
)
def test_nothing_that_is_sent_breaks_the_store(app, resource, method, query, body, headers):
    answer = CallingApp(app).ask(method, resource, body, query=query, headers=headers)
    assert answer.status_code < 500
    if answer.status_code >= 400 and method != "HEAD":
        assert set(answer.get_json()) == {"error", "path"}
