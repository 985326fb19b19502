"""The board takes its traces along, and that leaves one."""

import json
from collections import Counter

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.proof.commands import audit
from tests.cast import (
    AOI,
    CHIBA,
    CODES,
    ELSEWHERE,
    GEN,
    HINATA,
    OKA,
    PASSWORD,
    PRIMARY,
    SATO,
)
from tests.people.directory.office import IWA, to_the_board, write


def lines_of(page):
    with page.response as answer:
        return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


def run(app, *arguments):
    return CliRunner().invoke(audit, arguments, obj=lambda: app)


def test_the_board_gets_the_traces_of_its_district_and_no_other(browser, app):
    with app.app_context():
        write(to_the_board)
    browser(CHIBA).get(f"/class/students/{AOI.id}/records")
    browser(SATO).get(f"/people/{GEN.id}")
    board = browser(IWA)
    assert board.get("/audit").status == 200
    page = board.post("/audit", {"since": clock.today().isoformat()})
    assert page.status == 200
    assert page.response.headers["Content-Disposition"].startswith("attachment")
    *traces, head = lines_of(page)
    assert {each["entry"]["district_id"] for each in traces} == {str(HINATA)}
    assert str(AOI.id) in {each["entry"]["student_id"] for each in traces}
    assert head["head"]["sequence"] >= len(traces)
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(AuditEntry.actor_id).where(AuditEntry.verb == "audit:exported")
        assert scope.session.scalars(query).all() == [IWA.id]


def test_who_came_in_and_who_was_refused_stands_in_the_file_of_the_board(browser, app):
    with app.app_context():
        write(to_the_board)
    wrong = {"code": CODES[PRIMARY], "login_id": CHIBA.login_id, "password": "not this one"}
    assert browser().post("/sign-in", wrong).status == 422
    strange = {"code": CODES[ELSEWHERE], "login_id": "nobody", "password": "not this one"}
    assert browser().post("/sign-in", strange).status == 422
    chiba = browser(CHIBA)
    assert chiba.post("/prove", {"password": "not this one"}).status == 422
    assert chiba.post("/prove", {"password": PASSWORD}).status == 303
    assert chiba.post("/sign-out").status == 303
    since = {"since": clock.today().isoformat()}
    *traces, _head = lines_of(browser(IWA).post("/audit", since))
    verbs = Counter(each["entry"]["verb"] for each in traces)
    assert verbs["session:refused"] == 1, "that of another district is its own board's"
    assert verbs["session:opened"] >= 2
    assert {"session:proved", "session:proof_refused", "session:closed"} <= verbs.keys()


def test_only_the_board_opens_it(browser):
    for member in (AOI, CHIBA, OKA):
        assert browser(member).get("/audit").status == 403


def test_a_day_that_is_none_comes_back(browser, app):
    with app.app_context():
        write(to_the_board)
    page = browser(IWA).post("/audit", {"since": "someday"})
    assert page.status == 422
    assert page.html.select("[aria-invalid]")


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_day_of_which_there_can_be_no_trace_is_said_beside_its_field(browser, app, tmp_path, day):
    with app.app_context():
        write(to_the_board)
    page = browser(IWA).post("/audit", {"since": day})
    assert page.status == 422
    assert page.html.select("#since-error")
    made = run(app, "export", "--district", "131234", "--since", day, "--out", str(tmp_path / "x"))
    assert made.exit_code == 1
    assert "has to be a day between 2000-01-01 and today" in made.output


def test_the_commands_find_what_was_done_to_a_trace(browser, app, tmp_path):
    browser(CHIBA).get(f"/class/students/{AOI.id}/records")
    out = tmp_path / "traces.jsonl"
    day = clock.today().isoformat()
    made = run(app, "export", "--district", "131234", "--since", day, "--out", str(out))
    assert made.exit_code == 0, made.output
    assert out.stat().st_mode & 0o077 == 0
    assert run(app, "verify").exit_code == 0
    assert run(app, "verify", "--against", str(out)).exit_code == 0
    again = run(app, "export", "--district", "131234", "--since", day, "--out", str(out))
    assert again.exit_code == 1, "a file that is there is not written over"
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("drop trigger audit_entries_unchanged"))
        connection.execute(text("update audit_entries set detail = 'x' where verb = 'look:person'"))
    broken = run(app, "verify")
    assert broken.exit_code == 1
    assert "BROKEN at link" in broken.output
    assert "was changed" in broken.output


def test_a_district_that_is_none_is_said(app, tmp_path):
    out = str(tmp_path / "x")
    made = run(app, "export", "--district", "999999", "--since", "2026-04-01", "--out", out)
    assert made.exit_code == 1
    assert "no district" in made.output
