"""これは ちがう: a line is doubted, a teacher decides, and every sum follows."""

from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.disputes import operations, store
from aarportal.cycle.action.disputes.operations import MAX_EXPLANATION, REASONS, Decision
from aarportal.cycle.action.models import (
    DayRollup,
    LearningRecord,
    RecordDispute,
    StoredStatement,
)
from aarportal.cycle.action.operations import (
    book,
    put_in_again,
    rebuild,
    record_values,
    take_out,
)
from aarportal.cycle.action.rollups import COUNTS, Entry, Group
from aarportal.cycle.loop.models import LearningCycle
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    DOI,
    DRILL_SCOPE,
    GEN,
    HINATA,
    KEN,
    MORI,
    PRIMARY,
    UNIT_WATER,
    scope_of,
)
from tests.cycle.action.days import MINUTE, NOW, by_hand, enter, lap, record, rows, set_clock

TAKE_OUT = Decision("voided")
EXPLAIN = Decision("upheld", "あさの 10ぷんは じゅぎょうで つかいました。")


@pytest.fixture(autouse=True)
def friday(in_app):
    set_clock()


def doubt(record_id, member=AOI, reason="") -> UUID:
    """Doubts a line; answers with the dispute's id."""
    with unit_of_work(scope_of(member)) as scope:
        operations.dispute(scope, record_id, reason)
    return max(rows(RecordDispute), key=lambda row: row.id).id


def decide(dispute_id, draft=TAKE_OUT, member=CHIBA) -> None:
    with unit_of_work(scope_of(member)) as scope:
        operations.decide(scope, dispute_id, draft)


def take_back(dispute_id, member=CHIBA) -> None:
    with unit_of_work(scope_of(member)) as scope:
        operations.take_back(scope, dispute_id)


def see(dispute_id, member=AOI) -> None:
    with unit_of_work(scope_of(member)) as scope:
        operations.acknowledge(scope, dispute_id)


def states() -> dict[UUID, str]:
    return {row.id: row.state for row in rows(LearningRecord)}


def sums() -> dict[str, list]:
    """Everything that is kept besides the records."""
    return {
        "days": sorted(
            (row.student_id, row.day, row.app_id, row.subject, row.unit_id,
             *(getattr(row, name) for name in (*COUNTS, "burst_seconds")))
            for row in rows(DayRollup)
        ),
        "laps": sorted(
            (row.id, *(getattr(row, name) for name in COUNTS)) for row in rows(LearningCycle)
        ),
        "times": sorted((row.id, row.active_seconds) for row in rows(LearningRecord)
                        if row.state != "voided"),
    }  # fmt: skip


def assert_a_rebuild_changes_nothing() -> None:
    kept = sums()
    with unit_of_work(SystemScope("test")) as scope:
        rebuild(scope, PRIMARY)
    assert sums() == kept


# --- これは ちがう ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["valid", "linked"])
def test_a_doubted_record_still_counts(state):
    mine = lap()
    _, id_ = enter(mine, record(cycle_id=mine.id if state == "linked" else None, state=state))
    before = sums()
    doubt(id_)
    [row] = rows(LearningRecord)
    assert row.state == "disputed"
    with unit_of_work(SystemScope("test")) as scope:
        assert rebuild(scope, PRIMARY) == 1
    assert sums() == before


def test_the_whole_line_is_doubted_and_no_other():
    of_line = [record(12), record(9), record(6)]
    others = [record(60), record(5, unit_id=UNIT_WATER), by_hand(4)]
    enter(*of_line, *others)
    doubt(of_line[0].id)
    states = {row.id: row.state for row in rows(LearningRecord)}
    assert [states[row.id] for row in of_line] == ["disputed"] * 3
    assert [states[row.id] for row in others] == ["valid", "valid", "linked"]
    entries = rows(AuditEntry, AuditEntry.verb == "record:disputed")
    assert {entry.object_id for entry in entries} == {str(row.id) for row in of_line}


