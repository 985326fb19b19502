"""What must be true of the seeded rows: state machines, links, facts, sums from intake alone."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from aarportal.core.clock import school_day_of
from aarportal.core.machines import step
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from aarportal.cycle.action.models import (
    DayRollup,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.anticipation.models import (
    Goal,
    GoalVersion,
    IfThen,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.anticipation.strategies import STRATEGIES
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import (
    ADJUSTMENT,
    CLOSED_CYCLE,
    CYCLE,
    FEEDBACK,
    GOAL,
    REFLECTION,
    AdjustmentEvent,
    AdjustmentState,
    CycleEvent,
    CycleState,
    FeedbackEvent,
    FeedbackState,
    GoalEvent,
    GoalState,
    ReflectionEvent,
    ReflectionState,
    rating_event,
)
from aarportal.cycle.reflection import prompts
from aarportal.cycle.reflection.facts import Facts, criterion_met
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    ReflectionVersion,
    SelfRating,
    TeacherFeedback,
)
from aarportal.demo.days import school_time
from aarportal.people.attendance.calendar import Calendar
from aarportal.people.attendance.models import AbsentDay

TODAY = date(2026, 11, 20)


def walk(table, state, events):
    for event in events:
        state = step(table, state, event)
    return state


@pytest.fixture(scope="package")
def rows(demo):
    """Rows of every table by model, and of those that hang on a cycle by its id."""

    class Rows:
        def __init__(self):
            self.made = demo.made
            self.cycles = {row.id: row for row in demo.all(LearningCycle)}
            self.goals = {row.cycle_id: row for row in demo.all(Goal)}
            self.ratings = {row.cycle_id: row for row in demo.all(SelfRating)}
            self.reflections = {row.cycle_id: row for row in demo.all(Reflection)}
            self.criteria = {row.goal_id: row for row in demo.all(SuccessCriterion)}
            self.adjustments = demo.all(Adjustment)
            self.feedback = {row.reflection_id: row for row in demo.all(TeacherFeedback)}
            self.versions = demo.all(ReflectionVersion)
            self.goal_versions = {row.goal_id: row for row in demo.all(GoalVersion)}
            self.predictions = demo.all(Prediction)
            self.attributions = demo.all(Attribution)
            self.plans = demo.all(PlanSession)
            self.if_thens = demo.all(IfThen)
            self.absent = {(row.student_id, row.day) for row in demo.all(AbsentDay)}
            self.records = demo.all(LearningRecord)
            self.by_cycle = defaultdict(list)
            for row in self.records:
                self.by_cycle[row.cycle_id].append(row)

        def proposed_by(self, cycle_id):
            return next((a for a in self.adjustments if a.from_cycle_id == cycle_id), None)

    return Rows()


def test_every_statement_is_stored_and_understood(demo, rows):
    assert demo.made.statements == len(demo.all(StoredStatement)) > 5_000
    assert demo.all(QuarantinedStatement) == []
    by_hand = [row for row in rows.records if row.self_reported]
    assert by_hand
    assert len(rows.records) == demo.made.statements + len(by_hand)
    assert all(row.unit_id and row.subject for row in rows.records)
    assert {row.connector for row in rows.records} >= {"japan_assessment", "ebook", "by_hand"}


def test_every_cycle_is_where_its_history_led(rows):
    proposals = {row.from_cycle_id: row for row in rows.adjustments}
    seen = Counter()
    for cycle in rows.cycles.values():
        opened_by = CycleEvent.GOAL_CONFIRMED if cycle.goal_before else CycleEvent.RECORD_ARRIVED
        events = [opened_by]
        if rows.by_cycle[cycle.id] or cycle.mid:
            events.append(CycleEvent.STARTED)
        if cycle.mid:
            events.append(CycleEvent.MID_CHECKED)
        if cycle.id in rows.reflections:
            events += [CycleEvent.REFLECTION_BEGUN, CycleEvent.REFLECTION_SUBMITTED]
            if proposals[cycle.id].to_cycle_id:
                events.append(CycleEvent.ADJUSTMENT_LINKED)
            elif proposals[cycle.id].state == AdjustmentState.LAPSED:
                events.append(CycleEvent.DAYS_PASSED)
        elif cycle.state == CycleState.PAUSED:
            events.append(CycleEvent.DAYS_PASSED)
        assert walk(CYCLE, CycleState.NONE, events) == cycle.state
        seen[cycle.state] += 1
    assert set(seen) == set(CycleState) - {
        CycleState.NONE, CycleState.REFLECTING, CycleState.CLOSED_UNREVIEWED,
    }  # fmt: skip


def test_times_of_a_cycle_follow_each_other(rows):
    now = rows.made.moment
    for cycle in rows.cycles.values():
        acted = cycle.acted_first_at or cycle.opened_at
        closed = cycle.closed_at or now
        assert cycle.opened_at <= acted <= closed <= now
        assert cycle.reflected_at == cycle.closed_at
        assert (cycle.closed_at is not None) == (cycle.state in CLOSED_CYCLE)
        assert (cycle.acted_first_at is None) == (cycle.state == CycleState.ANTICIPATING)
        assert cycle.opened_on == school_day_of(cycle.opened_at)
        assert cycle.state_since <= now


def test_a_reflection_goes_with_a_rating_a_reason_and_a_next_step(rows):
    closed = {cycle.id for cycle in rows.cycles.values() if cycle.closed_at}
    assert closed == set(rows.reflections) == set(rows.ratings)
    assert closed == {row.from_cycle_id for row in rows.adjustments}
    assert len(rows.adjustments) == len(closed)
    with_reason = Counter(row.reflection_id for row in rows.attributions)
    assert set(with_reason) == {row.id for row in rows.reflections.values()}
    assert set(with_reason.values()) == {1}
    for row in rows.attributions:
        assert 1 <= len(row.factors) <= 2
        assert set(row.factors) <= set(prompts.FACTORS)


def test_goals_are_where_ratings_and_days_led_them(rows):
    for cycle_id, goal in rows.goals.items():
        cycle = rows.cycles[cycle_id]
        assert cycle.goal_before
        assert goal.confirmed_at == cycle.opened_at
        events = [GoalEvent.CONFIRM]
        if goal.id in rows.goal_versions:
            events.append(GoalEvent.EDIT)
        if cycle_id in rows.ratings:
            events.append(rating_event(rows.ratings[cycle_id].value))
        elif goal.due_on < TODAY:
            events.append(GoalEvent.DAY_ENDED)
        assert walk(GOAL, GoalState.DRAFT, events) == goal.state
        assert goal.version == 1 + (goal.id in rows.goal_versions)
        assert len(goal.strategies) <= 2
        assert set(goal.strategies) <= set(STRATEGIES)
        assert (goal.card_id is not None) == (goal.author in {"card", "pupil_from_card"})
    without = [cycle for cycle in rows.cycles.values() if not cycle.goal_before]
    assert without
    assert not {cycle.id for cycle in without} & set(rows.goals)


def test_adjustments_are_linked_both_ways_and_judged_only_when_tried(rows):
    calendar = Calendar({d: kind for d, (kind, _) in school_time(TODAY, 4).special.items()})
    worked = set()
    seen = Counter()
    for row in sorted(rows.adjustments, key=lambda each: each.decided_at or each.proposed_at):
        before = rows.cycles[row.from_cycle_id]
        assert row.proposed_at == before.reflected_at
        assert (row.kind == "keep") == (row.what == "same")
        waited = calendar.school_days_between(school_day_of(row.proposed_at), TODAY)
        events = []
        if row.to_cycle_id:
            after = rows.cycles[row.to_cycle_id]
            assert (before.next_cycle_id, after.prev_cycle_id) == (after.id, before.id)
            assert before.student_id == after.student_id == row.student_id
            assert row.proposed_at < row.decided_at == after.opened_at
            days = calendar.school_days_between(
                school_day_of(row.proposed_at), school_day_of(row.decided_at)
            )
            assert days < 10
            events = [AdjustmentEvent.CHOOSE, AdjustmentEvent.TAKE_EFFECT]
        elif waited >= 10:
            events = [AdjustmentEvent.DAYS_PASSED]
        if row.verdict:
            assert rows.cycles[row.to_cycle_id].closed_at
            events += [AdjustmentEvent.SESSION_DONE, AdjustmentEvent(f"judge_{row.verdict}")]
        if row.state == AdjustmentState.SAVED:
            assert row.verdict == "worked"
            events.append(AdjustmentEvent.WORKED_AGAIN)
        assert walk(ADJUSTMENT, AdjustmentState.PROPOSED, events) == row.state
        worked.add((row.student_id, row.what, row.to_value))
        seen[row.state] += 1
    assert min(seen.values()) >= 3
    assert {AdjustmentState.WORKED, AdjustmentState.SAVED, AdjustmentState.LAPSED} <= set(seen)
    tried = [row.to_cycle_id for row in rows.adjustments if row.to_cycle_id]
    assert len(tried) == len(set(tried))


def test_predictions_were_made_before_the_first_item(rows):
    assert len(rows.predictions) > 100
    for row in rows.predictions:
        cycle = rows.cycles[row.cycle_id]
        items = [each.started_at for each in rows.by_cycle[row.cycle_id] if each.items]
        assert not items or row.made_at < min(items)
        assert 0 <= row.predicted_correct <= row.of_items
        assert (row.state == "resolved") == (cycle.closed_at is not None)


def test_a_rating_stands_beside_the_facts_that_were_there(rows):
    told = Counter()
    for cycle_id, rating in rows.ratings.items():
        goal = rows.goals.get(cycle_id)
        if goal is None:
            assert rating.fact_met is None
            continue
        records = [r for r in rows.by_cycle[cycle_id] if r.ended_at <= rating.made_at]
        facts = Facts(
            items=sum(r.items for r in records),
            first_attempt_items=sum(r.first_attempt_items for r in records),
            first_attempt_correct=sum(r.first_attempt_correct for r in records),
            records=len(records),
        )
        criterion = rows.criteria[goal.id]
        assert rating.criterion_id == criterion.id
        assert rating.fact_met == criterion_met(criterion.type, criterion.target, facts)
        told[rating.fact_met] += 1
    assert min(told[True], told[False], told[None]) > 20


def test_reflections_and_answers_are_where_reading_led_them(rows):
    changed = {row.reflection_id: row for row in rows.versions}
    replies = 0
    for row in rows.reflections.values():
        answer = rows.feedback.get(row.id)
        events = [ReflectionEvent.SUBMIT]
        if row.read_at:
            assert row.submitted_at < row.read_at < rows.made.moment
            events.append(ReflectionEvent.OPEN)
        if answer:
            events.append(ReflectionEvent.RESPOND)
            walked = [FeedbackEvent.SEND]
            if answer.seen_at:
                assert answer.sent_at < answer.seen_at
                walked.append(FeedbackEvent.OPEN)
            if answer.reply:
                replies += 1
                walked.append(FeedbackEvent.REPLY)
            assert walk(FEEDBACK, FeedbackState.DRAFT, walked) == answer.state
        if row.id in changed:
            assert changed[row.id].text != row.text
            events += [ReflectionEvent.REVISE, ReflectionEvent.OPEN]
        elif row.state == ReflectionState.DONE:
            events.append(ReflectionEvent.ACKNOWLEDGE)
        assert walk(REFLECTION, ReflectionState.DRAFT, events) == row.state
        assert not (answer and answer.reply and row.state == ReflectionState.RESPONDED)
    assert changed
    assert replies


def test_the_same_question_is_never_asked_twice_running(rows):
    by_student = defaultdict(list)
    for row in sorted(
        rows.reflections.values(), key=lambda each: rows.cycles[each.cycle_id].closed_at
    ):
        by_student[row.student_id].append(row.prompt_id)
    for asked in by_student.values():
        for one, another in pairwise(asked):
            assert one != another or one in {"", prompts.FREE}


def test_plans_are_settled_by_what_was_done(rows):
    assert rows.if_thens
    states = Counter(row.state for row in rows.plans)
    assert set(states) >= {"done", "planned"}
    for row in rows.plans:
        assert (row.state == "planned") == (row.planned_on == TODAY)


def test_nobody_who_was_away_has_records_of_that_day(rows):
    assert rows.absent
    assert not rows.absent & {(row.student_id, row.day) for row in rows.records}


def test_sums_come_from_the_records_alone(demo):
    """Made anew from the records, every sum is what the intake made of it."""

    def sums():
        rollups = {
            (r.student_id, r.day, r.app_id, r.subject, r.unit_id): (
                r.records, r.items, r.first_attempt_correct, r.retry_items, r.active_seconds,
            )
            for r in demo.all(DayRollup)
        }  # fmt: skip
        cycles = {c.id: (c.records, c.items, c.active_seconds) for c in demo.all(LearningCycle)}
        return rollups, cycles

    before = sums()
    schools = {cycle.school_id for cycle in demo.all(LearningCycle)}
    with demo.app.app_context(), unit_of_work(SystemScope("test")) as scope:
        for school_id in schools:
            action.rebuild(scope, school_id)
    assert sums() == before


def test_old_laps_that_nobody_touched_rest(rows):
    resting = [c for c in rows.cycles.values() if c.state == CycleState.PAUSED]
    assert resting
    for cycle in resting:
        assert cycle.opened_on <= TODAY - timedelta(days=14)
    still_open = {CycleState.ANTICIPATING, CycleState.ACTING}
    for cycle in rows.cycles.values():
        if cycle.state in still_open:
            assert cycle.opened_on >= TODAY - timedelta(days=21)
