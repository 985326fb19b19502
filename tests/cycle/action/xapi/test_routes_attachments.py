"""Statements that come with data, and are given out with it; signed ones among them."""

import hashlib
import json
from dataclasses import replace

import pytest

from aarportal.cycle.action.xapi import multipart
from aarportal.cycle.action.xapi.multipart import Part
from tests.cycle.action.xapi.documents.calling import CallingApp, add_app
from tests.cycle.action.xapi.example import ATTACHMENT, ID, OTHER_ID, REMOVE, statement
from tests.cycle.action.xapi.test_signatures import certificate, key, sign

URL = "statements"
DATA = b"\x89PNG\r\n--not a boundary\r\n\x00\xff"
OTHER_DATA = b"here is a simple attachment"


def sha2(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def part(data: bytes, content_type: str = "image/png") -> Part:
    return Part(sha2(data), content_type, data)


def header(data: bytes, **parts) -> dict:
    whole = {**ATTACHMENT, "sha2": sha2(data), "length": len(data), "fileUrl": REMOVE, **parts}
    return {name: value for name, value in whole.items() if value is not REMOVE}


def with_data(*data: bytes, **parts) -> dict:
    return statement(attachments=[header(each) for each in data], **parts)


@pytest.fixture
def drill(app) -> CallingApp:
    return CallingApp(app)


def send(app: CallingApp, said, *parts: Part, method="POST", **query):
    body, content_type = multipart.write(json.dumps(said).encode(), parts)
    return app.ask(method, URL, body, query=query, content_type=content_type)


def fetch(app: CallingApp, **query) -> tuple[dict, list[Part]]:
    answer = app.ask("GET", URL, query={"attachments": "true", **query})
    assert answer.status_code == 200, answer.text
    boundary = multipart.boundary_of(answer.content_type)
    found, parts = multipart.read(answer.data, boundary, multipart.Limits())
    return json.loads(found), parts


def test_data_comes_out_as_it_went_in(drill):
    assert send(drill, with_data(DATA), part(DATA)).get_json() == [ID]
    said, parts = fetch(drill, statementId=ID)
    assert said["attachments"] == [header(DATA)]
    assert parts == [part(DATA)]


def test_a_list_comes_with_the_data_of_all_each_once(drill):
    batch = [with_data(DATA, OTHER_DATA), with_data(DATA, id=OTHER_ID)]
    assert send(drill, batch, part(DATA), part(OTHER_DATA, "text/plain")).status_code == 200
    found, parts = fetch(drill)
    assert [each["id"] for each in found["statements"]] == [OTHER_ID, ID]
    assert found["more"] == ""
    assert sorted(parts) == sorted([part(DATA), part(OTHER_DATA, "text/plain")])


@pytest.mark.parametrize("query", [{}, {"attachments": "false"}])
def test_nobody_gets_data_without_asking_for_it(drill, query):
    send(drill, with_data(DATA), part(DATA))
    answer = drill.ask("GET", URL, query={"statementId": ID, **query})
    assert answer.content_type == "application/json"
    assert answer.get_json()["attachments"] == [header(DATA)]


def test_a_list_that_was_asked_for_with_data_has_parts_even_without_any(drill):
    drill.ask("POST", URL, statement())
    found, parts = fetch(drill)
    assert ([each["id"] for each in found["statements"]], parts) == ([ID], [])


def test_data_that_lies_elsewhere_stays_there(drill):
    assert drill.ask("POST", URL, statement(attachments=[ATTACHMENT])).status_code == 200
    said, parts = fetch(drill, statementId=ID)
    assert (said["attachments"], parts) == ([ATTACHMENT], [])


def test_data_of_a_sub_statement_comes_too(drill):
    inner = {
        "objectType": "SubStatement",
        "actor": {"mbox": "mailto:a@x.example"},
        "verb": {"id": "https://v.example/plans"},
        "object": {"id": "https://a.example/1"},
        "attachments": [header(DATA)],
    }
    said = statement(object=inner, context=REMOVE)
    assert send(drill, said, part(DATA)).status_code == 200
    assert fetch(drill, statementId=ID)[1] == [part(DATA)]


def test_put_takes_data_as_well(drill):
    answer = send(drill, with_data(DATA), part(DATA), method="PUT", statementId=ID)
    assert (answer.status_code, answer.data) == (204, b"")
    assert fetch(drill, statementId=ID)[1] == [part(DATA)]
    again = send(drill, with_data(DATA), part(DATA), method="PUT", statementId=ID)
    assert again.status_code == 204


def test_multipart_may_hold_nothing_but_statements(drill):
    assert send(drill, [statement()]).get_json() == [ID]
    assert send(drill, statement(id=OTHER_ID, attachments=[ATTACHMENT])).get_json() == [OTHER_ID]


def test_data_may_come_that_also_lies_elsewhere(drill):
    said = statement(attachments=[header(DATA, fileUrl="https://drill.example/1.png")])
    assert send(drill, said, part(DATA)).status_code == 200
    assert fetch(drill, statementId=ID)[1] == [part(DATA)]


def raw(json_part: bytes, *rest: bytes, content_type: bytes = b"application/json") -> bytes:
    first = b"--B\r\nContent-Type: " + content_type + b"\r\n\r\n" + json_part + b"\r\n"
    return first + b"".join(b"--B\r\n" + each + b"\r\n" for each in rest) + b"--B--\r\n"


GOOD = json.dumps(with_data(DATA)).encode()
HEAD = b"Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n"
HASH = b"X-Experience-API-Hash: " + sha2(DATA).encode() + b"\r\n"
MIXED = "multipart/mixed; boundary=B"
#: What is wrong -> content type and body.
BROKEN = {
    "no data": (MIXED, raw(GOOD)),
    "no data, and JSON alone": ("application/json", GOOD),
    "data that nobody asked for": (
        MIXED,
        raw(json.dumps(statement()).encode(), HEAD + HASH + b"\r\n" + DATA),
    ),
    "data without hash": (MIXED, raw(GOOD, HEAD + b"\r\n" + DATA)),
    "data with another hash": (MIXED, raw(GOOD, HEAD + HASH + b"\r\n" + OTHER_DATA)),
    "data in another encoding": (
        MIXED,
        raw(GOOD, b"Content-Transfer-Encoding: base64\r\n" + HASH + b"\r\n" + DATA),
    ),
    "a first part that is no JSON": (
        MIXED, raw(GOOD, HEAD + HASH + b"\r\n" + DATA, content_type=b"text/plain"),
    ),
    "statements in two parts": (MIXED, raw(GOOD, b"Content-Type: application/json\r\n\r\n" + GOOD)),
    "no boundary in the header": ("multipart/mixed", raw(GOOD, HEAD + HASH + b"\r\n" + DATA)),
    "another boundary in the body": (
        "multipart/mixed; boundary=C", raw(GOOD, HEAD + HASH + b"\r\n" + DATA),
    ),
    "a form": ("multipart/form-data; boundary=B", raw(GOOD, HEAD + HASH + b"\r\n" + DATA)),
    "no end": (MIXED, raw(GOOD, HEAD + HASH + b"\r\n" + DATA)[:-8]),
}  # fmt: skip


@pytest.mark.parametrize(("content_type", "body"), BROKEN.values(), ids=BROKEN)
def test_a_body_that_breaks_a_rule_leaves_nothing(drill, content_type, body):
    answer = drill.ask("POST", URL, body, content_type=content_type)
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert drill.ask("GET", URL).get_json()["statements"] == []


def test_the_same_data_is_kept_once_and_by_two_apps(app, drill):
    other = CallingApp(app, add_app(app, "other"))
    assert send(drill, with_data(DATA), part(DATA)).status_code == 200
    assert send(other, with_data(DATA, id=OTHER_ID), part(DATA)).status_code == 200
    assert fetch(drill, statementId=ID)[1] == fetch(other, statementId=OTHER_ID)[1] == [part(DATA)]


def test_data_goes_out_only_with_a_statement_that_the_app_may_read(app, drill):
    other = CallingApp(app, add_app(app, "other"))
    send(drill, with_data(DATA), part(DATA))
    answer = other.ask("GET", URL, query={"statementId": ID, "attachments": "true"})
    assert answer.status_code == 404
    assert fetch(other)[1] == []


def limit(app, monkeypatch, most: int) -> None:
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, max_attachments_bytes=most))


