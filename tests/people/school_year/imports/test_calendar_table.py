"""Calendars as schools write them, and as we write them."""

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.tables.dates import CellError
from aarportal.core.tables.sheets import sniff
from aarportal.people.school_year import years
from aarportal.people.school_year.imports import calendar_table, columns
from aarportal.people.school_year.imports.columns import Problem, TableKind
from aarportal.people.school_year.imports.rules import RULES
from aarportal.people.school_year.imports.writing import written
from aarportal.people.school_year.years import PlannedDay

BELLS = {"短縮日課": "b" * 32}


def read(*lines, header="日付,区分,行事名,日課", year=2026):
    sheet = sniff("\n".join([header, *lines]).encode("cp932"))
    said = columns.guess(TableKind.CALENDAR, sheet.headers)
    return calendar_table.read(sheet, said, year, BELLS)


def days(*lines, **more):
    found, problems = read(*lines, **more)
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("4/8", date(2026, 4, 8)),
        ("３月２４日（水）", date(2027, 3, 24)),
        ("1月8日(金・祝)", date(2027, 1, 8)),
        ("令和8年4月8日", date(2026, 4, 8)),
        ("R9.1.8", date(2027, 1, 8)),
        ("2026-04-08", date(2026, 4, 8)),
        ("20260408", date(2026, 4, 8)),
    ],
)
def test_days_with_and_without_their_year(text, day):
    assert calendar_table.read_day(text, 2026) == day


@pytest.mark.parametrize(
    ("text", "rule"),
    [("2/30", "date_none"), ("26/4/8", "date_year_short"), ("来週", "date"), ("25日", "date")],
)
def test_no_day_is_guessed(text, rule):
    with pytest.raises(CellError) as refused:
        calendar_table.read_day(text, 2026)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "text",
    ["12/25～1/7", "12月25日（金）〜1月7日（木）", "2026/12/25~2027/1/7", "12/25-1/7",
     "12/25から1/7", "令和8年12月25日―令和9年1月7日", "2026-12-25 - 2027-01-07"],
)  # fmt: skip
def test_days_that_follow_each_other(text):
    found = days(f"{text},休業日,冬季休業")
    assert sorted(found) == list(years.days(date(2026, 12, 25), date(2027, 1, 7)))
    assert found[date(2027, 1, 1)] == PlannedDay("closed", "元日")
    assert found[date(2026, 12, 26)] == PlannedDay("closed", "冬季休業")


def test_the_last_day_may_leave_out_its_month_or_have_a_column():
    assert max(days("7/20～25,夏季休業,夏休み")) == date(2026, 7, 25)
    found = days("7/21,7/31,休業日,夏季休業", header="開始日,終了日,区分,行事名")
    assert len(found) == 11


def test_kinds_by_their_names():
    found = days(
        "4/8,行事,始業式", "6/1,休業日,開校記念日", "9/12,授業日,土曜授業", "11/25,考査,期末"
    )
    assert [it.kind for it in found.values()] == ["event", "closed", "open", "exam"]


def test_without_a_kind_the_name_says_it_and_else_the_day_is_ordinary():
    found = days(
        "4/29,昭和の日", "8/13,学校閉庁日", "11/25,期末考査", "4/8,授業参観", "4/11,資源回収",
        header="月日,行事",
    )  # fmt: skip
    assert [it.kind for _day, it in sorted(found.items())] == [
        "open", "closed", "closed", "closed", "exam",
    ]  # fmt: skip


def test_ordinary_days_are_named_and_nothing():
    assert days("4/8,授業日,", "4/11,休業日,") == {date(2026, 4, 8): None, date(2026, 4, 11): None}


def test_a_line_of_one_day_goes_before_a_line_of_several():
    found = days("7/21～8/25,休業日,夏季休業", "8/6,行事,平和登校日")
    assert found[date(2026, 8, 6)] == PlannedDay("event", "平和登校日")
    assert found[date(2026, 8, 5)].kind == "closed"


def test_a_week_of_tests_leaves_weekends_and_holidays_out():
    found = days("11/20～11/25,考査,期末考査")
    assert [day.day for day in found] == [20, 24, 25]


def test_several_lines_of_a_day_are_put_together():
    found = days("10/9,授業日,避難訓練", "10/9,行事,秋の集い", "10/9,授業日,避難訓練")
    assert found == {date(2026, 10, 9): PlannedDay("event", "避難訓練・秋の集い")}


def test_lesson_times_go_by_their_name():
    found = days("7/17,授業日,,短縮日課")
    assert found == {date(2026, 7, 17): PlannedDay("open", "", BELLS["短縮日課"])}


@pytest.mark.parametrize(
    ("line", "column", "rule"),
    [
        ("2/30,行事,ない日", "日付", "date_none"),
        (",行事,いつか", "日付", "value_needed"),
        ("2027/4/1,行事,来年度", "日付", "day_outside"),
        ("3/20～4/10,休業日,春休み", "日付", "day_order"),
        ("4/8,なぞ,始業式", "区分", "day_kind"),
        (f"4/8,行事,{'あ' * 61}", "行事名", "title_long"),
        ("4/8,行事,始業式,朝日課", "日課", "bells_unknown"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_place(line, column, rule):
    found, problems = read("4/6,行事,入学式", line)
    assert [(it.line, it.column, it.rule) for it in problems] == [(3, column, rule)]
    assert list(found) == [date(2026, 4, 6)]
    assert RULES[rule]


def test_lines_that_contradict_each_other_are_said():
    _found, problems = read("10/9,休業日,開校記念日", "10/9,行事,文化祭")
    assert problems == [Problem(3, "日付", "day_contradicts", "2026-10-09")]


NAMES = st.text(string.printable + "始業式髙𠮷、，\"'・　", max_size=40).map(years.cleaned_title)
PLANS = st.builds(
    PlannedDay,
    st.sampled_from(["closed", "open", "event", "exam"]),
    NAMES,
    st.sampled_from(["", *BELLS.values()]),
)


@given(st.dictionaries(st.integers(0, 364), PLANS, max_size=40), st.integers(2001, 2097))
def test_what_we_write_reads_as_it_was(plans, year):
    first = years.first_day(year)
    planned = {
        first + timedelta(days=n): kept
        for n, plan in plans.items()
        if (kept := years.normal(first + timedelta(days=n), plan))
    }
    names = {bells_id: name for name, bells_id in BELLS.items()}
    sheet = sniff(written(calendar_table.HEADERS, calendar_table.rows(planned, names)))
    said = columns.guess(TableKind.CALENDAR, sheet.headers)
    assert calendar_table.read(sheet, said, year, BELLS) == (dict(sorted(planned.items())), [])
