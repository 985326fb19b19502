"""Moving laps on and carrying an adjustment from one into the next, on both databases."""

from datetime import date, timedelta

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotFoundError, StateError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop import operations, store
from aarportal.cycle.loop.operations import AdjustmentDraft, Lap
from aarportal.cycle.loop.states import CycleEvent, CycleState
from aarportal.people.attendance.calendar import Calendar, Term
from tests.cast import AOI, BEN, CLASS_4_2, DRILL_SCOPE, PRIMARY, UNIT_DIVISION, scope_of

E, C = CycleEvent, CycleState
#: Event by event, the way from a goal to a lap that waits for its adjustment to be used.
TO_THE_END = (E.RECORD_ARRIVED, E.REFLECTION_BEGUN, E.REFLECTION_SUBMITTED)


def lap_of(member=AOI) -> Lap:
    return Lap(member.id, PRIMARY, CLASS_4_2, "sansu", UNIT_DIVISION)


def lap(scope, *events, member=AOI, opened_by=E.GOAL_CONFIRMED):
    """A lap of `member` that has come through these events."""
    cycle = operations.open_cycle(scope, lap_of(member), opened_by)
    for event in events:
        operations.move(scope, cycle, event)
    audit.record(scope, "test:lapped", cycle.id)
    return cycle


def adjusted(scope, what="method", to_value="picture", kind="change"):
    """A closed lap and the adjustment that came out of it."""
    cycle = lap(scope, *TO_THE_END)
    draft = AdjustmentDraft(kind, what, to_value)
    return cycle, operations.propose_adjustment(scope, cycle, draft)


def tried(scope, verdict, **chosen):
    """An adjustment that was taken over into another lap and judged there."""
    _, adjustment = adjusted(scope, **chosen)
    operations.adopt(scope, adjustment, lap(scope))
    operations.judge(scope, adjustment, verdict)
    return adjustment


@pytest.mark.parametrize(
    ("event", "state", "goal_before", "has_acted"),
    [(E.GOAL_CONFIRMED, C.ANTICIPATING, True, False), (E.PLAN_CREATED, C.ANTICIPATING, True, False),
     (E.RECORD_ARRIVED, C.ACTING, False, True)],
)  # fmt: skip
def test_a_lap_is_opened_by_the_first_thing_that_happens(
    in_app, event, state, goal_before, has_acted
):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle_id = lap(scope, opened_by=event).id
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = store.cycle(scope, cycle_id)
        assert cycle.state == state
        assert cycle.goal_before is goal_before
        assert (cycle.acted_first_at is not None) is has_acted
        assert cycle.opened_on == clock.today()


@pytest.mark.parametrize("event", [E.STARTED, E.REFLECTION_BEGUN, E.ADJUSTMENT_LINKED])
def test_nothing_else_opens_a_lap(in_app, event):
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.open_cycle(scope, lap_of(), event)


def test_an_app_opens_a_lap_for_a_record_that_comes_late_on_the_day_it_was_made(in_app):
    made_at = clock.now() - timedelta(days=3)
    with unit_of_work(DRILL_SCOPE) as scope:
        cycle = operations.open_cycle(scope, lap_of(), E.RECORD_ARRIVED, at=made_at)
        audit.record(scope, "test:opened", cycle.id)
        assert cycle.opened_on == clock.school_day_of(made_at)
        assert cycle.acted_first_at == made_at
        assert cycle.updated_at > made_at


