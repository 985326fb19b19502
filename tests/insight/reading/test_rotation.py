"""Who gets words today: everybody has a turn, and nobody is judged by it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.insight.reading.rotation import ROUND_DAYS, share_of, words_today

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
CLASS = [UUID(int=n) for n in range(40)]


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("size", "share"), [(0, 0), (1, 1), (7, 1), (8, 2), (35, 5), (36, 6), (40, 6), (42, 6)]
)
def test_the_share_of_a_class(size, share):
    assert share_of(size) == share


def test_six_of_forty_get_words():
    assert len(words_today(CLASS, {}, set(CLASS))) == 6


def test_who_never_got_any_comes_first_then_who_has_waited_longest():
    before = {CLASS[n]: ago(n + 1) for n in range(38)}
    assert words_today(CLASS, before, set(CLASS)) == [
        CLASS[38], CLASS[39], CLASS[37], CLASS[36], CLASS[35], CLASS[34],
    ]  # fmt: skip


def test_only_who_handed_in_can_get_an_answer():
    assert words_today(CLASS, {}, {CLASS[5], CLASS[9]}) == [CLASS[5], CLASS[9]]
    assert words_today(CLASS, {}, set()) == []
    assert words_today([], {}, set()) == []


def test_somebody_of_another_class_takes_nobodys_turn():
    assert words_today(CLASS[:7], {}, set(CLASS)) == [CLASS[0]]


def test_the_list_stays_the_same_all_day():
    """Words of today are not among those before today, so they change nothing."""
    before = {student: ago(n) for n, student in enumerate(CLASS, start=1)}
    assert words_today(CLASS, before, set(CLASS)) == words_today(CLASS, dict(before), set(CLASS))


@settings(max_examples=60)
@given(
    size=st.integers(1, 40),
    faithful=st.integers(0, 39),
    days=st.lists(st.sets(st.integers(0, 39)), min_size=ROUND_DAYS, max_size=25),
    extra=st.lists(st.sets(st.integers(0, 39), max_size=3), min_size=25, max_size=25),
)
def test_who_hands_in_gets_words_within_seven_reading_days(size, faithful, days, extra):
    """Whoever else hands in, and whoever else gets words beside the list."""
    students = CLASS[:size]
    me = students[faithful % size]
    words: dict[UUID, datetime] = {}
    waited = 0
    for number, (handing_in, others) in enumerate(zip(days, extra, strict=False)):
        today = NOW + timedelta(days=number)
        handed_in = {me, *(CLASS[n] for n in handing_in if n < size)}
        chosen = words_today(students, words, handed_in)
        assert len(chosen) == min(share_of(size), len(handed_in & set(students)))
        waited = 0 if me in chosen else waited + 1
        assert waited < ROUND_DAYS
        words |= dict.fromkeys([*chosen, *(CLASS[n] for n in others if n < size)], today)
