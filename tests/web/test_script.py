"""One source string, several scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.web.kanji_grades import GRADE_OF_KANJI
from aarportal.web.script import AFTER_PRIMARY, EVERY_KANJI, Script, draw, draw_plain

SOURCE = "{目標|もくひょう}を_{立|た}てよう"


@pytest.mark.parametrize(
    ("script", "grade", "html"),
    [
        (Script.RUBY, EVERY_KANJI,
         ('<ruby>目標<rt aria-hidden="true">もくひょう</rt></ruby>を<wbr>'
          '<ruby>立<rt aria-hidden="true">た</rt></ruby>てよう')),
        # 立 is taught in grade 1, 目標 holds 標 of grade 4.
        (Script.RUBY, 4, '<ruby>目標<rt aria-hidden="true">もくひょう</rt></ruby>を<wbr>立てよう'),
        (Script.RUBY, 5, "目標を<wbr>立てよう"),
        (Script.RUBY, AFTER_PRIMARY, "目標を<wbr>立てよう"),
        (Script.KANJI, 1, "目標を<wbr>立てよう"),
        (Script.KANA, 1, "もくひょうを たてよう"),
    ],
)  # fmt: skip
def test_a_string_is_drawn_for_its_reader(script, grade, html):
    assert draw(SOURCE, script, grade) == html


def test_kanji_outside_the_table_always_carry_their_reading():
    assert "<ruby>" in draw("{髙﨑|たかさき}", Script.RUBY, AFTER_PRIMARY)


@pytest.mark.parametrize(
    ("script", "text"), [(Script.KANJI, "目標を立てよう"), (Script.KANA, "もくひょうを たてよう")]
)
def test_plain_text_has_no_markup(script, text):
    assert draw_plain(SOURCE, script) == text


def test_there_is_no_double_space_after_punctuation():
    assert draw_plain("はい、_{次|つぎ}へ", Script.KANA) == "はい、つぎへ"


def test_the_table_holds_the_1026_kanji_of_2020():
    counts = [list(GRADE_OF_KANJI.values()).count(grade) for grade in range(1, 7)]
    assert counts == [80, 160, 200, 202, 193, 191]
    # Lists made before 2020 have these elsewhere.
    assert {k: GRADE_OF_KANJI[k] for k in "沖潟賞胃"} == {"沖": 4, "潟": 4, "賞": 5, "胃": 6}


@given(st.text(max_size=40), st.sampled_from(Script), st.integers(0, 9))
def test_nothing_that_was_typed_becomes_markup(text, script, grade):
    drawn = draw(text, script, grade)
    for tag in ("<ruby>", "</ruby>", '<rt aria-hidden="true">', "</rt>", "<wbr>"):
        drawn = str(drawn).replace(tag, "")
    assert "<" not in drawn
    assert ">" not in drawn


@given(st.text(alphabet="漢字かなABC、。 ", max_size=30))
def test_text_without_the_notation_stays_as_it_is(text):
    for script in Script:
        assert draw_plain(text, script) == text
