"""No log keeps a secret, and no error page says what went wrong inside."""

import base64
import logging
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from aarportal.core.database import db
from aarportal.web.logs import HIDDEN, redacted
from tests.cast import AOI, CODES, PASSWORD, PRIMARY

SECRETS = {
    "an app's credential": ("Authorization: Basic bXlrZXk6bXlzZWNyZXQ=", "bXlrZXk"),
    "a token": ("sent Bearer abc.def-ghi_jkl to it", "abc.def"),
    "a JWT": ("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln from it", "eyJzdWI"),
    "an address": ("GET /x?access_token=s3cret&state=1", "s3cret"),
    "a form": ("login_id=1&password=hunter2&go=1", "hunter2"),
    "JSON": ('{"client_secret": "s3cret value", "x": 1}', "s3cret value"),
    "Python": ("{'id_token': 's3cret', 'x': 1}", "s3cret"),
    "a header": ("Set-Cookie: session=s3cret", "s3cret"),
    "a row": ("duplicate key\nDETAIL:  Key (login_id)=(aoi) already exists.", "aoi"),
}


@pytest.mark.parametrize(("line", "secret"), SECRETS.values(), ids=SECRETS)
def test_what_looks_like_a_secret_is_hidden(line, secret):
    assert secret not in redacted(line)
    assert HIDDEN in redacted(line)


@pytest.mark.parametrize(
    "after",
    [
        "HINT:  Use another name.",
        "LINE 1: select 1",
        "[SQL: insert into accounts]",
        "The above exception was the direct cause of the following exception:",
        "Traceback (most recent call last):",
    ],
)
def test_what_a_database_says_of_a_row_is_hidden_to_its_last_line(after):
    """A value may have lines of its own; what is said after them helps whoever mends it."""
    told = "DETAIL:  Failing row contains (あおい, はじめの行\n二行めの ことば\nKey (a)=(b))."
    line = redacted(f"duplicate key value\n{told}\n{after}")
    for word in ("あおい", "はじめの行", "二行めの ことば", "Key (a)=(b)"):
        assert word not in line
    assert line == f"duplicate key value\nDETAIL: {HIDDEN}\n{after}"


def test_of_two_things_a_database_says_both_are_hidden():
    line = redacted("error\nDETAIL:  (あおい,\nべん)\nCONTEXT:  COPY accounts, line 1: はな\nえん")
    assert not [word for word in ("あおい", "べん", "はな", "えん") if word in line]


def test_a_line_of_a_log_with_wrong_arguments_ends_no_request(app, everything):
    logger = logging.getLogger("somebody")
    for arguments in (("one",), ("password=hunter2", 2, 3)):
        logger.warning("%d statements, %d of them late, secret=s3cret", *arguments)
    assert everything().count("%d statements") == 2
    assert "s3cret" not in everything()
    assert "hunter2" not in everything(), "what could not be put in is left out"


def test_words_that_are_no_secret_stay():
    line = "14 statements of the app could not be read; they are tried again at 10:30"
    assert redacted(line) == line


@pytest.fixture
def everything(caplog):
    """All that any logger wrote down, with traces, as a file would hold it."""
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(caplog.handler.format(record) for record in caplog.records)


@pytest.fixture
def as_served(app, monkeypatch):
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return app


def test_a_day_at_the_door_leaves_no_secret_in_the_log(as_served, browser, everything):
    aoi = browser(AOI)
    session = aoi.client.get_cookie("session").value
    browser().post(
        "/sign-in",
        {"code": CODES[PRIMARY], "login_id": AOI.login_id, "password": "wrong-but-close"},
    )
    credential = base64.b64encode(b"some-key:some-secret").decode()
    headers = {"Authorization": f"Basic {credential}", "X-Experience-API-Version": "1.0.3"}
    assert browser().client.get("/xapi/statements", headers=headers).status_code == 401

    def fails():
        raise RuntimeError(f"password={PASSWORD} {session} Basic {credential}")

    view = as_served.view_functions["accounts.sign_in"]
    as_served.view_functions["accounts.sign_in"] = fails
    try:
        page = aoi.get("/sign-in")
    finally:
        as_served.view_functions["accounts.sign_in"] = view
    assert page.status == 500
    log = everything()
    assert "unexpected error" in log
    key = as_served.config["SETTINGS"].secret_key
    for secret in (PASSWORD, "wrong-but-close", credential, "some-secret", key, session):
        assert secret not in log, secret


def test_an_error_page_says_a_number_and_the_log_the_rest(as_served, browser, everything):
    as_served.view_functions["accounts.sign_in"], view = (
        lambda: {}["あおいのことば"],
        as_served.view_functions["accounts.sign_in"],
    )
    try:
        page = browser().get("/sign-in")
    finally:
        as_served.view_functions["accounts.sign_in"] = view
    number = re.search(r"\b[0-9a-f]{8}\b", page.html.get_text(" "))[0]
    assert f"unexpected error {number}" in everything()
    assert "KeyError" not in page.text
    assert "あおいのことば" not in page.text


@pytest.mark.both_databases
def test_what_a_statement_was_given_is_in_no_error(in_app):
    with pytest.raises(Exception) as raised, db.engine.begin() as connection:  # noqa: PT011
        connection.execute(text("select * from nowhere where words = :w"), {"w": "ないしょ"})
    assert "ないしょ" not in str(raised.value)


def test_whoever_finds_a_weakness_is_told_whom_to_tell(app, another):
    assert app.test_client().get("/.well-known/security.txt").status_code == 404
    contact = "mailto:security@board.example"
    client = another(security_contact=contact, public_url="https://portal.example").test_client()
    answer = client.get("/.well-known/security.txt", headers={"Host": "portal.example"})
    assert answer.content_type == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.text.split("\r\n") if line)
    assert told["Contact"] == "mailto:security@board.example"
    assert told["Canonical"] == "https://portal.example/.well-known/security.txt"
    left = datetime.fromisoformat(told["Expires"]) - datetime.now(UTC)
    assert 100 < left.days < 365
