from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.charts.history import FirstAttempts
from aarportal.charts.unit_states import UnitStatus, gap_days, held, latest, unit_state
from tests.charts.histories import TODAY, ago, history, unit

# The three checks of the specification.
HELD = [
    ([(1, 10, 4)], 0.42),
    ([(60, 10, 9)], 0.72),
    ([(60, 10, 2), (0, 5, 5)], 0.68),
    ([], 0.5),
]
GAPS = [(14, 2), (30, 4), (70, 10), (120, 18), (0, 2), (300, 21), (None, 7), (-1, 7)]
STATUS = [
    ([(1, 4, 4)], None, UnitStatus.FEW),
    ([(1, 5, 4)], None, UnitStatus.FINE),
    ([(1, 10, 4)], None, UnitStatus.MORE),
    ([(1, 12, 11)], None, UnitStatus.STRONG),
    ([(0, 8, 5)], None, UnitStatus.FINE),  # (5 + 1) / (8 + 2) is 0.6, which is enough
    ([(0, 18, 16)], None, UnitStatus.FINE),  # (16 + 1) / (18 + 2) is 0.85, which is not above
    ([(0, 19, 17)], None, UnitStatus.STRONG),
    ([(10, 20, 20)], None, UnitStatus.STRONG),  # 10 days are within 7 x 1.5
    ([(11, 20, 20)], None, UnitStatus.FADING),
    ([(11, 10, 7)], None, UnitStatus.FADING),
    ([(11, 20, 20)], 70, UnitStatus.STRONG),  # the gap is 10 days
    ([(4, 12, 11)], 14, UnitStatus.FADING),  # the gap is 2 days
    ([(40, 10, 2)], None, UnitStatus.MORE),
    ([(61, 30, 30)], None, UnitStatus.FEW),
    ([(60, 30, 30)], None, UnitStatus.FADING),
    ([(-1, 30, 30)], None, UnitStatus.FEW),
    ([], None, UnitStatus.FEW),
]


def attempts(*entries):
    return [FirstAttempts(ago(days), items, correct) for days, items, correct in entries]


def state(*entries, test_in=None, away=()):
    return unit_state(
        unit("u", *entries, test_in=test_in), history(away_days=frozenset(map(ago, away)))
    )


@pytest.mark.parametrize(("entries", "p"), HELD)
def test_old_answers_weigh_less(entries, p):
    assert held(attempts(*entries), TODAY) == pytest.approx(p, abs=0.005)


@pytest.mark.parametrize(("days", "gap"), GAPS)
def test_the_gap_grows_with_the_time_to_the_test(days, gap):
    assert gap_days(TODAY, None if days is None else TODAY + timedelta(days=days)) == gap


@pytest.mark.parametrize(("entries", "test_in", "status"), STATUS)
def test_the_status_follows_the_answers(entries, test_in, status):
    assert state(*entries, test_in=test_in).status is status


def test_the_latest_thirty_answers_count():
    assert [day.items for day in latest(attempts((1, 10, 1), (2, 15, 1), (3, 10, 1)))] == [10, 15]


def test_a_day_too_many_is_taken_when_the_unit_needs_it():
    assert [day.items for day in latest(attempts((1, 3, 1), (2, 28, 1), (3, 1, 1)))] == [3, 28]
    assert [day.items for day in latest(attempts((1, 45, 1)))] == [45]


def test_it_says_what_it_rests_on():
    one = state((3, 4, 2), (1, 3, 3))
    assert (one.items, one.correct, one.last_on, one.missing) == (7, 5, ago(1), 0)
    assert state((1, 2, 2)).missing == 3


ENTRIES = st.lists(
    st.tuples(st.integers(0, 70), st.integers(0, 20), st.integers(0, 20)).map(
        lambda entry: (entry[0], max(entry[1:]), min(entry[1:]))
    ),
    max_size=8,
)


@given(ENTRIES, st.integers(0, 60), st.integers(1, 30))
def test_answers_of_a_day_away_never_change_anything(entries, day, items):
    rest = [entry for entry in entries if entry[0] != day]
    assert state(*rest, away=[day]) == state(*rest, (day, items, 0), away=[day]) == state(*rest)


@given(ENTRIES)
def test_the_estimate_stays_between_never_and_always(entries):
    assert 0 < held(attempts(*entries), TODAY) < 1


@given(ENTRIES, st.integers(0, 60))
def test_a_right_answer_never_lowers_the_estimate(entries, day):
    before = held(attempts(*entries), TODAY)
    assert held(attempts(*entries, (day, 1, 1)), TODAY) > before
