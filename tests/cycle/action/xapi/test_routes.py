"""The intake over HTTP, as a learning app meets it: request -> status, headers, JSON, rows kept."""

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.cycle.action.models import (
    DayRollup,
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from tests.cast import AOI, APP_DRILL, APP_SECRET
from tests.cycle.action.xapi.example import ID, OTHER_ID, PUPIL, QUIZ, REMOVE, changed, statement

URL = "/xapi/statements"
VERSION = "X-Experience-API-Version"
TABLES = {
    "statements": StoredStatement,
    "records": LearningRecord,
    "waiting": QuarantinedStatement,
    "days": DayRollup,
}
NOTHING_KEPT = dict.fromkeys(TABLES, 0)
BY_AOI = {"actor": {"account": {"homePage": "https://idp.hinata.example/", "name": str(AOI.id)}}}


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


GOOD = {"Authorization": basic("drill", APP_SECRET), VERSION: "1.0.3"}


def by_aoi(**parts) -> dict:
    return statement(**{**BY_AOI, **parts})


def raw(body) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


@pytest.fixture
def send(app):
    """Sends a request as the drill app would, with some headers changed or removed."""
    client = app.test_client()

    def send(
        body, *, method="POST", url=URL, headers=None, content_type: str | None = "application/json"
    ):
        wanted = {**GOOD, **(headers or {})}
        given = {name: value for name, value in wanted.items() if value is not REMOVE}
        return client.open(
            url, method=method, data=raw(body), headers=given, content_type=content_type
        )

    return send


@pytest.fixture
def kept(app):
    """Counts what the store holds."""

    def kept() -> dict[str, int]:
        with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
            return {
                name: scope.session.scalar(select(func.count()).select_from(model))
                for name, model in TABLES.items()
            }

    return kept


def test_one_statement_is_answered_with_its_id_and_becomes_a_record(send, kept):
    answer = send(by_aoi())
    assert answer.status_code == 200
    assert answer.get_json() == [ID]
    assert kept() == {"statements": 1, "records": 1, "waiting": 0, "days": 1}


def test_an_array_is_answered_with_the_ids_in_its_order(send, kept):
    answer = send([by_aoi(id=OTHER_ID), by_aoi()])
    assert (answer.status_code, answer.get_json()) == (200, [OTHER_ID, ID])
    assert kept()["records"] == 2


def test_a_statement_without_id_gets_one_that_is_stored(send, kept, app):
    [given] = send(by_aoi(id=REMOVE)).get_json()
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert scope.session.scalars(select(StoredStatement.given_id)).all() == [UUID(given)]


def test_the_statement_is_kept_byte_for_byte(send, app):
    body = (
        f'{{ "id": "{ID}",  "actor": {{"mbox":"mailto:x@y.example"}},\n'
        ' "verb": {"id":"https://v.example/did"}, "object": {"id":"https://a.example/1"},'
        ' "timestamp":"2026-11-20T01:00:00.100Z" }'
    )
    assert send(body.encode()).status_code == 200
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert scope.session.scalars(select(StoredStatement.body)).all() == [body.encode()]


def test_an_empty_array_is_no_mistake(send, kept):
    answer = send([])
    assert (answer.status_code, answer.get_json()) == (200, [])
    assert kept() == NOTHING_KEPT


def test_a_statement_about_nobody_we_know_is_taken_and_waits(send, kept):
    assert send(statement()).status_code == 200
    assert kept() == {"statements": 1, "records": 0, "waiting": 1, "days": 0}


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"]
)
@pytest.mark.parametrize(
    ("version", "answered"),
    [
        ("1.0", "1.0.3"),
        ("1.0.0", "1.0.3"),
        ("1.0.3", "1.0.3"),
        ("1.0.9", "1.0.3"),
        ("2.0", "2.0.0"),
        ("2.0.0", "2.0.0"),
        ("2.0.7", "2.0.0"),
    ],
)
def test_every_version_1_0_and_2_0_is_spoken(send, content_type, version, answered):
    answer = send(by_aoi(), headers={VERSION: version}, content_type=content_type)
    assert answer.status_code == 200
    assert answer.headers[VERSION] == answered


def test_what_came_with_xapi_2_is_taken_in_xapi_2_alone(send, kept):
    agents = [{"objectType": "contextAgent", "agent": PUPIL}]
    said = by_aoi(context={"contextAgents": agents})
    assert send(said, headers={VERSION: "1.0.3"}).status_code == 400
    assert kept() == NOTHING_KEPT
    assert send(said, headers={VERSION: "2.0.0"}).status_code == 200
    assert kept()["records"] == 1


# --- who is calling -----------------------------------------------------------------------------

