"""Commands of operators about learning apps."""

import re

import pytest
from click.testing import CliRunner

from aarportal.cycle.action.commands import add_app, list_apps, revoke_app
from aarportal.cycle.action.models import LearningApp, LearningRecord
from tests.cast import AOI, APP_DRILL, CODES, HINATA, MINATO, PRIMARY
from tests.cycle.action.apps import messages
from tests.cycle.action.apps.messages import send, statement
from tests.cycle.action.xapi.documents import calling

DISTRICT = "131234"
HOME_PAGE = "https://idp.hinata.example/"


@pytest.fixture
def run(app):
    def run(command, *arguments: str):
        return CliRunner().invoke(command, arguments, obj=lambda: app)

    return run


@pytest.fixture
def rows(app):
    def look(model, *conditions):
        with app.app_context():
            return messages.rows(model, *conditions)

    return look


def test_an_app_is_registered_with_all_its_rights(run, rows, app):
    done = run(
        add_app, "よみもの", "--place", CODES[PRIMARY], "--reads", "--home-page", HOME_PAGE,
        "--home-page", "https://other.example/", "--origin", "https://app.example",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    [row] = rows(LearningApp, LearningApp.title == "よみもの")
    assert (row.district_id, row.school_ids) == (HINATA, [str(PRIMARY)])
    assert (row.may_write, row.may_read) == (True, True)
    assert row.home_pages == [HOME_PAGE, "https://other.example/"]
    assert row.origins == ["https://app.example"]
    found = re.search(r"^key +(\S+)\nsecret +(\S+)$", done.output, re.MULTILINE)
    login = statement(f"{AOI.name}@hinata.example")
    assert send(app, login, key=found[1], secret=found[2]) == 200
    assert [each.student_id for each in rows(LearningRecord)] == [AOI.id]


def test_without_options_it_reads_nothing_of_others(run, rows):
    run(add_app, "よみもの", "--place", DISTRICT)
    [row] = rows(LearningApp, LearningApp.title == "よみもの")
    assert (row.school_ids, row.may_read, row.home_pages, row.origins) == (None, False, [], [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x", "--origin", "http://app.example"), "--origin"),
        (("x", "--origin", "*"), "--origin"),
        (("x", "--home-page", "roster"), "--home-page"),
        (("  ",), "title"),
        (("長" * 61,), "60"),
        (("x", *("--origin", "https://a.example") * 1, *("--home-page", HOME_PAGE) * 21), "20"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_added(run, rows, arguments, said):
    done = run(add_app, *arguments, "--place", DISTRICT)
    assert done.exit_code == 1
    assert said in done.output
    assert len(rows(LearningApp)) == 1


def test_the_list_shows_key_state_and_last_use(run, app):
    calling.add_app(app, "elsewhere", district_id=MINATO)
    assert "drill" in run(list_apps).output
    assert "never" in run(list_apps).output
    send(app, statement(AOI))
    run(revoke_app, "elsewhere")
    lines = run(list_apps).output.splitlines()
    assert len(lines) == 2
    drill, elsewhere = sorted(lines)
    assert re.match(r"drill +open +\d{4}-\d\d-\d\d \d\d:\d\d +ドリルパーク$", drill)
    assert re.match(r"elsewhere +revoked +never +elsewhere$", elsewhere)


def test_the_list_of_one_district_is_its_own(run, app):
    calling.add_app(app, "elsewhere", district_id=MINATO)
    assert run(list_apps, "--place", "139999").output.startswith("elsewhere")
    assert len(run(list_apps, "--place", DISTRICT).output.splitlines()) == 1
    assert run(list_apps, "--place", "nowhere").exit_code == 1


def test_a_revoked_app_cannot_send_any_more(run, rows, app):
    assert send(app, statement(AOI)) == 200
    done = run(revoke_app, "drill")
    assert done.exit_code == 0
    assert "ドリルパーク" in done.output
    assert send(app, statement(AOI)) == 401
    assert run(revoke_app, "drill").exit_code == 1
    [row] = rows(LearningApp, LearningApp.id == APP_DRILL)
    assert row.revoked_at is not None


def test_a_key_that_nobody_has_is_said(run):
    done = run(revoke_app, "nokey")
    assert done.exit_code == 1
    assert "nokey" in done.output
