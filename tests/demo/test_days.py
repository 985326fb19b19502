"""The demonstration always stands in a lesson of a school day."""

from datetime import date, datetime, timedelta

import pytest

from aarportal.core import clock
from aarportal.core.clock import SCHOOL_TIME
from aarportal.demo.days import LESSON_NOW, LESSON_STARTS, SHOWN_AT, at, school_time, shown_moment
from aarportal.demo.seeding import set_clock
from aarportal.people.school_year.holidays import is_national_holiday

#: What a clock on the wall says -> the day that is shown. 23 November is a Monday and a holiday.
WALL = {
    "2026-11-20T08:44": "2026-11-19",
    "2026-11-20T08:45": "2026-11-20",
    "2026-11-20T10:40": "2026-11-20",
    "2026-11-20T23:59": "2026-11-20",
    "2026-11-21T12:00": "2026-11-20",
    "2026-11-22T00:01": "2026-11-20",
    "2026-11-23T11:00": "2026-11-20",
    "2026-11-24T08:00": "2026-11-20",
    "2026-11-24T08:45": "2026-11-24",
    "2026-05-06T12:00": "2026-05-01",
}


@pytest.mark.parametrize("wall", WALL)
def test_the_day_follows_the_clock_on_the_wall(wall):
    moment = shown_moment(datetime.fromisoformat(wall).replace(tzinfo=SCHOOL_TIME))
    assert moment == at(date.fromisoformat(WALL[wall]), SHOWN_AT)


@pytest.mark.parametrize("hours", range(0, 24 * 7, 5))
def test_any_hour_of_a_week_leads_to_a_lesson_in_progress(hours):
    clock.shift(timedelta(hours=hours))
    moment = shown_moment(clock.now())
    set_clock(moment)
    today, now = clock.today(), clock.now().astimezone(SCHOOL_TIME)
    assert today.weekday() < 5
    assert not is_national_holiday(today)
    start = at(today, LESSON_STARTS[LESSON_NOW])
    assert start < now < start + timedelta(minutes=45)


@pytest.mark.parametrize("weeks", [1, 2, 12])
@pytest.mark.parametrize("today", [date(2026, 11, 20), date(2027, 1, 8), date(2026, 5, 7)])
def test_the_history_counts_school_weeks_without_holidays_and_events(weeks, today):
    days = school_time(today, weeks)
    assert len(days.lessons) == weeks * 5
    assert list(days.lessons) == sorted(days.lessons)
    assert days.lessons[-1] < today
    assert today - days.first >= timedelta(weeks=weeks)
    for day in days.lessons:
        assert day.weekday() < 5
        assert day not in days.special


def test_the_calendar_knows_holidays_a_sports_day_and_an_excursion():
    special = school_time(date(2026, 11, 20), 12).special
    assert special[date(2026, 11, 3)] == ("closed", "文化の日")
    events = {title: day for day, (kind, title) in special.items() if kind == "event"}
    assert events["運動会"].weekday() == 5
    assert special[events["運動会"] + timedelta(days=2)][0] == "closed"
    assert "校外学習" in events


def test_today_is_never_a_special_day():
    first = date(2026, 1, 1)
    for offset in range(400):
        now = datetime.combine(first, SHOWN_AT, SCHOOL_TIME) + timedelta(days=offset)
        today = shown_moment(now).date()
        assert today not in school_time(today, 1).special
