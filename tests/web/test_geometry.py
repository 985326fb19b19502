"""The drawings of the ring are right for every share of a lap and cheap in the page."""

import re
from math import hypot, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.web.geometry import arc, pt, wobble

NUMBER = r"-?\d+(?:\.\d+)?"

QUARTERS = [
    # angle, point on the circle of radius 10 round (0, 0): clockwise, because y points down
    (0, (10.0, 0.0)),
    (90, (0.0, 10.0)),
    (180, (-10.0, 0.0)),
    (-90, (0.0, -10.0)),
    (270, (0.0, -10.0)),
    (360, (10.0, 0.0)),
]

ARCS = [
    # a0, a1, path
    (0, 90, "M10 0A10 10 0 0 1 0 10"),
    (0, 270, "M10 0A10 10 0 1 1 0 -10"),
    (90, 0, "M0 10A10 10 0 0 0 10 0"),
    (-45, -45, ""),
    (0, 360, "M10 0A10 10 0 0 1 -10 0A10 10 0 0 1 10 0Z"),
    (0, 500, "M10 0A10 10 0 0 1 -10 0A10 10 0 0 1 10 0Z"),
    (0, -360, "M10 0A10 10 0 0 0 -10 0A10 10 0 0 0 10 0Z"),
]


@pytest.mark.parametrize(("angle", "expected"), QUARTERS)
def test_angles_run_clockwise_from_three_o_clock(angle, expected):
    assert pt(0, 0, 10, angle) == pytest.approx(expected)


@pytest.mark.parametrize(("a0", "a1", "expected"), ARCS)
def test_an_arc_has_the_path_of_its_sweep(a0, a1, expected):
    assert arc(0, 0, 10, a0, a1) == expected


@given(
    cx=st.integers(-500, 500),
    cy=st.integers(-500, 500),
    r=st.integers(1, 400),
    a0=st.integers(-720, 720),
    sweep=st.integers(-359, 359).filter(bool),
)
def test_both_ends_of_an_arc_lie_on_its_circle(cx, cy, r, a0, sweep):
    path = arc(cx, cy, r, a0, a0 + sweep)
    x0, y0, rx, ry, _, large, clockwise, x1, y1 = map(float, re.findall(NUMBER, path))
    assert (rx, ry) == (r, r)
    assert large == (abs(sweep) > 180)
    assert clockwise == (sweep > 0)
    for x, y in ((x0, y0), (x1, y1)):
        assert isclose(hypot(x - cx, y - cy), r, abs_tol=0.02)


@given(r=st.integers(20, 120), seed=st.integers(0, 400), amplitude=st.sampled_from([0.0, 1.8, 2.2]))
def test_a_growth_ring_is_closed_and_keeps_to_its_place(r, seed, amplitude):
    path = wobble(220, 222, r, seed, amplitude)
    assert path.startswith("M")
    assert path.endswith("Z")
    numbers = [float(number) for number in re.findall(NUMBER, path)]
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    assert corners[-1] == corners[0]
    on_curve = [corners[0], corners[3], *corners[5::2]]
    assert len(on_curve) == 15
    for x, y in on_curve:
        assert abs(hypot(x - 220, y - 222) - r) <= 1.3 * amplitude + 0.1


def test_neighbouring_growth_rings_are_different_curves_and_each_is_always_the_same():
    paths = [wobble(220, 222, 60, seed) for seed in range(24)]
    assert len(set(paths)) == 24
    wobble.cache_clear()
    assert paths == [wobble(220, 222, 60, seed) for seed in range(24)]


def test_a_growth_ring_costs_less_than_400_characters():
    assert max(len(wobble(220, 222, r, r)) for r in range(30, 120)) < 400


def test_no_number_of_a_path_is_written_with_an_exponent_or_as_minus_zero():
    text = "".join(
        [arc(0, 0, 10, a, a + 30) for a in range(0, 360, 5)]
        + [wobble(0, 0, 10, seed, 0.001) for seed in range(50)]
    )
    assert "e" not in text.lower().replace("z", "")
    assert not re.search(r"-0(?![.\d])", text)
