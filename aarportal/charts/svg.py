"""Marks as an `<svg role="img">` that may stand in a page under a strict content policy.

matplotlib's artists draw themselves with its SVG renderer, and no figure stands around them:
nothing that changes is shared between two calls, so threads need no lock. What does not change
with the student, frames and single words, is drawn once and kept as text.
"""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from aarportal.charts.marks import Area, Label, Mark
from aarportal.charts.theme import CSS_OF, WIDTH

# Once, at import: rcParams are global, and rc_context is not safe between threads.
mpl.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "aarportal",
        "hatch.linewidth": 2.0,
        "path.simplify": False,
        "path.snap": False,
    }
)

_TAG: Final = re.compile(r"<[a-zA-Z/][^>]*>")
_STYLE: Final = re.compile(r' style="([^"]*)"')
_COLOUR: Final = re.compile(r"#0a00[0-9a-f]{2}")
_NO_TURN: Final = re.compile(r' transform="rotate\(-?0 [^"]*"')
_REFERENCE: Final = re.compile(r'( id="|href="#|url\(#)')
_LONE_GROUP: Final = re.compile(r'<g id="[a-z]+_\d+">(<path [^>]*/>)</g>')
_BETWEEN_TAGS: Final = re.compile(r"(?<=>)\s+(?=<)")
_LINE_BREAK: Final = re.compile(r"\s*\n\s*")
# XML forbids most control characters, and one of them marks the place of the chart's own id.
_FORBIDDEN: Final = dict.fromkeys((*range(0x20), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), " ")
_OWN_ID: Final = "\x01"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What `paint` of a frame returns: the height in SVG units and the marks that never change."""

    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a chart that is the same for many students: a function and its arguments."""

    paint: Callable[..., Sheet]
    args: tuple[Any, ...] = ()


class _Line(Text):
    """A text that is not measured: the browser's font decides, so no glyph can be missing."""

    def __init__(self, label: Label) -> None:
        super().__init__(
            0.0,
            0.0,
            label.text.translate(_FORBIDDEN),
            color=label.colour,
            horizontalalignment=label.anchor,
            fontproperties=FontProperties(
                size=label.size, weight="bold" if label.bold else "normal"
            ),
            transform=IdentityTransform(),
        )

    def draw(self, renderer: Any) -> None:
        context = renderer.new_gc()
        context.set_foreground(self.get_color())
        words, font = self.get_text(), self.get_fontproperties()
        renderer.draw_text(context, 0.0, 0.0, words, font, 0.0, ismath=False, mtext=self)
        context.restore()


def _shape(area: Area, height: float) -> PathPatch:
    """Return the matplotlib artist of a shape, turned from y down to y up."""
    pen = area.pen
    # Rounded here, all at once: rounding the numbers in the finished text costs ten times as much.
    vertices = np.round(np.asarray(area.path.vertices), 2) * (1, -1) + (0, height)
    return PathPatch(
        Path(vertices, area.path.codes),
        facecolor=pen.fill or "none",
        edgecolor=pen.line or "none",
        linewidth=pen.width if pen.line else 0.0,
        linestyle=(0.0, pen.dash) if pen.dash else "solid",
        hatch=pen.hatch,
        capstyle="butt" if pen.dash else "round",
        joinstyle="round",
        transform=IdentityTransform(),
    )


@lru_cache(2048)
def _text_at_origin(label: Label) -> str:
    return _written([_Line(label)], height=0.0)


def _text(label: Label) -> str:
    """Return a text element; the same word at another place is not drawn again."""
    at = f'x="{round(label.x, 2):g}" y="{round(label.y, 2):g}"'
    return _text_at_origin(replace(label, x=0.0, y=0.0)).replace('x="0" y="0"', at, 1)


def _attributes(style: re.Match[str]) -> str:
    """Turn a style into attributes: the page's policy blocks every style attribute."""
    pairs = (part.split(":", 1) for part in style[1].split(";") if ":" in part)
    return "".join(
        f' {name.strip()}="{value.strip()}"'
        for name, value in pairs
        if name.strip() != "font-family"  # the page decides
    )


def _clean_tag(tag: re.Match[str]) -> str:
    text = _LINE_BREAK.sub(" ", tag[0]).replace("xlink:href", "href")
    text = _STYLE.sub(_attributes, text)
    text = _NO_TURN.sub("", text)
    text = _COLOUR.sub(lambda colour: CSS_OF.get(colour[0], colour[0]), text)
    return _REFERENCE.sub(rf"\1{_OWN_ID}", text)


def _written(artists: Iterable[Artist], height: float) -> str:
    """Let artists draw themselves and return their elements without the `<svg>` around them."""
    out = io.StringIO()
    # matplotlib's stubs stop before its back ends.
    renderer: Any = RendererSVG(WIDTH, height, out, metadata={"Date": None})  # type: ignore[no-untyped-call]
    body_starts = out.tell()
    for artist in artists:
        artist.draw(renderer)
    renderer.finalize()
    body = out.getvalue()[body_starts:]
    body = _BETWEEN_TAGS.sub("", body[: body.rindex("</svg>")].strip())
    return _TAG.sub(_clean_tag, _LONE_GROUP.sub(r"\1", body))


def _drawn(marks: Sequence[Mark], height: float) -> str:
    """Draw all shapes, then all texts: no shape of a chart may hide a text."""
    shapes = [_shape(mark, height) for mark in marks if isinstance(mark, Area)]
    texts = [_text(mark) for mark in marks if isinstance(mark, Label)]
    return "".join([_written(shapes, height) if shapes else "", *texts])


@lru_cache(256)
def _kept(frame: Frame) -> tuple[float, str]:
    sheet = frame.paint(*frame.args)
    return sheet.height, _drawn(sheet.marks, sheet.height)


def prepare(frame: Frame) -> None:
    """Draw a frame before anybody asks for it."""
    _kept(frame)


def height_of(frame: Frame) -> float:
    """The height of a frame in SVG units."""
    return _kept(frame)[0]


def svg(frame: Frame, marks: Sequence[Mark], *, dom_id: str, title: str, summary: str) -> str:
    """Return the marks on their frame as one `<svg>`; equal input gives equal text.

    Args:
        frame: What stands behind the marks.
        marks: Shapes in SVG units, drawn in this order, and texts, drawn above them.
        dom_id: Prefix of every id, so that several charts can share one page.
        title: Short name, read out by screen readers; plain text.
        summary: The finding in one sentence; plain text.
    """
    height, background = _kept(frame)
    name = escape(dom_id, quote=True)
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        # The page's defaults are not the renderer's: it leaves out what it takes for granted.
        f'stroke-linejoin="round" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title.translate(_FORBIDDEN))}</title>'
        f'<desc id="{name}-d">{escape(summary.translate(_FORBIDDEN))}</desc>'
        + (background + _drawn(marks, height)).replace(_OWN_ID, f"{name}-")
        + "</svg>"
    )
