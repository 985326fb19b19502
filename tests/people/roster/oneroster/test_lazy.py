"""Rows that are read again, and keys in little memory."""

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.people.roster.oneroster.bundle import Bundle, read_bundle
from aarportal.people.roster.oneroster.dialects import JP_K12
from aarportal.people.roster.oneroster.keys import KeyTable
from aarportal.people.roster.oneroster.repairs import Mode
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CHIBA,
    CLASS,
    SCIENCE,
    enrollment,
    make_bundle,
    person,
    role,
)
from tests.people.roster.oneroster.damages import read


def good(content: bytes) -> Bundle:
    result = read(content)
    assert isinstance(result, Bundle), result.problems
    return result


def test_rows_are_the_same_however_often_and_however_entangled_they_are_read():
    bundle = good(make_bundle(JP_K12))
    seats = [(user.sourced_id, seat.class_sourced_id)
             for user in bundle.users for seat in bundle.enrollments
             if seat.user_sourced_id == user.sourced_id]  # fmt: skip
    assert seats == [(AOI, CLASS), (AOI, SCIENCE), (BEN, CLASS), (CHIBA, CLASS), (CHIBA, SCIENCE)]
    assert tuple(bundle.users) == tuple(bundle.users)
    assert (len(bundle.users), len(bundle.enrollments)) == (3, 5)
    first, *others = bundle.users
    assert bundle.users[0] == first
    assert bundle.users[-1] == others[-1]
    assert bundle.users[1:] == tuple(others)
    assert first in bundle.users
    assert bundle.users != bundle.roles
    with pytest.raises(IndexError):
        bundle.users[3]


def test_a_row_that_stands_twice_is_counted_once():
    content = make_bundle(JP_K12, roles=lambda roles: roles.append(dict(roles[0])))
    bundle = read(content, mode=Mode.TOLERANT)
    assert len(bundle.roles) == len(tuple(bundle.roles)) == 3


def test_people_do_not_show_in_the_words_for_a_bundle():
    content = make_bundle(JP_K12, users=[person("aoi", grades="P4", preferredGivenName="葵")],
                          roles=[role("aoi", "student")], enrollments=None)  # fmt: skip
    assert "葵" not in repr(read(content, mode=Mode.TOLERANT))


def test_rows_of_a_closed_file_are_not_silently_nothing():
    file = io.BytesIO(make_bundle(JP_K12))
    bundle = read_bundle(file)
    file.close()
    with pytest.raises(ValueError, match="closed"):
        tuple(bundle.users)


def crowd(people: int) -> bytes:
    names = [f"p{i}" for i in range(people)]
    return make_bundle(
        JP_K12,
        users=[person(name, grades="P4") for name in names],
        roles=[role(name, "student") for name in names],
        enrollments=[enrollment(name, "student", CLASS) for name in names],
    )


def memory_of(content: bytes) -> int:
    """Bytes at the peak of reading a bundle and going through its rows."""
    file = io.BytesIO(content)
    tracemalloc.start()
    try:
        bundle = read_bundle(file)
        assert isinstance(bundle, Bundle)
        for rows in (bundle.users, bundle.roles, bundle.enrollments):
            assert sum(1 for _ in rows) == len(rows)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_person_more_costs_bytes_and_not_rows():
    some, more = memory_of(crowd(1_000)), memory_of(crowd(5_000))
    # Rows, roles and places of one person took 3,000 bytes when they were kept.
    assert (more - some) / 4_000 < 500


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=3)))
def test_a_table_of_keys_knows_who_came_first(keys):
    table = KeyTable()
    wanted: dict[str, int] = {}
    for number, key in enumerate(keys, 1):
        assert table.setdefault(key, number) == wanted.setdefault(key, number)
    assert len(table) == len(wanted)
    assert all(table.get(key) == number for key, number in wanted.items())
    assert sorted(number for _, number in table.items()) == sorted(wanted.values())
    assert "another" not in table


def test_a_table_of_keys_grows():
    table = KeyTable()
    for number in range(1, 20_001):
        assert table.setdefault(f"key {number}", number) == number
    assert len(table) == 20_000
    assert all(table.get(f"key {number}") == number for number in range(1, 20_001))
    assert table.get("key 20001") == 0
