"""The same work twice is one statement, however it is saved; large and wild tables."""

import codecs
import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.tables.cells import DurationForm
from aarportal.core.tables.sheets import Row, Sheet
from aarportal.cycle.action import connectors
from aarportal.cycle.action.translators import Translated, tables
from aarportal.cycle.action.translators.columns import (
    ColumnMapping,
    MomentMeaning,
    PersonKind,
    guess,
)
from aarportal.cycle.action.translators.rules import RULES
from aarportal.cycle.action.translators.tables import RowProblem
from aarportal.cycle.action.xapi.statement_comparison import fingerprint, same_fingerprint
from aarportal.cycle.action.xapi.statements import decode_batch
from tests.cycle.action.translators.rows_of_tables import (
    APP,
    FULL,
    HEADER,
    HOME,
    NOW,
    OTHER_APP,
    TOKYO,
    statement,
    translated,
)

CLASS = "\r\n".join(
    [
        "No.,ログインID,学習日,時刻,教材名,教科,学習時間,問題数,正解数,出力日",
        *(
            f"{n},a{n % 40:02},2026/4/{1 + n % 30},{9 + n % 7}:05,わり算〜{n % 5},算数,12.5,20,"
            f"{n % 21},2026/5/1"
            for n in range(200)
        ),
    ]
)


def ids(outcomes) -> list[UUID]:
    return [outcome.id for outcome in outcomes]


def test_the_same_file_twice_is_the_same_statements():
    first, second = translated(CLASS), translated(CLASS)
    assert first == second
    assert len(set(ids(first))) == 200


OTHER_WAYS = {
    "saved as CP932": CLASS.replace("〜", "～").encode("cp932"),
    "saved with a mark": codecs.BOM_UTF8 + CLASS.encode(),
    "saved as UTF-16 with tabs": codecs.BOM_UTF16_LE + CLASS.replace(",", "\t").encode("utf-16-le"),
    "another day of output": CLASS.replace("2026/5/1", "2026/6/1").encode(),
    "dates the long way": CLASS.replace(",2026/4/", ",令和8年4月").encode(),
    "times with seconds": CLASS.replace(":05,", ":05:00,").encode(),
    "full-width numbers": CLASS.replace(",12.5,20,", ",１２．５,２０問,").encode(),
    "with a title above": "\r\n学習履歴,四月\r\n\r\n".encode() + CLASS.encode(),
}


