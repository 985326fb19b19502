"""The alternate request syntax: what a form turns into, and what is no such form."""

import io
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response

from aarportal.cycle.action.xapi.alternate import AlternateRequestSyntax
from tests.cycle.action.xapi.example import ID, statement

STATEMENTS = "/xapi/statements"
STATEMENT = json.dumps(statement(), ensure_ascii=False)
VERSION = "X-Experience-API-Version"
HEADERS = ["Authorization", VERSION, "Content-Type", "If-Match", "If-None-Match", "Accept-Language"]
FORM = "application/x-www-form-urlencoded"


@Request.application
def mirror(request: Request) -> Response:
    """Answers with the request as it arrived."""
    seen = {
        "method": request.method,
        "path": request.path,
        "query": dict(request.args),
        "headers": {n: request.headers[n] for n in HEADERS if n in request.headers},
        "length": request.content_length,
        "body": request.get_data().decode("latin-1"),
    }
    return Response(json.dumps(seen), mimetype="application/json", headers={"X-Mirror": "yes"})


APP = AlternateRequestSyntax(mirror, prefix="/xapi/", max_bytes=100_000)
CLIENT = Client(APP)


def send(method, fields, *, url=STATEMENTS, headers=None):
    return CLIENT.post(
        f"{url}?method={method}", data=fields, headers={VERSION: "1.0.3", **(headers or {})}
    )


def seen(answer) -> dict:
    assert answer.headers["X-Mirror"] == "yes", answer.text
    return answer.get_json()


def test_a_put_in_a_form_arrives_as_a_put():
    fields = {
        "statementId": ID,
        "content": STATEMENT,
        "Authorization": "Basic xyz",
        VERSION: "1.0.2",
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": "7",
        "If-Match": '"abc"',
        "If-None-Match": "*",
        "accept-language": "ja",
    }
    assert seen(send("PUT", fields)) == {
        "method": "PUT",
        "path": STATEMENTS,
        "query": {"statementId": ID},
        "headers": {
            "Authorization": "Basic xyz",
            VERSION: "1.0.2",
            "Content-Type": "application/json; charset=utf-8",
            "If-Match": '"abc"',
            "If-None-Match": "*",
            "Accept-Language": "ja",
        },
        "length": len(STATEMENT.encode()),
        "body": STATEMENT.encode().decode("latin-1"),
    }


def test_headers_of_the_post_hold_where_the_form_says_nothing():
    headers = {"Authorization": "Basic abc", "If-Match": "x"}
    found = seen(send("PUT", {"content": STATEMENT, "If-Match": "y"}, headers=headers))["headers"]
    assert found["Authorization"] == "Basic abc"
    assert found[VERSION] == "1.0.3"
    assert found["If-Match"] == "y"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_the_fields_of_a_form_are_the_parameters(method):
    fields = {
        "agent": '{"mbox":"mailto:あ@b.example"}',
        "since": "2026-01-01T00:00:00+09:00",
        "x": "",
    }
    found = seen(send(method, fields, url="/xapi/activities/state"))
    assert (found["method"], found["query"], found["body"]) == (method, fields, "")
    assert seen(send(method, {}))["query"] == {}


def test_a_head_is_answered_without_a_body_and_without_waiting_for_one():
    answer = send("HEAD", {"limit": "1"})
    assert answer.headers["X-Mirror"] == "yes"
    assert (answer.data, answer.headers["Content-Length"]) == (b"", "0")


@pytest.mark.parametrize(
    ("url", "content_type"),
    [(STATEMENTS, "application/json"), ("/xapi/activities/state", "application/octet-stream")],
)
def test_content_that_does_not_say_what_it_is(url, content_type):
    found = seen(send("POST", {"content": "[]"}, url=url))
    assert (found["headers"]["Content-Type"], found["body"]) == (content_type, "[]")


@pytest.mark.parametrize("url", ["/goals?method=PUT", "/xapi?method=PUT", "/xapi/statements", "/"])
def test_other_requests_are_left_alone(url):
    answer = CLIENT.post(url, data={"content": "x"})
    assert (seen(answer)["method"], seen(answer)["body"]) == ("POST", "content=x")
    assert seen(CLIENT.get("/xapi/statements?limit=1&agent=method"))["method"] == "GET"


