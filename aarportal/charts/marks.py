"""The shapes charts are made of, in SVG units: x to the right, y down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from matplotlib.path import Path

from aarportal.charts.theme import INK, SMALL, Pen

# How far the handles of a cubic curve stand out to draw a quarter of a circle.
_K: Final = 0.5522847498

Anchor = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Area:
    """A shape and the pen that draws it."""

    path: Path
    pen: Pen


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; `y` is its baseline."""

    x: float
    y: float
    text: str
    size: float = SMALL
    colour: str = INK
    anchor: Anchor = "left"
    bold: bool = False


Mark = Area | Label


_UNIT_CIRCLE: Final = np.array(
    [
        (1, 0),
        *((1, _K), (_K, 1), (0, 1)),
        *((-_K, 1), (-1, _K), (-1, 0)),
        *((-1, -_K), (-_K, -1), (0, -1)),
        *((_K, -1), (1, -_K), (1, 0)),
        (1, 0),
    ]
)
_CIRCLE_CODES: Final = [Path.MOVETO, *[Path.CURVE4] * 12, Path.CLOSEPOLY]


def circle(x: float, y: float, radius: float) -> Path:
    """Return a circle as four curves, half of the text of matplotlib's own."""
    return Path(_UNIT_CIRCLE * radius + (x, y), _CIRCLE_CODES)


def circles(spots: Iterable[tuple[float, float, float]]) -> tuple[Path, ...]:
    """Return all circles (x, y, radius) as one path, or nothing."""
    places = np.array([*spots])
    if not places.size:
        return ()
    vertices = _UNIT_CIRCLE * places[:, None, 2:] + places[:, None, :2]
    return (Path(vertices.reshape(-1, 2), _CIRCLE_CODES * len(places)),)


def box(x: float, y: float, width: float, height: float, radii: tuple[float, float]) -> Path:
    """Return a rectangle; `radii` round its upper and its lower corners."""
    r, low = (min(radius, width / 2, height / 2) for radius in radii)
    right, bottom = x + width, y + height
    vertices = [
        (x, bottom - low),
        (x, y + r),
        *((x, y), (x + r, y)),
        (right - r, y),
        *((right, y), (right, y + r)),
        (right, bottom - low),
        *((right, bottom), (right - low, bottom)),
        (x + low, bottom),
        *((x, bottom), (x, bottom - low)),
        (x, bottom - low),
    ]
    curve = [Path.CURVE3, Path.CURVE3]
    codes = [Path.MOVETO, Path.LINETO, *curve, Path.LINETO, *curve, Path.LINETO, *curve]
    return Path(vertices, [*codes, Path.LINETO, *curve, Path.CLOSEPOLY])


def line(points: Sequence[tuple[float, float]]) -> Path:
    """Return straight lines from point to point."""
    return Path(points)


def curve(points: Sequence[tuple[float, float]]) -> Path:
    """Return one cubic curve: its start, two handles and its end."""
    return Path(points, [Path.MOVETO, *[Path.CURVE4] * 3])


def polygon(points: Sequence[tuple[float, float]]) -> Path:
    """Return a closed shape with straight sides."""
    return Path(
        [*points, points[0]],
        [Path.MOVETO, *[Path.LINETO] * (len(points) - 1), Path.CLOSEPOLY],
    )


def areas(paths: Iterable[Path], pen: Pen) -> tuple[Area, ...]:
    """Return all paths as one shape, or nothing: one shape is cheaper than forty."""
    found = tuple(paths)
    return (Area(Path.make_compound_path(*found), pen),) if found else ()
