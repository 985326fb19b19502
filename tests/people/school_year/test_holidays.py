"""The holidays of years whose calendars are known."""

from datetime import date

import pytest

from aarportal.people.school_year.holidays import is_national_holiday, national_holidays

YEARS = {
    2024: "1-1 1-8 2-11 2-12 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-15 8-11 8-12 9-16 9-22 9-23 10-14"
    " 11-3 11-4 11-23",
    2025: "1-1 1-13 2-11 2-23 2-24 3-20 4-29 5-3 5-4 5-5 5-6 7-21 8-11 9-15 9-23 10-13 11-3 11-23"
    " 11-24",
    2026: "1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23",
    2027: "1-1 1-11 2-11 2-23 3-21 3-22 4-29 5-3 5-4 5-5 7-19 8-11 9-20 9-23 10-11 11-3 11-23",
}


@pytest.mark.parametrize("year", YEARS)
def test_a_year_has_just_these_holidays(year):
    found = [f"{day.month}-{day.day}" for day in national_holidays(year)]
    assert found == YEARS[year].split()


def test_a_day_between_two_holidays_is_one_too():
    assert national_holidays(2026)[date(2026, 9, 22)] == "国民の休日"


def test_an_ordinary_day_is_none():
    assert not is_national_holiday(date(2026, 11, 20))
