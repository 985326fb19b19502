"""Marks as an `<svg role="img">` that may stand in a page under a strict content policy.

matplotlib draws each mark with its own SVG renderer and no figure around it: nothing is shared
between two calls, so threads need no lock, and the parts of a chart that do not change with the
student are drawn once and kept as text.
"""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from aarportal.charts.marks import Label, Mark
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
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")
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

    def draw(self, renderer: Any) -> None:
        context = renderer.new_gc()
        context.set_foreground(self.get_color())
        x, y = self.get_transform().transform(self.get_unitless_position())
        renderer.draw_text(
            context,
            x,
            renderer.height - y,
            self.get_text(),
            self.get_fontproperties(),
            0.0,
            ismath=False,
            mtext=self,
        )
        context.restore()


@lru_cache(64)
def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(size=size, weight="bold" if bold else "normal")


def _artist(mark: Mark, height: float) -> PathPatch | _Line:
    """Return the matplotlib artist of a mark, turned from y down to y up."""
    upright = Affine2D().scale(1.0, -1.0).translate(0.0, height)
    if isinstance(mark, Label):
        return _Line(
            mark.x,
            mark.y,
            mark.text.translate(_FORBIDDEN),
            color=mark.colour,
            horizontalalignment=mark.anchor,
            fontproperties=_font(mark.size, bold=mark.bold),
            transform=upright,
        )
    pen = mark.pen
    return PathPatch(
        mark.path,
        facecolor=pen.fill or "none",
        edgecolor=pen.line or "none",
        linewidth=pen.width if pen.line else 0.0,
        linestyle=(0.0, pen.dash) if pen.dash else "solid",
        hatch=pen.hatch,
        capstyle="butt" if pen.dash else "round",
        joinstyle="round",
        transform=upright,
    )


def _attributes(style: re.Match[str]) -> str:
    """Turn a style into attributes: the page's policy blocks every style attribute."""
    pairs = (part.split(":", 1) for part in style[1].split(";") if ":" in part)
    return "".join(
        f' {name.strip()}="{value.strip()}"'
        for name, value in pairs
        if name.strip() != "font-family"  # the page decides
    )


def _rounded(number: re.Match[str]) -> str:
    # Adding nothing turns a rounded minus zero into zero.
    return f"{round(float(number[0]), 2) + 0:g}"


def _clean_tag(tag: re.Match[str]) -> str:
    text = _LINE_BREAK.sub(" ", tag[0]).replace("xlink:href", "href")
    text = _STYLE.sub(_attributes, text)
    text = _NO_TURN.sub("", text)
    text = _LONG_NUMBER.sub(_rounded, text)
    text = _COLOUR.sub(lambda colour: CSS_OF.get(colour[0], colour[0]), text)
    return _REFERENCE.sub(rf"\1{_OWN_ID}", text)


def _drawn(marks: Iterable[Mark], height: float) -> str:
    """Draw marks and return their SVG elements without the `<svg>` around them."""
    out = io.StringIO()
    # matplotlib's stubs stop before its back ends.
    renderer: Any = RendererSVG(WIDTH, height, out, metadata={"Date": None})  # type: ignore[no-untyped-call]
    body_starts = out.tell()
    for mark in marks:
        _artist(mark, height).draw(renderer)
    renderer.finalize()
    body = out.getvalue()[body_starts:]
    body = _BETWEEN_TAGS.sub("", body[: body.rindex("</svg>")].strip())
    return _TAG.sub(_clean_tag, _LONE_GROUP.sub(r"\1", body))


@lru_cache(256)
def _kept(frame: Frame) -> tuple[float, str]:
    sheet = frame.paint(*frame.args)
    return sheet.height, _drawn(sheet.marks, sheet.height)


def prepare(frame: Frame) -> None:
    """Draw a frame before anybody asks for it."""
    _kept(frame)


def svg(frame: Frame, marks: Iterable[Mark], *, dom_id: str, title: str, summary: str) -> str:
    """Return the marks on their frame as one `<svg>`; equal input gives equal text.

    Args:
        frame: What stands behind the marks.
        marks: Shapes and texts in SVG units, drawn in this order.
        dom_id: Prefix of every id, so that several charts can share one page.
        title: Short name, read out by screen readers; plain text.
        summary: The finding in one sentence; plain text.
    """
    height, background = _kept(frame)
    name = escape(dom_id, quote=True)
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title.translate(_FORBIDDEN))}</title>'
        f'<desc id="{name}-d">{escape(summary.translate(_FORBIDDEN))}</desc>'
        + (background + _drawn(marks, height)).replace(_OWN_ID, f"{name}-")
        + "</svg>"
    )
