"""Whether an app has gone quiet, told from its own rhythm."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.freshness import RHYTHM_DAYS, is_quiet, usual_gap
from aarportal.people.attendance.calendar import Calendar

#: A Friday.
TODAY = date(2026, 11, 20)
WEEK = Calendar().is_school_day


def back(*days: int) -> list[date]:
    """Days before today."""
    return [TODAY - timedelta(days=n) for n in days]


EVERY_DAY = back(1, 2, 3, 4, 7, 8, 9, 10)
#: Monday and Thursday.
TWICE_A_WEEK = back(4, 8, 11, 15, 18)
#: Fridays.
WEEKLY = back(7, 14, 21, 28)

#: Days with records, the last day, today -> quiet?
RHYTHMS = {
    "every day, and today": (EVERY_DAY, TODAY, TODAY, False),
    "every day, up to yesterday": (EVERY_DAY, *back(1), TODAY, True),
    "every day, silent since Monday": (back(4, 7, 8, 9, 10), *back(4), TODAY, True),
    "every day, on Saturday": ([*EVERY_DAY, TODAY], TODAY, TODAY + timedelta(days=1), False),
    "every day, on Monday after the weekend": (
        [*EVERY_DAY, TODAY], TODAY, TODAY + timedelta(days=3), True,
    ),
    "twice a week, the day after": (back(1, 4, 8, 11), *back(1), TODAY, False),
    "twice a week, one was missed": (TWICE_A_WEEK, *back(4), TODAY, True),
    "weekly, on its day": (WEEKLY, *back(7), TODAY, True),
    "weekly, the day before": (WEEKLY, *back(7), *back(1), False),
    "others have sent today": (EVERY_DAY, TODAY, TODAY, False),
    "a clock that goes ahead": (EVERY_DAY, TODAY + timedelta(days=2), TODAY, False),
    "too few days to know": (back(2, 1), *back(1), TODAY, False),
    "only long ago": (back(40, 41, 42, 43), *back(40), TODAY, False),
    "never anything": ([], None, TODAY, False),
}  # fmt: skip


@pytest.mark.parametrize(("days", "last_on", "today", "wanted"), RHYTHMS.values(), ids=RHYTHMS)
def test_an_app_is_quiet_when_its_own_rhythm_is_broken(days, last_on, today, wanted):
    assert is_quiet(days, last_on, today, WEEK) is wanted


def test_holidays_are_no_silence():
    holidays = Calendar(dict.fromkeys(back(0, 1, 2, 3, 4), "closed")).is_school_day
    days = back(7, 8, 9, 10, 11)
    assert is_quiet(days, *back(7), TODAY, WEEK)
    assert not is_quiet(days, *back(7), TODAY, holidays)


@pytest.mark.parametrize(
    ("days", "gap"), [(EVERY_DAY, 1), (TWICE_A_WEEK, 2.5), (WEEKLY, 5), (back(1, 2), None)]
)
def test_a_rhythm_is_counted_in_school_days(days, gap):
    assert usual_gap(days, TODAY, WEEK) == gap


@given(st.lists(st.integers(-3, RHYTHM_DAYS + 20)), st.integers(0, 40))
def test_once_quiet_an_app_stays_quiet_until_it_sends(days, silent):
    known = back(*days)
    last_on = max([day for day in known if day < TODAY], default=None)
    if is_quiet(known, last_on, TODAY, WEEK):
        assert not is_quiet(known, TODAY, TODAY, WEEK)
        earlier = last_on - timedelta(days=silent)
        assert is_quiet(known, earlier, TODAY, WEEK)
