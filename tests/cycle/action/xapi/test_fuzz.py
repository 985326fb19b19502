"""Whatever is sent, the answer is one of xAPI's: never that something went wrong in here.

AARPORTAL_FUZZ says how many requests are tried altogether.
"""

import json
import os
import time
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from aarportal.cycle.action.xapi import forms
from aarportal.web.rate_limit import TokenBuckets
from tests.cast import APP_SECRET
from tests.cycle.action.xapi import oracle, strategies
from tests.cycle.action.xapi.documents.calling import VERSION, CallingApp, basic

REQUESTS = int(os.environ.get("AARPORTAL_FUZZ", "300"))
THROUGH = "X-Experience-API-Consistent-Through"
URL = "statements"

#: The database is not set back between the tries: what one leaves behind the next has to live with.
tries = settings(
    max_examples=max(1, REQUESTS // 4),
    suppress_health_check=list(HealthCheck),
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(autouse=True)
def any_number_of_requests(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "xapi_rate", TokenBuckets(0, time.monotonic))


def said_well(answer) -> None:
    """An answer as any client of xAPI can read it."""
    assert answer.status_code < 500, answer.text
    assert answer.headers[VERSION] in {"1.0.3", "2.0.0"}
    if answer.status_code >= 400 and answer.data:
        assert {"error", "path"} <= answer.get_json().keys()


@tries
@given(st.data())
def test_what_is_right_is_taken_and_given_out_again(app, data):
    drill = CallingApp(app)
    body = {**data.draw(strategies.statements()), "id": str(uuid4())}
    answer = drill.ask("POST", URL, body)
    assert (answer.status_code, answer.get_json()) == (200, [body["id"]]), answer.text
    taken = drill.ask("GET", URL, query={"statementId": body["id"]})
    # Nobody can take back what did not come yet but this app itself, by chance.
    assert taken.status_code == 200, taken.text
    said = taken.get_json()
    for name in ("actor", "verb", "result", "timestamp", "attachments"):
        if name in body:
            assert said[name] == json.loads(json.dumps(body[name]))
    for manner in ("ids", "canonical"):
        asked = drill.ask("GET", URL, query={"statementId": body["id"], "format": manner})
        assert asked.status_code == 200
    query = {"verb": body["verb"]["id"], "related_agents": "true"}
    if oracle.identity(body["actor"]):
        query["agent"] = body["actor"]
    latest = drill.ask("GET", URL, query={**query, "limit": "1"}).get_json()["statements"]
    assert [each["id"] for each in latest] == [body["id"]]


@tries
@given(strategies.broken_statements())
def test_what_breaks_a_rule_is_refused(app, broken):
    answer = CallingApp(app).ask("POST", URL, broken.body)
    assert answer.status_code == 400, broken.rule
    assert answer.get_json()["error"]
    assert answer.get_json()["path"].startswith("$")


texts = st.sampled_from(strategies.NASTY) | st.text(max_size=20)
#: Values that mean something, somewhere.
meaning = st.one_of(
    st.sampled_from(["true", "false", "0", "1", "-1", str(2**63), "9" * 30, "ids", "exact"]),
    st.sampled_from(["canonical", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z", "2026-11-20"]),
    strategies.agents.map(json.dumps),
    strategies.groups.map(json.dumps),
    strategies.json_values.map(json.dumps),
    strategies.iris,
    strategies.uuids,
    strategies.timestamps,
)
queries = st.dictionaries(st.sampled_from(sorted(forms.KNOWN)) | texts, meaning | texts, max_size=4)


#: Values that may stand under a parameter; under the others a flag.
FITTING = {
    "agent": (strategies.agents | strategies.groups).map(json.dumps),
    "verb": strategies.iris,
    "activity": strategies.iris,
    "registration": strategies.uuids,
    "since": strategies.timestamps,
    "until": strategies.timestamps,
    "limit": st.integers(0, 2**70).map(str),
    forms.CURSOR: st.integers(0, 2**70).map(str),
    "format": st.sampled_from(["ids", "exact", "canonical"]),
}
flags = st.sampled_from(["true", "false"])
asked = st.fixed_dictionaries(
    {},
    optional={
        name: FITTING.get(name, flags)
        for name in sorted(forms.KNOWN - {"statementId", "voidedStatementId"})
    },
)


@tries
@given(asked | queries, st.sampled_from(["1.0.3", "2.0.0"]), texts)
def test_any_question_has_an_answer(app, query, version, language):
    headers = {"Accept-Language": "".join(each for each in language if each.isprintable())}
    headers["Accept-Language"] = headers["Accept-Language"].encode().decode("latin-1")
    answer = CallingApp(app, version=version).ask("GET", URL, query=query, headers=headers)
    said_well(answer)
    assert answer.headers[THROUGH]
    assert answer.status_code in {200, 400, 404}
    if answer.status_code == 200 and answer.is_json and not {"statementId"} & query.keys():
        more = answer.get_json().get("more")
        if more:
            said_well(CallingApp(app, version=version).ask("GET", URL, query=more.split("?")[1]))


HEADER_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30).filter(
    lambda text: "\x7f" not in text
)
BOUNDARY = "B"
PIECES = (
    b"--B\r\n", b"--B--", b"--B\n", b"\r\n\r\n", b"\r\n", b"Content-Type: application/json\r\n",
    b"Content-Type: image/png\r\n", b"Content-Transfer-Encoding: binary\r\n",
    b"X-Experience-API-Hash: " + b"0" * 64 + b"\r\n", b"[]", b"{}", b"\x00\xff", b'{"id":"x"}',
)  # fmt: skip
bodies = st.one_of(
    st.binary(max_size=60),
    strategies.json_values.map(lambda value: json.dumps(value).encode()),
    strategies.statements().map(lambda body: json.dumps(body).encode()),
    st.lists(strategies.statements(), max_size=2).map(lambda body: json.dumps(body).encode()),
    st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join),
    st.integers(0, 3000).map(lambda depth: b"[" * depth),
    st.integers(0, 3000).map(lambda depth: b'{"a":' * depth),
)
headers = st.fixed_dictionaries(
    {
        "Authorization": st.sampled_from([basic("drill", APP_SECRET)] * 9)
        | HEADER_TEXTS
        | HEADER_TEXTS.map(lambda text: f"Basic {text}"),
        VERSION: st.sampled_from(["1.0.3", "2.0.0"] * 4) | HEADER_TEXTS,
    },
    optional={
        "Content-Type": st.sampled_from(
            ["application/json"] * 4
            + ["multipart/mixed; boundary=B"] * 3
            + ["multipart/mixed", "application/x-www-form-urlencoded", "multipart/form-data"]
        )
        | HEADER_TEXTS,
        "Accept-Language": HEADER_TEXTS,
        "If-Match": HEADER_TEXTS,
        "Origin": HEADER_TEXTS,
        "Content-Encoding": HEADER_TEXTS,
    },
)
resources = st.sampled_from(
    [URL] * 6
    + ["about", "activities", "agents", "activities/state", "activities/profile"]
    + ["agents/profile", "nothing"]
)
methods = st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"])


@tries
@given(
    methods,
    resources,
    queries | asked | st.sampled_from(["GET", "PUT", "x"]).map(lambda name: {"method": name}),
    headers,
    bodies,
)
@example("POST", URL, {}, {"Content-Type": "multipart/mixed; boundary=B"}, b"--B\r\n\r\n\r\n--B--")
def test_any_request_has_an_answer(app, method, resource, query, given_headers, body):
    answer = app.test_client().open(
        f"/xapi/{resource}", method=method, query_string=query, headers=given_headers, data=body
    )
    said_well(answer)
    # What pretends to be another method is refused at the gate.
    if resource == URL and method in {"GET", "HEAD"} and "method" not in query:
        assert answer.headers[THROUGH]
