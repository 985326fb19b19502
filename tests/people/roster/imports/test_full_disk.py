"""The disk fills up while a roster is written: SQLite itself says so, at any page."""

import pytest
from sqlalchemy import event

from aarportal.core.database import db
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.imports import importer, operations, store
from tests.cast import OKA, scope_of
from tests.people.roster.imports import TRACES, all_rows
from tests.people.roster.imports.office import (
    HERE,
    brought,
    child,
    confirmed,
    roster,
    seen,
    standing_school,
)

_UNLIMITED = 4294967294


@pytest.fixture
def pages_left(in_app):
    """Let the database grow by so many pages and no more; None lifts the limit."""
    most = [_UNLIMITED]

    @event.listens_for(db.engine, "begin")
    def limit(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={most[0]}")

    def set_limit(pages):
        with db.engine.connect() as connection:
            now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        most[0] = _UNLIMITED if pages is None else now + pages

    yield set_limit
    event.remove(db.engine, "begin", limit)
    db.engine.dispose()


@pytest.mark.parametrize("pages", [15, 40])
def test_the_roster_is_as_it_was_and_the_job_says_so(pages_left, pages):
    standing_school()
    import_id = brought(roster([*HERE, *(child(f"ko{n}", n) for n in range(10, 400))]))
    before = all_rows(but=TRACES)
    pages_left(pages)
    row = seen(confirmed(import_id))
    assert (row.state, row.trouble) == ("write_stopped", "no_room")
    assert all_rows(but=TRACES) == before
    pages_left(None)
    with unit_of_work(scope_of(OKA)) as scope:
        operations.go_on(scope, store.roster_import(scope, import_id))
    importer.here().worker.wake()
    assert seen(import_id).state == "done"
