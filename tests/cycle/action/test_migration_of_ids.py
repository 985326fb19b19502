"""Statements from before they had ids of their own keep what was made of them, there and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import column, select, table

from aarportal import migrate
from aarportal.core.database import Key, db
from aarportal.core.scope import AppScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.disputes import operations as doubts
from aarportal.cycle.action.imports.models import ImportedRow
from aarportal.cycle.action.models import (
    LearningRecord,
    QuarantinedStatement,
    RecordDispute,
    StoredStatement,
)
from aarportal.cycle.action.quarantine import operations as quarantine
from aarportal.cycle.action.quarantine.operations import LinkDraft
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    ELSEWHERE,
    GEN,
    HANA,
    IDENTITY_PROVIDER,
    KEN,
    MINATO,
    key,
    scope_of,
)
from tests.cycle.action.apps.messages import voiding
from tests.cycle.action.days import MINUTE, NOW, by_hand, enter, set_clock
from tests.cycle.action.imports import sheets
from tests.cycle.action.intake.stream import account, given_ids, one, own_id, rows, said, send
from tests.cycle.action.quarantine.waiting import office
from tests.cycle.action.xapi.documents.calling import CallingApp, add_app

pytestmark = pytest.mark.both_databases
#: Everything that names a statement by our own id.
NAMING = (
    ("statements", "id"),
    ("learning_records", "id"),
    ("quarantined_statements", "statement_id"),
    ("imported_rows", "statement_id"),
    ("record_disputes", "record_id"),
)


@pytest.fixture(autouse=True)
def friday(in_app):
    set_clock()


@contextmanager
def before_the_change(app) -> Iterator[None]:
    """Bring the database to the version before, and back."""
    db.session.remove()
    migrate.downgrade(app, "0004")
    try:
        yield
    finally:
        migrate.upgrade(app)


@pytest.fixture
def sent() -> dict[str, dict]:
    """A record that is doubted, one that is not, one taken back, one that waits; and others' work.

    Aoi's line of an import and what Aoi did on paper stand beside them.
    """
    made = {
        "doubted": said(AOI, NOW - 90 * MINUTE),
        "known": said(BEN, NOW - 30 * MINUTE),
        "gone": said(HANA),
        "waiting": said(account("s0001")),
        "elsewhere": said(KEN),
    }
    send(*made.values())
    send(voiding(made["gone"]))
    sheets.started(sheets.brought(sheets.table(sheets.line(AOI))))
    enter(by_hand())
    record_id = own_id(made["doubted"]["id"])
    with unit_of_work(scope_of(AOI)) as scope:
        doubts.dispute(scope, record_id, "not_mine")
    return made


def ids() -> dict[str, list[UUID]]:
    """What statements are named by, whatever the version of the database is."""
    with db.engine.connect() as connection:
        return {
            name: sorted(connection.scalars(select(column(at, Key())).select_from(table(name))))
            for name, at in NAMING
        }


def kept() -> dict[str, dict[UUID, object]]:
    """What was made of each statement, by its id in xAPI."""
    given = given_ids()
    return {
        "statements": {row.given_id: (row.position, row.voided) for row in rows(StoredStatement)},
        "records": {
            given.get(row.id, row.id): (row.student_id, row.state, row.day, row.answer_key)
            for row in rows(LearningRecord)
        },
        "waiting": {given[row.statement_id]: row.reason for row in rows(QuarantinedStatement)},
        "imported": {given[row.statement_id]: row.line for row in rows(ImportedRow)},
        "doubted": {given[row.record_id]: row.reason for row in rows(RecordDispute)},
    }


def record_of(statement: dict) -> LearningRecord:
    return one(LearningRecord, LearningRecord.id == own_id(statement["id"]))


def test_before_it_everything_is_named_as_xapi_names_it(app, sent):
    given = given_ids()
    named = {name: sorted(given.get(id_, id_) for id_ in found) for name, found in ids().items()}
    assert all(named.values())
    assert named != ids()
    with before_the_change(app):
        assert ids() == named


def test_there_and_back_everything_is_as_it_was(app, sent):
    before = kept()
    assert all(before.values())
    for _ in range(2):
        with before_the_change(app):
            pass
        assert kept() == before
        assert all(own == given for own, given in given_ids().items())


def test_one_id_in_two_districts_goes_there_and_back(app):
    """Each district has a log of its own."""
    add_app(app, "minato", district_id=MINATO, home_pages=[IDENTITY_PROVIDER])
    statement = said(AOI)
    send(statement)
    scope = AppScope(key("app minato"), MINATO, frozenset({ELSEWHERE}))
    send({**said(GEN), "id": statement["id"]}, scope=scope)
    for _ in range(2):
        with before_the_change(app):
            assert ids()["learning_records"] == [UUID(statement["id"])] * 2
    assert {row.student_id for row in rows(LearningRecord)} == {AOI.id, GEN.id}


def test_what_came_before_it_is_read_repeated_answered_again_and_taken_back(app, sent):
    with before_the_change(app):
        pass
    known = sent["known"]
    answer = CallingApp(app).ask("GET", "statements", query={"statementId": known["id"]})
    assert (answer.status_code, answer.get_json()["id"]) == (200, known["id"])
    before = kept()
    assert send(*sent.values()) == [UUID(each["id"]) for each in sent.values()]
    assert kept() == before
    again = said(BEN)
    send(again)
    assert record_of(again).retry_items == 1
    assert record_of(again).id != UUID(again["id"])
    send(voiding(known))
    assert record_of(known).state == "voided"


def test_staff_go_on_with_what_came_before_it(app, browser, sent):
    with before_the_change(app):
        pass
    doubted = record_of(sent["doubted"])
    assert browser(CHIBA).get(f"/records/{doubted.id}/statement").status == 200
    dispute_id = one(RecordDispute).id
    with unit_of_work(scope_of(CHIBA)) as scope:
        doubts.decide(scope, dispute_id, doubts.Decision("voided"))
    assert record_of(sent["doubted"]).state == "voided"
    office(quarantine.link, LinkDraft(APP_DRILL, IDENTITY_PROVIDER, "s0001", AOI.id))
    assert record_of(sent["waiting"]).student_id == AOI.id
    assert rows(QuarantinedStatement) == []
    imported = one(ImportedRow)
    sheets.taken_back(imported.import_id)
    assert one(LearningRecord, LearningRecord.id == imported.statement_id).state == "voided"
