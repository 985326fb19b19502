"""Active seconds from signs of life, counted at once and one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.activity_time import (
    BURST_CAP_SECONDS,
    DAY_CAP_SECONDS,
    Clock,
    Event,
    contributions,
    shown_seconds,
    step,
)

NINE = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def event(second: float, own: int | None = None, number: int = 0) -> Event:
    return Event(NINE + timedelta(seconds=second), UUID(int=number), own)


DAYS = [
    ("nothing", [], []),
    ("one sign of life is a minute", [(0, None)], [60]),
    ("a gap counts up to five minutes", [(0, None), (300, None)], [60, 300]),
    ("a longer gap ends the burst", [(0, None), (301, None)], [60, 60]),
    ("gaps add up", [(0, None), (20, None), (50, None)], [60, 20, 30]),
    ("one instant counts once", [(0, None), (0, None)], [60, 0]),
    ("an hour is the most of one burst", [(60 * n, None) for n in range(70)],
     [60] * 60 + [0] * 10),
    ("the next burst starts anew", [(60 * n, None) for n in range(70)] + [(9000, None)],
     [60] * 60 + [0] * 10 + [60]),
    ("the app's own time is believed", [(100, 20)], [20]),
    ("no time is a time as well", [(100, 0)], [0]),
    ("thinking between answers is not answering", [(100, 20), (200, 30)], [20, 30]),
    ("what was counted is not counted again", [(100, 20), (110, 30)], [20, 10]),
    ("a whole that repeats its parts adds nothing",
     [(100, 100), (200, 100), (202, 202)], [100, 100, 2]),
    ("a long sitting reported at its end counts", [(0, None), (1800, 1800)], [60, 1800]),
    ("and is capped like a burst", [(0, None), (7200, 7200)], [60, 3540]),
    ("its own time reaches back to the burst before", [(0, None), (900, 700)], [60, 700]),
    ("or does not", [(0, None), (900, 500)], [60, 500]),
    ("a negative time is no time", [(0, None), (10, -5)], [60, 0]),
    ("parts of seconds are not lost", [(0.9, None), (1.8, None), (2.7, None), (3.6, None)],
     [60, 1, 1, 1]),
]  # fmt: skip


@pytest.mark.parametrize(("signs", "seconds"), [day[1:] for day in DAYS], ids=[d[0] for d in DAYS])
def test_the_seconds_of_a_day(signs, seconds):
    events = [event(second, own, number) for number, (second, own) in enumerate(signs)]
    assert contributions(events) == seconds


EVENTS = st.lists(
    st.builds(
        event,
        st.one_of(
            st.integers(0, 900),
            st.integers(0, 30_000),
            st.floats(0, 900, allow_nan=False),
        ),
        st.none() | st.integers(0, 600) | st.integers(0, 10_000),
        st.integers(0, 2**60),
    ),
    max_size=25,
    unique_by=lambda each: each.id,
)


def in_order(events):
    return sorted(events, key=lambda each: (each.at, each.id))


@given(EVENTS)
def test_counting_one_by_one_in_order_gives_what_counting_at_once_gives(events):
    ordered = in_order(events)
    clock, counted = Clock(), []
    for each in ordered:
        clock, seconds = step(clock, each)
        counted.append(seconds)
    assert counted == contributions(ordered)
    taking_time = [each for each in ordered if each.own_seconds is None or each.own_seconds > 0]
    assert clock.last_event_at == (taking_time[-1].at if taking_time else None)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_the_argument_does_not_matter(events, chance):
    shuffled = list(events)
    chance.shuffle(shuffled)
    by_id = dict(zip([each.id for each in events], contributions(events), strict=True))
    assert contributions(shuffled) == [by_id[each.id] for each in shuffled]


@given(EVENTS)
def test_events_in_any_order_are_either_counted_right_or_reported_as_late(events):
    """What a store does: keep the sum, take the clock from it, count anew when told so."""
    clock, kept, seen = Clock(), {}, []
    for each in events:
        seen.append(each)
        # The store keeps no id of the last event, so several at one instant are late as well.
        after, seconds = step(Clock(clock.last_event_at, clock.burst_seconds), each)
        if seconds is not None:
            clock, kept[each.id] = after, seconds
            continue
        assert clock.last_event_at is not None and each.at <= clock.last_event_at
        assert after.last_event_at == clock.last_event_at
        kept = dict(zip([one.id for one in seen], contributions(seen), strict=True))
        clock = Clock()
        for one in in_order(seen):
            clock, _ = step(clock, one)
    assert kept == dict(zip([one.id for one in events], contributions(events), strict=True))


@given(EVENTS)
def test_no_event_takes_time_away_and_no_time_is_counted_twice(events):
    seconds = contributions(events)
    assert all(0 <= each <= BURST_CAP_SECONDS for each in seconds)
    if events:
        starts = [each.at - timedelta(seconds=each.own_seconds or 60) for each in events]
        span = (max(each.at for each in events) - min(starts)).total_seconds()
        assert sum(seconds) <= span + 1


@given(EVENTS, st.integers(0, 30_000))
def test_one_more_event_without_own_time_at_the_end_never_makes_the_sum_smaller(events, later):
    last = max((each.at for each in events), default=NINE)
    more = [*events, Event(last + timedelta(seconds=later), UUID(int=2**61))]
    assert sum(contributions(more)) >= sum(contributions(events))


@given(EVENTS, EVENTS)
def test_work_without_a_time_of_day_counts_in_full_and_leaves_all_other_time_alone(events, more):
    apart = [replace(each, id=UUID(int=each.id.int + 2**62), has_time=False) for each in more]
    assert contributions([*events, *apart]) == [
        *contributions(events), *(each.own_seconds or 0 for each in apart)
    ]  # fmt: skip
    clock = Clock(NINE, 60)
    for each in apart:
        assert step(clock, each) == (clock, each.own_seconds or 0)


def test_a_day_of_several_hours_told_as_one_row_is_no_sitting_that_has_to_end():
    whole_day = replace(event(0, own=3 * 60 * 60), has_time=False)
    assert contributions([whole_day]) == [3 * 60 * 60]


def test_of_events_at_one_instant_only_those_after_the_last_one_counted_are_in_time():
    clock, _ = step(Clock(), event(100, number=5))
    assert step(clock, event(100, number=6)).contribution == 0
    for number in (4, 5):
        late = step(clock, event(100, number=number))
        assert late.contribution is None
        assert late.clock == clock
    unknown_last = Clock(clock.last_event_at, clock.burst_seconds)
    assert step(unknown_last, event(100, number=6)).contribution is None


def test_a_day_shows_four_hours_at_most():
    assert shown_seconds(DAY_CAP_SECONDS + 1) == 4 * 60 * 60
    assert shown_seconds(59) == 59
