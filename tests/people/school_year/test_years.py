"""School years, their terms, and what a new one could begin with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.attendance.calendar import Calendar
from aarportal.people.school_year import years
from aarportal.people.school_year.years import PlannedDay, Span

SUMMER = PlannedDay("closed", "夏季休業")
DAYS = st.dates(date(2001, 4, 1), date(2098, 3, 31))


@given(DAYS)
def test_every_day_lies_in_just_one_school_year(day):
    year = years.school_year_of(day)
    assert years.first_day(year) <= day <= years.last_day(year)
    assert (
        sum(years.first_day(n) <= day <= years.last_day(n) for n in (year - 1, year, year + 1)) == 1
    )


@given(st.sampled_from(years.YEARS), st.data())
def test_the_terms_of_a_year_leave_no_day_out_and_take_none_twice(year, data):
    length = (years.last_day(year) - years.first_day(year)).days
    later = data.draw(st.sets(st.integers(1, length), min_size=1, max_size=2))
    firsts = [years.first_day(year) + timedelta(days=n) for n in (0, *sorted(later))]
    terms = years.terms_from(year, [(f"{n}学期", first) for n, first in enumerate(firsts, 1)])
    calendar = Calendar(terms=terms)
    found = [
        calendar.term_of(day) for day in years.days(years.first_day(year), years.last_day(year))
    ]
    assert None not in found
    assert [sum(it is term for it in found) for term in terms] == [
        (term.ends_before - term.starts_on).days for term in terms
    ]
    assert calendar.term_of(years.first_day(year) - timedelta(days=1)) is None
    assert calendar.term_of(years.first_day(year + 1)) is None


@given(st.sampled_from(years.YEARS))
def test_the_months_and_weeks_of_a_year_are_all_its_days(year):
    days = [
        day for month in years.months(year) for week in years.weeks(month) for day in week if day
    ]
    assert days == list(years.days(years.first_day(year), years.last_day(year)))


def test_the_usual_terms():
    first, second = years.usual_terms(2026, 2)
    assert (first.title, first.starts_on) == ("前期", date(2026, 4, 1))
    assert (first.last_on, second.starts_on) == (date(2026, 9, 30), date(2026, 10, 1))
    assert second.last_on == date(2027, 3, 31)


def test_days_that_follow_each_other_are_put_together():
    planned = {
        date(2026, 7, 21): SUMMER, date(2026, 7, 22): SUMMER, date(2026, 7, 24): SUMMER,
        date(2026, 7, 25): PlannedDay("event", "夏季休業"),
    }  # fmt: skip
    assert [(it.first_on.day, it.last_on.day) for it in years.spans(planned)] == [
        (21, 22), (24, 24), (25, 25),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "kind", "title", "kept"),
    [
        (date(2026, 4, 8), "open", "", False),
        (date(2026, 4, 11), "closed", "", False),
        (date(2026, 4, 11), "open", "", True),
        (date(2026, 4, 8), "open", "始業式", True),
        (date(2026, 4, 8), "closed", "", True),
    ],
    ids=["a Wednesday", "a Saturday", "school on Saturday", "a name", "a free Wednesday"],
)
def test_only_what_differs_or_has_a_name_is_kept(day, kind, title, kept):
    plan = PlannedDay(kind, title)
    assert years.normal(day, plan) == (plan if kept else None)


def propose(standing=None, before=None, terms=(), terms_before=()):
    return years.propose(2026, standing or {}, before or {}, terms, terms_before)


def test_a_year_without_anything_is_proposed_its_holidays_and_three_terms():
    proposal = propose()
    found = {span.first_on: span for span in proposal.holidays}
    assert found[date(2026, 9, 22)].day == PlannedDay("closed", "国民の休日")
    assert found[date(2026, 5, 6)].day.title == "振替休日"
    assert date(2027, 3, 22) in found
    assert date(2026, 3, 20) not in found
    assert [it.title for it in proposal.terms] == ["1学期", "2学期", "3学期"]
    assert proposal.breaks == ()


def test_what_the_calendar_has_is_not_proposed():
    standing = {day: PlannedDay("closed", title) for day, title in years.holidays(2026).items()}
    proposal = propose(standing, terms=years.usual_terms(2026, 2))
    assert proposal.holidays == proposal.terms == ()


def test_a_holiday_on_which_there_is_school_is_proposed_all_the_same():
    standing = {date(2026, 11, 3): PlannedDay("event", "文化祭")}
    assert date(2026, 11, 3) in {span.first_on for span in propose(standing).holidays}


def test_long_holidays_and_terms_come_again_on_the_same_days():
    before = dict.fromkeys(years.days(date(2025, 7, 19), date(2025, 8, 25)), SUMMER)
    before[date(2025, 7, 21)] = PlannedDay("closed", "海の日")
    before[date(2025, 8, 11)] = PlannedDay("closed", "山の日")
    before[date(2025, 10, 10)] = PlannedDay("closed", "開校記念日")
    two = years.usual_terms(2025, 2)
    proposal = propose(before=before, terms_before=two)
    assert proposal.breaks == (Span(date(2026, 7, 19), date(2026, 8, 25), SUMMER),)
    assert proposal.terms == years.usual_terms(2026, 2)
    assert propose({date(2026, 8, 3): SUMMER}, before).breaks == ()


def test_a_long_holiday_that_ended_on_29_february_ends_on_the_28th():
    sick = PlannedDay("closed", "臨時休業")
    before = dict.fromkeys(years.days(date(2028, 2, 21), date(2028, 2, 29)), sick)
    proposal = years.propose(2028, {}, before, (), ())
    assert [(it.first_on, it.last_on) for it in proposal.breaks] == [
        (date(2029, 2, 21), date(2029, 2, 28))
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  運動会 \n 予備日 ", "運動会 予備日"),
        ("=HYPERLINK(1)", "HYPERLINK(1)"),
        ("+-@始業式", "始業式"),
        ("始\x07業式", "始 業式"),
    ],
)
def test_a_name_stays_on_one_line_and_is_no_formula(typed, kept):
    assert years.cleaned_title(typed) == kept
