"""Apps that run in browsers: which pages may call, and what they may read."""

import pytest

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import LearningApp
from tests.cast import MINATO, key
from tests.cycle.action.xapi.documents.calling import (
    AGENT,
    PLACES,
    STATE,
    VERSION,
    CallingApp,
    add_app,
)

#: Resource -> parameters with which it answers a GET.
GETS = {
    "about": {},
    "activities": {"activityId": "https://drill.example/question/3"},
    "agents": {"agent": AGENT},
    **PLACES,
}
ORIGIN = "https://drill.example"


@pytest.fixture
def drill(app) -> CallingApp:
    return CallingApp(app)


@pytest.fixture
def web(app) -> CallingApp:
    """An app that runs in browsers, under one origin; another one has another."""
    add_app(app, "elsewhere", origins=["https://elsewhere.example"], district_id=MINATO)
    return CallingApp(app, add_app(app, "web", origins=[ORIGIN, "http://localhost:8080"]))


def preflight(app, resource: str, origin: str, method: str = "PUT"):
    return app.test_client().options(
        f"/xapi/{resource}",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,x-experience-api-version",
        },
    )


def shared_with(answer) -> str | None:
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "origin" in answer.headers["Vary"].lower()
    return answer.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("resource", [*GETS, "statements"])
@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:8080", "https://elsewhere.example"])
def test_a_browser_may_call_from_the_origins_of_apps(app, web, resource, origin):
    answer = preflight(app, resource, origin)
    assert (answer.status_code, answer.data) == (204, b"")
    assert shared_with(answer) == origin
    assert answer.headers[VERSION]
    methods = answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "PUT", "POST", "DELETE"} <= set(methods)
    headers = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {
        "authorization",
        "content-type",
        "x-experience-api-version",
        "if-match",
        "if-none-match",
    } <= set(headers)


#: Origins that are none of theirs.
FOREIGN = [
    "https://evil.example",
    "http://drill.example",
    "https://drill.example:8443",
    "https://drill.example.evil.example",
    "https://drill.example/",
    "null",
    "*",
    "",
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_browser_may_not_call_from_elsewhere(app, web, origin):
    asked = preflight(app, STATE, origin)
    assert asked.status_code == 403
    assert asked.get_json()["path"] == "$header.Origin"
    assert shared_with(asked) is None
    assert "Access-Control-Allow-Methods" not in asked.headers
    assert shared_with(web.at("GET", STATE, headers={"Origin": origin})) is None


def test_a_revoked_app_lends_its_origin_to_nobody(app, web):
    from datetime import UTC, datetime

    add_app(
        app, "gone", origins=["https://gone.example"], revoked_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert preflight(app, STATE, "https://gone.example").status_code == 403


def test_the_page_of_an_app_reads_its_answers(web):
    kept = web.at("PUT", STATE, {"a": 1}, headers={"Origin": ORIGIN})
    assert (kept.status_code, shared_with(kept)) == (204, ORIGIN)
    found = web.at("GET", STATE, headers={"Origin": ORIGIN})
    assert shared_with(found) == ORIGIN
    exposed = found.headers["Access-Control-Expose-Headers"].lower().split(", ")
    assert {
        "etag",
        "last-modified",
        "x-experience-api-version",
        "x-experience-api-consistent-through",
    } <= set(exposed)


def test_the_page_of_one_app_does_not_read_the_answers_of_another(app, web, drill):
    for calling, origin in ((web, "https://elsewhere.example"), (drill, ORIGIN)):
        answer = calling.at("PUT", STATE, {"a": 1}, headers={"Origin": origin})
        assert shared_with(answer) is None


#: What goes wrong for a page -> the request.
FOR_PAGES = {
    400: {"headers": {VERSION: None}},
    401: {"headers": {"Authorization": None}},
    404: {"headers": {}},
}


@pytest.mark.parametrize(("status", "how"), FOR_PAGES.items(), ids=str)
def test_a_page_reads_what_went_wrong(web, status, how):
    answer = web.at("GET", STATE, headers={"Origin": ORIGIN, **how["headers"]})
    assert (answer.status_code, shared_with(answer)) == (status, ORIGIN)


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("PATCH", 404)])
def test_a_page_reads_that_nothing_is_there(web, method, status):
    answer = web.ask(method, "nothing", headers={"Origin": ORIGIN})
    assert (answer.status_code, shared_with(answer)) == (status, ORIGIN)


def test_an_origin_taken_away_is_refused_at_once(app, web):
    from aarportal.audit import operations as audit

    assert preflight(app, STATE, ORIGIN).status_code == 204
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.get(LearningApp, key("app web")).origins = []
        audit.record(scope, "app:changed", "web")
    assert preflight(app, STATE, ORIGIN).status_code == 403
    assert shared_with(web.at("GET", STATE, headers={"Origin": ORIGIN})) is None


def test_options_without_a_page_says_what_there_is(app):
    answer = app.test_client().options("/xapi/activities/state")
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {
        "GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE",
    }  # fmt: skip


def test_pages_for_people_are_shared_with_nobody(app, browser, web):
    page = app.test_client().get("/sign-in", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in page.headers
    assert VERSION not in page.headers
