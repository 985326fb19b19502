"""Colours, pens and sizes of the charts, from the same tokens as static/css/tokens.css.

A colour is drawn as a sentinel that no chart would choose, and the finished SVG names the page's
custom property instead, so that a chart follows the page's scheme. The value behind the comma is
the token itself, for a page that lacks the property.
"""

from dataclasses import dataclass
from typing import Final

_TOKENS: Final = {
    "ink": "currentColor",
    "quiet": "var(--chart-quiet,#48565f)",
    "axis": "var(--chart-axis,#7b847f)",
    "grid": "var(--chart-grid,#e2dbcc)",
    "card": "var(--chart-card,#fff)",
    "1": "var(--chart-1,#1b4284)",
    "1-mid": "var(--chart-1-mid,#a9bfe3)",
    "1-tint": "var(--chart-1-tint,#e8eef9)",
    "2": "var(--chart-2,#0c7867)",
    "2-mid": "var(--chart-2-mid,#9fd2c5)",
    "2-tint": "var(--chart-2-tint,#e0f2ec)",
    "3": "var(--chart-3,#a84a0c)",
    "3-mid": "var(--chart-3-mid,#efbd93)",
    "3-tint": "var(--chart-3-tint,#fdebda)",
}
_SENTINELS: Final = {name: f"#0a00{place + 1:02x}" for place, name in enumerate(_TOKENS)}

CSS_OF: Final = {_SENTINELS[name]: css for name, css in _TOKENS.items()}
"""What stands in the finished SVG for each sentinel."""

INK: Final = _SENTINELS["ink"]
QUIET: Final = _SENTINELS["quiet"]
AXIS: Final = _SENTINELS["axis"]
GRID: Final = _SENTINELS["grid"]
CARD: Final = _SENTINELS["card"]
# The three phases: what the student meant to do, what happened, what the student thinks of it.
ANTICIPATION: Final = _SENTINELS["1"]
ANTICIPATION_MID: Final = _SENTINELS["1-mid"]
ANTICIPATION_TINT: Final = _SENTINELS["1-tint"]
ACTION: Final = _SENTINELS["2"]
ACTION_MID: Final = _SENTINELS["2-mid"]
ACTION_TINT: Final = _SENTINELS["2-tint"]
REFLECTION: Final = _SENTINELS["3"]
REFLECTION_MID: Final = _SENTINELS["3-mid"]
REFLECTION_TINT: Final = _SENTINELS["3-tint"]

WIDTH: Final = 440.0
"""Every chart is as wide, in its own units: at 300 px the smallest text is still 9.5 px high."""
SMALL: Final = 14.0
TEXT: Final = 15.0
LARGE: Final = 17.0


@dataclass(frozen=True, slots=True)
class Pen:
    """How a shape is filled and outlined; None leaves it out."""

    fill: str | None = None
    line: str | None = None
    width: float = 1.0
    dash: tuple[float, ...] = ()
    hatch: str | None = None
    """A matplotlib hatch, drawn in the colour of the line."""
