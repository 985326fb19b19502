"""The ministry's files, as they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.units.curriculum import loader
from aarportal.cycle.units.curriculum.loader import Problem, read, read_hierarchy, read_sample
from aarportal.cycle.units.subjects import SUBJECTS

TITLE = "【82V12】小学校学習指導要領コード 平成29年告示：バージョン1.2,,,"
HEADINGS = "教科等,No,学習指導要領テキスト,学習指導要領コード"
CHAPTER = "各教科,92,第２章　各教科,82n0000000000000"
SECTION = "理科,2288,第４節　理　　　科,82600L0000000000"
WATER = '理科,2363,"(1) 空気と水の性質\n空気と水を圧《お》す。",8260243110000000'


def file(*lines, encoding="utf-8", end="\r\n"):
    return end.join((TITLE, HEADINGS, *lines, "")).encode(encoding)


def test_the_sample_has_real_rows_of_every_demonstrated_subject_and_grade():
    reading = read_sample()
    assert not reading.problems
    taught = {(item.school, item.subject, grade) for item in reading.items for grade in item.grades}
    assert {
        ("P", "sansu", 1), ("P", "kokugo", 1), ("P", "sansu", 3), ("P", "kokugo", 3),
        ("P", "rika", 3), ("P", "sansu", 4), ("P", "rika", 4), ("P", "kokugo", 4),
        ("P", "sansu", 6), ("P", "shakai", 6), ("P", "gaikokugo", 6), ("J", "sugaku", 2),
        ("J", "rika", 2),
    } <= taught  # fmt: skip
    assert {item.subject for item in reading.items} <= {"", *SUBJECTS}
    assert "eigo" in {item.subject for item in reading.items if item.school == "J"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_file_is_read_in_every_form_it_was_published_in(encoding, end):
    reading = read(file(CHAPTER, SECTION, WATER, encoding=encoding, end=end))
    assert not reading.problems
    assert [item.code for item in reading.items] == [
        "82n0000000000000", "82600L0000000000", "8260243110000000",
    ]  # fmt: skip
    water = reading.items[2]
    assert water.text == "(1) 空気と水の性質\n空気と水を圧す。"
    assert (water.school, water.subject, water.grades) == ("P", "rika", (4,))
    assert water.parent_code == "82600L0000000000"


def test_columns_are_found_by_their_names():
    text = "学習指導要領コード,学習指導要領テキスト,教科等\n8250000000000000,第３節　算数,算数\n"
    [item] = read(text.encode()).items
    assert (item.code, item.text, item.subject) == ("8250000000000000", "第３節　算数", "sansu")


BROKEN = [
    ("理科,1,(1) 水,8.26024E+15", "rounded", "8.26024E+15"),
    ("理科,1,(1) 水,826024311000000", "form", "826024311000000"),
    ("理科,1,(1) 水,", "form", ""),
    ("情報,1,(1) 情報Ⅰ,84I1503322000000", "school", "84I1503322000000"),
    ("理科,1,,8260243110000000", "text", "8260243110000000"),
    ("理科,1", "form", ""),
    ('理科,1,"(1) 水\n水の性質",82602431', "form", "82602431"),
]


@pytest.mark.parametrize(("line", "rule", "value"), BROKEN)
def test_a_record_that_cannot_be_taken_is_named_by_its_line(line, rule, value):
    reading = read(file(CHAPTER, WATER, line, SECTION))
    # The text of the record above goes over two lines.
    assert reading.problems == [Problem(6, rule, value)]
    assert len(reading.items) == 3


def test_a_code_that_stands_twice_is_taken_once():
    assert not read(file(SECTION, SECTION)).problems
    reading = read(file(SECTION, SECTION.replace("理　　　科", "社　会")))
    assert [item.text for item in reading.items] == ["第４節　理　　　科"]
    assert [problem.rule for problem in reading.problems] == ["repeated"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ("理科,1,(1) 水,8260243110000000\n".encode(), "columns"),
        (b"", "columns"),
        (b"\x81", "encoding"),
    ],
)
def test_another_file_is_not_guessed_at(data, rule):
    reading = read(data)
    assert not reading.items
    assert [problem.rule for problem in reading.problems] == [rule]


def test_files_after_each_other_are_read_as_one():
    other = f"【83V11】中学校,,,\n{HEADINGS}\n数学,601,第３節　数学,8350000000000000\n"
    reading = read(file(CHAPTER, end="\n") + b"\xef\xbb\xbf" + other.encode())
    assert not reading.problems
    assert [item.school for item in reading.items] == ["P", "J"]


TREES = {
    "short names": "@prefix cs: <https://w3id.org/jp-cs/>.\n"
    "cs:82600L0000000000 schema:hasPart cs:8260243110000000.\n",
    "whole names": "<https://w3id.org/jp-cos/82600L0000000000> <http://schema.org/hasPart> "
    "<https://w3id.org/jp-cos/8260243110000000>.\n",
    "several parts": "cs:82600L0000000000 schema:hasPart cs:82602L0000000000, "
    "cs:8260243110000000 .\n",
}


@pytest.mark.parametrize("name", TREES)
def test_a_published_tree_says_what_stands_beneath_what(name):
    data = TREES[name].encode()
    assert loader.is_hierarchy(data)
    table = read_hierarchy(data)
    assert table["8260243110000000"] == "82600L0000000000"
    reading = read(file(SECTION, CHAPTER, WATER), table)
    assert reading.items[2].parent_code == "82600L0000000000"


def test_a_tree_puts_no_chapter_beneath_another():
    reading = read(file(SECTION, CHAPTER), {"82n0000000000000": "82600L0000000000"})
    assert reading.items[1].parent_code is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data):
    read(data)
    read_hierarchy(data)


@given(st.lists(st.text(max_size=30), max_size=12))
def test_any_records_are_taken_or_named(cells):
    data = file(*(f'"{cell}",1,text,8250000000000000' for cell in cells if '"' not in cell))
    reading = read(data.replace(b"\0", b""))
    assert len({item.code for item in reading.items}) == len(reading.items)
