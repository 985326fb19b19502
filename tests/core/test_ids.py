"""UUIDs of version 7."""

from uuid import UUID

from aarportal.core.ids import new_id


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
