"""Numbers, shares and durations in every spelling."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.tables.cells import (
    DurationForm,
    Share,
    is_blank,
    is_total,
    read_count,
    read_duration,
    read_number,
    read_share,
)
from aarportal.core.tables.dates import CellError

NUMBERS = [
    ("17", 17),
    ("１７", 17),
    ("17問", 17),
    ("17 問", 17),
    ("１７問", 17),
    ("12.0", 12),
    ("1,234", 1234),
    ("第3回", 3),
    ("3回目", 3),
    ("100点", 100),
    ("0", 0),
    ("12.5点", Fraction(25, 2)),
]


@pytest.mark.parametrize(("cell", "number"), NUMBERS)
def test_a_number_is_read(cell, number):
    assert read_number(cell) == number


@pytest.mark.parametrize(
    "cell",
    ["-1", "１−２", "abc", "1,23", "1.2.3", "1e3", "∞", "4月5日", "未受験", "9" * 30, "²³x", "Ⅳ"],
)
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(CellError) as refused:
        read_number(cell)
    assert refused.value.rule == "number"


def test_half_a_question_is_no_count():
    with pytest.raises(CellError) as refused:
        read_count("12.5")
    assert refused.value.rule == "count"


SHARES = [
    ("17", Share(Fraction(17))),
    ("17/20", Share(Fraction(17), Fraction(20))),
    ("１７／２０", Share(Fraction(17), Fraction(20))),
    ("17 / 20", Share(Fraction(17), Fraction(20))),
    ("17/20問", Share(Fraction(17), Fraction(20))),
    ("85%", Share(Fraction(85), is_percent=True)),
    ("８５％", Share(Fraction(85), is_percent=True)),
    ("85 %", Share(Fraction(85), is_percent=True)),
    ("66.7%", Share(Fraction(667, 10), is_percent=True, step=Fraction(1, 10))),
    ("85パーセント", Share(Fraction(85), is_percent=True)),
]


@pytest.mark.parametrize(("cell", "share"), SHARES)
def test_a_part_of_a_whole_is_read(cell, share):
    assert read_share(cell) == share


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("101%", "percent"),
        ("%", "number"),
        ("21/20", "fraction"),
        ("0/0", "fraction"),
        ("1/99999999", "fraction"),
    ],
)
def test_what_is_no_part_of_a_whole_is_refused(cell, rule):
    with pytest.raises(CellError) as refused:
        read_share(cell)
    assert refused.value.rule == rule


MINUTES, SECONDS = DurationForm.MINUTES, DurationForm.SECONDS
DURATIONS = [
    ("12分30秒", MINUTES, 750),
    ("１２分３０秒", MINUTES, 750),
    ("12分", SECONDS, 720),
    ("90秒", MINUTES, 90),
    ("1時間5分", MINUTES, 3900),
    ("1時間", MINUTES, 3600),
    ("1.5時間", MINUTES, 5400),
    ("1h 5m", MINUTES, 3900),
    ("12 min", SECONDS, 720),
    ("0:12:30", MINUTES, 750),
    ("00:12:30", SECONDS, 750),
    ("1:00:00", MINUTES, 3600),
    ("12.5", MINUTES, 750),
    ("12", MINUTES, 720),
    ("１２．５", MINUTES, 750),
    ("750", SECONDS, 750),
    ("0", MINUTES, 0),
    ("0.5", SECONDS, 1),
    ("1.5", SECONDS, 2),
    ("12:30", DurationForm.MINUTES_SECONDS, 750),
    ("120:30", DurationForm.MINUTES_SECONDS, 7230),
    ("1:05", DurationForm.HOURS_MINUTES, 3900),
]


@pytest.mark.parametrize(("cell", "form", "seconds"), DURATIONS)
def test_a_duration_is_read(cell, form, seconds):
    assert read_duration(cell, form) == seconds


@pytest.mark.parametrize(
    ("cell", "form", "rule"),
    [
        ("12:30", MINUTES, "duration_two_parts"),
        ("12:30", SECONDS, "duration_two_parts"),
        ("12", DurationForm.MINUTES_SECONDS, "duration_bare"),
        ("25時間", MINUTES, "duration_long"),
        ("100:00:00", MINUTES, "duration_long"),
        ("-5", MINUTES, "duration"),
        ("たくさん", MINUTES, "duration"),
        ("0:75:00", MINUTES, "duration"),
        ("12分30", MINUTES, "duration"),
    ],
)
def test_what_is_no_duration_or_may_be_two_is_refused(cell, form, rule):
    with pytest.raises(CellError) as refused:
        read_duration(cell, form)
    assert refused.value.rule == rule


@pytest.mark.parametrize("cell", ["", "-", "－", "―", "ー", "−", "NULL", "#N/A", "Ｎ／Ａ"])
def test_what_people_write_for_nothing_is_blank(cell):
    assert is_blank(cell)


@pytest.mark.parametrize("cell", ["0", "なし", "a-", "同上"])
def test_words_are_not_blank(cell):
    assert not is_blank(cell)


@pytest.mark.parametrize("cell", ["合計", "合　計", " 平均 ", "TOTAL", "Grand Total", "ｔｏｔａｌ"])
def test_words_for_sums_are_known(cell):
    assert is_total(cell)


@pytest.mark.parametrize("cell", ["", "計算", "合計を求めよう", "平均の速さ"])
def test_titles_with_such_a_word_are_no_sums(cell):
    assert not is_total(cell)


@given(
    st.text(
        st.sampled_from("0123456789０９.,/%:％時間分秒hms 問点回第") | st.characters(), max_size=60
    )
    | st.from_regex(r"[0-9]{1,6000}(\.[0-9]{1,6000})?[%/]?[0-9]{0,5000}", fullmatch=True)
)
def test_no_text_breaks_the_readers_of_numbers(text):
    for read in (read_number, read_count, read_share):
        with suppress(CellError):
            read(text)
    for form in DurationForm:
        with suppress(CellError):
            assert 0 <= read_duration(text, form) <= 24 * 60 * 60