def test_a_record_that_came_to_a_doubted_line_can_be_doubted_with_it():
    first, second = record(9), record(6, state="disputed")
    enter(first, second)
    doubt(first.id)
    assert {row.state for row in rows(LearningRecord)} == {"disputed"}


@pytest.mark.parametrize("state", ["disputed", "voided"])
def test_what_a_teacher_has_to_decide_or_has_decided_is_not_doubted_again(state):
    [id_] = enter(record(state=state))
    with pytest.raises(StateError):
        doubt(id_)


def test_nobody_doubts_another_child_s_record():
    [id_] = enter(record())
    with pytest.raises(NotFoundError):
        doubt(id_, BEN)
    assert rows(LearningRecord)[0].state == "valid"


@pytest.mark.parametrize("reason", ["", *REASONS])
def test_the_reason_is_kept_or_left_out(reason):
    [id_] = enter(record())
    doubt(id_, reason=reason)
    [row] = rows(RecordDispute)
    assert (row.record_id, row.student_id, row.reason) == (id_, AOI.id, reason)
    assert (row.decision, row.decided_at, row.seen_at) == ("", None, None)


def test_a_reason_that_is_none_is_refused():
    [id_] = enter(record())
    with pytest.raises(InvalidError):
        doubt(id_, reason="boring")
    assert not rows(RecordDispute)


def test_what_one_wrote_oneself_is_not_doubted():
    [id_] = enter(by_hand())
    with pytest.raises(StateError):
        doubt(id_)


# --- the teacher decides ------------------------------------------------------------------------


def test_a_confirmed_doubt_takes_the_line_out_of_every_sum():
    mine = lap()
    line = [record(n, cycle_id=mine.id, state="linked") for n in (12, 9, 6)]
    other = record(40, cycle_id=mine.id, state="linked")
    enter(mine, *line, other)
    id_ = doubt(line[0].id)
    decide(id_)
    assert states() == {other.id: "linked", **{row.id: "voided" for row in line}}
    [cycle], [day] = rows(LearningCycle), rows(DayRollup)
    assert (cycle.records, cycle.items, cycle.active_seconds) == (1, 1, 60)
    assert (day.records, day.items, day.active_seconds) == (1, 1, 60)
    assert_a_rebuild_changes_nothing()
    [row] = rows(RecordDispute)
    assert (row.decision, row.decided_by, row.seen_at) == ("voided", CHIBA.id, None)
    assert row.decided_at >= NOW


def test_the_last_line_of_a_day_leaves_no_sum_behind():
    [id_] = enter(record())
    decide(doubt(id_))
    assert not rows(DayRollup)


def test_an_explained_doubt_changes_no_sum_and_is_said():
    mine = lap()
    _, id_ = enter(mine, record(cycle_id=mine.id, state="linked"))
    before = sums()
    decide(doubt(id_), Decision("upheld", "  じゅぎょうの ぶんです。 "))
    [row] = rows(RecordDispute)
    assert (row.decision, row.explanation) == ("upheld", "じゅぎょうの ぶんです。")
    assert states() == {id_: "linked"}
    assert sums() == before


def test_what_was_explained_is_not_doubted_again():
    [id_] = enter(record())
    decide(doubt(id_), EXPLAIN)
    with pytest.raises(StateError):
        doubt(id_)


#: A decision -> which field is wrong.
WRONG = {
    "no decision": (Decision(""), "decision"),
    "another decision": (Decision("deleted"), "decision"),
    "no word of why": (Decision("upheld"), "explanation"),
    "only spaces": (Decision("upheld", " \u3000 "), "explanation"),
    "too many words": (Decision("upheld", "あ" * (MAX_EXPLANATION + 1)), "explanation"),
}


@pytest.mark.parametrize(("draft", "field"), WRONG.values(), ids=WRONG)
def test_a_decision_says_what_and_why(draft, field):
    [id_] = enter(record())
    waiting = doubt(id_)
    with pytest.raises(InvalidError) as refused:
        decide(waiting, draft)
    assert refused.value.field == field
    assert states() == {id_: "disputed"}


