"""Tables, sets and piles on disk do what dicts, sets and lists do, however much lies in them."""

from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.scratch import Scratch

TEXT = st.text(st.characters(codec="utf-8"), max_size=3)
NUMBER = st.none() | st.integers(-(2**63), 2**63 - 1)


@given(
    st.lists(st.tuples(TEXT, TEXT, NUMBER)),
    st.lists(TEXT),
    st.integers(1, 4),
)
def test_a_table_keeps_the_latest_values_of_each_key(rows, asked, at_hand):
    table, expected = Scratch(at_hand).table(2), {}
    for key, *values in rows:
        table[key] = tuple(values)
        expected[key] = tuple(values)
        assert table.get(key) == tuple(values)
    for key in (*asked, *expected):
        assert table.get(key) == expected.get(key)
        assert (key in table) is (key in expected)
    assert list(table.items()) == sorted(expected.items(), key=lambda item: item[0])


@given(st.lists(st.tuples(TEXT, st.integers(0, 3), TEXT)), st.integers(1, 4))
def test_a_pile_is_sorted_and_keeps_rows_of_one_rank_in_order(rows, at_hand):
    pile = Scratch(at_hand).pile(sorted_by=2, width=3)
    for row in rows:
        pile.add(*row)
    expected = sorted(rows, key=lambda row: row[:2])
    assert list(pile) == expected
    assert list(pile) == expected


@given(st.sets(st.uuids()), st.sets(st.uuids()), st.integers(1, 4))
def test_a_set_knows_what_was_taken_in(taken, others, at_hand):
    ids = Scratch(at_hand).ids()
    for each in (*taken, *taken):
        ids.add(each)
    for each in taken | others:
        assert (each in ids) is (each in taken)
    assert "not an id" not in ids


def test_tables_of_one_scratch_keep_apart():
    one = Scratch()
    first, second = one.table(1), one.table(1)
    first["a"], second["a"] = (1,), (2,)
    assert (first.get("a"), second.get("a")) == ((1,), (2,))
