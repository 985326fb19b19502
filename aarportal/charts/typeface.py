"""How wide a text will be: the browser picks the font, the server has to guess its width."""

import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font, LoadFlags

_EM: Final = 100


def _font_file() -> Path:
    """Find IPAexGothic without importing the package around it, which would change the defaults."""
    spec = find_spec("matplotlib_fontja")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("matplotlib-fontja is not installed")
    return Path(spec.submodule_search_locations[0]) / "fonts" / "ipaexg.ttf"


font_manager.fontManager.addfont(_font_file())
mpl.rcParams["font.family"] = ["IPAexGothic", "DejaVu Sans"]

_font = FT2Font(str(_font_file()))
_font.set_size(_EM, 72)
_KNOWN: Final = frozenset(_font.get_charmap())
_font_lock = threading.Lock()


@lru_cache(4096)
def _width_of(character: str) -> float:
    """Return the advance in ems; a character the font lacks counts as one full width."""
    if ord(character) not in _KNOWN:
        return 0.0 if "\U000e0100" <= character <= "\U000e01ef" else 1.0
    # A loaded font keeps the last glyph inside itself, so two threads must not ask at once.
    with _font_lock:
        glyph = _font.load_char(ord(character), LoadFlags.NO_HINTING)
        return float(glyph.linearHoriAdvance) / 65536 / _EM


def text_width(text: str, size: float) -> float:
    """Return the width of one line of text in the units of `size`."""
    return sum(_width_of(character) for character in text) * size


def _fitting(text: str, width: float) -> int:
    """Return how many characters fit into a width given in ems; one always does."""
    used = 0.0
    for place, character in enumerate(text):
        used += _width_of(character)
        if used > width and place:
            return place
    return len(text)


def _break_after(line: str) -> int:
    """Return where a full line may be broken: after its last space, if that is not too early."""
    space = line.rfind(" ")
    return space + 1 if space >= len(line) // 2 else len(line)


@lru_cache(1024)
def wrapped(text: str, *, width: float, size: float, most: int) -> tuple[str, ...]:
    """Break a text into lines that fit.

    Args:
        text: One paragraph; any white space counts as one space.
        width: Room for a line, in the units of `size`.
        size: Height of the text.
        most: Number of lines at most; what does not fit ends in an ellipsis.
    """
    room = width / size
    rest = " ".join(text.split())
    lines: list[str] = []
    while rest:
        fits = _fitting(rest, room)
        if fits < len(rest) and len(lines) + 1 == most:
            fits = _fitting(rest, room - _width_of("…"))
            return (*lines, rest[:fits].rstrip() + "…")
        cut = fits if fits == len(rest) or rest[fits] == " " else _break_after(rest[:fits])
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return tuple(lines)