def test_as_many_words_as_there_may_be_are_kept():
    [id_] = enter(record())
    decide(doubt(id_), Decision("upheld", "あ" * MAX_EXPLANATION))
    assert len(rows(RecordDispute)[0].explanation) == MAX_EXPLANATION


@pytest.mark.parametrize("first", [TAKE_OUT, EXPLAIN], ids=["taken out", "explained"])
@pytest.mark.parametrize("second", [TAKE_OUT, EXPLAIN], ids=["taken out", "explained"])
def test_nobody_decides_twice(first, second):
    [id_] = enter(record())
    waiting = doubt(id_)
    decide(waiting, first)
    before = (states(), sums())
    with pytest.raises(StateError):
        decide(waiting, second, DOI)
    assert (states(), sums()) == before


def test_a_subject_teacher_of_the_pupil_decides_too():
    [id_] = enter(record())
    decide(doubt(id_), TAKE_OUT, DOI)
    assert rows(RecordDispute)[0].decided_by == DOI.id


@pytest.mark.parametrize("member", [MORI, BEN, GEN, KEN], ids=lambda member: member.name)
@pytest.mark.parametrize("act", [decide, take_back, see], ids=lambda act: act.__name__)
def test_for_everybody_else_the_dispute_is_not_there(act, member):
    [id_] = enter(record())
    waiting = doubt(id_)
    with pytest.raises(NotFoundError):
        act(waiting, member=member)
    assert states() == {id_: "disputed"}


def test_two_lines_of_one_unit_are_decided_one_by_one():
    morning, noon = [record(n) for n in (59, 57)], [record(n) for n in (20, 18)]
    enter(*morning, *noon)
    early, late = doubt(morning[0].id), doubt(noon[0].id)
    decide(early)
    now = states()
    assert [now[row.id] for row in morning + noon] == ["voided"] * 2 + ["disputed"] * 2
    decide(late, EXPLAIN)
    now = states()
    assert [now[row.id] for row in morning + noon] == ["voided"] * 2 + ["linked"] * 2


def test_what_came_to_the_line_later_was_not_doubted_and_stays():
    line = [record(12), record(6)]
    enter(*line)
    waiting = doubt(line[0].id)
    between, after = record(9), record(3)
    enter(between, after)
    decide(waiting)
    now = states()
    assert [now[row.id] for row in (*line, between, after)] == ["voided"] * 2 + ["valid"] * 2
    assert_a_rebuild_changes_nothing()


def test_what_cuts_a_line_in_two_does_not_cut_the_doubt():
    line = [record(12), record(6)]
    enter(*line)
    waiting = doubt(line[0].id)
    enter(record(9, unit_id=UNIT_WATER, subject="rika"))
    decide(waiting)
    assert sorted(states().values()) == ["valid", "voided", "voided"]


@pytest.mark.parametrize(
    ("teacher", "count"), [(CHIBA, 2), (DOI, 2), (MORI, 1)], ids=lambda each: str(each)[:14]
)
def test_a_teacher_is_told_how_many_lines_wait(teacher, count):
    ids = enter(record(59), record(5), record(30, KEN, unit_id=None), record(30, BEN))
    for id_, member in zip(ids[:3], (AOI, AOI, KEN), strict=True):
        doubt(id_, member)
    decide(doubt(ids[3], BEN))
    with unit_of_work(scope_of(teacher), read_only=True) as scope:
        assert store.count_open(scope) == count == len(store.cases(scope)[0])


# --- undoing a confirmation ---------------------------------------------------------------------


