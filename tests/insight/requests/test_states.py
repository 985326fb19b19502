"""How far a request is, and until when it is answered."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.errors import StateError
from aarportal.core.machines import step
from aarportal.insight.requests.states import OPEN, REQUEST, RequestEvent, RequestState, due_on


@given(st.lists(st.sampled_from(RequestEvent), max_size=8))
def test_an_answer_comes_once_and_only_after_somebody_took_it_up(events):
    state, taken = RequestState.ASKED, []
    for event in events:
        before = state
        try:
            state = step(REQUEST, state, event)
        except StateError:
            assert state is before
        else:
            taken.append(event)
    assert len(taken) <= 2
    if state not in OPEN:
        assert taken[0] is RequestEvent.TAKEN_UP
        for event in RequestEvent:
            with pytest.raises(StateError):
                step(REQUEST, state, event)


def test_every_state_is_reached_and_every_open_one_goes_on():
    assert set(REQUEST.values()) | {RequestState.ASKED} == set(RequestState)
    assert {state for state, _event in REQUEST} == OPEN


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 12, 10), date(2027, 1, 9)),
        (date(2026, 12, 31), date(2027, 1, 30)),
        (date(2027, 1, 31), date(2027, 3, 2)),
        (date(2028, 1, 31), date(2028, 3, 1)),
    ],
)
def test_the_last_day_lies_thirty_days_on_over_the_ends_of_months_and_years(asked, due):
    assert due_on(asked) == due


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_the_last_day_is_never_later_than_the_law_says(asked):
    assert due_on(asked) - asked == timedelta(days=30)
