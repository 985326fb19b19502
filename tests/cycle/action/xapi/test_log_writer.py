"""Requests that come at once are written together, and each gets its own answer."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from aarportal.core import clock
from aarportal.cycle.action.models import AppDay, InboxEntry, StoredStatement
from aarportal.cycle.action.xapi import log_writer, operations
from aarportal.cycle.action.xapi.log_writer import LogWriter
from aarportal.cycle.action.xapi.operations import StatementConflictError
from aarportal.cycle.action.xapi.statements import decode_batch
from tests.cast import AOI, BEN, DRILL_SCOPE
from tests.cycle.action.intake.stream import decoded, rows, said

pytestmark = pytest.mark.both_databases
MANY = 12


@pytest.fixture
def at_once(in_app):
    """Writes batches from as many threads, all of them let go at the same time."""

    def write(batches):
        writer, start = LogWriter(), threading.Barrier(len(batches))

        def one(batch):
            with in_app.app_context():
                start.wait(timeout=30)
                try:
                    return writer.write(DRILL_SCOPE, decoded(batch), "1.0.0")
                except StatementConflictError as error:
                    return error

        with ThreadPoolExecutor(len(batches)) as threads:
            return list(threads.map(one, batches))

    return write


def stored() -> set[str]:
    return {str(row.given_id) for row in rows(StoredStatement)}


def test_every_request_gets_the_ids_of_its_own_statements(at_once):
    batches = [[said(AOI), said(BEN)][: 1 + number % 2] for number in range(MANY)]
    receipts = at_once(batches)
    for batch, receipt in zip(batches, receipts, strict=True):
        assert [str(id_) for id_ in receipt.ids] == [each["id"] for each in batch]
        assert [each.given_id for each in receipt.new] == receipt.ids
    assert stored() == {each["id"] for batch in batches for each in batch}
    assert len({row.position for row in rows(StoredStatement)}) == len(stored())


def test_one_that_is_wrong_does_not_keep_the_others(at_once):
    known = said(AOI)
    at_once([[known]])
    other = {**said(BEN), "id": known["id"]}
    batches = [[said(AOI)] for _ in range(MANY)] + [[said(BEN), other]]
    *receipts, refused = at_once(batches)
    assert isinstance(refused, StatementConflictError)
    assert all(receipt.new for receipt in receipts)
    assert stored() == {known["id"]} | {each["id"] for batch in batches[:-1] for each in batch}


def test_the_same_statement_from_all_at_once_is_stored_once(at_once):
    statement = said(AOI)
    receipts = at_once([[statement]] * MANY)
    assert all(receipt.ids == [UUID(statement["id"])] for receipt in receipts)
    assert sum(len(receipt.new) for receipt in receipts) == 1
    assert stored() == {statement["id"]}
    assert len(rows(InboxEntry)) == 1
    assert sum(row.repeated for row in rows(AppDay)) == MANY - 1


def test_one_id_with_two_contents_is_stored_once_and_refused_once(at_once):
    statement = said(AOI)
    found = at_once([[statement], [{**said(BEN), "id": statement["id"]}]])
    assert sum(isinstance(each, StatementConflictError) for each in found) == 1
    assert len(rows(StoredStatement)) == 1


def test_a_batch_is_written_whole_or_not_at_all(at_once):
    known = said(AOI)
    at_once([[known]])
    [refused] = at_once([[said(BEN), {**said(BEN), "id": known["id"]}, said(BEN)]])
    assert isinstance(refused, StatementConflictError)
    assert stored() == {known["id"]}


def test_nobody_waits_for_ever_when_writing_breaks(in_app, monkeypatch):
    """A disk that is full, a database that is away: every request hears of it."""

    def broken(*_args, **_options):
        raise OSError("no space left on device")

    monkeypatch.setattr(operations, "receive", broken)
    writer = LogWriter()
    for _ in range(2):
        with pytest.raises(OSError, match="no space"):
            writer.write(DRILL_SCOPE, decoded([said(AOI)]), "1.0.0")
    monkeypatch.undo()
    assert writer.write(DRILL_SCOPE, decoded([said(AOI)]), "1.0.0").new


def test_what_names_no_version_is_taken_for_that_of_the_request(in_app):
    body = json.dumps([said(AOI)]).encode()
    log_writer.write(DRILL_SCOPE, decode_batch(body, clock.now()), "2.0.0")
    log_writer.write(DRILL_SCOPE, decoded([said(BEN)]))
    assert sorted(row.version for row in rows(StoredStatement)) == ["1.0.0", "2.0.0"]
