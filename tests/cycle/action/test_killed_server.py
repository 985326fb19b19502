"""The power fails while learning apps send: what was acknowledged is there, once, and adds up."""

import http.client
import json
import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.operations import rebuild
from tests import cast, drill
from tests.conftest import make_settings
from tests.server import Server, running

CLIENTS = 4
BATCH = 5
ACKNOWLEDGED_BEFORE_THE_CUT = 120
#: What a client meets when the server is gone.
NO_ANSWER = (OSError, http.client.HTTPException)
LEARNERS = (cast.AOI, cast.BEN, cast.HANA, cast.KEN)


def batch(client: int) -> list[dict]:
    """Answers of several children, made just now."""
    return [
        drill.answered(LEARNERS[(client + number) % len(LEARNERS)].id, number)
        for number in range(BATCH)
    ]


class Client(threading.Thread):
    """A learning app that sends one batch after the other until nobody answers any more."""

    def __init__(self, number: int, server: Server, enough: threading.Semaphore) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.number, self.port, self.enough = number, server.port, enough
        self.acknowledged: list[dict] = []
        self.unanswered: list[dict] = []
        self.refused: list[tuple[int, bytes]] = []

    def run(self) -> None:
        with closing(drill.connect(self.port)) as connection, suppress(*NO_ANSWER):
            while not self.refused:
                self.unanswered = batch(self.number)
                status, answer = drill.post(connection, self.unanswered)
                if status == 200:
                    self.acknowledged += self.unanswered
                else:
                    self.refused.append((status, answer))
                self.enough.release(BATCH)


@pytest.fixture
def portal(tmp_path) -> Flask:
    """An app on a scratch file with the cast in it."""
    app = create_app(make_settings(f"sqlite:///{tmp_path}/portal.db", tmp_path))
    migrate.upgrade(app)
    with app.app_context():
        with unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)
        db.engine.dispose()
    return app


def ask(file: Path, question: str) -> list[tuple]:
    """What stands in the file, past all of our code."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(question).fetchall()


def ids_in(file: Path, table: str) -> list[str]:
    question = f"select given_id from statements where id in (select id from {table})"
    return sorted(str(UUID(bytes=key)) for (key,) in ask(file, question))


def ids_of(statements: list[dict]) -> list[str]:
    return sorted(each["id"] for each in statements)


def sums_in(file: Path) -> list[list[tuple]]:
    return [
        ask(file, "select * from day_rollups order by student_id, day, app_id, subject, unit_id"),
        ask(
            file,
            "select id, records, items, first_attempt_items, first_attempt_correct, retry_items,"
            " retry_correct, active_seconds from learning_cycles order by id",
        ),
        ask(file, "select id, active_seconds from learning_records order by id"),
    ]


def test_a_power_cut_loses_nothing_that_was_acknowledged(portal, tmp_path):
    url, file = f"sqlite:///{tmp_path}/portal.db", tmp_path / "portal.db"
    with running(url, tmp_path) as server:
        enough = threading.Semaphore(0)
        clients = [Client(number, server, enough) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for _ in range(ACKNOWLEDGED_BEFORE_THE_CUT):
            assert enough.acquire(timeout=60)
        server.kill()
        for client in clients:
            client.join(timeout=60)
            assert not client.is_alive()
            assert client.refused == []

    acknowledged = [each for client in clients for each in client.acknowledged]
    unanswered = [client.unanswered for client in clients]
    assert len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_CUT
    assert all(unanswered), "every client was in the middle of a batch"

    with running(url, tmp_path) as server:
        stored = ids_in(file, "statements")
        assert len(stored) == len(set(stored))
        assert set(ids_of(acknowledged)) <= set(stored)
        for each in unanswered:
            kept = set(ids_of(each)) & set(stored)
            assert len(kept) in {0, BATCH}, "a batch is stored whole, or not at all"
        # What got no answer is sent again, as an app does; whether it was stored or not.
        with closing(drill.connect(server.port)) as connection:
            for each in [*unanswered, acknowledged]:
                status, answer = drill.post(connection, each)
                assert (status, json.loads(answer)) == (200, [one["id"] for one in each])
        drill.wait_until_read(lambda: ask(file, "select count(*) from statement_inbox")[0][0])

    everything = acknowledged + [each for batch in unanswered for each in batch]
    assert ids_in(file, "statements") == ids_of(everything)
    assert ids_in(file, "learning_records") == ids_of(everything)
    assert ask(file, "select count(*) from quarantined_statements") == [(0,)]
    assert ask(file, "select sum(records) from day_rollups") == [(len(everything),)]

    before = sums_in(file)
    with portal.app_context():
        for school_id in (cast.PRIMARY, cast.SECONDARY):
            with unit_of_work(SystemScope("after the cut")) as scope:
                assert rebuild(scope, school_id) > 0
        db.engine.dispose()
    assert sums_in(file) == before
