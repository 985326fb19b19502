"""The catalogue of ways to learn."""

import pytest

from aarportal.cycle.anticipation import strategies
from aarportal.cycle.anticipation.strategies import piece_label, responses, strategy_label

#: The start set of the pedagogy text.
CODES = (
    "recall", "space", "errors", "explain", "picture", "model", "rehearse", "group", "link", "ask",
    "split", "place", "together", "rest",
)  # fmt: skip


def test_the_catalogue_is_the_start_set():
    assert tuple(strategies.STRATEGIES) == CODES


@pytest.mark.parametrize("code", CODES)
def test_every_way_reads_otherwise_from_grade_5_on(code):
    assert strategy_label(code, "L") == strategy_label(code, "M") == strategy_label(code, "")
    assert strategy_label(code, "U") != strategy_label(code, "M")


def test_no_text_stands_for_two_codes():
    for band in ("M", "U"):
        tables = (strategies.CUES, strategies.OBSTACLES, responses(band))
        texts = [text for table in tables for text in table.values()]
        ways = [strategy_label(code, band) for code in CODES]
        assert len(set(texts)) == len(texts)
        assert len(set(ways)) == len(ways)


def test_own_words_have_no_label():
    assert strategy_label("make a song of it", "M") == ""
    assert piece_label("a wall", "U") == ""
    assert piece_label("ask", "U") == strategy_label("ask", "U")
    assert piece_label("at_home", "M") == "At home"
