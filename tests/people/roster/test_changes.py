"""Comparing wanted rows with standing ones: whatever they are, then the wanted ones stand."""

from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.roster.changes import compare

OWNERS = st.sampled_from([UUID(int=1), UUID(int=2)])
ROWS = st.dictionaries(
    st.tuples(OWNERS, st.sampled_from("abcdef")),
    st.tuples(st.integers(0, 2), st.lists(st.sampled_from("xy"), max_size=2), st.booleans()),
)


def rows_of(table, **more):
    return [
        {
            "owner_id": owner,
            "sourced_id": name,
            "number": number,
            "words": words,
            "open": is_open,
            **more,
        }
        for (owner, name), (number, words, is_open) in table.items()
    ]


def close(row):
    return {"open": False} if row["open"] else None


def applied(standing, changes):
    """The rows after the changes, as a database would have them."""
    rows = {(row["owner_id"], row["id"]): dict(row) for row in standing}
    for row in changes.new:
        assert (row["owner_id"], row["id"]) not in rows
        rows[row["owner_id"], row["id"]] = dict(row)
    for row in (*changes.changed, *changes.left):
        rows[row["owner_id"], row["id"]].update(row)
    return list(rows.values())


@given(ROWS, ROWS)
def test_after_the_changes_the_wanted_rows_stand_and_the_others_are_closed(wanted, standing):
    ids = map(UUID, (f"{n:032x}" for n in count(1000)))
    before = [row | {"id": next(ids)} for row in rows_of(standing)]
    asked = rows_of(wanted)
    changes = compare(asked, before, owner="owner_id", make_id=lambda: next(ids), retire=close)
    after = applied(before, changes)
    by_name = {(row["owner_id"], row["sourced_id"]): row for row in after}
    assert len(by_name) == len(after) == len(wanted.keys() | standing.keys())
    for row in asked:
        found = by_name.pop((row["owner_id"], row["sourced_id"]))
        assert {name: found[name] for name in row} == row
    assert not any(row["open"] for row in by_name.values())
    assert len(changes.new) + len(changes.changed) + changes.same == len(wanted)

    again = compare(asked, after, owner="owner_id", make_id=lambda: next(ids), retire=close)
    assert (again.new, again.changed, again.left, again.same) == ((), (), (), len(wanted))
    assert again.ids == changes.ids


@given(ROWS, ROWS)
def test_rows_that_cannot_end_are_left_alone(wanted, standing):
    before = [row | {"id": UUID(int=n)} for n, row in enumerate(rows_of(standing), 1000)]
    changes = compare(rows_of(wanted), before, owner="owner_id", make_id=lambda: UUID(int=7))
    assert changes.left == ()
    named = {row["id"] for row in changes.changed}
    assert named <= {row["id"] for row in before if (row["owner_id"], row["sourced_id"]) in wanted}