def test_more_than_is_taken_is_refused_as_too_large(app, drill, monkeypatch):
    data = b"x" * 5000
    limit(app, monkeypatch, 4000)
    answer = send(drill, with_data(data), part(data))
    assert answer.status_code == 413
    assert answer.is_json
    limit(app, monkeypatch, 10_000)
    assert send(drill, with_data(data), part(data)).status_code == 200


def test_data_may_be_larger_than_statements_may(app, drill):
    data = b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1)
    assert send(drill, with_data(data), part(data)).status_code == 200
    assert fetch(drill, statementId=ID)[1] == [part(data)]


def test_a_page_ends_where_its_data_gets_too_much(app, drill, monkeypatch):
    pieces = [bytes([number]) * 1000 for number in range(3)]
    ids = [f"018f6a52-7c3d-4b1e-9a10-3f5b2c4d6e0{number}" for number in range(3)]
    batch = [with_data(data, id=id_) for data, id_ in zip(pieces, ids, strict=True)]
    send(drill, batch, *(part(data) for data in pieces))
    limit(app, monkeypatch, 2500)
    found, parts = fetch(drill)
    assert [each["id"] for each in found["statements"]] == [ids[2], ids[1]]
    assert len(parts) == 2
    answer = drill.ask("GET", URL, query=found["more"].partition("?")[2])
    boundary = multipart.boundary_of(answer.content_type)
    rest, parts = multipart.read(answer.data, boundary, multipart.Limits())
    assert [each["id"] for each in json.loads(rest)["statements"]] == [ids[0]]
    assert parts == [part(pieces[0])]


