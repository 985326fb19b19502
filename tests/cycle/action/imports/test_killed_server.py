"""The power fails while the server takes a table in, or back: the next one goes on, and it adds up.

Nobody has to press anything: whoever starts the server again finds what is left to do.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports import operations, store
from aarportal.cycle.action.operations import rebuild
from tests import cast
from tests.conftest import make_settings
from tests.cycle.action.imports.sheets import brought, many
from tests.server import running

ROWS = 2_000
PATIENCE_SECONDS = 120


@pytest.fixture
def portal(tmp_path) -> Flask:
    """An app on a scratch file with the cast in it, beside the server."""
    app = create_app(make_settings(f"sqlite:///{tmp_path}/portal.db", tmp_path))
    migrate.upgrade(app)
    with app.app_context(), unit_of_work(SystemScope("cast")) as scope:
        cast.enter(scope)
    return app


def ask(file: Path, question: str) -> list[tuple]:
    """What stands in the file, past all of our code."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(question).fetchall()


def wait_until(file: Path, question: str) -> None:
    """Until a question has an answer other than zero."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not ask(file, question)[0][0]:
        assert time.monotonic() < until, question
        time.sleep(0.01)


def sums_in(file: Path) -> list[list[tuple]]:
    return [
        ask(file, "select * from day_rollups order by student_id, day, app_id, subject, unit_id"),
        ask(file, "select id, state, active_seconds from learning_records order by id"),
    ]


def acting(portal, step) -> None:
    """Let an administrator do something, with no server and nobody who works on it."""
    with portal.app_context():
        with unit_of_work(cast.scope_of(cast.OKA)) as scope:
            [row], _ = store.page(scope, 1, 40)
            step(scope, row)
        db.engine.dispose()


HALFWAY = (
    f"select count(*) from table_imports where state = '%s' and progress between 1 and {ROWS - 1}"
)
FINISHED = "select count(*) from table_imports where state = '%s'"
READ = "select not exists (select * from statement_inbox)"


def test_a_killed_server_leaves_nothing_half_done(portal, tmp_path):
    url, file = f"sqlite:///{tmp_path}/portal.db", tmp_path / "portal.db"
    with portal.app_context():
        brought(many((cast.AOI, cast.BEN, cast.HANA), ROWS))
    acting(portal, lambda scope, row: operations.start(scope, row, without_problems=False))

    with running(url, tmp_path) as server:
        wait_until(file, HALFWAY % "running")
        server.kill()
    [(progress, taken)] = ask(file, "select progress, taken from table_imports")
    assert 0 < progress < ROWS
    for table in ("statements", "imported_rows"):
        assert ask(file, f"select count(*) from {table}") == [(taken,)]

    with running(url, tmp_path):
        wait_until(file, FINISHED % "done")
        wait_until(file, READ)
    assert ask(file, "select taken, repeated from table_imports") == [(ROWS, 0)]
    for table in ("statements", "imported_rows", "learning_records"):
        assert ask(file, f"select count(*) from {table}") == [(ROWS,)]
    assert not list((tmp_path / "imports").iterdir())
    before = sums_in(file)
    with portal.app_context():
        with unit_of_work(SystemScope("after the cut")) as scope:
            assert rebuild(scope, cast.PRIMARY) == ROWS
        db.engine.dispose()
    assert sums_in(file) == before

    acting(portal, operations.take_back)
    with running(url, tmp_path) as server:
        wait_until(file, HALFWAY % "undoing")
        server.kill()
    with running(url, tmp_path):
        wait_until(file, FINISHED % "undone")
        wait_until(file, READ)
    assert ask(file, "select count(*) from day_rollups") == [(0,)]
    assert ask(file, "select distinct state from learning_records") == [("voided",)]
