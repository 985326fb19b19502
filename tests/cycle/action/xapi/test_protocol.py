"""What holds for every resource of xAPI: keys, versions, errors, limits."""

import json
from dataclasses import replace
from hashlib import sha1
from urllib.parse import urlencode

import pytest

from aarportal.core.errors import InvalidError, StoreBusyError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.action.xapi import protocol
from aarportal.cycle.action.xapi.documents import store
from aarportal.settings import Settings, SettingsError
from aarportal.web.rate_limit import TokenBuckets
from tests.cast import APP_DRILL, APP_SECRET, DRILL_SCOPE, MINATO, key
from tests.cycle.action.xapi.documents.calling import (
    AGENT,
    NEW,
    PLACES,
    RESOURCES,
    STATE,
    VERSION,
    CallingApp,
    add_app,
    basic,
)

#: Resource -> parameters with which it answers a GET.
GETS = {
    "about": {},
    "activities": {"activityId": "https://drill.example/question/3"},
    "agents": {"agent": AGENT},
    **PLACES,
}
KEPT = [name for name in GETS if name != "about"]
ORIGIN = "https://drill.example"


@pytest.fixture
def drill(app) -> CallingApp:
    return CallingApp(app)


@pytest.fixture
def settings(app, monkeypatch):
    """Changes settings for a test."""

    def change(**changes) -> None:
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **changes))

    return change


@pytest.fixture
def at_fault(app, monkeypatch):
    """Lets every question for a document go wrong, in an app that answers as it does at school."""

    def break_it(error: Exception) -> None:
        monkeypatch.setitem(app.config, "TESTING", False)
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

        def fail(*_args, **_options):
            raise error

        monkeypatch.setattr(store, "document", fail)

    return break_it


# --- versions -----------------------------------------------------------------------------------

#: The version of a request -> that of the answer.
SPOKEN = {
    "1.0": "1.0.3",
    "1.0.0": "1.0.3",
    "1.0.2": "1.0.3",
    "1.0.9": "1.0.3",
    "2.0": "2.0.0",
    "2.0.0": "2.0.0",
    "2.0.1": "2.0.0",
}
NOT_SPOKEN = [None, "", "0.95", "1", "1.1.0", "1.0.", "2.1.0", "3.0.0", "1.0.3, 2.0.0", "latest"]


@pytest.mark.parametrize("resource", GETS)
@pytest.mark.parametrize(("asked", "told"), SPOKEN.items())
def test_an_answer_is_in_the_latest_version_of_its_family(drill, resource, asked, told):
    answer = drill.ask("GET", resource, query=GETS[resource], headers={VERSION: asked})
    assert answer.status_code in {200, 404}
    assert answer.headers[VERSION] == told


@pytest.mark.parametrize("resource", KEPT)
@pytest.mark.parametrize("asked", NOT_SPOKEN)
def test_a_request_in_no_version_is_refused(drill, resource, asked):
    answer = drill.ask("GET", resource, query=GETS[resource], headers={VERSION: asked})
    assert answer.status_code == 400
    assert answer.get_json()["path"] == f"$header.{VERSION}"
    assert VERSION in answer.get_json()["error"]
    assert answer.headers[VERSION] == "1.0.3"


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_nothing_changes_without_a_version(drill, resource, method):
    drill.at("PUT", resource, {"a": 1}, headers=NEW)
    body = None if method == "DELETE" else {"b": 2}
    assert drill.at(method, resource, body, headers={VERSION: None}).status_code == 400
    assert drill.at("GET", resource).get_json() == {"a": 1}


@pytest.mark.parametrize("told", ["1.0.3", "2.0.0"])
def test_as_what_an_unversioned_request_is_answered_is_a_setting(drill, settings, told):
    settings(unversioned_xapi=told)
    answer = drill.ask("GET", "activities", query=GETS["activities"], headers={VERSION: None})
    assert (answer.status_code, answer.headers[VERSION]) == (400, told)
    answer = drill.ask("GET", "activities", query=GETS["activities"])
    assert answer.headers[VERSION] == "1.0.3"


#: Environment -> field of the settings and its value.
ENVIRONMENTS = {
    ("AARPORTAL_XAPI_REQUESTS_PER_MINUTE", "0"): ("xapi_requests_per_minute", 0),
    ("AARPORTAL_MAX_DOCUMENT_BYTES", "5000"): ("max_document_bytes", 5000),
    ("AARPORTAL_UNVERSIONED_XAPI", "2.0.0"): ("unversioned_xapi", "2.0.0"),
    ("AARPORTAL_PUBLIC_URL", "https://p.example/"): ("public_url", "https://p.example/"),
}


@pytest.mark.parametrize(("given", "expected"), ENVIRONMENTS.items())
def test_the_settings_come_from_the_environment(given, expected):
    settings = Settings.from_env({"AARPORTAL_SECRET_KEY": "x" * 40, given[0]: given[1]})
    assert getattr(settings, expected[0]) == expected[1]


