"""`aarportal demo`: when it is made, kept, made anew, and when hands are kept off."""

import json
from datetime import timedelta

import click
import pytest
from sqlalchemy import func, select

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import StoredStatement
from aarportal.demo.commands import prepare
from aarportal.people.accounts.models import Account
from aarportal.people.roster.models import District
from tests.demo.conftest import NOW, dispose, new_app

SMALL = {"weeks": 1, "classes": 1}


@pytest.fixture
def empty(tmp_path):
    app = new_app(tmp_path)
    yield app
    dispose(app)


def count(app, model):
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalar(select(func.count()).select_from(model))


def statements(app):
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return set(scope.session.scalars(select(StoredStatement.body)))


def change_something(app):
    from aarportal.audit import operations as audit

    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        row = scope.session.scalars(select(Account).limit(1)).one()
        row.text_size = "xl"
        audit.record(scope, "preferences:set", row.user_id)


def was_changed(app):
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return "xl" in set(scope.session.scalars(select(Account.text_size)))


def test_an_empty_database_is_filled_and_the_logins_are_shown(empty, tmp_path, capsys):
    prepare(empty, **SMALL, now=NOW)
    assert clock.today() == NOW.date()
    told = json.loads((tmp_path / "demo.json").read_text("utf-8"))
    assert told["day"] == "2026-11-20"
    assert {"who", "code", "login_id", "password"} == set(told["logins"][0])
    page = empty.test_client().get("/sign-in").get_data(as_text=True)
    assert told["logins"][0]["login_id"] in page
    assert "髙﨑 美桜" in page
    assert "learning records" in capsys.readouterr().out


def test_on_the_same_day_it_is_served_as_people_left_it(empty, capsys):
    prepare(empty, **SMALL, now=NOW)
    clock.shift(timedelta(hours=1) + clock._shift)
    later = clock.now()
    change_something(empty)
    prepare(empty, **SMALL, now=NOW + timedelta(hours=2))
    assert was_changed(empty)
    assert clock.now() > later, "nothing that was done lies in the future"
    assert "as it was left" in capsys.readouterr().out


def test_on_another_day_it_is_made_anew(empty, capsys):
    prepare(empty, **SMALL, now=NOW)
    change_something(empty)
    prepare(empty, **SMALL, now=NOW + timedelta(days=4))
    assert not was_changed(empty)
    assert count(empty, District) == 1
    assert clock.today() == (NOW + timedelta(days=4)).date()
    assert "made anew" in capsys.readouterr().out


def test_keep_keeps_one_of_another_day(empty):
    prepare(empty, **SMALL, now=NOW)
    change_something(empty)
    prepare(empty, keep=True, **SMALL, now=NOW + timedelta(days=4))
    assert was_changed(empty)
    assert clock.today() == NOW.date()


def test_one_that_was_broken_off_is_made_anew(empty, monkeypatch):
    def stop(_sentence):
        raise KeyboardInterrupt

    from aarportal import migrate
    from aarportal.demo.seeding import seed

    migrate.upgrade(empty)
    with pytest.raises(KeyboardInterrupt):
        seed(empty, **SMALL, now=NOW, say=lambda said: stop(said) if "written" in said else None)
    assert count(empty, District) == 1
    prepare(empty, **SMALL, now=NOW)
    assert count(empty, StoredStatement) > 100


def test_a_database_with_a_real_school_is_left_alone(app):
    before = count(app, Account)
    with pytest.raises(click.ClickException, match="left alone"):
        prepare(app, **SMALL, now=NOW)
    assert count(app, Account) == before


def test_the_same_seed_makes_the_same_statements(tmp_path_factory):
    made = []
    for number in (4, 4, 5):
        app = new_app(tmp_path_factory.mktemp("seed"))
        prepare(app, number=number, **SMALL, now=NOW)
        made.append(statements(app))
        dispose(app)
    assert made[0] == made[1]
    assert made[0].isdisjoint(made[2])