STRANGERS = {
    "no credential": REMOVE,
    "another scheme": f"Bearer {APP_SECRET}",
    "unknown key": basic("nobody", APP_SECRET),
    "wrong secret": basic("drill", APP_SECRET + "x"),
    "empty secret": basic("drill", ""),
    "empty key": basic("", APP_SECRET),
    "not base64": "Basic §§§".encode().decode("latin-1"),
    "a key with a NUL in it": basic("drill\0", APP_SECRET),
    "no colon": "Basic " + base64.b64encode(b"drill").decode(),
    "not text": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("credential", STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_is_asked_for_a_credential(send, kept, method, credential):
    answer = send(
        by_aoi(),
        method=method,
        url=f"{URL}?statementId={ID}",
        headers={"Authorization": credential},
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="xAPI"'
    assert answer.headers[VERSION] == "1.0.3"
    assert answer.is_json
    assert kept() == NOTHING_KEPT


def test_an_app_whose_credential_was_revoked_is_a_stranger(send, kept, app):
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        drill = scope.session.get(LearningApp, APP_DRILL)
        drill.revoked_at = datetime(2026, 11, 1, tzinfo=UTC)
        audit.record(scope, "app:revoked", APP_DRILL)
    known_apps.forget(APP_DRILL)
    assert send(by_aoi()).status_code == 401
    assert kept() == NOTHING_KEPT


def test_a_signed_in_person_is_no_app(browser, kept):
    page = browser(AOI)
    answer = page.client.post(URL, json=by_aoi(), headers={VERSION: "1.0.3"})
    assert answer.status_code == 401
    assert kept() == NOTHING_KEPT


# --- what a request may not be ------------------------------------------------------------------

WITH_ID = f"{URL}?statementId={ID}"
#: What is wrong -> how it is sent, and words that the answer has to say.
BAD_REQUESTS = {
    "no version": ({"headers": {VERSION: REMOVE}}, VERSION),
    "an older version": ({"headers": {VERSION: "0.95"}}, VERSION),
    "a version between": ({"headers": {VERSION: "1.1.0"}}, VERSION),
    "a newer version": ({"headers": {VERSION: "2.1.0"}}, VERSION),
    "half a version": ({"headers": {VERSION: "1.0."}}, VERSION),
    "a version and a line": ({"headers": {VERSION: "1.0.3, 1.0.2"}}, VERSION),
    "a form": ({"content_type": "application/x-www-form-urlencoded"}, "Content-Type"),
    "another multipart": ({"content_type": "multipart/form-data; boundary=x"}, "Content-Type"),
    "JSON with more in its name": ({"content_type": "application/json+x"}, "Content-Type"),
    "plain text": ({"content_type": "text/plain"}, "Content-Type"),
    "no content type": ({"content_type": None}, "Content-Type"),
    "an unknown parameter": ({"url": f"{URL}?colour=red&a=1"}, "a, colour"),
    "an id in the address of a POST": ({"url": WITH_ID}, "statementId"),
    "a PUT without id": ({"method": "PUT"}, "statementId"),
    "a PUT under no UUID": ({"method": "PUT", "url": f"{URL}?statementId=7"}, "UUID"),
    "a PUT under another id": (
        {"method": "PUT", "url": f"{URL}?statementId={OTHER_ID}"},
        "another id",
    ),
    "a PUT with one more parameter": ({"method": "PUT", "url": f"{WITH_ID}&colour=red"}, "colour"),
    "a PUT of an array": ({"method": "PUT", "url": WITH_ID, "body": [by_aoi()]}, "exactly one"),
    "a PUT of an array of two": (
        {"method": "PUT", "url": WITH_ID, "body": [by_aoi(), by_aoi(id=OTHER_ID)]},
        "exactly one",
    ),
    "a PUT of an empty array": ({"method": "PUT", "url": WITH_ID, "body": []}, "exactly one"),
}


@pytest.mark.parametrize(("how", "words"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_a_request_that_xapi_does_not_allow_is_explained(send, kept, how, words):
    how = dict(how)
    answer = send(how.pop("body", by_aoi()), **how)
    assert answer.status_code == 400
    assert words in answer.get_json()["error"]
    assert answer.headers[VERSION] == "1.0.3"
    assert kept() == NOTHING_KEPT


#: What is wrong -> body and the path that the answer names.
BAD_BODIES = {
    "nothing": (b"", "$"),
    "no JSON": (b"{", "$"),
    "JSON cut off": (raw([by_aoi()])[:-9], "$"),
    "a number": (b"7", "$"),
    "no UTF-8": (b'{"id": "\xff"}', "$"),
    "a number among statements": ([7], "$[0]"),
    "no verb": (changed("verb", REMOVE), "$.verb"),
    "a verb without id": (changed("verb.id", REMOVE), "$.verb.id"),
    "an id that is none": (changed("id", "7"), "$.id"),
    "a timestamp that is none": (changed("timestamp", "yesterday"), "$.timestamp"),
    "an unknown property": (changed("colour", "red"), "$.colour"),
    "the second is bad": ([by_aoi(), changed("actor", REMOVE)], "$[1].actor"),
    "an id twice": ([by_aoi(), by_aoi()], "$[1].id"),
    "an id twice, in capitals": ([by_aoi(), by_aoi(id=ID.upper())], "$[1].id"),
    "a score beyond its bounds": (changed("result.score.scaled", 2), "$.result.score.scaled"),
}


@pytest.mark.parametrize(("body", "path"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_body_is_refused_whole_with_the_path(send, kept, body, path):
    answer = send(body)
    assert answer.status_code == 400
    assert answer.get_json()["path"] == path
    assert answer.get_json()["error"]
    assert answer.headers[VERSION] == "1.0.3"
    assert kept() == NOTHING_KEPT


def test_a_body_beyond_the_limit_is_refused(send, kept, app):
    limit = app.config["MAX_CONTENT_LENGTH"]
    whole = raw(by_aoi())
    answer = send(whole + b" " * (limit - len(whole) + 1))
    assert answer.status_code == 413
    assert answer.is_json
    assert answer.headers[VERSION] == "1.0.3"
    assert kept() == NOTHING_KEPT
    assert send(whole + b" " * (limit - len(whole))).status_code == 200


#: Requests that no view takes -> status.
ELSEWHERE = {
    "a method that statements do not have": ("DELETE", URL, 405),
    "changing a bit of a statement": ("PATCH", WITH_ID, 405),
    "a resource that is not there": ("POST", "/xapi/statement", 404),
}


@pytest.mark.parametrize(("method", "url", "status"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_is_not_there_is_answered_in_the_same_tongue(send, kept, method, url, status):
    answer = send(by_aoi(), method=method, url=url)
    assert answer.status_code == status
    assert answer.is_json
    assert answer.headers[VERSION] == "1.0.3"
    assert kept() == NOTHING_KEPT


def test_pages_for_people_speak_no_version(browser):
    assert VERSION not in browser().get("/sign-in").response.headers


# --- once and again -----------------------------------------------------------------------------


def test_a_replay_is_answered_alike_and_nothing_is_doubled(send, kept, app):
    batch = [by_aoi(), by_aoi(id=OTHER_ID, timestamp="2026-11-20T10:16:00+09:00")]
    first = send(batch)
    before = kept(), sums(app)
    for again in (batch, batch[::-1], [batch[1]], batch):
        answer = send(again)
        assert answer.status_code == 200
        assert answer.get_json() == [each["id"] for each in again]
    assert first.get_json() == [ID, OTHER_ID]
    assert (kept(), sums(app)) == before


def test_a_replay_beside_something_new_adds_the_new_alone(send, kept):
    send(by_aoi())
    assert send([by_aoi(), by_aoi(id=OTHER_ID)]).status_code == 200
    assert kept()["records"] == kept()["statements"] == 2


def test_a_replay_said_in_other_words_is_the_same(send, kept):
    send(by_aoi())
    answer = send(by_aoi(id=ID.upper(), timestamp="2026-11-20T01:15:30.125Z"))
    assert (answer.status_code, answer.get_json()) == (200, [ID])
    assert kept()["statements"] == 1


#: What differs from the stored statement -> a statement with the same id.
CONFLICTS = {
    "another person": statement(),
    "another verb": by_aoi(verb={"id": "http://adlnet.gov/expapi/verbs/completed"}),
    "another thing": by_aoi(object=QUIZ),
    "another result": by_aoi(result={"success": False}),
    "another time": by_aoi(timestamp="2026-11-20T10:15:31.125+09:00"),
}


@pytest.mark.parametrize("other", CONFLICTS.values(), ids=CONFLICTS)
def test_a_conflict_stores_nothing_of_its_batch(send, kept, app, other):
    assert send(by_aoi()).status_code == 200
    before = kept(), sums(app)
    answer = send([by_aoi(id=OTHER_ID), other])
    assert answer.status_code == 409
    assert ID in answer.get_json()["error"]
    assert answer.headers[VERSION] == "1.0.3"
    assert (kept(), sums(app)) == before


def test_put_answers_nothing_and_is_taken_again(send, kept):
    for _ in range(2):
        answer = send(by_aoi(), method="PUT", url=WITH_ID)
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers[VERSION] == "1.0.3"
    assert send(by_aoi()).get_json() == [ID]
    assert kept() == {"statements": 1, "records": 1, "waiting": 0, "days": 1}


def test_put_gives_its_id_to_a_statement_without(send, app):
    assert send(by_aoi(id=REMOVE), method="PUT", url=WITH_ID).status_code == 204
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        [kept] = scope.session.scalars(select(StoredStatement))
        assert kept.given_id == UUID(ID)
        assert scope.session.scalars(select(LearningRecord.id)).all() == [kept.id]


def test_put_of_another_statement_is_a_conflict(send, kept):
    send(by_aoi())
    answer = send(statement(actor=PUPIL), method="PUT", url=WITH_ID)
    assert answer.status_code == 409
    assert kept()["statements"] == 1


def sums(app) -> list[tuple]:
    """What the day adds up to."""
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        rows = scope.session.execute(
            select(DayRollup.student_id, DayRollup.day, DayRollup.items, DayRollup.active_seconds)
        )
        return sorted(tuple(row) for row in rows)
