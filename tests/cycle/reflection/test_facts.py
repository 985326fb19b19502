"""What the records say beside a rating, and what they cannot say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.reflection.facts import Facts, criterion_met

WORKED = Facts(items=10, first_attempt_items=10, first_attempt_correct=8, records=2)
NOTHING = Facts()
ON_PAPER = Facts(items=5, records=1)


@pytest.mark.parametrize(
    ("kind", "target", "facts", "met"),
    [
        ("count", 10, WORKED, True),
        ("count", 11, WORKED, False),
        ("count", 1, NOTHING, None),
        ("count", 5, ON_PAPER, True),
        ("count", None, WORKED, None),
        ("accuracy", 80, WORKED, True),
        ("accuracy", 81, WORKED, False),
        ("accuracy", 0, WORKED, True),
        # Nobody marked what was done on paper: nobody can say how much of it was right.
        ("accuracy", 50, ON_PAPER, None),
        ("accuracy", 50, NOTHING, None),
        ("can_do", None, WORKED, None),
        ("product", 3, WORKED, None),
    ],
)
def test_records_say_whether_a_criterion_is_met_only_when_they_can(kind, target, facts, met):
    assert criterion_met(kind, target, facts) is met


@given(
    st.integers(1, 100).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(0, 100),
)
def test_accuracy_is_compared_without_rounding(shares, target):
    correct, items = shares
    facts = Facts(items=items, first_attempt_items=items, first_attempt_correct=correct, records=1)
    assert criterion_met("accuracy", target, facts) is (100 * correct / items >= target)


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 0), (149, 0), (150, 5), (300, 5), (449, 5), (450, 10), (1500, 25), (1660, 30)],
)
def test_minutes_are_rounded_to_five_halves_upwards(seconds, minutes):
    assert Facts(active_seconds=seconds).minutes == minutes