def test_an_undone_confirmation_puts_everything_back_and_is_open_again():
    mine = lap()
    enter(mine, *(record(n, cycle_id=mine.id, state="linked") for n in (12, 9, 6, 50)))
    before = sums()
    waiting = doubt(min(rows(LearningRecord, LearningRecord.ended_at > NOW - 20 * MINUTE),
                        key=lambda row: row.ended_at).id)  # fmt: skip
    decide(waiting, Decision("voided", "ごめんね。"))
    see(waiting)
    assert sums() != before
    take_back(waiting)
    assert sums() == before
    assert sorted(states().values()) == ["disputed"] * 3 + ["linked"]
    [row] = rows(RecordDispute)
    assert (row.decision, row.explanation, row.decided_by) == ("", "", None)
    assert (row.decided_at, row.seen_at) == (None, None)
    decide(waiting, EXPLAIN)
    assert set(states().values()) == {"linked"}
    assert sums() == before


@pytest.mark.parametrize("draft", [None, EXPLAIN], ids=["open", "explained"])
def test_only_a_confirmation_can_be_undone(draft):
    [id_] = enter(record())
    waiting = doubt(id_)
    if draft:
        decide(waiting, draft)
    with pytest.raises(StateError):
        take_back(waiting)


def void_statement(record_id) -> None:
    """The app takes a statement back that it sent."""
    with unit_of_work(SystemScope("test")) as scope:
        row = scope.session.get(StoredStatement, (HINATA, record_id)) or StoredStatement(
            district_id=HINATA, id=record_id, given_id=uuid4(), app_id=APP_DRILL,
            position=record_id.int % 2**60, fingerprint=b"", body=b"{}",
        )  # fmt: skip
        row.voided = True
        scope.session.add(row)
        audit.record(scope, "test:voided", record_id)


def test_what_the_app_itself_took_back_stays_out_after_an_undo():
    line = [record(12), record(9)]
    enter(*line)
    waiting = doubt(line[0].id)
    decide(waiting)
    void_statement(line[1].id)
    take_back(waiting)
    now = states()
    assert (now[line[0].id], now[line[1].id]) == ("disputed", "voided")
    assert_a_rebuild_changes_nothing()


def test_nothing_is_left_to_undo_when_the_app_took_all_of_it_back():
    [id_] = enter(record())
    waiting = doubt(id_)
    decide(waiting)
    void_statement(id_)
    with pytest.raises(StateError):
        take_back(waiting)


def test_nothing_counts_twice():
    [id_] = enter(record())
    with pytest.raises(StateError), unit_of_work(scope_of(CHIBA)) as scope:
        put_in_again(scope, [scope.session.get(LearningRecord, (PRIMARY, id_))])


# --- the pupil sees it --------------------------------------------------------------------------


def test_what_was_decided_is_told_until_it_was_seen():
    [id_] = enter(record())
    waiting = doubt(id_)

    def told():
        with unit_of_work(scope_of(AOI), read_only=True) as scope:
            return [row.id for row in store.unseen(scope, AOI.id)]

    assert told() == []
    with pytest.raises(StateError):
        see(waiting)
    decide(waiting)
    assert told() == [waiting]
    see(waiting)
    first = rows(RecordDispute)[0].seen_at
    see(waiting)
    assert told() == []
    assert rows(RecordDispute)[0].seen_at == first >= NOW


@pytest.mark.parametrize(
    ("act", "verb", "count"),
    [(decide, "record:voided", 2), (decide, "dispute:voided", 1), (take_back, "record:restored", 2),
     (take_back, "dispute:taken_back", 1), (see, "dispute:seen", 1)],
)  # fmt: skip
def test_every_step_leaves_its_trace_with_the_pupil(act, verb, count):
    line = [record(12), record(9)]
    enter(*line)
    waiting = doubt(line[0].id)
    if act is not decide:
        decide(waiting)
    act(waiting)
    found = rows(AuditEntry, AuditEntry.verb == verb)
    assert [entry.student_id for entry in found] == [AOI.id] * count


