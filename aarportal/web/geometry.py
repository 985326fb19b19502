"""Points and paths of the drawings that templates make: arcs of the ring, growth rings.

Angles are degrees, clockwise from three o'clock, because the y axis of SVG points down. The
functions are pure and give the same text for the same arguments, so that pages stay comparable
byte for byte and their results can be remembered.
"""

from functools import lru_cache
from math import cos, pi, radians, sin

# The golden angle spreads the phases of neighbouring seeds as far apart as possible, so that two
# growth rings next to each other never run in parallel.
_GOLDEN_ANGLE = pi * (3 - 5**0.5)
_WOBBLE_POINTS = 14


def pt(cx: float, cy: float, r: float, angle: float) -> tuple[float, float]:
    """Return the point at an angle on a circle, rounded to two decimals."""
    turn = radians(angle)
    return round(cx + r * cos(turn), 2), round(cy + r * sin(turn), 2)


@lru_cache(maxsize=2048)
def arc(cx: float, cy: float, r: float, a0: float, a1: float) -> str:
    """Return the path data of a circular arc from angle `a0` to angle `a1`.

    A sweep of a full turn or more gives the closed circle. An arc without length gives an empty
    path, because a round line cap would draw a dot for it.
    """
    sweep = a1 - a0
    if sweep == 0:
        return ""
    x0, y0 = pt(cx, cy, r, a0)
    clockwise = 1 if sweep > 0 else 0
    if abs(sweep) >= 360:
        x1, y1 = pt(cx, cy, r, a0 + 180)
        half = f"A{_short(r)} {_short(r)} 0 0 {clockwise} "
        return (
            f"M{_short(x0)} {_short(y0)}{half}{_short(x1)} {_short(y1)}"
            f"{half}{_short(x0)} {_short(y0)}Z"
        )
    x1, y1 = pt(cx, cy, r, a1)
    large = 1 if abs(sweep) > 180 else 0
    return (
        f"M{_short(x0)} {_short(y0)}A{_short(r)} {_short(r)} 0 {large} {clockwise} "
        f"{_short(x1)} {_short(y1)}"
    )


@lru_cache(maxsize=1024)
def wobble(cx: float, cy: float, r: float, seed: int, amplitude: float = 2.2) -> str:
    """Return the path data of one growth ring: a closed, slightly uneven curve round a centre.

    The curve never leaves the ring between `r - 1.3 * amplitude` and `r + 1.3 * amplitude` at its
    points. Other seeds give other curves.

    Source: Catmull-Rom spline in Bezier form; its tangents are continuous, so that every segment
    after the first is an SVG smooth curve, which needs half the characters.
    """
    phase = seed * _GOLDEN_ANGLE
    points = []
    for step in range(_WOBBLE_POINTS):
        turn = 2 * pi * step / _WOBBLE_POINTS
        radius = r + amplitude * (
            0.6 * sin(2 * turn + phase)
            + 0.45 * sin(3 * turn + 2 * phase)
            + 0.25 * sin(5 * turn + 3 * phase)
        )
        points.append((cx + radius * cos(turn), cy + radius * sin(turn)))

    def segment(index: int) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
        before, start, end, after = (
            points[(index + offset) % _WOBBLE_POINTS] for offset in (-1, 0, 1, 2)
        )
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        return first, second, end

    first, second, end = segment(0)
    path = [f"M{_pair(points[0])}C{_pair(first)} {_pair(second)} {_pair(end)}"]
    for index in range(1, _WOBBLE_POINTS):
        _, second, end = segment(index)
        path.append(f"S{_pair(second)} {_pair(end)}")
    return "".join(path) + "Z"


def _pair(point: tuple[float, float]) -> str:
    return f"{_short(round(point[0], 1))} {_short(round(point[1], 1))}"


def _short(number: float) -> str:
    """Return a number without a needless `.0`, and never minus zero."""
    return f"{number + 0:g}" if abs(number) < 1e5 else f"{number:.2f}"