@pytest.mark.parametrize("data", OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_however_a_file_is_saved_its_rows_are_the_same_statements(data):
    before, after = translated(CLASS), translated(data)
    assert ids(after) == ids(before)
    for ours, theirs in zip(before, after, strict=True):
        (a,), (b,) = decode_batch(ours.statement, NOW), decode_batch(theirs.statement, NOW)
        assert same_fingerprint(fingerprint(a), fingerprint(b))


def test_the_order_of_rows_and_columns_does_not_matter():
    header, *lines = CLASS.split("\r\n")
    random.Random(1).shuffle(lines)
    turned = "\n".join(",".join(reversed(line.split(","))) for line in [header, *lines])
    assert sorted(ids(translated(turned))) == sorted(ids(translated(CLASS)))


def test_equal_rows_are_told_apart_by_counting_them():
    text = "ログインID,日付,教材名\n" + "a01,2026/4/1,音読\n" * 3
    three = ids(translated(text))
    assert len(set(three)) == 3
    assert ids(translated(text + "a01,2026/4/1,音読\n"))[:3] == three


def test_a_longer_export_repeats_what_a_shorter_one_said():
    lines = CLASS.split("\r\n")
    part = translated("\r\n".join(lines[:100]))
    assert set(ids(part)) < set(ids(translated(CLASS)))


def test_two_apps_never_share_a_statement():
    assert not set(ids(translated(CLASS))) & set(ids(translated(CLASS, app_id=OTHER_APP)))


def test_what_was_taken_back_can_be_imported_anew_under_another_id():
    (first,) = translated(f"{HEADER}\n{FULL}\n")
    second = first.again()
    third = second.again()
    assert len({first.id, second.id, third.id}) == 3
    assert second == first.again()
    assert {**statement(second), "id": str(first.id)} == statement(first)
    assert decode_batch(third.statement, NOW)[0].id == third.id


def test_ten_thousand_rows_all_come_out():
    lines = [
        f"a{n % 400:03},髙﨑①,令和8年4月{1 + n % 30}日,午後3時{n % 60}分,わり算 {n},算数,筆算,,"
        "12分30秒,20,17,,,"
        for n in range(10_000)
    ]
    outcomes = translated("\r\n".join([HEADER, *lines]).encode("cp932"))
    assert len(outcomes) == len(set(ids(outcomes))) == 10_000
    assert [outcome.number for outcome in outcomes] == list(range(2, 10_002))
    body = b"[" + b",".join(outcome.statement for outcome in outcomes[:500]) + b"]"
    assert len(decode_batch(body, NOW)) == 500


NASTY = st.sampled_from(
    ["", "-", "4/1", "45383", "午後12時", "12:30", "合計", "9999/1/1", "\x07", "99999999999"]
) | st.text(max_size=12)
#: What may well stand under each field of a mapping.
GOOD = {
    "person": ["a01", "髙﨑①", "0b3c2d1e-1111-4222-8333-444455556666"],
    "date": ["2026/4/1", "R8.4.1", "1873-01-01", "2999/12/31", "46113"],
    "time": ["9:05", "午後3時", "23:59:59"],
    "moment": ["2026/4/1 9:05", "2999/12/31 23:59", "1873-01-01 0:00", "46113.5"],
    "title": ["わり算", "音読〜1", "😀"],
    "subject": ["算数", "社会", "?"],
    "unit": ["わり算の筆算"],
    "unit_code": ["8250263100000000", ""],
    "duration": ["12分30秒", "0:12:30", "24時間", "1秒"],
    "items": ["20", "0", "1000000"],
    "correct": ["85%", "17/20", "0", "1"],
    "score": ["85%", "8.5", "17/20", "100"],
    "score_max": ["100", "20", "1000000"],
    "attempt": ["1", "3回目", "1000"],
}


@st.composite
def wild_tables(draw):
    """A table and a mapping that mostly fits; most cells are good ones."""
    when = draw(st.sampled_from([["moment"], ["date", "time"], ["date"], ["moment"], []]))
    optional = [name for name in GOOD if name not in {"person", "date", "time", "moment"}]
    chosen = ["person", *when, *draw(st.lists(st.sampled_from(optional), unique=True))]
    order = draw(st.permutations(chosen))
    # A strategy that is named often is not drawn often: a nasty cell is one of many good ones.
    nasty = draw(st.lists(NASTY, max_size=1))
    cells = [st.sampled_from(GOOD[name] * 4 + nasty) for name in order]
    rows = draw(st.lists(st.tuples(*cells), max_size=8))
    cut = draw(st.sampled_from([0, 0, 0, 0, 0, 1, -1]))
    sheet = Sheet(
        encoding="utf-8",
        other_encodings=(),
        delimiter=",",
        header_line=1,
        headers=tuple(f"c {name}" for name in order),
        rows=tuple(
            Row(line, (*row_, "x") if cut == -1 else row_[: len(row_) - cut])
            for line, row_ in enumerate(rows, 2)
        ),
    )
    mapping = ColumnMapping(
        **{name: f"c {name}" for name in order},
        person_kind=draw(
            st.sampled_from([PersonKind.USERNAME, PersonKind.APP_ACCOUNT, *PersonKind])
        ),
        moment_meaning=draw(st.sampled_from(MomentMeaning)),
        spreadsheet_days=draw(st.sampled_from([False, False, True])),
        duration_form=draw(st.sampled_from(DurationForm)),
    )
    return sheet, mapping


@given(wild_tables())
def test_any_table_gives_one_outcome_a_row_and_only_good_statements(table):
    sheet, mapping = table
    settings = {"app_id": APP, "home_page": HOME, "zone": TOKYO}
    outcomes = list(tables.translate(sheet, mapping, **settings))
    assert outcomes == list(tables.translate(sheet, mapping, **settings))
    lines = [each.number if isinstance(each, Translated) else each.line for each in outcomes]
    assert lines == [row_.line for row_ in sheet.rows]
    for outcome in outcomes:
        if isinstance(outcome, RowProblem):
            assert outcome.cells
            assert {cell.rule for cell in outcome.cells} <= set(RULES)
            continue
        (decoded,) = decode_batch(outcome.statement, NOW)
        assert decoded.id == outcome.id
        _, record = connectors.read(decoded)
        assert record is not None
    made = [each.id for each in outcomes if isinstance(each, Translated)]
    assert len(set(made)) == len(made)


HEADERS = st.sampled_from(["ID", "日付", "日時", "正答率", "時間", "回", "得点"]) | NASTY


@given(st.lists(HEADERS, min_size=2), st.lists(st.lists(NASTY, max_size=5), max_size=5))
def test_a_guessed_mapping_never_breaks(headers, rows):
    sheet = Sheet(
        "utf-8", (), ",", 1, tuple(dict.fromkeys(headers)), tuple(Row(2, tuple(r)) for r in rows)
    )
    outcomes = list(
        tables.translate(sheet, guess(sheet.headers), app_id=APP, home_page=HOME, zone=TOKYO)
    )
    assert len(outcomes) == len(rows)
