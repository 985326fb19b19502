"""The days and terms of a school, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core.errors import InvalidError
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.attendance import store as attendance
from aarportal.people.school_year import operations, store, years
from aarportal.people.school_year.operations import DaysDraft, TermDraft
from aarportal.people.school_year.years import PlannedDay
from tests.cast import AOI, CHIBA, OKA, SATO, scope_of


def plan(first, last=None, kind="closed", title="", bells_id=None, member=OKA):
    with unit_of_work(scope_of(member)) as scope:
        return operations.plan_days(scope, DaysDraft(first, last or first, kind, title, bells_id))


def planned(year=2026, member=OKA):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return store.planned_year(scope, year)


def traces():
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.scalars(select(AuditEntry).where(AuditEntry.verb != "cast:entered"))
        return [(it.verb, it.object_id, it.actor_id) for it in found]


def test_a_day_gets_a_name_changes_and_becomes_ordinary_again(in_app):
    day = date(2026, 10, 10)
    assert plan(day, kind="event", title="運動会") == 1
    assert planned() == {day: PlannedDay("event", "運動会")}
    assert plan(day, kind="closed", title="順延") == 1
    assert planned() == {day: PlannedDay("closed", "順延")}
    assert plan(day, kind="usual") == 1
    assert planned() == {}
    assert traces() == [("calendar:set", "1", OKA.id)] * 3


def test_what_is_said_twice_changes_nothing_and_leaves_no_trace(in_app):
    plan(date(2026, 10, 9), title="開校記念日")
    assert plan(date(2026, 10, 9), title="開校記念日") == 0
    assert len(traces()) == 1


def test_an_ordinary_day_can_have_a_name(in_app):
    plan(date(2026, 4, 8), kind="usual", title="授業参観")
    plan(date(2026, 4, 11), kind="usual", title="資源回収")
    assert planned() == {
        date(2026, 4, 8): PlannedDay("open", "授業参観"),
        date(2026, 4, 11): PlannedDay("closed", "資源回収"),
    }


def test_within_long_holidays_national_holidays_keep_their_names(in_app):
    plan(date(2026, 8, 11), title="山の日")
    plan(date(2026, 7, 21), date(2026, 8, 25), title="夏季休業")
    found = planned()
    assert len(found) == 36
    assert found[date(2026, 8, 11)] == PlannedDay("closed", "山の日")
    assert found[date(2026, 8, 8)] == PlannedDay("closed", "夏季休業")
    plan(date(2026, 7, 21), date(2026, 8, 25), kind="usual")
    assert planned() == {date(2026, 8, 11): PlannedDay("closed", "山の日")}


def test_a_week_of_tests_leaves_weekends_and_holidays_alone(in_app):
    plan(date(2026, 11, 23), title="勤労感謝の日")
    plan(date(2026, 11, 20), date(2026, 11, 25), kind="exam", title="期末考査")
    assert sorted(day.day for day, it in planned().items() if it.kind == "exam") == [20, 24, 25]
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        calendar = attendance.calendar(scope, date(2026, 11, 1), date(2026, 11, 30))
    friday = date(2026, 11, 20)
    assert calendar.is_school_day(friday)
    assert calendar.is_exam(friday)
    assert not calendar.counts(friday)


def test_a_single_saturday_becomes_a_school_day(in_app):
    plan(date(2026, 11, 21), kind="open", title="土曜授業")
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        calendar = attendance.calendar(scope, date(2026, 11, 20), date(2026, 11, 23))
    assert calendar.school_days_between(date(2026, 11, 20), date(2026, 11, 22)) == 1


def test_the_calendar_of_another_school_is_another(in_app):
    plan(date(2026, 10, 9), title="開校記念日")
    plan(date(2026, 10, 12), title="体育の日", member=SATO)
    assert [it.title for it in planned().values()] == ["開校記念日"]
    assert [it.title for it in planned(member=SATO).values()] == ["体育の日"]


@pytest.mark.parametrize(
    ("draft", "field", "rule"),
    [
        (DaysDraft(date(2026, 4, 2), date(2026, 4, 1), "closed"), "last_on", "order"),
        (DaysDraft(date(2026, 4, 2), date(2026, 4, 2), "holiday"), "kind", "choice"),
        (DaysDraft(date(2026, 4, 2), date(2026, 4, 2), "closed", "あ" * 61), "title", "length"),
        (DaysDraft(date(1926, 4, 2), date(2026, 4, 2), "closed"), "first_on", "range"),
        (DaysDraft(date(2026, 4, 2), date(2126, 4, 2), "closed"), "last_on", "range"),
        (DaysDraft(date(2026, 4, 2), date(2028, 4, 2), "closed"), "last_on", "long"),
        (DaysDraft(date(2026, 4, 2), date(2026, 4, 2), "open", "", new_id()), "bells", "choice"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_what_cannot_be_planned_is_refused(in_app, draft, field, rule):
    with pytest.raises(InvalidError) as refused, unit_of_work(scope_of(OKA)) as scope:
        operations.plan_days(scope, draft)
    assert (refused.value.field, refused.value.rule) == (field, rule)
    assert planned() == {}


# --- terms --------------------------------------------------------------------------------------

THREE = [
    TermDraft("1学期", date(2026, 4, 1)),
    TermDraft("2学期", date(2026, 8, 26)),
    TermDraft("3学期", date(2027, 1, 8)),
]


def set_terms(drafts, year=2026):
    with unit_of_work(scope_of(OKA)) as scope:
        operations.set_terms(scope, year, drafts)


def terms(year=2026, member=OKA):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return store.terms_of_year(scope, year)


def test_three_terms_become_two(in_app):
    set_terms(THREE)
    assert [it.last_on for it in terms()] == [
        date(2026, 8, 25), date(2027, 1, 7), date(2027, 3, 31),
    ]  # fmt: skip
    set_terms([TermDraft("前期", date(2026, 4, 1)), TermDraft("後期", date(2026, 10, 12))])
    assert [it.title for it in terms()] == ["前期", "後期"]
    assert [verb for verb, *_ in traces()] == ["terms:set"] * 2
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        calendar = store.calendar(scope, date(2026, 11, 1), date(2026, 11, 30))
    assert calendar.term_of(date(2026, 11, 20)).title == "後期"
    assert terms(member=SATO) == terms(2025) == ()


@pytest.mark.parametrize(
    ("drafts", "field", "rule"),
    [
        (THREE[:1], "count", "choice"),
        ([*THREE, TermDraft("4学期", date(2027, 2, 1))], "count", "choice"),
        ([TermDraft("1学期", date(2026, 4, 6)), THREE[1]], "starts_on_0", "first"),
        ([THREE[0], THREE[2], THREE[1]], "starts_on_2", "order"),
        ([THREE[0], TermDraft("2学期", date(2027, 4, 1))], "starts_on_1", "range"),
        ([THREE[0], TermDraft("", date(2026, 9, 1))], "title_1", "length"),
    ],
)
def test_terms_in_disorder_are_refused(in_app, drafts, field, rule):
    with pytest.raises(InvalidError) as refused:
        set_terms(drafts)
    assert (refused.value.field, refused.value.rule) == (field, rule)
    assert terms() == ()


# --- opening a year -----------------------------------------------------------------------------


def open_year(year=2027, wanted=None, **more):
    with unit_of_work(scope_of(OKA)) as scope:
        return operations.open_year(scope, year, wanted, **more)


def test_opening_a_year_writes_what_is_proposed_once(in_app):
    set_terms(THREE)
    plan(date(2026, 8, 11), title="山の日")
    plan(date(2026, 7, 21), date(2026, 8, 25), title="夏季休業")
    opened = open_year()
    assert opened.terms == 3
    found = planned(2027)
    assert opened.days == len(found)
    assert found[date(2027, 8, 11)].title == "山の日"
    assert found[date(2027, 8, 12)].title == "夏季休業"
    assert found[date(2028, 3, 20)].title == "春分の日"
    assert [it.starts_on for it in terms(2027)] == [
        date(2027, 4, 1), date(2027, 8, 26), date(2028, 1, 8),
    ]  # fmt: skip
    again = open_year()
    assert (again.days, again.terms) == (0, 0)
    assert planned(2027) == found


def test_only_what_is_wanted_is_written(in_app):
    opened = open_year(2026, {date(2026, 11, 23)}, with_terms=False)
    assert (opened.days, opened.terms) == (1, 0)
    assert planned() == {date(2026, 11, 23): PlannedDay("closed", "勤労感謝の日")}
    assert terms() == ()


def test_looking_at_a_proposal_writes_nothing(in_app):
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert operations.propose_year(scope, 2027).spans
    assert planned(2027) == {}
    assert traces() == []


def test_opening_never_changes_days_that_are_planned(in_app):
    plan(date(2025, 7, 19), date(2025, 8, 25), title="夏季休業")
    plan(date(2026, 8, 3), kind="event", title="平和登校日")
    open_year(2026)
    found = planned()
    assert found[date(2026, 8, 3)] == PlannedDay("event", "平和登校日")
    assert found[date(2026, 8, 4)].title == "夏季休業"


@pytest.mark.parametrize("year", [1926, 2126])
def test_no_year_beyond_the_century_is_opened(in_app, year):
    with pytest.raises(InvalidError):
        open_year(year)


def test_a_school_year_of_holidays_has_the_school_days_that_are_counted(in_app):
    open_year(2026)
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        calendar = attendance.calendar(scope, years.first_day(2026), years.last_day(2026))
    before = years.first_day(2026) - timedelta(days=1)
    weekdays = sum(
        day.weekday() < 5 for day in years.days(years.first_day(2026), years.last_day(2026))
    )
    free = sum(day.weekday() < 5 for day in years.holidays(2026))
    assert calendar.school_days_between(before, years.last_day(2026)) == weekdays - free
