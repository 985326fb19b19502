"""Who reads the inbox, and what becomes of a statement that cannot be read."""

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import connectors
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.intake.digester import Digester
from aarportal.cycle.action.intake.operations import read_again
from aarportal.cycle.action.models import (
    AppDay,
    InboxEntry,
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    Rereading,
    StoredStatement,
)
from aarportal.cycle.action.xapi.operations import receive
from tests.cast import AOI, APP_DRILL, BEN, DRILL_SCOPE, HINATA, OKA, key, scope_of
from tests.cycle.action.intake.stream import NOW, decoded, own_id, rows, said

pytestmark = pytest.mark.both_databases
PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


def bring(*statements):
    with unit_of_work(DRILL_SCOPE) as scope:
        return receive(scope, decoded(list(statements))).new


def test_a_thread_reads_what_comes(in_app):
    reader = Digester(in_app)
    reader.start()
    try:
        logged = bring(said(AOI), said(BEN))
        reader.bring(logged)
        reader.wake()
        until = time.monotonic() + PATIENCE_SECONDS
        while rows(InboxEntry) and time.monotonic() < until:
            threading.Event().wait(0.05)
    finally:
        reader.stop()
    assert {row.id for row in rows(LearningRecord)} == {each.id for each in logged}


def test_what_nobody_has_to_read_again_keeps_nobody_waiting(in_app):
    """A link for every app of the district asks each of them, also those that have sent nothing."""
    with unit_of_work(SystemScope("apps")) as scope:
        for number in range(5):
            scope.session.add(LearningApp(
                id=key(f"app {number}"), district_id=HINATA, title=f"{number}",
                access_key=f"{number}", secret_hash=b"x",
            ))  # fmt: skip
        audit.record(scope, "apps:registered", "five")
    bring(said(AOI))
    with unit_of_work(scope_of(OKA)) as scope:
        read_again(scope, "actor", "https://elsewhere.example/\nnobody")
        audit.record(scope, "identity:linked", "nobody")
    assert len(rows(Rereading)) > 5
    Digester(in_app).read_all()
    assert rows(Rereading) == rows(InboxEntry) == []


def test_what_an_earlier_process_left_is_read(in_app):
    logged = bring(said(AOI))
    Digester(in_app).read_all()
    assert [row.id for row in rows(LearningRecord)] == [logged[0].id]
    assert rows(InboxEntry) == []


def test_one_that_breaks_the_reading_waits_and_the_others_are_read(in_app, monkeypatch, caplog):
    good, bad, also_good = said(AOI), said(AOI, question="bomb"), said(BEN)
    for statement in (good, bad, also_good):
        bring(statement)
    read = connectors.read

    def explode(statement):
        if statement.object.id.endswith("bomb"):
            raise ZeroDivisionError("a connector with a fault")
        return read(statement)

    monkeypatch.setattr(connectors, "read", explode)
    digester.of(in_app).read_all()
    recorded = {own_id(each["id"]) for each in (good, also_good)}
    assert {row.id for row in rows(LearningRecord)} == recorded
    [waiting] = rows(QuarantinedStatement)
    assert (waiting.statement_id, waiting.reason) == (own_id(bad["id"]), "unreadable")
    assert "a connector with a fault" in caplog.text
    assert rows(InboxEntry) == []
    counts = [(row.received, row.recorded, row.waiting) for row in rows(AppDay)]
    assert [sum(column) for column in zip(*counts, strict=True)] == [3, 2, 1]


def test_one_that_cannot_be_decoded_any_more_waits(in_app):
    [logged] = bring(said(AOI))
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(update(StoredStatement).values(body=b'{"not": "a statement"}'))
    digester.of(in_app).read_all()
    [waiting] = rows(QuarantinedStatement)
    assert (waiting.statement_id, waiting.reason) == (logged.id, "unreadable")


def test_two_readers_make_one_record_of_each(in_app):
    """Two processes on PostgreSQL; on SQLite they take turns."""
    for number in range(20):
        bring(said(AOI, question=number), said(BEN, question=number))
    start = threading.Barrier(2)

    def read():
        with in_app.app_context():
            start.wait(timeout=PATIENCE_SECONDS)
            Digester(in_app).read_all()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    Digester(in_app).read_all()
    assert len(rows(LearningRecord)) == 40
    assert rows(InboxEntry) == rows(QuarantinedStatement) == []


def test_the_app_says_when_it_was_used_and_what_it_told_of_last(in_app):
    bring(said(AOI, NOW), said(BEN, datetime(2026, 11, 19, 1, 0, tzinfo=UTC)))
    digester.of(in_app).read_all()
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        app = scope.session.get(LearningApp, APP_DRILL)
    assert app.last_record_at == NOW
    assert (clock.now() - app.last_used_at).total_seconds() < 60