def test_a_version_that_is_not_spoken_is_no_setting():
    with pytest.raises(SettingsError, match="AARPORTAL_UNVERSIONED_XAPI"):
        Settings.from_env({"AARPORTAL_SECRET_KEY": "x" * 40, "AARPORTAL_UNVERSIONED_XAPI": "1.0.2"})


# --- what goes wrong ----------------------------------------------------------------------------

#: What is asked -> method, resource, status.
OUTSIDE = {
    "nothing that is there": ("GET", "nothing", 404),
    "below what is there": ("GET", "activities/state/1", 404),
    "the root": ("GET", "", 404),
    "a method of statements": ("DELETE", "statements", 405),
    "a change of an activity": ("PUT", "activities", 405),
    "a new activity": ("POST", "activities", 405),
    "an end of an activity": ("DELETE", "activities", 405),
    "a change of an agent": ("PUT", "agents", 405),
    "a new agent": ("POST", "agents", 405),
    "an end of an agent": ("DELETE", "agents", 405),
    "a change of this store": ("PUT", "about", 405),
    "a method that HTTP has": ("PATCH", "activities/state", 405),
}


@pytest.mark.parametrize("credential", ["drill", None])
@pytest.mark.parametrize(("method", "resource", "status"), OUTSIDE.values(), ids=OUTSIDE)
def test_what_is_not_there_is_said_in_the_same_words(drill, method, resource, status, credential):
    headers = {} if credential else {"Authorization": None}
    answer = drill.ask(method, resource, {}, headers=headers)
    assert answer.status_code == status
    assert answer.headers[VERSION] == "1.0.3"
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.get_json()) == {"error", "path"}
    assert answer.get_json()["error"]
    if status == 405:
        assert method not in answer.headers["Allow"].split(", ")
        assert "OPTIONS" in answer.headers["Allow"]


#: Authorization of somebody who is no app.
STRANGERS = {
    "nobody": None,
    "an unknown key": basic("foo", "bar"),
    "a wrong secret": basic("drill", "bar"),
    "a colon too early": "Basic:ZHJpbGw6YQ==",
    "another scheme": "Bearer abc",
    "no base64": "Basic §",
}


