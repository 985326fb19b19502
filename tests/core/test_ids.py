"""UUIDs of version 7."""

from types import SimpleNamespace
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core import ids
from aarportal.core.ids import id_at, new_id

#: Microseconds since 1970, up to the last that has room.
MICROS = st.integers(0, 2**48 * 1000 - 1)


def test_an_id_is_a_uuid_of_version_7():
    made = new_id()
    assert made.version == 7
    assert made.variant == UUID("0198f000-0000-7000-8000-000000000000").variant


def test_ids_sort_by_the_time_they_were_made():
    early = new_id()
    until = (early.int >> 80) + 2
    late = new_id()
    while late.int >> 80 < until:
        late = new_id()
    assert early < late


def test_no_two_ids_are_the_same():
    assert len({new_id() for _ in range(10_000)}) == 10_000


@given(MICROS)
def test_an_id_of_a_microsecond_is_a_uuid_of_version_7(micros):
    made = id_at(micros)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made != id_at(micros)


@given(st.lists(MICROS, unique=True, min_size=2))
def test_ids_of_microseconds_grow_as_they_do(moments):
    assert sorted(moments) == sorted(moments, key=id_at)


@pytest.mark.parametrize("micro", [0, 1, 500, 999])
def test_an_id_of_a_microsecond_stands_among_those_of_its_time(monkeypatch, micro):
    def made_at(millis: int) -> UUID:
        monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: millis * 1_000_000))
        return new_id()

    now = 1_795_138_200_123
    assert made_at(now - 1) < id_at(now * 1000 + micro) < made_at(now + 1)
