"""In which order reflections are read, and how long the rest takes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.insight.reading.queue_order import (
    Waiting,
    following_unread,
    in_reading_order,
    minutes_left,
)

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
A, B, C, D = (UUID(int=n) for n in range(1, 5))


def waiting(key, *, calls=False, words_days_ago=None, minutes_ago=0):
    before = None if words_days_ago is None else NOW - timedelta(days=words_days_ago)
    return Waiting(key, key, NOW - timedelta(minutes=minutes_ago), calls, before)


ORDERS = [
    pytest.param([waiting(A), waiting(B, calls=True)], [B, A], id="who called first"),
    pytest.param(
        [waiting(A, words_days_ago=1), waiting(B, words_days_ago=9)], [B, A], id="who waits longest"
    ),
    pytest.param([waiting(A, words_days_ago=90), waiting(B)], [B, A], id="never before long ago"),
    pytest.param(
        [waiting(A, minutes_ago=1), waiting(B, minutes_ago=9)], [B, A], id="then by handing in"
    ),
    pytest.param(
        [waiting(A), waiting(B, calls=True, words_days_ago=1), waiting(C, calls=True)],
        [C, B, A],
        id="a call goes before any waiting",
    ),
    pytest.param([], [], id="nothing"),
]


@pytest.mark.parametrize(("given_rows", "order"), ORDERS)
def test_the_order_of_reading(given_rows, order):
    assert [it.reflection_id for it in in_reading_order(given_rows)] == order


rows = st.lists(
    st.builds(
        waiting,
        st.integers(0, 99).map(lambda n: UUID(int=n)),
        calls=st.booleans(),
        words_days_ago=st.none() | st.integers(0, 30),
        minutes_ago=st.integers(0, 600),
    ),
    unique_by=lambda it: it.reflection_id,
)


@given(rows, st.randoms())
def test_nothing_is_lost_and_the_order_does_not_depend_on_how_rows_come(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    order = in_reading_order(shuffled)
    assert order == in_reading_order(found)
    assert sorted(order, key=repr) == sorted(found, key=repr)
    assert [it.calls for it in order] == sorted((it.calls for it in order), reverse=True)


@pytest.mark.parametrize(
    ("order", "unread", "after", "following"),
    [
        pytest.param([A, B, C], [A, B, C], A, B, id="the next one"),
        pytest.param([A, B, C, D], [A, B, D], B, D, id="read ones are passed over"),
        pytest.param([A, B, C], [A, B, C], C, A, id="from the end back to what was passed over"),
        pytest.param([A, B], [B], B, None, id="the last one"),
        pytest.param([A, B], [A, B], D, A, id="one that is not on the list"),
        pytest.param([], [], A, None, id="nothing left"),
    ],
)
def test_what_comes_after_an_answer(order, unread, after, following):
    assert following_unread(order, unread, after) == following


@pytest.mark.parametrize(
    ("cards", "lines", "minutes"),
    [(0, 0, 0), (1, 0, 1), (40, 6, 10), (40, 0, 6), (29, 6, 8), (0, 3, 2)],
)
def test_forty_reflections_take_ten_minutes(cards, lines, minutes):
    assert minutes_left(cards, lines) == minutes
