"""Which days are school days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.attendance.calendar import Calendar

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)

DAYS = [
    pytest.param({}, FRIDAY, True, True, id="an ordinary Friday"),
    pytest.param({}, SATURDAY, False, False, id="a Saturday"),
    pytest.param({SATURDAY: "open"}, SATURDAY, True, True, id="a Saturday with school"),
    pytest.param({MONDAY: "closed"}, MONDAY, False, False, id="a holiday"),
    pytest.param(
        {FRIDAY: "event"}, FRIDAY, True, False, id="a sports day is school, but no lesson"
    ),
]


@pytest.mark.parametrize(("special", "day", "school", "counts"), DAYS)
def test_days_of_school(special, day, school, counts):
    calendar = Calendar(special)
    assert calendar.is_school_day(day) is school
    assert calendar.counts(day) is counts


@pytest.mark.parametrize(
    ("special", "earlier", "later", "days"),
    [
        pytest.param({}, FRIDAY, FRIDAY, 0, id="the same day"),
        pytest.param({}, FRIDAY, MONDAY, 1, id="over a weekend"),
        pytest.param({MONDAY: "closed"}, FRIDAY, MONDAY, 0, id="over a long weekend"),
        pytest.param({SATURDAY: "open"}, FRIDAY, MONDAY, 2, id="with school on Saturday"),
        pytest.param({}, MONDAY, FRIDAY, 0, id="backwards"),
    ],
)
def test_school_days_between_two_days(special, earlier, later, days):
    assert Calendar(special).school_days_between(earlier, later) == days


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 60),
    st.integers(0, 60),
    st.dictionaries(
        st.dates(date(2020, 1, 1), date(2030, 5, 1)), st.sampled_from(["closed", "open", "event"])
    ),
)
def test_school_days_add_up(first, some, more, special):
    calendar = Calendar(special)
    middle, last = first + timedelta(days=some), first + timedelta(days=some + more)
    parts = calendar.school_days_between(first, middle), calendar.school_days_between(middle, last)
    assert sum(parts) == calendar.school_days_between(first, last)
