"""Sums of a day: added one by one, and counted again where something came late."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.activity_time import Clock
from aarportal.cycle.action.rollups import COUNTS, Entry, Group, Sums, fold, refold
from tests.cast import APP_DRILL, PRIMARY

NINE = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
GROUP = Group(PRIMARY, UUID(int=1), date(2026, 11, 20), APP_DRILL)
WINDOWS = [timedelta(minutes=75), timedelta(minutes=10), timedelta(0), None]


def entry(number: int, second: int, own: int | None, subject: str, has_time: bool) -> Entry:
    return Entry(
        UUID(int=number), GROUP, subject, None, None, NINE + timedelta(seconds=second), own,
        items=1, has_time=has_time,
    )  # fmt: skip


ENTRIES = st.lists(
    st.builds(
        entry,
        st.integers(0, 2**60),
        st.integers(0, 900) | st.integers(0, 30_000) | st.integers(0, 400).map(lambda n: n * 60),
        st.none() | st.integers(0, 600) | st.integers(0, 10_000),
        st.sampled_from(["sansu", "rika"]),
        st.sampled_from([True] * 9 + [False]),
    ),
    max_size=40,
    unique_by=lambda each: each.id,
)


def kept_after(rows: dict, added: dict) -> dict:
    """What the database holds once something was added to rows."""
    after = dict(rows)
    for key, more in added.items():
        if key not in rows:
            after[key] = more
            continue
        sums = replace(rows[key])
        for name in COUNTS:
            setattr(sums, name, getattr(sums, name) + getattr(more, name))
        if more.burst_seconds:
            sums.last_event_at, sums.burst_seconds = more.last_event_at, more.burst_seconds
        elif not sums.burst_seconds:
            sums.last_event_at = max(sums.last_event_at, more.last_event_at)
        after[key] = sums
    return after


def clock_of(rows: dict) -> Clock:
    ends = [(row.last_event_at, row.burst_seconds) for row in rows.values() if row.burst_seconds]
    return Clock(*max(ends)) if ends else Clock()


def since(late: list[Entry], window: timedelta | None) -> datetime | None:
    return None if window is None else min(each.ended_at for each in late) - window


@given(ENTRIES, st.integers(1, 6))
def test_however_records_come_the_sums_are_those_of_the_whole_day(entries, size):
    rows: dict[tuple[str, UUID], Sums] = {}
    there: dict[UUID, Entry] = {}
    for first in range(0, len(entries), size):
        new = [replace(each) for each in entries[first : first + size]]
        added = fold(new, clock_of(rows))
        if added is None:
            tries = []
            for window in WINDOWS:
                begin = since(new, window)
                kept = [
                    replace(each)
                    for each in there.values()
                    if begin is None or each.ended_at >= begin
                ]
                mine = [replace(each) for each in new]
                if (found := refold(kept, mine, begin)) is not None:
                    tries.append((found, mine))
            # However far back is looked, the answer is the same.
            outcomes = [kept_after(rows, found.sums) for found, _ in tries]
            assert all(outcome == outcomes[0] for outcome in outcomes)
            found, new = tries[-1]
            added = found.sums
            for moved, change in found.moved:
                assert there[moved.id].active_seconds + change == moved.active_seconds
                there[moved.id].active_seconds = moved.active_seconds
        rows = kept_after(rows, added)
        there |= {each.id: each for each in new}
    whole = [replace(each) for each in entries]
    assert rows == fold(whole)
    assert {id_: each.active_seconds for id_, each in there.items()} == {
        each.id: each.active_seconds for each in whole
    }


def test_after_an_hour_on_end_only_what_follows_is_counted_again():
    day = [entry(number, number * 60, None, "sansu", True) for number in range(100)]
    fold(day)
    late = entry(1000, 80 * 60 + 30, None, "sansu", True)
    around = [each for each in day if each.ended_at >= late.ended_at - timedelta(minutes=10)]
    found = refold(around, [late], late.ended_at - timedelta(minutes=10))
    assert found is not None
    assert found.moved == []
    assert found.sums[late.row_key].records == 1
    assert found.sums[late.row_key].active_seconds == 0


def test_within_the_first_hour_the_beginning_has_to_be_known():
    day = [entry(number, number * 60, None, "sansu", True) for number in range(40)]
    fold(day)
    late = entry(1000, 30 * 60 + 30, None, "sansu", True)
    begin = late.ended_at - timedelta(minutes=10)
    assert refold([each for each in day if each.ended_at >= begin], [late], begin) is None
    found = refold(day, [late], late.ended_at - timedelta(minutes=75))
    assert [(moved.id.int, change) for moved, change in found.moved] == [(31, -30)]
    assert found.sums[late.row_key].active_seconds == 0


def test_sums_are_added_field_by_field():
    """`kept_after` above and the sums themselves have to know the same fields."""
    assert {each.name for each in fields(Sums)} == {*COUNTS, "last_event_at", "burst_seconds"}
