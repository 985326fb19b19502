"""Comparing wanted rows with standing ones: whatever they are, then the wanted ones stand."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.roster.changes import Manner, RowFate, Wanted
from tests.people.roster.listed import outcomes as outcomes_of

OWNERS = st.sampled_from([UUID(int=1), UUID(int=2)])
ROWS = st.dictionaries(
    st.tuples(OWNERS, st.sampled_from("abcdef")),
    st.tuples(st.integers(0, 2), st.lists(st.sampled_from("xy"), max_size=2), st.booleans()),
)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)
STATE = {"status": "active", "last_modified": EARLIER, "sent_modified_at": None}
STAMPS = {"last_modified", "sent_modified_at"}


def rows_of(table):
    return [
        {
            "owner_id": owner,
            "sourced_id": name,
            "number": number,
            "words": words,
            "open": is_open,
        }
        for (owner, name), (number, words, is_open) in table.items()
    ]


def close(row):
    return {"open": False} if row["open"] else None


def manner(ids, *, retire=close, leaves=lambda _row: True, now=NOW):
    make_id = lambda: next(ids)  # noqa: E731
    return Manner("owner_id", make_id=make_id, now=now, retire=retire, leaves=leaves)


def ids_from(start):
    return map(UUID, (f"{n:032x}" for n in count(start)))


def standing_of(table, ids):
    return [row | STATE | {"id": next(ids)} for row in rows_of(table)]


def by_name(rows):
    return {(row["owner_id"], row["sourced_id"]): row for row in rows}


def applied(standing, outcomes):
    """The rows after the changes, as a database would have them."""
    rows = {(row["owner_id"], row["id"]): dict(row) for row in standing}
    for one in outcomes:
        key = one.will["owner_id"], one.will["id"]
        assert (key in rows) is (one.before is not None)
        if one.before is not None:
            assert {name: rows[key][name] for name in one.before} == one.before
        rows.setdefault(key, {}).update(one.after)
        assert rows[key] == one.will
    return list(rows.values())


def taken_back(rows, outcomes):
    """The rows once the changes were taken back."""
    found = {(row["owner_id"], row["id"]): dict(row) for row in rows}
    for one in outcomes:
        key = one.will["owner_id"], one.will["id"]
        if one.before is None:
            del found[key]
        else:
            found[key].update(one.before)
    return list(found.values())


@given(ROWS, ROWS)
def test_after_the_changes_the_wanted_rows_stand_and_the_others_are_closed(wanted, standing):
    ids = ids_from(1000)
    before = standing_of(standing, ids)
    asked = [Wanted(row) for row in rows_of(wanted)]
    outcomes = outcomes_of(asked, before, manner(ids))
    after = applied(before, outcomes)
    left = by_name(after)
    assert len(left) == len(after) == len(wanted.keys() | standing.keys())
    for one in asked:
        found = left.pop((one.values["owner_id"], one.values["sourced_id"]))
        assert {name: found[name] for name in one.values} == one.values
        assert found["status"] == "active"
    assert not any(row["open"] for row in left.values())
    fates = [one.fate for one in outcomes]
    told = sum(fates.count(fate) for fate in (RowFate.NEW, RowFate.CHANGED, RowFate.SAME))
    assert told == len(wanted)

    again = outcomes_of(asked, after, manner(ids))
    assert {one.fate for one in again} <= {RowFate.SAME, RowFate.KEPT}
    assert by_name(taken_back(after, outcomes)) == by_name(before)


@given(ROWS, ROWS)
def test_where_nothing_leaves_rows_that_are_not_named_are_left_alone(wanted, standing):
    ids = ids_from(1000)
    before = standing_of(standing, ids)
    asked = [Wanted(row) for row in rows_of(wanted)]
    outcomes = outcomes_of(asked, before, manner(ids, leaves=None))
    for one in outcomes:
        is_named = (one.will["owner_id"], one.will["sourced_id"]) in wanted
        assert is_named or one.fate is RowFate.KEPT
    assert RowFate.LEFT not in {one.fate for one in outcomes}


ROW = {"owner_id": UUID(int=1), "sourced_id": "a", "number": 1, "words": [], "open": True}
STANDING = ROW | STATE | {"id": UUID(int=9)}
OTHERWISE = ROW | {"number": 2}
#: The row that stands, what a delta says, and what becomes of it.
DELTAS = [
    (None, Wanted(ROW, sent_modified_at=NOW), RowFate.NEW, "active"),
    (None, Wanted(ROW, is_ended=True, sent_modified_at=NOW), None, None),
    (STANDING, Wanted(ROW, sent_modified_at=NOW), RowFate.SAME, "active"),
    (STANDING, Wanted(OTHERWISE, sent_modified_at=NOW), RowFate.CHANGED, "active"),
    (STANDING, Wanted(ROW, is_ended=True, sent_modified_at=NOW), RowFate.LEFT, "tobedeleted"),
    (
        STANDING | {"status": "tobedeleted", "open": False},
        Wanted(ROW, sent_modified_at=NOW),
        RowFate.CHANGED,
        "active",
    ),
    (
        STANDING | {"status": "tobedeleted", "open": False},
        Wanted(ROW, is_ended=True, sent_modified_at=NOW),
        RowFate.KEPT,
        "tobedeleted",
    ),
    (
        STANDING | {"sent_modified_at": NOW},
        Wanted(OTHERWISE, sent_modified_at=EARLIER),
        RowFate.STALE,
        "active",
    ),
    (
        STANDING | {"sent_modified_at": NOW},
        Wanted(OTHERWISE),
        RowFate.CHANGED,
        "active",
    ),
]


@pytest.mark.parametrize(("standing", "wanted", "fate", "status"), DELTAS)
def test_the_states_of_a_row_are_those_of_the_binding(standing, wanted, fate, status):
    before = [standing] if standing else []
    outcomes = outcomes_of([wanted], before, manner(ids_from(1), leaves=None))
    assert [one.fate for one in outcomes] == ([fate] if fate else [])
    for one in outcomes:
        assert one.will["status"] == status
        if one.fate in {RowFate.NEW, RowFate.CHANGED, RowFate.LEFT}:
            assert one.will["sent_modified_at"] == wanted.sent_modified_at
            assert one.will["last_modified"] == NOW
        else:
            assert one.after == {}
