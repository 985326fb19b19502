"""Every machine against its table: each legal step leads where it should, every other is refused.

The expected steps are written out here a second time, from the pedagogy text (A.3) and not from
the code, so that a slip in either is seen.
"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.errors import StateError
from aarportal.core.machines import step
from aarportal.cycle.loop import states
from aarportal.cycle.loop.states import (
    ADJUSTMENT,
    CLOSED_CYCLE,
    CYCLE,
    FEEDBACK,
    GOAL,
    OPEN_CYCLE,
    PLAN,
    RECORD,
    REFLECTION,
    PlanEvent,
    plan_event,
    rating_event,
)


def steps(text: str) -> dict[tuple[str, str], str]:
    """`state --event--> state`, one a line; `a|b` on the left stands for both."""
    found = {}
    for line in text.strip().splitlines():
        before, event, after = (part.strip() for part in line.replace("-->", "--").split("--"))
        for state, one in product(before.split("|"), event.split("|")):
            found[state.strip(), one.strip()] = state.strip() if after == "same" else after
    return found


MACHINES = {
    "cycle": (
        CYCLE, states.CycleState, states.CycleEvent,
        """
        none --goal_confirmed|plan_created--> anticipating
        none --record_arrived--> acting
        anticipating --record_arrived|started--> acting
        anticipating --goal_revised|plan_created|plan_moved--> anticipating
        acting --goal_confirmed|record_arrived|started|plan_created--> acting
        acting --mid_checked|goal_revised|plan_moved--> acting
        acting --reflection_begun--> reflecting
        reflecting --record_arrived|reflection_begun--> reflecting
        reflecting --reflection_submitted--> closed_open_adjust
        closed_open_adjust --adjustment_linked--> closed_carried
        closed_open_adjust --days_passed--> closed
        anticipating|acting --days_passed--> paused
        paused --goal_confirmed|plan_created|record_arrived|started--> acting
        paused --mid_checked|goal_revised|plan_moved|reflection_begun--> acting
        anticipating|acting|reflecting|paused --term_ended--> closed_unreviewed
        closed_unreviewed --reopened--> paused
        """,
    ),
    "goal": (
        GOAL, states.GoalState, states.GoalEvent,
        """
        draft --confirm--> active
        active --edit--> active
        active --withdraw--> withdrawn
        active --day_ended--> unreviewed
        active|unreviewed|achieved|achieved_with_help|partly|not_yet --rate_3--> achieved
        active|unreviewed|achieved|achieved_with_help|partly|not_yet --rate_2--> achieved_with_help
        active|unreviewed|achieved|achieved_with_help|partly|not_yet --rate_1--> partly
        active|unreviewed|achieved|achieved_with_help|partly|not_yet --rate_0--> not_yet
        achieved|achieved_with_help|partly|not_yet|withdrawn|unreviewed --month_passed--> archived
        """,
    ),
    "plan": (
        PLAN, states.PlanState, states.PlanEvent,
        """
        planned --move--> planned
        planned|partly|open_past --record_enough--> done
        done --record_enough--> done
        planned|partly|open_past --record_some--> partly
        planned --day_passed--> open_past
        planned|open_past --absent--> excused
        open_past --done_on_paper--> done_self
        open_past --move--> planned
        open_past --drop--> dropped
        """,
    ),
    "record": (
        RECORD, states.RecordState, states.RecordEvent,
        """
        received --accept--> valid
        received --refuse--> quarantined
        quarantined --accept--> valid
        valid --match--> linked
        linked --dispute--> disputed
        valid|linked|disputed --void--> voided
        voided --restore--> linked
        disputed --uphold--> linked
        """,
    ),
    "reflection": (
        REFLECTION, states.ReflectionState, states.ReflectionEvent,
        """
        draft --submit--> submitted
        submitted --edit--> submitted
        submitted --open--> read
        read --open--> read
        read|responded --respond--> responded
        read|responded|done --revise--> revised
        responded --open--> responded
        responded --acknowledge--> done
        revised --open--> read
        revised --edit--> revised
        done --open--> done
        """,
    ),
    "adjustment": (
        ADJUSTMENT, states.AdjustmentState, states.AdjustmentEvent,
        """
        proposed --choose--> adopted
        proposed --days_passed--> lapsed
        proposed --carry--> carried
        adopted --take_effect--> in_effect
        in_effect|tried --session_done--> tried
        tried --judge_worked--> worked
        tried --judge_no_change--> no_change
        tried --judge_cannot_say--> cannot_say
        worked --worked_again--> saved
        """,
    ),
    "feedback": (
        FEEDBACK, states.FeedbackState, states.FeedbackEvent,
        """
        draft --send--> sent
        sent|seen --open--> seen
        sent|seen --reply--> answered
        """,
    ),
}  # fmt: skip
PAIRS = [
    pytest.param(table, state, event, steps(text).get((state, event)), id=f"{name}-{state}-{event}")
    for name, (table, all_states, events, text) in MACHINES.items()
    for state, event in product(all_states, events)
]


@pytest.mark.parametrize(("table", "state", "event", "after"), PAIRS)
def test_every_pair_of_state_and_event_goes_where_the_text_says_or_nowhere(
    table, state, event, after
):
    if after is None:
        with pytest.raises(StateError):
            step(table, state, event)
    else:
        assert step(table, state, event) == after


@pytest.mark.parametrize("name", MACHINES)
def test_the_expected_steps_use_only_words_that_the_machine_knows(name):
    _, all_states, events, text = MACHINES[name]
    expected = steps(text)
    assert {state for state, _ in expected} | set(expected.values()) == set(all_states)
    assert {event for _, event in expected} == set(events)


@pytest.mark.parametrize(
    ("name", "first"),
    [("cycle", "none"), ("goal", "draft"), ("plan", "planned"), ("record", "received"),
     ("reflection", "draft"), ("adjustment", "proposed"), ("feedback", "draft")],
)  # fmt: skip
def test_every_state_can_be_reached_from_the_first(name, first):
    table, all_states, _, _ = MACHINES[name]
    reached = {first}
    while more := {to for (state, _), to in table.items() if state in reached} - reached:
        reached |= more
    assert reached == set(all_states)


def test_a_cycle_is_open_or_closed_and_never_both():
    assert not OPEN_CYCLE & CLOSED_CYCLE
    assert set(states.CycleState) - {"none"} == OPEN_CYCLE | CLOSED_CYCLE


def test_no_event_reopens_a_closed_cycle_but_taking_a_rollover_back():
    for (state, event), after in CYCLE.items():
        if state in CLOSED_CYCLE and event != "reopened":
            assert after in CLOSED_CYCLE


def test_no_word_for_a_state_blames_a_child():
    words = {str(state) for _, all_states, _, _ in MACHINES.values() for state in all_states}
    assert not words & {"failed", "late", "missed", "overdue"}


@pytest.mark.parametrize(
    ("value", "event"), [(0, "rate_0"), (1, "rate_1"), (2, "rate_2"), (3, "rate_3")]
)
def test_a_rating_is_an_event(value, event):
    assert rating_event(value) == event


@pytest.mark.parametrize("value", [-1, 4, 10])
def test_there_is_no_rating_outside_0_to_3(value):
    with pytest.raises(ValueError, match="rate_"):
        rating_event(value)


@pytest.mark.parametrize(
    ("done", "planned", "event"),
    [(4, 8, PlanEvent.RECORD_ENOUGH), (3, 8, PlanEvent.RECORD_SOME), (0, 8, PlanEvent.RECORD_SOME),
     (5, 9, PlanEvent.RECORD_ENOUGH), (4, 9, PlanEvent.RECORD_SOME),
     (0, None, PlanEvent.RECORD_ENOUGH)],
)  # fmt: skip
def test_half_of_the_amount_is_enough_for_a_plan(done, planned, event):
    assert plan_event(done, planned) is event


@given(st.integers(0, 500), st.integers(1, 200), st.integers(0, 100))
def test_doing_more_never_makes_a_plan_less_done(done, planned, more):
    if plan_event(done, planned) is PlanEvent.RECORD_ENOUGH:
        assert plan_event(done + more, planned) is PlanEvent.RECORD_ENOUGH
