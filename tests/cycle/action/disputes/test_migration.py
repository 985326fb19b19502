"""What was doubted before doubts had a row of their own comes to the teacher as well."""

from datetime import timedelta

import pytest

from aarportal import migrate
from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.disputes import operations
from aarportal.cycle.action.models import LearningRecord, RecordDispute
from tests.cast import AOI, BEN, CHIBA, UNIT_WATER, scope_of
from tests.cycle.action.days import MINUTE, NOW, by_hand, enter, record, rows

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("friday")]


def migrated(app) -> None:
    """As if the database came from a version before doubts had rows."""
    with app.app_context():
        db.session.remove()
    migrate.downgrade(app, "0002")
    migrate.upgrade(app)


def decisions(browser) -> int:
    """How many lines wait for a decision on the page."""
    found = browser.get("/disputes").html.select('form[action$="/decide"]')
    return len({form["action"] for form in found})


def disputes(app) -> list[RecordDispute]:
    with app.app_context():
        return sorted(rows(RecordDispute), key=lambda row: row.made_at)


def doubted(minutes_ago, member=AOI, **parts) -> LearningRecord:
    return record(minutes_ago, member, state="disputed", **parts)


def leave_traces(*records, at) -> None:
    with unit_of_work(SystemScope("test")) as scope:
        for each in records:
            audit.record(scope, "record:disputed", each.id, student_id=each.student_id)
        # Traces are only added to: their time is put right before they are.
        for entry in scope.session.new:
            if isinstance(entry, AuditEntry):
                entry.at = at


def test_each_doubted_line_gets_one_row_and_the_teacher_can_decide(app, browser):
    a_line = [doubted(200), doubted(197), doubted(194)]
    another = doubted(150, unit_id=UNIT_WATER, subject="rika")
    bens = doubted(100, BEN)
    with app.app_context():
        enter(*a_line, another, bens, record(60), by_hand(50))
        leave_traces(*a_line, another, at=NOW - 30 * MINUTE)
    assert decisions(browser(CHIBA)) == 0
    migrated(app)
    made = disputes(app)
    assert {(row.student_id, row.record_id) for row in made} == {
        (AOI.id, a_line[0].id), (AOI.id, another.id), (BEN.id, bens.id),
    }  # fmt: skip
    assert {row.made_at for row in made} == {NOW - 30 * MINUTE, bens.received_at}
    assert {(row.decision, row.explanation, row.reason) for row in made} == {("", "", "")}
    assert decisions(browser(CHIBA)) == 3
    with app.app_context(), unit_of_work(scope_of(CHIBA)) as scope:
        first = next(row for row in made if row.record_id == a_line[0].id)
        operations.decide(scope, first.id, operations.Decision("voided"))
    with app.app_context():
        states = {row.id: row.state for row in rows(LearningRecord)}
    assert [states[row.id] for row in a_line] == ["voided"] * 3
    assert states[another.id] == states[bens.id] == "disputed"


def test_lines_that_have_a_row_and_records_that_nobody_doubts_are_left_alone(app):
    first, second = record(12), record(9)
    with app.app_context():
        enter(first, second, record(60), record(300, state="voided"))
        with unit_of_work(scope_of(AOI)) as scope:
            operations.dispute(scope, first.id, "wrong_time")
    [before] = disputes(app)
    for _ in range(2):
        migrated(app)
        [after] = disputes(app)
        assert (after.id, after.reason, after.made_at) == (before.id, "wrong_time", before.made_at)


def test_a_line_that_a_teacher_explained_and_that_was_doubted_long_ago_again_is_asked_anew(app):
    gap = timedelta(minutes=1)
    explained = doubted(12)
    with app.app_context():
        enter(explained)
        with unit_of_work(SystemScope("test")) as scope:
            scope.session.add(
                RecordDispute(
                    school_id=explained.school_id, student_id=AOI.id, record_id=explained.id,
                    made_at=NOW - gap, decision="upheld", explanation="じゅぎょうで つかいました。",
                    decided_by=CHIBA.id, decided_at=NOW,
                )
            )  # fmt: skip
            audit.record(scope, "test:entered", "dispute")
    migrated(app)
    assert sorted(row.decision for row in disputes(app)) == ["", "upheld"]
