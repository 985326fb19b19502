"""Tables for people run nothing; tables for systems say what they say."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from aarportal.core.tables.writing import Exact, Sheet, as_meant

#: What a spreadsheet may take for the beginning of a formula.
BEGINNINGS = "=+-@\t\r\n\0＝＋－＠"
CELL = st.text(alphabet=st.characters(codec="utf-8"), max_size=12) | st.text(
    alphabet="=+-@\t\r\n'\" ,;|　a1あ＝＋", max_size=6
)


def written(kind, row):
    text = io.StringIO(newline="")
    kind(text).write([row])
    return next(csv.reader(io.StringIO(text.getvalue(), newline="")))


@given(st.lists(CELL, min_size=2, max_size=5))
@example(["=1+1", "x"])
@example([" =cmd|' /C calc'!A0", "x"])
def test_no_cell_for_people_begins_a_formula_and_each_is_read_as_it_was_meant(row):
    cells = written(Sheet, row)
    for cell in cells:
        assert cell.strip(" \u3000\u00a0")[:1] not in {*BEGINNINGS}, cell
    assert [as_meant(cell) for cell in cells] == row


@given(st.lists(CELL, min_size=2, max_size=5))
def test_what_another_system_reads_is_exact(row):
    assert written(Exact, row) == row
