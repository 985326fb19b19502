"""Commands of operators: registering a learning app, and making sums anew."""

import base64
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.commands import add_app, rebuild_rollups
from aarportal.cycle.action.models import DayRollup, LearningApp, QuarantinedStatement
from tests.cast import AOI, APP_SECRET, BEN, CODES, ELSEWHERE, KEN, PRIMARY, SECONDARY
from tests.cycle.action.xapi.example import ID, OTHER_ID, statement


@pytest.fixture
def run(app):
    """Runs a command with the app in place of the one that the environment names."""

    def run(command, *arguments: str):
        return CliRunner().invoke(command, arguments, obj=lambda: app)

    return run


@pytest.fixture
def send(app):
    """Posts statements about students with a credential; answers with the status."""

    def send(key: str, secret: str, *statements: dict) -> int:
        credential = base64.b64encode(f"{key}:{secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {credential}",
            "X-Experience-API-Version": "1.0.3",
        }
        client = app.test_client()
        return client.post("/xapi/statements", json=statements, headers=headers).status_code

    return send


def by(member, id_: str = ID) -> dict:
    actor = {"account": {"homePage": "https://idp.hinata.example/", "name": str(member.id)}}
    return statement(actor=actor, id=id_)


def credential_in(output: str) -> tuple[str, str]:
    found = re.search(r"^key +(\S+)\nsecret +(\S+)$", output, re.MULTILINE)
    assert found, output
    return found[1], found[2]


def days(app) -> list[tuple]:
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        columns = [getattr(DayRollup, each.key) for each in DayRollup.__mapper__.column_attrs]
        return sorted(map(str, scope.session.execute(select(*columns))))


def waiting(app) -> list[str]:
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return list(scope.session.scalars(select(QuarantinedStatement.reason)))


def test_a_new_app_can_send_with_the_credential_that_was_shown(run, send, app):
    done = run(add_app, "よみもの", "--place", "131234")
    assert done.exit_code == 0, done.output
    assert "Write the secret down" in done.output
    assert send(*credential_in(done.output), by(AOI), by(KEN, OTHER_ID)) == 200
    assert len(days(app)) == 2
    assert waiting(app) == []


def test_an_app_of_one_school_knows_the_children_of_that_school_only(run, send, app):
    done = run(add_app, "よみもの", "--place", CODES[PRIMARY])
    assert send(*credential_in(done.output), by(AOI), by(KEN, OTHER_ID)) == 200
    assert len(days(app)) == 1
    assert waiting(app) == ["not_a_student"]


def test_the_secret_is_kept_nowhere(run, app):
    key, secret = credential_in(run(add_app, "よみもの", "--place", "131234").output)
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        kept = scope.session.scalar(select(LearningApp).where(LearningApp.access_key == key))
        assert kept.title == "よみもの"
        assert secret.encode() not in kept.secret_hash


def test_two_apps_get_different_credentials(run):
    first, second = (
        credential_in(run(add_app, "よみもの", "--place", "131234").output) for _ in range(2)
    )
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_place_that_nobody_knows_is_said_and_nothing_is_added(run, app):
    done = run(add_app, "よみもの", "--place", "nowhere")
    assert done.exit_code == 1
    assert "nowhere" in done.output
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert len(scope.session.scalars(select(LearningApp.id)).all()) == 1


def test_an_app_needs_a_place(run):
    assert run(add_app, "よみもの").exit_code == 2


def lose_days(app) -> None:
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(delete(DayRollup))
        audit.record(scope, "sums:lost", "test")


def test_lost_sums_come_back_as_they_were(run, send, app):
    send("drill", APP_SECRET, by(AOI), by(BEN, OTHER_ID))
    before = days(app)
    lose_days(app)
    assert days(app) == []
    done = run(rebuild_rollups)
    assert done.exit_code == 0, done.output
    assert "ひなた小学校: 2 records" in done.output
    assert "ひなた中学校: 0 records" in done.output
    assert "みなと小学校: 0 records" in done.output
    assert days(app) == before
    assert len(before) == 2


def test_one_school_is_rebuilt_alone(run, send, app):
    send("drill", APP_SECRET, by(AOI), by(KEN, OTHER_ID))
    before = days(app)
    lose_days(app)
    done = run(rebuild_rollups, "--school", CODES[SECONDARY])
    assert done.output == "ひなた中学校: 1 records\n"
    assert [each for each in before if each in days(app)] == days(app)
    assert len(days(app)) == 1


def test_a_school_without_records_is_rebuilt_to_nothing(run):
    assert run(rebuild_rollups, "--school", CODES[ELSEWHERE]).output == "みなと小学校: 0 records\n"


def test_a_school_that_nobody_knows_is_said(run):
    done = run(rebuild_rollups, "--school", "nowhere")
    assert done.exit_code == 1
    assert "nowhere" in done.output
