"""Plan sessions and what becomes of them, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from aarportal.cycle.anticipation import operations as goals
from aarportal.cycle.anticipation import store
from aarportal.cycle.anticipation.plans import operations
from aarportal.cycle.anticipation.plans.matching import DayWork
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.states import CycleEvent
from aarportal.people.school_year import operations as school_year
from aarportal.people.school_year.operations import DaysDraft
from tests.cast import AOI, BEN, OKA, UNIT_DIVISION, scope_of
from tests.cycle.anticipation.goals import draft

pytestmark = pytest.mark.usefixtures("in_app")
DAY = timedelta(days=1)


def planned(scope, when="home", amount=8, days=0, state="planned"):
    """A plan of AOI's for a day from now, in a state."""
    goal = goals.set_goal(scope, draft(amount=amount, when=when))
    (plan,) = store.plans_of(scope, [goal.cycle_id])[goal.cycle_id]
    plan.planned_on += DAY * days
    plan.state = state
    cycles.cycle(scope, goal.cycle_id).opened_on += DAY * (min(days, 0) - 1)
    return plan


def work(items=8, days=0, unit=UNIT_DIVISION, subject="sansu") -> DayWork:
    return DayWork(clock.today() + DAY * days, subject, unit, items)


@pytest.mark.parametrize(
    ("when", "days", "slot"),
    [("now", 0, "lesson"), ("break", 0, "break"), ("after_school", 0, "after_school"),
     ("home", 0, "home"), ("tomorrow", 1, "lesson")],
)  # fmt: skip
def test_choosing_a_time_makes_a_plan(when, days, slot):
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, when)
        assert (plan.planned_on, plan.slot) == (clock.today() + DAY * days, slot)
        assert (plan.state, plan.planned_amount, plan.moved_count) == ("planned", 8, 0)


@pytest.mark.parametrize("state", ["planned", "open_past"])
def test_moving_a_plan_is_planning_again(state):
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, state=state)
        operations.move_plan(scope, plan, clock.today() + DAY, "morning")
        assert (plan.planned_on, plan.slot) == (clock.today() + DAY, "morning")
        assert (plan.state, plan.moved_count) == ("planned", 1)


@pytest.mark.parametrize(
    ("days", "slot", "field"),
    [(-1, "", "planned_on"), (32, "", "planned_on"), (0, "night", "slot")],
)
def test_a_plan_moves_only_to_a_day_that_can_be_meant(days, slot, field):
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope)
        with pytest.raises(InvalidError) as error:
            operations.move_plan(scope, plan, clock.today() + DAY * days, slot)
        assert error.value.field == field
        assert (plan.state, plan.moved_count) == ("planned", 0)


@pytest.mark.parametrize("state", ["done", "partly", "done_self", "dropped", "excused"])
def test_a_settled_plan_stays_settled(state):
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, state=state)
        for act in (operations.finish_plan, operations.drop_plan):
            with pytest.raises(StateError):
                act(scope, plan)
        with pytest.raises(StateError):
            operations.move_plan(scope, plan, clock.today())


def test_done_on_paper_sets_a_waiting_lap_going():
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, state="open_past")
        operations.finish_plan(scope, plan)
        assert plan.state == "done_self"
        assert cycles.cycle(scope, plan.cycle_id).state == "acting"


def test_done_on_paper_after_looking_back_only_settles_the_plan():
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, state="open_past")
        cycle = cycles.cycle(scope, plan.cycle_id)
        for event in (CycleEvent.STARTED, CycleEvent.REFLECTION_BEGUN):
            loop.move(scope, cycle, event)
        operations.finish_plan(scope, plan)
        assert (plan.state, cycle.state) == ("done_self", "reflecting")


def test_letting_a_plan_go_needs_no_reason():
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, state="open_past")
        assert operations.drop_plan(scope, plan).state == "dropped"


def test_somebody_elses_plan_is_not_there():
    with unit_of_work(scope_of(AOI)) as scope:
        plan_id = planned(scope).id
    with unit_of_work(scope_of(BEN), read_only=True) as scope, pytest.raises(NotFoundError):
        store.plan(scope, plan_id)


@pytest.mark.parametrize(
    ("days", "works", "absent", "state"),
    [
        (-2, [], (), "open_past"),
        (-1, [], (), "planned"),
        (-2, [(8, -2)], (), "done"),
        (-2, [(8, -1)], (), "done"),
        (-2, [(3, -3)], (), "partly"),
        (-2, [(8, 0)], (), "open_past"),
        (-2, [], (-2,), "excused"),
        (-2, [(8, -2)], (-2,), "done"),
        (-15, [], (), "planned"),
        (1, [(8, 0)], (), "planned"),
    ],
)
def test_the_students_own_page_settles_their_plans(days, works, absent, state):
    today = clock.today()
    works = [work(items, back) for items, back in works]
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, days=days)
        away = {today + DAY * back for back in absent}
        moved = operations.settle_plans(scope, AOI.id, works, today, away)
        assert (plan.state, moved) == (state, int(state != "planned"))
        assert operations.settle_plans(scope, AOI.id, works, today, away) == 0


def test_settling_with_nothing_to_settle_writes_nothing():
    # A read-only unit of work refuses every change.
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert operations.settle_plans(scope, AOI.id, [work()], clock.today()) == 0


def test_plans_that_wait_for_a_word_are_found():
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, days=-3)
        assert store.open_past_plans(scope, AOI.id) == []
        operations.settle_plans(scope, AOI.id, [], clock.today())
        assert store.open_past_plans(scope, AOI.id) == [plan]


@pytest.fixture
def on_a_friday():
    clock.shift(datetime(2026, 11, 20, 3, tzinfo=UTC) - datetime.now(UTC))
    yield
    clock.shift(timedelta())


@pytest.mark.usefixtures("on_a_friday")
@pytest.mark.parametrize(
    ("when", "days", "kind", "state"),
    [
        ("now", -2, None, "open_past"),
        ("now", -2, "closed", "excused"),
        ("now", -2, "event", "excused"),
        ("home", -2, "closed", "open_past"),
        ("now", -5, None, "excused"),
        ("now", -5, "open", "open_past"),
    ],
    ids=["lessons", "no school", "event", "at home", "Sunday", "school on a Sunday"],
)
def test_a_plan_at_school_is_excused_where_the_calendar_has_no_lessons(when, days, kind, state):
    if kind:
        day = clock.today() + DAY * days
        with unit_of_work(scope_of(OKA)) as scope:
            school_year.plan_days(scope, DaysDraft(day, day, kind, "きょう"))
    with unit_of_work(scope_of(AOI)) as scope:
        plan = planned(scope, when, days=days)
        action.settle_plans(scope)
        assert plan.state == state
