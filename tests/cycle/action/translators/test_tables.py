"""Rows of real tables as statements: what they say and what is wrong with them."""

import json
from datetime import date, datetime

import pytest

from aarportal.core.tables.sheets import sniff
from aarportal.cycle.action import connectors
from aarportal.cycle.action.translators import Translated, tables
from aarportal.cycle.action.translators.columns import (
    ColumnMapping,
    PersonKind,
    is_known,
)
from aarportal.cycle.action.translators.rows import CellProblem
from aarportal.cycle.action.translators.rules import LEFT_OUT, RULES
from aarportal.cycle.action.translators.tables import RowProblem
from aarportal.cycle.action.vocabulary import COURSE_OF_STUDY_CODE, SUBJECT, UNIT
from aarportal.cycle.action.xapi.statements import decode_batch
from tests.cycle.action.translators.rows_of_tables import (
    FULL,
    HEADER,
    HOME,
    NOW,
    TOKYO,
    row,
    statement,
    translated,
)


def test_a_row_of_a_drill_becomes_a_finished_assessment():
    (outcome,) = translated(f"{HEADER}\n{FULL}\n")
    said = statement(outcome)
    assert outcome.number == 2
    assert said["id"] == str(outcome.id)
    assert said["actor"]["account"] == {"homePage": HOME, "name": "a01"}
    assert said["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
    assert datetime.fromisoformat(said["timestamp"]) == datetime(2026, 4, 1, 15, 5, tzinfo=TOKYO)
    definition = said["object"]["definition"]
    assert definition["name"] == {"ja-JP": "わり算 3"}
    assert definition["type"] == "http://adlnet.gov/expapi/activities/assessment"
    assert definition["extensions"] == {
        SUBJECT: ["算数"],
        UNIT: ["わり算の筆算"],
        COURSE_OF_STUDY_CODE: ["8250263100000000"],
    }
    assert said["result"] == {
        "score": {"scaled": 0.85, "raw": 17, "min": 0, "max": 20},
        "completion": True,
        "duration": "PT750S",
        "extensions": {tables.ITEMS: 20, tables.CORRECT: 17, tables.ATTEMPT_COUNT: 1},
    }


def test_the_house_understands_such_a_statement():
    (outcome,) = translated(f"{HEADER}\n{FULL}\n")
    _, record = connectors.read(decode_batch(outcome.statement, NOW)[0])
    assert record is not None
    assert (record.verb, record.title, record.subject) == ("completed", "わり算 3", "sansu")
    assert (record.unit_code, record.unit_title) == ("8250263100000000", "わり算の筆算")
    assert (record.duration_seconds, record.score_raw, record.score_max) == (750, 17, 20)


def test_what_is_kept_of_a_row_is_what_was_mapped_and_no_name_of_a_child():
    (outcome,) = translated(f"{HEADER}\n{FULL}\n")
    assert json.loads(outcome.source)["学習時間"] == "12分30秒"
    assert "髙﨑".encode() not in outcome.source + outcome.statement


def test_a_row_without_questions_or_points_is_something_that_was_done():
    (outcome,) = translated("ログインID,日付,教材名,学習時間\na01,2026/4/1,音読,12\n")
    said = statement(outcome)
    assert said["verb"]["id"] == "http://adlnet.gov/expapi/verbs/experienced"
    assert said["result"] == {"duration": "PT720S"}
    assert said["context"]["extensions"] == {tables.DAY_ONLY: True}
    moment = datetime.fromisoformat(said["timestamp"])
    assert moment.astimezone(TOKYO).date() == date(2026, 4, 1)


def test_a_beginning_and_a_duration_give_the_end():
    (outcome,) = translated("ログインID,開始日時,学習時間\na01,2026/4/1 9:00,30分\n")
    assert datetime.fromisoformat(statement(outcome)["timestamp"]) == datetime(
        2026, 4, 1, 9, 30, tzinfo=TOKYO
    )


COUNTS = [
    ({"問題数": "20", "正解数": "17"}, (20, 17, 17, 20)),
    ({"問題数": "20", "正解数": "85%"}, (20, 17, 17, 20)),
    ({"問題数": "3", "正解数": "67%"}, (3, 2, 2, 3)),
    ({"問題数": "3", "正解数": "66%"}, (3, 2, 2, 3)),
    ({"問題数": "3", "正解数": "33.3%"}, (3, 1, 1, 3)),
    ({"問題数": "", "正解数": "17/20"}, (20, 17, 17, 20)),
    ({"問題数": "20", "正解数": "17/20"}, (20, 17, 17, 20)),
    ({"問題数": "20", "正解数": ""}, (20, None, None, None)),
    ({"問題数": "20", "正解数": "-"}, (20, None, None, None)),
    ({"問題数": "0", "正解数": "0"}, (0, 0, 0, None)),
    ({"問題数": "", "正解数": "", "得点": "85%"}, (None, None, 85, 100)),
    ({"問題数": "", "正解数": "", "得点": "85", "満点": "100"}, (None, None, 85, 100)),
    ({"問題数": "", "正解数": "", "得点": "8.5", "満点": "10点"}, (None, None, 8.5, 10)),
    ({"問題数": "", "正解数": "", "得点": "85"}, (None, None, 85, None)),
    ({"問題数": "", "正解数": "", "得点": "17/20"}, (None, None, 17, 20)),
    ({"問題数": "20", "正解数": "17", "得点": "50%", "満点": "30"}, (20, 17, 15, 30)),
]


@pytest.mark.parametrize(("cells", "expected"), COUNTS)
def test_questions_and_points_are_read_from_whichever_cell_has_them(cells, expected):
    (outcome,) = translated(row(**cells))
    result = statement(outcome)["result"]
    counts, score = result.get("extensions", {}), result.get("score", {})
    found = (
        counts.get(tables.ITEMS),
        counts.get(tables.CORRECT),
        score.get("raw"),
        score.get("max"),
    )
    assert found == expected


PROBLEMS = [
    ({"ログインID": ""}, "ログインID", "value_needed"),
    ({"ログインID": "-"}, "ログインID", "value_needed"),
    ({"学習日": ""}, "学習日", "value_needed"),
    ({"学習日": "4月1日"}, "学習日", "date_year_missing"),
    ({"学習日": "平成31年5月1日"}, "学習日", "date_era"),
    ({"学習日": "45383"}, "学習日", "date"),
    ({"時刻": "25:00"}, "時刻", "time"),
    ({"学習時間": "12:30"}, "学習時間", "duration_two_parts"),
    ({"学習指導要領コード": "825026"}, "学習指導要領コード", "unit_code"),
    ({"問題数": "二十"}, "問題数", "number"),
    ({"正解数": "21"}, "正解数", "correct_more_than_items"),
    ({"正解数": "17/19"}, "正解数", "items_differ"),
    ({"正解数": "16.5"}, "正解数", "count"),
    ({"正解数": "83%"}, "正解数", "percent_of_items"),
    ({"問題数": "200", "正解数": "85%"}, "正解数", "percent_coarse"),
    ({"問題数": "", "正解数": "85%"}, "正解数", "correct_without_items"),
    ({"問題数": "", "正解数": "17"}, "正解数", "correct_without_items"),
    ({"得点": "101", "満点": "100"}, "得点", "score_more_than_max"),
    ({"得点": "17/20", "満点": "30"}, "得点", "score_max_differs"),
    ({"得点": "0", "満点": "0"}, "満点", "score_max_zero"),
    ({"回": "0"}, "回", "attempt"),
    ({"回": "はじめて"}, "回", "attempt"),
]


@pytest.mark.parametrize(("cells", "column", "rule"), PROBLEMS)
def test_a_cell_that_cannot_be_read_is_named_with_line_column_and_rule(cells, column, rule):
    (outcome,) = translated(row(**cells))
    shown = "" if cells[column] == "-" else cells[column]
    assert outcome == RowProblem(2, (CellProblem(column, rule, shown),))


@pytest.mark.parametrize(("cell", "shown"), [("a\n1", "a�1"), ("x" * 300, "x" * 59 + "…")])
def test_a_wild_name_is_refused_and_shown_tamed(cell, shown):
    (outcome,) = translated(row(ログインID=cell))
    assert outcome.cells == (CellProblem("ログインID", "person_form", shown),)


def test_everything_wrong_with_a_row_is_told_at_once():
    (outcome,) = translated(row(ログインID="", 学習日="4/1", 学習時間="?"))
    assert [cell.rule for cell in outcome.cells] == [
        "value_needed",
        "date_year_missing",
        "duration",
    ]


def test_a_row_longer_than_the_header_is_named():
    (outcome,) = translated("ログインID,日付\na01,2026/4/1,x\n")
    assert outcome.cells == (CellProblem("", "row_long"),)


def test_a_later_day_than_today_is_named():
    text = "ログインID,日付\na01,2026/4/1\na01,2026/4/2\n"
    today, tomorrow = translated(text, not_after=date(2026, 4, 1))
    assert isinstance(today, Translated)
    assert tomorrow.cells == (CellProblem("日付", "date_later", "2026/4/2"),)


TOTALS = ["合計,,,34", ",,合計,34", "a01,合計,,34", "平均,,,3.4", ",合　計,,34", "Total,,,34"]
NOT_TOTALS = ["a01,2026/4/1,合計,34", "a01,2026/4/1,平均,34"]


@pytest.mark.parametrize("line", TOTALS)
def test_a_row_that_sums_up_others_is_left_out_and_nobodys_fault(line):
    (outcome,) = translated(f"ログインID,日付,教材名,問題数\n{line}\n")
    assert [cell.rule for cell in outcome.cells] == ["totals_row"]
    assert "totals_row" in LEFT_OUT


@pytest.mark.parametrize("line", NOT_TOTALS)
def test_a_drill_about_sums_is_no_sum(line):
    (outcome,) = translated(f"ログインID,日付,教材名,問題数\n{line}\n")
    assert isinstance(outcome, Translated)


MASTER = ColumnMapping(person="ID", person_kind=PersonKind.MASTER_IDENTIFIER, date="日付")


def test_the_identifier_of_the_roster_has_its_form():
    good = "0b3c2d1e-1111-4222-8333-444455556666"
    text = f"ID,日付\n{good},2026/4/1\na01,2026/4/1\n"
    first, second = translated(text, MASTER)
    assert statement(first)["actor"]["account"]["name"] == good
    assert second.cells == (CellProblem("ID", "person_uuid", "a01"),)


def test_names_of_accounts_are_not_changed():
    text = "ログインID,日付\nａ髙﨑①,2026/4/1\n"
    assert statement(translated(text)[0])["actor"]["account"]["name"] == "ａ髙﨑①"


BROKEN_MAPPINGS = [
    (ColumnMapping(), {"column_needed"}),
    (ColumnMapping(person="ID"), {"column_needed"}),
    (ColumnMapping(person="ID", date="いつ"), {"column_missing"}),
    (ColumnMapping(person="ID", date="ID"), {"column_twice"}),
    (ColumnMapping(person="ID", date="日付", moment="題"), {"choose_date_or_moment"}),
]


@pytest.mark.parametrize(("mapping", "rules"), BROKEN_MAPPINGS)
def test_a_mapping_that_does_not_fit_reads_no_row(mapping, rules):
    text = "ID,日付,題\na01,2026/4/1,x\na02,2026/4/1,x\n"
    assert {
        problem.rule for problem in tables.check(sniff(text.encode(), is_usual=is_known), mapping)
    } == rules
    outcomes = translated(text, mapping)
    assert [type(each) for each in outcomes] == [RowProblem, RowProblem]
    assert {cell.rule for each in outcomes for cell in each.cells} == rules


def test_every_rule_has_its_sentence_and_only_known_places_for_words():
    for rule, sentence in RULES.items():
        filled = sentence % {"detail": "x", "cell": "y"}
        assert filled.endswith((".", "x")), rule
        assert not {"{", "}", "_"} & set(sentence), rule
