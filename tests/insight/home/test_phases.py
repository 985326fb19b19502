"""Where on the ring a lap is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.loop.states import CLOSED_CYCLE, CycleState
from aarportal.insight.home.phases import NOT_BEGUN, NOTHING_YET, phases_of

STATES = sorted(set(CycleState) - {CycleState.NONE})

#: State, goal, items, planned -> the three arcs, the current one, points of six.
LAPS = {
    "a goal is set": ("anticipating", True, 0, 8, "done now next", "action", 3),
    "at work": ("acting", True, 3, 8, "done now next", "action", 3),
    "at work without a goal": ("acting", False, 3, None, "next now next", "action", 1),
    "one item short of the amount": ("acting", True, 7, 8, "done now next", "action", 3),
    "the amount is reached": ("acting", True, 8, 8, "done done now", "reflection", 5),
    "more than the amount": ("acting", True, 20, 8, "done done now", "reflection", 5),
    "without an amount only the child knows": (
        "acting", True, 99, None, "done now next", "action", 3,
    ),
    "resting": ("paused", True, 3, 8, "done now next", "action", 3),
    "looking back": ("reflecting", True, 0, 8, "done done now", "reflection", 5),
    "looking back without a goal": ("reflecting", False, 0, None, "next done now", "reflection", 3),
    "closed": ("closed", True, 8, 8, "done done done", "", 6),
    "closed with a next step": ("closed_open_adjust", True, 1, 8, "done done done", "", 6),
    "closed and carried on": ("closed_carried", True, 0, None, "done done done", "", 6),
    "closed without a goal": ("closed", False, 3, None, "next done done", "", 4),
    "never looked back on": ("closed_unreviewed", True, 3, 8, "done done next", "", 4),
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "has_goal", "items", "planned", "arcs", "current", "points"), LAPS.values(), ids=LAPS
)
def test_every_lap_has_a_place_on_the_ring(state, has_goal, items, planned, arcs, current, points):
    found = phases_of(state, has_goal=has_goal, items=items, planned=planned)
    assert [found.anticipation, found.action, found.reflection] == arcs.split()
    assert (found.current, found.progress) == (current, points)


laps = st.tuples(
    st.sampled_from(STATES), st.booleans(), st.integers(0, 200), st.none() | st.integers(1, 200)
)


@given(laps)
def test_there_is_one_place_to_be_unless_the_lap_is_closed(lap):
    state, has_goal, items, planned = lap
    found = phases_of(state, has_goal=has_goal, items=items, planned=planned)
    arcs = [found.anticipation, found.action, found.reflection]
    assert arcs.count("now") == (0 if state in CLOSED_CYCLE else 1)
    assert 0 <= found.share < 1
    assert 0 <= found.progress <= 6


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 200))
def test_doing_more_never_draws_the_ring_back(some, more, planned):
    before = phases_of("acting", has_goal=True, items=some, planned=planned)
    after = phases_of("acting", has_goal=True, items=some + more, planned=planned)
    assert (before.progress, before.share) <= (after.progress, after.share)


def test_the_drawn_share_is_the_share_of_the_amount():
    assert phases_of("acting", has_goal=True, items=3, planned=12).share == pytest.approx(0.25)


def test_a_day_without_a_lap_begins_with_looking_ahead_and_a_day_to_come_with_nothing():
    assert (NOTHING_YET.current, NOTHING_YET.progress) == ("anticipation", 1)
    assert (NOT_BEGUN.current, NOT_BEGUN.progress) == ("", 0)