def test_a_lap_goes_its_whole_way_and_keeps_when_it_did(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = lap(scope, *TO_THE_END)
        assert cycle.state == C.CLOSED_OPEN_ADJUST
        assert cycle.opened_at <= cycle.acted_first_at <= cycle.reflected_at == cycle.closed_at
        assert store.closed_laps(scope, AOI.id) == 1


def test_staying_in_a_state_keeps_since_when_and_moves_the_version(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = lap(scope, E.RECORD_ARRIVED)
        since, acted, version = cycle.state_since, cycle.acted_first_at, cycle.updated_at
        operations.move(scope, cycle, E.RECORD_ARRIVED)
        assert (cycle.state_since, cycle.acted_first_at) == (since, acted)
        assert cycle.updated_at > version


def test_a_refused_step_changes_nothing(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle_id = lap(scope).id
    with pytest.raises(StateError), unit_of_work(scope_of(AOI)) as scope:
        operations.move(scope, store.cycle(scope, cycle_id), E.REFLECTION_SUBMITTED)
    with unit_of_work(scope_of(AOI)) as scope:
        assert store.cycle(scope, cycle_id).state == C.ANTICIPATING


def test_choosing_again_replaces_the_adjustment_that_waits(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle, first = adjusted(scope)
        second = operations.propose_adjustment(scope, cycle, AdjustmentDraft("keep", "same"))
        assert second is first
        assert (second.kind, second.what, second.to_value) == ("keep", "same", "")
        assert store.proposed_adjustment(scope, AOI.id) is first


def test_taking_an_adjustment_over_closes_the_loop_between_two_laps(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        before, adjustment = adjusted(scope)
        after = lap(scope)
        operations.adopt(scope, adjustment, after)
        ids = before.id, after.id, adjustment.id
    with unit_of_work(scope_of(AOI)) as scope:
        before, after, adjustment = (
            store.cycle(scope, ids[0]), store.cycle(scope, ids[1]), store.adjustment(scope, ids[2]),
        )  # fmt: skip
        assert before.state == C.CLOSED_CARRIED
        assert (before.next_cycle_id, after.prev_cycle_id) == (after.id, before.id)
        assert (adjustment.state, adjustment.to_cycle_id) == ("in_effect", after.id)
        assert store.tried_in(scope, after.id) is adjustment
        assert store.proposed_adjustment(scope, AOI.id) is None


def test_an_adjustment_is_taken_over_once(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        _, adjustment = adjusted(scope)
        operations.adopt(scope, adjustment, lap(scope))
        with pytest.raises(StateError):
            operations.adopt(scope, adjustment, lap(scope))


def test_nobody_takes_over_the_adjustment_of_somebody_else(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        _, adjustment = adjusted(scope)
        adjustment_id = adjustment.id
    with unit_of_work(scope_of(BEN)) as scope, pytest.raises(NotFoundError):
        store.adjustment(scope, adjustment_id)


@pytest.mark.parametrize("verdict", ["worked", "no_change", "cannot_say"])
def test_the_student_judges_what_they_tried(in_app, verdict):
    with unit_of_work(scope_of(AOI)) as scope:
        adjustment = tried(scope, verdict)
        assert (adjustment.state, adjustment.verdict) == (verdict, verdict)


def test_a_verdict_is_given_once(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        adjustment = tried(scope, "no_change")
        operations.judge(scope, adjustment, "worked")
        assert adjustment.verdict == "no_change"


def test_what_was_not_taken_over_cannot_be_judged(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        _, adjustment = adjusted(scope)
        operations.judge(scope, adjustment, "worked")
        scope.session.flush()
        assert (adjustment.state, adjustment.verdict) == ("proposed", "")


@pytest.mark.parametrize(
    ("second", "state"),
    [({}, "saved"), ({"to_value": "recall"}, "worked"), ({"what": "place"}, "worked")],
    ids=["the same change", "another way", "another thing"],
)
def test_what_worked_twice_becomes_my_own_way(in_app, second, state):
    with unit_of_work(scope_of(AOI)) as scope:
        tried(scope, "worked")
        assert tried(scope, "worked", **second).state == state


def test_once_is_not_twice(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        tried(scope, "no_change")
        assert tried(scope, "worked").state == "worked"


def days_after(first: date, school_days: int, calendar: Calendar) -> date:
    """The day on which so many school days have passed."""
    day = first
    while calendar.school_days_between(first, day) < school_days:
        day += timedelta(days=1)
    return day


def two_weeks_closed() -> Calendar:
    return Calendar({clock.today() + timedelta(days=n): "closed" for n in range(1, 15)})


@pytest.mark.parametrize("holidays", [Calendar, two_weeks_closed], ids=["no holiday", "holidays"])
@pytest.mark.parametrize("state", [C.ANTICIPATING, C.ACTING])
@pytest.mark.parametrize(("school_days", "rests"), [(9, False), (10, True), (30, True)])
def test_a_lap_rests_after_ten_school_days_without_an_event(
    in_app, holidays, state, school_days, rests
):
    calendar = holidays()
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = lap(scope, *((E.RECORD_ARRIVED,) if state is C.ACTING else ()))
        today = days_after(clock.today(), school_days, calendar)
        moved = operations.pass_days(scope, AOI.id, calendar, today)
        assert (cycle.state, moved) == ((C.PAUSED, 1) if rests else (state, 0))


def test_a_lap_that_is_being_looked_back_on_never_rests(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = lap(scope, E.RECORD_ARRIVED, E.REFLECTION_BEGUN)
        today = clock.today() + timedelta(days=100)
        assert operations.pass_days(scope, AOI.id, Calendar(), today) == 0
        assert cycle.state == C.REFLECTING


def test_a_lap_that_rests_goes_on_with_the_next_record(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = lap(scope, E.DAYS_PASSED)
        operations.move(scope, cycle, E.RECORD_ARRIVED)
        assert cycle.state == C.ACTING


@pytest.mark.parametrize(
    ("ended_days_ago", "events", "state"),
    [
        (0, (), C.CLOSED_UNREVIEWED),
        (0, (E.DAYS_PASSED,), C.CLOSED_UNREVIEWED),
        (-1, (), C.PAUSED),
        (0, (E.RECORD_ARRIVED, E.REFLECTION_BEGUN), C.REFLECTING),
    ],
    ids=["its term is over", "it rests already", "the term goes on", "it is being looked back on"],
)
def test_what_rests_is_closed_with_its_term(in_app, ended_days_ago, events, state):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = lap(scope, *events)
        today = clock.today() + timedelta(days=30)
        ends_before = today - timedelta(days=ended_days_ago)
        term = Term("1学期", clock.today() - timedelta(days=60), ends_before)
        operations.pass_days(scope, AOI.id, Calendar(terms=[term]), today)
        audit.record(scope, "test:passed", AOI.id)
        assert cycle.state == state


def test_a_lap_that_lasts_a_few_days_goes_on_in_the_next_term(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        cycle = lap(scope)
        today = clock.today() + timedelta(days=4)
        terms = [
            Term("1学期", clock.today() - timedelta(days=60), today),
            Term("2学期", today, today + timedelta(days=90)),
        ]
        assert operations.pass_days(scope, AOI.id, Calendar(terms=terms), today) == 0
        assert cycle.state == C.ANTICIPATING


@pytest.mark.parametrize("holidays", [Calendar, two_weeks_closed], ids=["no holiday", "holidays"])
@pytest.mark.parametrize(
    ("school_days", "adjustment_state", "cycle_state"),
    [(9, "proposed", C.CLOSED_OPEN_ADJUST), (10, "lapsed", C.CLOSED)],
)
def test_an_adjustment_nobody_used_lapses_after_ten_school_days(
    in_app, holidays, school_days, adjustment_state, cycle_state
):
    calendar = holidays()
    with unit_of_work(scope_of(AOI)) as scope:
        cycle, adjustment = adjusted(scope)
        today = days_after(clock.today(), school_days, calendar)
        operations.pass_days(scope, AOI.id, calendar, today)
        assert (adjustment.state, cycle.state) == (adjustment_state, cycle_state)


def test_passing_days_leaves_everybody_else_alone(in_app):
    with unit_of_work(scope_of(BEN)) as scope:
        bens = lap(scope, member=BEN).id
    with unit_of_work(scope_of(AOI)) as scope:
        assert operations.pass_days(scope, AOI.id, Calendar(), date(2099, 1, 1)) == 0
        audit.record(scope, "test:passed", AOI.id)
    with unit_of_work(SystemScope("test")) as scope:
        states = scope.session.scalars(store.select(store.LearningCycle.state))
        assert list(states) == [C.ANTICIPATING]
        assert bens
