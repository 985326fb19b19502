"""Real files as bytes: whatever spreadsheets and school systems write."""

import codecs
import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.tables import rules, sheets
from aarportal.core.tables.sheets import ENCODINGS, Row, SheetError, sniff

TEXT = "ログインID,氏名,学習日\r\na01,髙﨑①,2026/4/1\r\na02,ｶﾅ 太郎,2026/4/2\r\n"
HEADERS = ("ログインID", "氏名", "学習日")
ROWS = (Row(2, ("a01", "髙﨑①", "2026/4/1")), Row(3, ("a02", "ｶﾅ 太郎", "2026/4/2")))

FILES = {
    "utf-8": (TEXT.encode(), "utf-8"),
    "utf-8 with a mark": (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
    "cp932": (TEXT.encode("cp932"), "cp932"),
    "utf-16 little": (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
    "utf-16 big": (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
}


@pytest.mark.parametrize(("data", "encoding"), FILES.values(), ids=FILES)
def test_every_usual_encoding_is_told_and_read(data, encoding):
    sheet = sniff(data)
    assert (sheet.encoding, sheet.headers, sheet.rows) == (encoding, HEADERS, ROWS)


def test_a_file_that_reads_as_one_encoding_only_is_certain():
    assert sniff(TEXT.encode("cp932")).other_encodings == ()
    assert sniff(TEXT.encode()).other_encodings == ()


def test_plain_letters_and_digits_are_certain():
    sheet = sniff(b"login,date\na01,2026-04-01\n")
    assert (sheet.encoding, sheet.other_encodings) == ("utf-8", ())


def test_the_other_encoding_of_an_ambiguous_file_is_named_and_can_be_chosen():
    text = "かな,ID\nかけ算,かな\n"
    data = text.encode("euc_jp")
    sheet = sniff(data)
    assert sheet.encoding == "euc_jp"
    assert "cp932" in sheet.other_encodings
    assert sheet.headers == ("かな", "ID")
    asked = sniff(data, encoding="cp932")
    assert asked.encoding == "cp932"
    assert asked.headers != sheet.headers


def test_half_width_katakana_that_happen_to_be_utf8_are_named_as_ambiguous():
    data = "id,date\nﾂｱ,1\n".encode("cp932")
    assert data.decode("utf-8")
    sheet = sniff(data)
    assert {sheet.encoding, *sheet.other_encodings} >= {"utf-8", "cp932"}


def test_utf16_without_a_mark_is_recognised():
    assert sniff(b"login,date\r\na01,x\r\n".decode().encode("utf-16-le")).rows[0].cells[0] == "a01"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_separator_is_told(delimiter):
    text = "id,日,題\na,1,x\nb,2,y\n".replace(",", delimiter)
    sheet = sniff(text.encode())
    assert (sheet.delimiter, sheet.headers) == (delimiter, ("id", "日", "題"))


def test_commas_inside_the_cells_of_a_tab_table_do_not_count():
    sheet = sniff("id\t題\na\tわり算,かけ算,たし算\nb\tx\n".encode())
    assert sheet.rows[0].cells == ("a", "わり算,かけ算,たし算")


def test_quoted_line_breaks_stay_in_the_cell_and_lines_count_as_an_editor_does():
    sheet = sniff('id,題\r\na,"わり算\r\nその1"\r\nb,"say ""hi"""\r\n'.encode())
    assert sheet.rows == (Row(2, ("a", "わり算\nその1")), Row(4, ("b", 'say "hi"')))


def test_what_spreadsheets_wrap_around_a_number_to_keep_its_zeros_is_taken_off():
    sheet = sniff(b'id,date\n="0012","=""2026/4/1"""\n')
    assert sheet.rows[0].cells == ("0012", "2026/4/1")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_end_is_read_and_the_last_may_be_missing(line_end, last):
    text = line_end.join(["id,日", "a,1", "b,2"]) + (line_end if last else "")
    assert [row.line for row in sniff(text.encode()).rows] == [2, 3]


def test_titles_above_the_header_and_blank_lines_are_left_out():
    text = "学習履歴,2026年4月\n\n出力日,2026/5/1\nログインID,氏名,学習日\n\na01,x,2026/4/1\n,,\n"
    sheet = sniff(text.encode(), is_usual=set(HEADERS).__contains__)
    assert (sheet.header_line, sheet.headers) == (4, HEADERS)
    assert [row.line for row in sheet.rows] == [6]


def test_the_names_of_a_kept_mapping_tell_the_header_too():
    text = "一覧,四月\nだれ,いつ\na01,2026/4/1\n"
    assert sniff(text.encode()).header_line == 1
    assert sniff(text.encode(), expected=["だれ", "いつ"]).header_line == 2


def test_every_column_gets_a_name_of_its_own():
    sheet = sniff("id,回,回,,回 (2),\na,1,2,3,4,\n".encode())
    assert sheet.headers == ("id", "回", "回 (2)", "(4)", "回 (2) (2)")


REFUSED = [
    (b"", "file_empty", 0),
    (b"  \r\n \n", "file_empty", 0),
    (codecs.BOM_UTF8, "file_empty", 0),
    (b"only\none\ncolumn\n", "file_no_header", 0),
    ('id,題\na,"x\nb,y\nc,z\n'.encode(), "file_quote_open", 2),
    ('id,題\na,"x'.encode(), "file_quote_open", 2),
    (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "file_is_workbook", 0),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "file_not_text", 0),
    (b"id,x\na,\xff\xfe\xfd\xfc\x81\n", "file_encoding", 0),
    (b"id,x\na," + b"y" * 200_000 + b"\n", "file_line", 2),
    (b"id,x\n" + b"," * 300 + b"\n", "file_too_many_columns", 2),
]


@pytest.mark.parametrize(("data", "rule", "line"), REFUSED)
def test_a_file_that_is_no_table_is_refused_with_the_reason_and_the_line(data, rule, line):
    with pytest.raises(SheetError) as refused:
        sniff(data)
    assert (refused.value.rule, refused.value.line) == (rule, line)


@pytest.mark.parametrize(
    ("name", "rule"), [("xl/workbook.xml", "file_is_workbook"), ("a.csv", "file_is_zip")]
)
def test_a_workbook_and_a_zip_are_called_by_their_names(name, rule):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "id,x\na,1\n")
    with pytest.raises(SheetError) as refused:
        sniff(packed.getvalue())
    assert refused.value.rule == rule


@pytest.mark.parametrize("encoding", ["utf-8", "shift_jisx0213", "no such", "base64"])
def test_an_encoding_that_does_not_fit_is_refused(encoding):
    with pytest.raises(SheetError) as refused:
        sniff(TEXT.encode("cp932"), encoding=encoding)
    assert (refused.value.rule, refused.value.detail) == ("file_encoding_asked", encoding)


def test_sizes_are_bounded(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_BYTES", 100)
    with pytest.raises(SheetError) as refused:
        sniff(b"x" * 101)
    assert refused.value.rule == "file_too_large"
    monkeypatch.setattr(sheets, "MOST_BYTES", 10_000)
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    with pytest.raises(SheetError) as refused:
        sniff(b"a,b\n" * 11)
    assert refused.value.rule == "file_too_many_rows"


def test_ten_thousand_rows_are_read_to_the_last():
    lines = [f"a{n:05},髙﨑①,2026/4/{n % 30 + 1}" for n in range(10_000)]
    sheet = sniff("\r\n".join(["ログインID,氏名,学習日", *lines]).encode("cp932"))
    assert len(sheet.rows) == 10_000
    assert sheet.rows[-1] == Row(10_001, ("a09999", "髙﨑①", "2026/4/10"))


TEXTS = st.text(
    st.sampled_from('aあｱ髙,;\t"\n\r 1０é€') | st.characters(codec="utf-8"), max_size=200
)


@given(
    st.binary(max_size=300)
    | st.tuples(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16", "euc_jp"])).map(
        lambda each: each[0].encode(each[1], errors="ignore")
    ),
    st.sampled_from([None, *ENCODINGS]),
)
def test_any_bytes_are_a_table_or_refused_by_a_rule_that_is_known(data, encoding):
    sheet, refused = None, None
    try:
        sheet = sniff(data, encoding=encoding)
    except SheetError as error:
        refused = error
    if sheet is None:
        assert refused.rule in rules.RULES
        return
    assert len(set(sheet.headers)) == len(sheet.headers) > 0
    assert all(any(row.cells) for row in sheet.rows)
    lines = [sheet.header_line, *(row.line for row in sheet.rows)]
    assert lines == sorted(set(lines))


@given(
    st.lists(
        st.tuples(
            *[st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)] * 3
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-8"]),
)
def test_what_a_spreadsheet_writes_is_read_as_it_was(rows, encoding):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("ログインID", "学習日", "教材名"), *rows])
    sheet = sniff(text.getvalue().encode(encoding))
    found = [sheet.headers, *(row.cells for row in sheet.rows)]
    assert found[-len(rows) :] == rows
