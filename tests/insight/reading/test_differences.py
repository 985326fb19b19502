"""前回との ちがい: fields and counts that changed, and nothing else."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.insight.reading.differences import Differences, Snapshot, differences

BEFORE = Snapshot(1, ("textbook",), "", 5)

CASES = [
    pytest.param(BEFORE, Differences(), id="nothing"),
    pytest.param(Snapshot(3, ("textbook",), "", 5), Differences(rating=(1, 3)), id="the rating"),
    pytest.param(Snapshot(None, ("textbook",), "", 5), Differences(), id="no rating now"),
    pytest.param(
        Snapshot(1, ("picture",), "", 5),
        Differences(ways_new=("picture",), ways_gone=("textbook",)),
        id="another way",
    ),
    pytest.param(
        Snapshot(1, ("textbook", "ask"), "", 5), Differences(ways_new=("ask",)), id="one more way"
    ),
    pytest.param(
        Snapshot(1, ("textbook",), "time", 5),
        Differences(next_step=(False, True)),
        id="a next step",
    ),
    pytest.param(Snapshot(1, ("textbook",), "", 8), Differences(items=(5, 8)), id="more items"),
]


@pytest.mark.parametrize(("now", "expected"), CASES)
def test_what_differs(now, expected):
    found = differences(BEFORE, now)
    assert found == expected
    assert found.any is (expected != Differences())


def test_another_next_step_is_no_difference_because_it_is_shown_anyway():
    found = differences(Snapshot(1, (), "time", 0), Snapshot(1, (), "place", 0))
    assert found.next_step is None


def test_the_length_of_a_text_is_never_compared():
    assert not [it.name for it in fields(Snapshot) if "text" in it.name or "length" in it.name]


snapshots = st.builds(
    Snapshot,
    st.none() | st.integers(0, 3),
    st.lists(st.sampled_from(["ask", "picture", "recall"]), unique=True, max_size=2).map(tuple),
    st.sampled_from(["", "time", "place"]),
    st.integers(0, 20),
)


@given(snapshots, snapshots)
def test_looking_back_from_the_other_side_turns_every_difference_around(one, other):
    there, back = differences(one, other), differences(other, one)
    assert (there.ways_new, there.ways_gone) == (back.ways_gone, back.ways_new)
    for name in ("rating", "next_step", "items"):
        pair = getattr(there, name)
        assert getattr(back, name) == (pair and pair[::-1])
    assert not differences(one, one).any
