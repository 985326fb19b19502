"""A bucket of tokens: who asks when -> let in, or how long to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.web.rate_limit import TokenBuckets


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_minute_may_come_at_once_and_no_more():
    buckets = TokenBuckets(60, Clock())
    assert [buckets.take("a") for _ in range(60)] == [0] * 60
    assert buckets.take("a") == 1
    assert buckets.take("b") == 0


@pytest.mark.parametrize(("per_minute", "wait"), [(1, 60), (2, 30), (60, 1), (600, 1)])
def test_who_waits_as_long_as_told_is_let_in(per_minute, wait):
    clock = Clock()
    buckets = TokenBuckets(per_minute, clock)
    while not buckets.take("a"):
        pass
    assert buckets.take("a") == wait
    clock.seconds += wait
    assert buckets.take("a") == 0


def test_nobody_saves_up_more_than_a_minute():
    clock = Clock()
    buckets = TokenBuckets(10, clock)
    clock.seconds += 86_400
    assert [buckets.take("a") == 0 for _ in range(11)] == [True] * 10 + [False]


def test_without_a_limit_everybody_is_let_in():
    buckets = TokenBuckets(0, Clock())
    assert not any(buckets.take("a") for _ in range(10_000))


@given(st.integers(1, 100), st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=300))
def test_over_any_time_no_more_than_the_limit_is_let_in(per_minute, pauses):
    clock = Clock()
    buckets = TokenBuckets(per_minute, clock)
    began, taken = clock.seconds, 0
    for pause in pauses:
        clock.seconds += pause
        taken += buckets.take("a") == 0
        minutes = (clock.seconds - began) / 60
        assert taken <= per_minute * (1 + minutes) + 1e-6