@pytest.mark.parametrize("resource", KEPT)
@pytest.mark.parametrize("authorization", STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_is_asked_for_a_key(drill, resource, authorization):
    headers = {"Authorization": authorization}
    answer = drill.ask("GET", resource, query=GETS[resource], headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="xAPI"'
    assert answer.headers[VERSION] == "1.0.3"
    assert set(answer.get_json()) == {"error", "path"}


def test_a_revoked_key_is_a_strangers(app, drill):
    from aarportal.audit import operations as audit
    from aarportal.core import clock

    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.get(LearningApp, APP_DRILL).revoked_at = clock.now()
        audit.record(scope, "app:revoked", APP_DRILL)
    known_apps.forget(APP_DRILL)
    assert drill.at("GET", STATE).status_code == 401


#: What happens inside -> status of the answer.
FAULTS = {
    "a mistake of ours": (ZeroDivisionError("the inside"), 500),
    "a busy database": (StoreBusyError("the inside"), 503),
    "input that only pages explain": (InvalidError("field", "rule"), 400),
}


@pytest.mark.parametrize(("error", "status"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_answered_without_the_inside(drill, at_fault, error, status):
    at_fault(error)
    answer = drill.at("GET", STATE, headers={"Origin": ORIGIN})
    assert answer.status_code == status
    assert answer.headers[VERSION] == "1.0.3"
    assert set(answer.get_json()) == {"error", "path"}
    assert "inside" not in answer.text


@pytest.mark.parametrize("resource", GETS)
def test_head_is_get_without_the_body(drill, resource):
    if resource in PLACES:
        drill.at("PUT", resource, {"a": 1}, headers=NEW)
    whole = drill.ask("GET", resource, query=GETS[resource])
    head = drill.ask("HEAD", resource, query=GETS[resource])
    assert (head.status_code, head.data) == (whole.status_code, b"")
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]
    assert whole.status_code == 200
    assert whole.data


#: Resource -> parameters with which it lists ids.
LISTS = {
    resource: {name: value for name, value in place.items() if not name.endswith("eId")}
    for resource, place in PLACES.items()
}


@pytest.mark.parametrize(
    ("resource", "query"), [*GETS.items(), *LISTS.items()], ids=[*GETS, *(f"{r}s" for r in LISTS)]
)
def test_every_answer_has_a_tag(drill, resource, query):
    if resource in PLACES:
        drill.at("PUT", resource, {"a": 1}, headers=NEW)
    answer = drill.ask("GET", resource, query=query)
    assert answer.headers["ETag"] == f'"{sha1(answer.data).hexdigest()}"'
    seen = {"If-None-Match": answer.headers["ETag"]}
    again = drill.ask("GET", resource, query=query, headers=seen)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers[VERSION] == "1.0.3"


@pytest.mark.parametrize("resource", GETS)
@pytest.mark.parametrize("parameter", ["colour", "Agent", "ACTIVITYID"])
def test_parameters_that_are_not_known_are_refused(drill, resource, parameter):
    answer = drill.ask("GET", resource, query={**GETS[resource], parameter: "1"})
    assert answer.status_code == 400
    assert answer.get_json()["path"] == f"$query.{parameter}"


# --- how often ----------------------------------------------------------------------------------


def test_who_asks_too_often_waits(app, drill, monkeypatch):
    seconds = [0.0]
    limit = TokenBuckets(2, lambda: seconds[0])
    monkeypatch.setitem(app.extensions, "xapi_rate", limit)
    other = CallingApp(app, add_app(app, "other"))
    assert [drill.ask("GET", "agents", query=GETS["agents"]).status_code for _ in "12"] == [
        200,
        200,
    ]
    refused = drill.ask("GET", "agents", query=GETS["agents"])
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert refused.headers[VERSION] == "1.0.3"
    assert set(refused.get_json()) == {"error", "path"}
    assert drill.at("PUT", STATE, {}).status_code == 429
    assert other.ask("GET", "agents", query=GETS["agents"]).status_code == 200
    seconds[0] += 30
    assert drill.at("GET", STATE).status_code == 404


def test_whoever_does_not_know_the_secret_takes_nobodys_turn(app, drill, monkeypatch):
    monkeypatch.setitem(app.extensions, "xapi_rate", TokenBuckets(1, lambda: 0.0))
    for _ in range(3):
        headers = {"Authorization": basic("drill", "wrong")}
        assert drill.at("GET", STATE, headers=headers).status_code == 401
    assert drill.at("GET", STATE).status_code == 404


def test_about_can_always_be_asked(app, drill, monkeypatch):
    monkeypatch.setitem(app.extensions, "xapi_rate", TokenBuckets(1, lambda: 0.0))
    assert [drill.ask("GET", "about").status_code for _ in "123"] == [200] * 3


# --- who vouches --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("public_url", "home_page"),
    [("", "https://portal.example/"), ("https://lrs.example/", "https://lrs.example/")],
)
def test_an_app_vouches_by_its_id(app, settings, public_url, home_page):
    settings(public_url=public_url)
    other = add_app(app, "other")[0]
    with (
        app.test_request_context("/xapi/statements", base_url="https://portal.example"),
        unit_of_work(DRILL_SCOPE) as scope,
    ):
        found = protocol.authorities(scope, [APP_DRILL, key(f"app {other}")])
    assert json.loads(found[APP_DRILL]) == {
        "objectType": "Agent",
        "account": {"homePage": home_page, "name": str(APP_DRILL)},
        "name": "ドリルパーク",
    }
    assert json.loads(found[key("app other")])["name"] == "other"


def test_an_app_of_another_district_is_not_told(app):
    add_app(app, "stranger", district_id=MINATO)
    with app.test_request_context("/xapi/statements"), unit_of_work(DRILL_SCOPE) as scope:
        assert protocol.authorities(scope, [key("app stranger")]) == {}


# --- a request in a form ------------------------------------------------------------------------


def in_a_form(app, resource: str, method: str, fields: dict):
    form = {"Authorization": basic("drill", APP_SECRET), VERSION: "1.0.3", **fields}
    text = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()
    }
    return app.test_client().post(
        f"/xapi/{resource}?method={method}",
        data=urlencode(text),
        content_type="application/x-www-form-urlencoded",
    )


def test_a_document_is_put_and_got_in_forms(app, drill):
    content = {"content": {"page": 3}, "Content-Type": "application/json", **PLACES[STATE]}
    assert in_a_form(app, STATE, "PUT", content).status_code == 204
    found = in_a_form(app, STATE, "GET", PLACES[STATE])
    assert (found.status_code, found.get_json()) == (200, {"page": 3})
    etag = drill.at("GET", STATE).headers["ETag"]
    assert in_a_form(app, STATE, "PUT", {**content, "If-Match": '"1"'}).status_code == 412
    assert in_a_form(app, STATE, "PUT", {**content, "If-Match": etag}).status_code == 204
    assert in_a_form(app, STATE, "DELETE", PLACES[STATE]).status_code == 204
    assert drill.at("GET", STATE).status_code == 404


def test_a_form_with_a_broken_request_is_explained(app):
    answer = in_a_form(app, STATE, "PUT", PLACES[STATE])
    assert answer.status_code == 400
    assert answer.headers[VERSION] == "1.0.3"
    assert set(answer.get_json()) == {"error", "path"}


def test_xapi_2_0_has_no_forms(app):
    answer = in_a_form(app, STATE, "GET", {**PLACES[STATE], VERSION: "2.0.0"})
    assert answer.status_code == 400