# --- whatever the order -------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("record"), st.integers(0, 180), st.sampled_from(["division", "water"]),
            st.sampled_from([None, 30, 400]), st.booleans(),
        ),
        st.tuples(st.just("doubt"), st.integers(0, 20)),
        st.tuples(st.just("confirm"), st.integers(0, 20)),
        st.tuples(st.just("explain"), st.integers(0, 20)),
        st.tuples(st.just("undo"), st.integers(0, 20)),
        st.tuples(st.just("void"), st.integers(0, 20)),
    ),
    min_size=4,
    max_size=16,
)  # fmt: skip


def clear() -> None:
    with unit_of_work(SystemScope("test")) as scope:
        for model in (RecordDispute, LearningRecord, DayRollup, LearningCycle, StoredStatement):
            scope.session.execute(delete(model))
        audit.record(scope, "test:cleared", "test")


def arrive(minutes_ago: int, unit: str, own: int | None, laps: list[UUID], in_lap: bool) -> None:
    """A record as the intake books it: added to the sums, in whatever order it comes."""
    values = {} if unit == "division" else {"unit_id": UNIT_WATER, "subject": "rika"}
    row = record(minutes_ago, own_duration=own, **values)
    row.cycle_id = laps[0] if in_lap else None
    entry = Entry(
        id=row.id,
        group=Group(PRIMARY, AOI.id, row.day, APP_DRILL),
        subject=row.subject,
        unit_id=row.unit_id,
        cycle_id=row.cycle_id,
        ended_at=row.ended_at,
        own_duration=own,
        items=1,
        first_attempt_items=1,
        first_attempt_correct=1,
    )
    with unit_of_work(DRILL_SCOPE) as scope:
        cycles = {
            cycle.id: cycle
            for cycle in scope.session.scalars(
                select(LearningCycle).where(LearningCycle.id.in_(laps))
            )
        }
        book(scope, [entry], cycles)
        for name, value in record_values(entry).items():
            setattr(row, name, value)
        row.state = "linked" if in_lap else "valid"
        scope.session.add(row)
        audit.record(scope, "test:arrived", row.id)


def walk(step, laps: list[UUID]) -> None:
    """One step of somebody; what is not possible just now changes nothing."""
    kind, *how = step
    if kind == "record":
        minutes, unit, own, in_lap = how
        arrive(minutes, unit, own, laps, in_lap)
        return
    model = LearningRecord if kind in {"doubt", "void"} else RecordDispute
    every = sorted(rows(model), key=lambda row: row.id)
    if not every:
        return
    id_ = every[how[0] % len(every)].id
    acts = {
        "doubt": doubt,
        "confirm": decide,
        "explain": lambda id_: decide(id_, EXPLAIN),
        "undo": take_back,
        "void": void,
    }
    with suppress(StateError):
        acts[kind](id_)


def void(record_id: UUID) -> None:
    """The app takes back what it sent, as the intake does it."""
    void_statement(record_id)
    with unit_of_work(DRILL_SCOPE) as scope:
        row = scope.session.get(LearningRecord, (PRIMARY, record_id))
        if row.state != "voided":
            take_out(scope, [row])
        audit.record(scope, "test:taken_back", record_id)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_whatever_happens_in_whatever_order_the_sums_are_those_of_the_records(in_app, steps):
    clear()
    mine = lap()
    enter(mine)
    for step in steps:
        walk(step, [mine.id])
    assert_a_rebuild_changes_nothing()
    counted = [row for row in rows(LearningRecord) if row.state != "voided"]
    assert sum(row.records for row in rows(DayRollup)) == len(counted)
    [cycle] = rows(LearningCycle)
    assert cycle.items == sum(row.items for row in counted if row.cycle_id == mine.id)
    # No doubt is lost, and none stays behind without somebody to decide it.
    gone = {row.id for row in rows(StoredStatement, StoredStatement.voided)}
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        waiting, _ = store.cases(scope)
        shown = [row.id for case in waiting for row in case.line.records]
    assert sorted(shown) == sorted(id_ for id_, state in states().items() if state == "disputed")
    assert not gone & {row.id for row in counted}
