"""Timestamps as moments and back."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.moments import is_iso_8601, is_rfc_3339, moment, timestamp

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(
        min_value=datetime(2, 1, 2),
        max_value=datetime(9998, 12, 30),
        timezones=ZONES | st.just(UTC),
    )
)
def test_a_moment_comes_back_from_its_timestamp_to_the_microsecond(at):
    written = timestamp(at)
    assert moment(written) == at
    assert is_rfc_3339(written) and is_iso_8601(written)
    assert len(written) == len("2026-11-20T01:30:00.000000Z")
