import subprocess
import sys
from importlib.machinery import ModuleSpec

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager

from aarportal.charts import typeface
from aarportal.charts.typeface import text_width, wrapped

TITLE = "四角形と 三角形の 面積を もとめよう、図形の いろいろな 性質に ついて しらべる"


@pytest.mark.parametrize(
    ("text", "ems"),
    [("", 0), ("あ", 1), ("筆算", 2), ("𠮷", 1), ("葛\U000e0100", 1)],
)
def test_full_width_characters_are_as_wide_as_high(text, ems):
    assert text_width(text, 20) == pytest.approx(20 * ems, rel=0.01)


def test_letters_are_narrower_than_kana():
    assert 0 < text_width("abc", 10) < text_width("あいう", 10)


def test_a_short_text_is_one_line():
    assert wrapped("筆算の しかた", width=200, size=16, most=3) == ("筆算の しかた",)


def test_no_text_is_no_line():
    assert wrapped("  ", width=200, size=16, most=3) == ()


def test_a_long_text_breaks_at_its_spaces():
    lines = wrapped(TITLE, width=200, size=16, most=9)
    assert lines == tuple(line.strip() for line in lines)
    assert " ".join(lines) == TITLE


def test_a_word_without_spaces_breaks_anywhere():
    assert wrapped("あ" * 10, width=64, size=16, most=9) == ("あ" * 4, "あ" * 4, "あ" * 2)


def test_what_does_not_fit_ends_in_an_ellipsis():
    assert wrapped("あ" * 10, width=64, size=16, most=2) == ("あ" * 4, "あ" * 3 + "…")


def test_a_character_wider_than_the_line_still_gets_one():
    assert wrapped("あい", width=5, size=16, most=9) == ("あ", "い")


@given(st.text(max_size=80), st.integers(40, 300), st.integers(1, 4))
def test_lines_fit_and_lose_nothing_but_the_end(text, width, most):
    lines = wrapped(text, width=width, size=16, most=most)
    assert len(lines) <= most
    assert all(text_width(line, 16) <= width for line in lines)
    kept = "".join("".join(lines).split())
    whole = "".join(text.split())
    assert kept == whole or (kept.endswith("…") and whole.startswith(kept[:-1]))


def test_matplotlib_knows_a_japanese_font():
    assert mpl.rcParams["font.family"] == ["IPAexGothic", "DejaVu Sans"]
    assert font_manager.findfont("IPAexGothic", fallback_to_default=False).endswith("ipaexg.ttf")


def test_the_package_around_the_font_is_not_imported():
    script = "import sys, aarportal.charts; print('matplotlib_fontja' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("spec", [None, ModuleSpec("matplotlib_fontja", None)])
def test_a_missing_font_is_said_plainly(monkeypatch, spec):
    monkeypatch.setattr(typeface, "find_spec", lambda name: spec)
    with pytest.raises(ModuleNotFoundError, match="matplotlib-fontja"):
        typeface._font_file()
