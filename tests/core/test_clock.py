"""The school's day."""

from datetime import UTC, date, datetime, timedelta

from aarportal.core import clock


def test_the_school_day_turns_at_midnight_in_japan():
    before = datetime(2026, 11, 20, 14, 59, tzinfo=UTC)
    assert clock.school_day_of(before) == date(2026, 11, 20)
    assert clock.school_day_of(before + timedelta(minutes=1)) == date(2026, 11, 21)


def test_the_bounds_of_a_day_hold_just_that_day():
    first, last = clock.day_bounds(date(2026, 11, 20))
    assert clock.school_day_of(first) == date(2026, 11, 20)
    assert clock.school_day_of(last) == date(2026, 11, 21)
    assert last - first == timedelta(days=1)


def test_a_shifted_clock_goes_on_ticking():
    real = clock.now()
    clock.shift(timedelta(days=-3))
    assert timedelta(days=2, hours=23) < real - clock.now() <= timedelta(days=3)
