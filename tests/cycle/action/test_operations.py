"""What a student does while learning: reports paper work, begins, says how it is."""

import threading

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import NotFoundError, StateError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations
from aarportal.cycle.action.models import DayRollup, LearningRecord
from aarportal.cycle.action.operations import PaperWork
from aarportal.cycle.action.rollups import COUNTS
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import CycleState
from tests.cast import (
    AOI,
    BEN,
    KEN,
    PRIMARY,
    SECONDARY,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    scope_of,
)
from tests.cycle.action.days import MINUTE, NOW, TODAY, enter, lap, record, rows, set_clock


@pytest.fixture(autouse=True)
def friday(in_app):
    set_clock()


def report(cycle_id, work: PaperWork, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        operations.record_by_hand(scope, cycles.cycle(scope, cycle_id), work)


#: What was reported -> items, seconds of its own, active seconds, length in minutes.
PAPER = {
    "questions": (PaperWork("プリント", 8, "items"), 8, None, 60, 0),
    "questions with minutes": (PaperWork("プリント", 8, "items", 15), 8, 900, 900, 15),
    "pages": (PaperWork("ノート", 3, "pages"), 0, None, 60, 0),
    "times": (PaperWork("おんどく", 2, "times", 5), 0, 300, 300, 5),
    "minutes": (PaperWork("ドリル", 20, "minutes"), 0, 1200, 1200, 20),
    "minutes go before a guess": (PaperWork("ドリル", 20, "minutes", 90), 0, 1200, 1200, 20),
    "longer than a burst": (PaperWork("けんきゅう", 90, "minutes"), 0, 5400, 3600, 90),
}


@pytest.mark.parametrize(("work", "items", "own", "active", "minutes"), PAPER.values(), ids=PAPER)
def test_paper_work_is_kept_as_it_was_told(work, items, own, active, minutes):
    [id_] = enter(lap())
    report(id_, work)
    [row] = rows(LearningRecord)
    assert (row.title, row.items, row.own_duration) == (work.title, items, own)
    assert (row.started_at, row.ended_at) == (row.ended_at - minutes * MINUTE, row.received_at)
    assert (row.connector, row.app_id, row.self_reported) == ("by_hand", NOTHING, True)
    assert (row.cycle_id, row.unit_id, row.subject) == (id_, UNIT_DIVISION, "sansu")
    assert (row.day, row.state, row.student_id) == (TODAY, "linked", AOI.id)
    [day] = rows(DayRollup)
    [cycle] = rows(LearningCycle)
    for sums in (day, cycle):
        assert (sums.records, sums.items, sums.active_seconds) == (1, items, active)
        assert sums.first_attempt_items == sums.retry_items == 0


def test_paper_work_says_who_told_it_in_the_audit():
    [id_] = enter(lap())
    report(id_, PaperWork("プリント", 8, "items"))
    [row] = rows(LearningRecord)
    [entry] = rows(AuditEntry, AuditEntry.verb == "record:made_by_hand")
    assert (entry.actor_id, entry.object_id, entry.student_id) == (AOI.id, str(row.id), AOI.id)


def test_paper_work_is_added_to_what_apps_reported():
    mine = lap()
    enter(mine, record(30, cycle_id=mine.id, state="linked"))
    report(mine.id, PaperWork("プリント", 4, "items"))
    report(mine.id, PaperWork("プリント", 4, "items"))
    [cycle] = rows(LearningCycle)
    assert (cycle.records, cycle.items, cycle.first_attempt_items) == (3, 9, 1)
    assert len(rows(DayRollup)) == 2


def sums() -> list[tuple]:
    return sorted(
        (model.__name__, *(getattr(row, name) for name in COUNTS))
        for model in (DayRollup, LearningCycle)
        for row in rows(model)
    )


def test_paper_work_counts_as_a_rebuild_counts_it():
    mine = lap()
    enter(mine, record(30, cycle_id=mine.id, state="linked"))
    for minutes in (None, 3, 40):
        report(mine.id, PaperWork("プリント", 4, "items", minutes))
    kept = sums()
    with unit_of_work(SystemScope("test")) as scope:
        assert operations.rebuild(scope, PRIMARY) == 4
    assert sums() == kept


#: State before -> after paper work was reported.
MOVES = {
    CycleState.ANTICIPATING: CycleState.ACTING,
    CycleState.ACTING: CycleState.ACTING,
    CycleState.PAUSED: CycleState.ACTING,
    CycleState.REFLECTING: CycleState.REFLECTING,
    # An outbox may bring it late; the facts grow and the lap stays closed.
    CycleState.CLOSED: CycleState.CLOSED,
}


@pytest.mark.parametrize(("before", "after"), MOVES.items())
def test_paper_work_moves_the_lap(before, after):
    [id_] = enter(lap(state=before))
    report(id_, PaperWork("プリント", 4, "items"))
    [cycle] = rows(LearningCycle)
    assert (cycle.state, cycle.items) == (after, 4)


def test_nobody_reports_for_another_child():
    [id_] = enter(lap())
    with pytest.raises(NotFoundError):
        report(id_, PaperWork("プリント", 4, "items"), BEN)
    assert rows(LearningRecord) == []


def test_reports_side_by_side_are_all_counted(in_app):
    [id_] = enter(lap())
    failed = []

    def tell() -> None:
        with in_app.app_context():
            try:
                report(id_, PaperWork("プリント", 1, "items"))
            except Exception as error:  # noqa: BLE001 - whatever it was, the test shows it
                failed.append(error)

    children = [threading.Thread(target=tell) for _ in range(6)]
    for each in children:
        each.start()
    for each in children:
        each.join()
    assert failed == []
    [cycle], [day] = rows(LearningCycle), rows(DayRollup)
    assert (cycle.items, cycle.records) == (day.items, day.records) == (6, 6)


# --- はじめる, いまどう？ ----------------------------------------------------------------------


@pytest.mark.parametrize("before", [CycleState.ANTICIPATING, CycleState.ACTING, CycleState.PAUSED])
def test_beginning_is_going_to_work(before):
    [id_] = enter(lap(state=before))
    with unit_of_work(scope_of(AOI)) as scope:
        operations.start(scope, cycles.cycle(scope, id_))
    [cycle] = rows(LearningCycle)
    assert cycle.state == CycleState.ACTING
    assert cycle.acted_first_at >= NOW
    assert cycle.records == 0


@pytest.mark.parametrize("before", [CycleState.REFLECTING, CycleState.CLOSED])
def test_what_is_over_does_not_begin_again(before):
    [id_] = enter(lap(state=before))
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.start(scope, cycles.cycle(scope, id_))
    assert rows(LearningCycle)[0].state == before


@pytest.mark.parametrize("answer", ["smooth", "ok", "stuck", "ask"])
@pytest.mark.parametrize("before", [CycleState.ANTICIPATING, CycleState.ACTING, CycleState.PAUSED])
def test_how_it_is_going_is_kept_for_the_class_page(before, answer):
    [id_] = enter(lap(state=before))
    with unit_of_work(scope_of(AOI)) as scope:
        operations.check_midway(scope, cycles.cycle(scope, id_), answer)
    [cycle] = rows(LearningCycle)
    assert (cycle.state, cycle.mid) == (CycleState.ACTING, answer)
    assert cycle.updated_at >= NOW
    assert len(rows(AuditEntry, AuditEntry.verb == "cycle:checked_midway")) == 1


def test_how_it_was_going_is_not_asked_when_it_is_over():
    [id_] = enter(lap(state=CycleState.CLOSED))
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.check_midway(scope, cycles.cycle(scope, id_), "ok")
    assert rows(LearningCycle)[0].mid == ""


# --- making sums anew ---------------------------------------------------------------------------


def test_a_rebuild_mends_whatever_was_wrong():
    mine = lap()
    enter(mine, record(9, cycle_id=mine.id, state="linked"), record(6), record(3, member=BEN))
    right = sums()
    with unit_of_work(SystemScope("test")) as scope:
        cycle = scope.session.get(LearningCycle, (PRIMARY, mine.id))
        cycle.items, cycle.active_seconds = 99, 99
        for row in scope.session.scalars(select(DayRollup)):
            row.items = 7
        audit.record(scope, "sums:spoiled", "test")
    assert sums() != right
    with unit_of_work(SystemScope("test")) as scope:
        assert operations.rebuild(scope, PRIMARY) == 3
    assert sums() == right


def test_what_was_taken_back_does_not_count():
    mine = lap()
    enter(mine, *(record(n, cycle_id=mine.id, state=s) for n, s in ((9, "linked"), (6, "voided"))))
    [cycle], [day] = rows(LearningCycle), rows(DayRollup)
    assert (cycle.records, day.records) == (1, 1)


def test_a_rebuild_of_one_school_leaves_the_others_alone():
    enter(record(5), record(5, member=KEN, unit_id=UNIT_EQUATIONS, subject="sugaku"))
    with unit_of_work(SystemScope("test")) as scope:
        for row in scope.session.scalars(select(DayRollup)):
            row.items = 7
        audit.record(scope, "sums:spoiled", "test")
    with unit_of_work(SystemScope("test")) as scope:
        operations.rebuild(scope, SECONDARY)
    assert {row.school_id: row.items for row in rows(DayRollup)} == {PRIMARY: 7, SECONDARY: 1}


def test_today_is_the_day_at_school(in_app):
    [id_] = enter(lap())
    clock.shift(clock._shift + 14 * 60 * MINUTE)  # half past midnight at school, the 20th in UTC
    report(id_, PaperWork("プリント", 1, "items"))
    [row] = rows(LearningRecord)
    assert (row.day - TODAY).days == 1
