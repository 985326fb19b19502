"""An app's catalogue as a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.units.catalogue import table
from aarportal.cycle.units.catalogue.table import Line, Problem, read

NAMES = {"算数": "sansu", "sansu": "sansu", "理科": "rika"}
HEAD = "kind,value,subject,code,unit_title\n"
CODE = "8250243130000000"
LINES = (
    f"prefix,https://drill.example/p4/division/,算数,{CODE},わり算\r\n"
    "title,水のすがた,理科,,\r\n"
    "\r\n"
    f'activity,"https://drill.example/q,7",,{CODE},"わり算\r\n"\r\n'
)


def sheet(text, encoding="utf-8"):
    return read(text.encode(encoding), NAMES.get)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_catalogue_is_read(encoding):
    found = sheet(HEAD + LINES, encoding)
    assert not found.problems
    assert found.lines == [
        Line("prefix", "https://drill.example/p4/division/", "sansu", CODE, "わり算"),
        Line("title", "水のすがた", "rika"),
        Line("activity", "https://drill.example/q,7", "", CODE, "わり算"),
    ]


def test_columns_may_come_in_any_order_and_some_be_missing():
    assert sheet("Subject,VALUE,kind,コメント\n算数,わり算,title,x\n").lines == [
        Line("title", "わり算", "sansu")
    ]


BROKEN = [
    ("folder,x,算数,,", "kind", "folder"),
    ("title,,算数,,", "value", ""),
    (f"title,{'あ' * 251},算数,,", "value", "あ" * 250),
    ("title,わり\t算,算数,,", "value", "わり\t算"),
    ("title,わり算,音楽,,", "subject", "音楽"),
    ("title,わり算,算数,825024313000000,", "code", "825024313000000"),
    ("title,わり算,算数,8.25024E+15,", "code", "8.25024E+15"),
    (f"title,わり算,算数,,{'わ' * 61}", "unit_title", "わ" * 61),
    ("title,わり算,,,わり算", "nothing", "わり算"),
    ("title,水のすがた,算数,,", "repeated", "水のすがた"),
]


@pytest.mark.parametrize(("line", "rule", "value"), BROKEN)
def test_a_line_that_cannot_be_taken_is_named(line, rule, value):
    found = sheet(HEAD + LINES + line + "\n")
    # One value above goes over two lines.
    assert found.problems == [Problem(7, rule, value)]
    assert len(found.lines) == 3


@pytest.mark.parametrize(
    ("data", "rule"), [(b"", "columns"), (b"a,b\n1,2\n", "columns"), (b"\x81", "encoding")]
)
def test_another_file_is_not_guessed_at(data, rule):
    found = read(data, NAMES.get)
    assert (found.lines, [problem.rule for problem in found.problems]) == ([], [rule])


@pytest.mark.parametrize(("limit", "kind"), [("MAX_LINES", "title"), ("MAX_PREFIXES", "prefix")])
def test_a_file_without_end_is_cut(monkeypatch, limit, kind):
    monkeypatch.setattr(table, limit, 3)
    found = sheet(HEAD + "".join(f"{kind},v{n},算数,,\n" for n in range(9)))
    assert len(found.lines) == 3
    assert found.problems == [Problem(5, "too_many", "v3")]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(data):
    read(HEAD.encode() + data, NAMES.get)
    read(data, NAMES.get)