PUT = f"{STATEMENTS}?method=PUT"
GOOD = urlencode({"statementId": ID, "content": STATEMENT})
#: What is wrong -> how it is sent, path of the answer.
REFUSED = {
    "not posted": ({"method": "PUT", "path": f"{STATEMENTS}?method=POST"}, "$query.method"),
    "a GET": ({"method": "GET"}, "$query.method"),
    "another parameter": ({"path": f"{PUT}&statementId={ID}"}, "$query"),
    "method twice": ({"path": f"{PUT}&method=PUT"}, "$query"),
    "an unknown method": ({"path": f"{STATEMENTS}?method=PATCH"}, "$query.method"),
    "a method in lower case": ({"path": f"{STATEMENTS}?method=put"}, "$query.method"),
    "an empty method": ({"path": f"{STATEMENTS}?method="}, "$query.method"),
    "no form": ({"content_type": "application/json", "data": STATEMENT}, "$form"),
    "no content type": ({"content_type": None}, "$form"),
    "JSON in place of a form": ({"data": json.dumps({"content": STATEMENT})}, "$form"),
    "no content": ({"data": urlencode({"statementId": ID})}, "$form.content"),
    "nothing": ({"data": ""}, "$form.content"),
    "content twice": ({"data": f"{GOOD}&content=x"}, "$form.content"),
    "content of a GET": ({"path": f"{STATEMENTS}?method=GET"}, "$form.content"),
    "a header twice": ({"data": f"{GOOD}&If-Match=a&if-match=b"}, "$form.if-match"),
    "a line end in a header": ({"data": f"{GOOD}&If-Match=a%0d%0ab"}, "$form.if-match"),
    "too many fields": ({"data": GOOD + "&a=b" * 200}, "$form"),
    "xAPI 2.0": ({"headers": {VERSION: "2.0.0"}}, "$query.method"),
    "xAPI 2.0 in the form": ({"data": f"{GOOD}&{VERSION}=2.0.0"}, "$query.method"),
}


@pytest.mark.parametrize(("how", "path"), REFUSED.values(), ids=REFUSED)
def test_a_broken_form_is_refused_with_a_reason(how, path):
    sent = {"method": "POST", "path": PUT, "data": GOOD, "content_type": FORM, **how}
    answer = CLIENT.open(**sent)
    assert (answer.status_code, answer.get_json()["path"]) == (400, path)
    assert answer.get_json()["error"]
    assert answer.headers[VERSION] == ("2.0.0" if how.get("headers") else "1.0.3")


def test_a_form_is_no_longer_than_allowed():
    room = 100_000 - len("content=")
    assert seen(send("PUT", {"content": "x" * room}))["length"] == room
    answer = send("PUT", {"content": "x" * (room + 1)})
    assert (answer.status_code, answer.get_json()["path"]) == (413, "$form")


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 413)])
def test_a_form_that_comes_in_pieces_is_no_longer_either(extra, status):
    body = b"content=" + b"x" * (100_000 - len("content=") + extra)
    environ = EnvironBuilder(
        path=STATEMENTS, query_string="method=PUT", method="POST"
    ).get_environ()
    environ |= {
        "wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "CONTENT_TYPE": FORM,
        "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "",
    }  # fmt: skip
    answer = Response.from_app(APP, environ)
    assert answer.status_code == status


@given(
    st.binary(max_size=80),
    st.sampled_from(["PUT", "GET", "HEAD", "x", "%00"]),
    st.sampled_from([FORM, "text/plain", ""]),
)
def test_no_bytes_make_it_stumble(body, method, content_type):
    answer = CLIENT.post(f"{STATEMENTS}?method={method}", data=body, content_type=content_type)
    assert answer.status_code in {200, 400}


@given(
    st.binary(max_size=40), st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=4))
)
def test_content_arrives_to_the_byte(content, parameters):
    known = {"method", "accept", "content", *(name.lower() for name in HEADERS)}
    others = {name: text for name, text in parameters.items() if name.lower() not in known}
    found = seen(
        send("PUT", urlencode({**others, "content": content}), headers={"Content-Type": FORM})
    )
    assert found["body"].encode("latin-1") == content
    assert found["query"] == others
