"""How large a goal is beside the student's own usual amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.anticipation.amounts import difficulty_ratio, size_of, usual_amount


@pytest.mark.parametrize(
    ("amounts", "usual"), [([], None), ([8], 8), ([4, 8], 6), ([10, 8, 6, 4], 7), ([1, 2, 90], 2)]
)
def test_the_usual_amount_is_the_own_median(amounts, usual):
    assert usual_amount(amounts) == usual


@pytest.mark.parametrize(
    ("amount", "amounts", "ratio"),
    [
        (None, [8], None),
        (8, [], None),
        (8, [8, 8], 1.0),
        (12, [10, 8, 6, 4], 1.714),
        (3, [0], None),
    ],
)
def test_the_ratio_compares_with_the_own_past(amount, amounts, ratio):
    assert difficulty_ratio(amount, amounts) == ratio


@pytest.mark.parametrize(
    ("ratio", "size"),
    [(None, ""), (1.0, ""), (1.5, ""), (1.501, "large"), (0.5, ""), (0.499, "small")],
)
def test_only_amounts_far_from_the_usual_get_a_hint(ratio, size):
    assert size_of(ratio) == size


@given(st.lists(st.integers(1, 200), min_size=1, max_size=4))
def test_planning_the_usual_amount_is_never_far_off(amounts):
    assert size_of(difficulty_ratio(usual_amount(amounts), amounts)) == ""