# --- signed ---------------------------------------------------------------------------------------

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"


def signed(said: dict, signature: bytes, **parts) -> tuple[dict, Part]:
    about = header(signature, usageType=SIGNATURE, contentType="application/octet-stream", **parts)
    return {**said, "attachments": [about]}, part(signature, "application/octet-stream")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
@pytest.mark.parametrize("batch", [False, True])
def test_a_signature_of_the_statement_is_taken(drill, algorithm, batch):
    said = statement(context=REMOVE)
    signature = sign(said, algorithm=algorithm, x5c=[certificate(key())])
    body, data = signed(said, signature)
    assert send(drill, [body] if batch else body, data).get_json() == [ID]
    assert fetch(drill, statementId=ID)[1] == [data]


#: What is wrong -> the signature, and what its header says otherwise.
FORGED = {
    "another statement": (lambda: sign(statement(id=OTHER_ID)), {}),
    "no statement": (lambda: sign(b"{"), {}),
    "another algorithm": (lambda: sign(statement(), algorithm="HS256"), {}),
    "no signature": (lambda: b"a.b", {}),
    "another type": (lambda: sign(statement()), {"contentType": "text/plain"}),
    "another key": (lambda: sign(statement(), x5c=[certificate(key(2048, 1))]), {}),
}


@pytest.mark.parametrize(("signature", "parts"), FORGED.values(), ids=FORGED)
def test_any_other_signature_is_refused_with_the_place(drill, signature, parts):
    data = signature()
    body, _ = signed(statement(), data)
    body["attachments"][0].update(parts)
    answer = send(drill, [statement(id=OTHER_ID), body], part(data))
    assert answer.status_code == 400
    assert answer.get_json()["path"] == "$[1].attachments[0]"
    assert drill.ask("GET", URL).get_json()["statements"] == []
