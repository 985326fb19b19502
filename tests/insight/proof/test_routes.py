"""The board takes its traces along, and that leaves one."""

import json

from click.testing import CliRunner
from sqlalchemy import select, text

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.proof.commands import audit
from tests.cast import AOI, CHIBA, GEN, HINATA, OKA, SATO
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


def test_only_the_board_opens_it(browser):
    for member in (AOI, CHIBA, OKA):
        assert browser(member).get("/audit").status == 403


def test_a_day_that_is_none_comes_back(browser, app):
    with app.app_context():
        write(to_the_board)
    page = browser(IWA).post("/audit", {"since": "someday"})
    assert page.status == 422
    assert page.html.select("[aria-invalid]")


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
