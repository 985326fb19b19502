"""The year turns at Hinata primary: the office, two teachers and the children at their pages."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.insight.rollover import closer
from aarportal.insight.rollover.models import Rollover
from aarportal.people.roster.models import Class, District, Enrollment, User, UserRole
from tests.backstage import backstage, stage
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_4_2,
    DOI,
    HINATA,
    OKA,
    PRIMARY,
    SATO,
    SCIENCE_4_2,
    UNIT_DIVISION,
    key,
)
from tests.classroom import fill
from tests.cycle.reflection import laps
from tests.cycle.reflection.backstage import in_english, sheet
from tests.over_time import lived_rows

__all__ = ["stage"]

rows, the = backstage(laps.rows), backstage(laps.the)
MARCH, APRIL = datetime(2027, 3, 19, 1, tzinfo=UTC), datetime(2027, 4, 6, 1, tzinfo=UTC)
NEW_5_1 = key("5-1")
WORDS = "三年生の わたし"


def now_is(moment):
    clock.shift(moment - datetime.now(UTC))


@pytest.fixture(autouse=True)
def in_march(app):
    now_is(MARCH)
    yield
    clock.shift(timedelta())


work = backstage(closer.wake)


@backstage
def next_years_roster(teacher=None):
    """Class 5-1 of the new year with Aoi in it; Ben is not placed."""
    begins = clock.school_year_begins_on(2027)
    with unit_of_work(SystemScope("roster")) as scope:
        scope.session.add(
            Class(
                school_id=PRIMARY, id=NEW_5_1, sourced_id="5-1", title="5年1組",
                class_type="homeroom", grades=["P5"],
            )
        )  # fmt: skip
        scope.session.flush()
        for member, role in ((AOI, "student"), (teacher, "teacher")):
            if member is None:
                continue
            name = f"{member.name} in 5-1"
            scope.session.add(
                Enrollment(
                    school_id=PRIMARY, id=key(name), sourced_id=name, class_id=NEW_5_1,
                    user_id=member.id, role=role, starts_on=begins, attendance_no=1,
                )
            )  # fmt: skip
        scope.session.execute(
            update(District).where(District.id == HINATA).values(roster_version=1)
        )
        audit.record(scope, "roster:changed", "")


@backstage
def live(member, name, at, **values):
    with unit_of_work(SystemScope("life")) as scope:
        lap = lived_rows(scope, member, name, at, PRIMARY, CLASS_4_2)
        for column, value in values.items():
            setattr(lap, column, value)
        audit.record(scope, "rows:made", "")
        return lap.id


@backstage
def let_the_class_be_full():
    with unit_of_work(SystemScope("class")) as scope:
        fill(scope)


@backstage
def decide_anew(name):
    with unit_of_work(SystemScope("life")) as scope:
        scope.session.execute(
            update(Adjustment)
            .where(Adjustment.id == key(f"adjustment {name} aoi"))
            .values(state="proposed", what="place", to_value="となりの 教室")
        )
        audit.record(scope, "adjustment:proposed", "")


def office(browser):
    in_english(OKA)
    return browser(OKA)


def confirm(window, **changed):
    page = window.get("/rollover")
    form = page.one("#confirm")
    fields = {field["name"]: field.get("value", "y") for field in form.select("input")}
    return window.post("/rollover", {**fields, **changed})


def state_of_the_roster():
    """Every row that a rollover may change."""
    return {
        (table.__tablename__, row.id): {
            column: getattr(row, column)
            for column in inspect(table).columns.keys()  # noqa: SIM118 - a collection of columns
        }
        for table in (User, UserRole, Class, Enrollment)
        for row in rows(table)
    }


def test_the_office_looks_and_nothing_is_written(browser):
    next_years_roster()
    before = state_of_the_roster()
    page = office(browser).get("/rollover")
    assert page.says("Going over to school year 2027")
    assert page.says("Move up 1")
    assert page.says("Pupils without a class 2")
    listed = office(browser).get("/rollover?list=unplaced")
    assert [cell.get_text() for cell in listed.html.select("tbody th")] == [
        "山本\u2009花",
        "𠮷田\u2009勉",
    ]
    assert state_of_the_roster() == before


def test_going_over_and_back_leaves_the_roster_as_it_was(browser):
    next_years_roster()
    open_lap = live(BEN, "open", MARCH, state="acting")
    before = state_of_the_roster()
    window = office(browser)
    page = window.follow(confirm(window))
    assert page.says("The school has gone over to this year.")
    after = state_of_the_roster()
    assert after["classes", CLASS_4_2]["status"] == "tobedeleted"
    assert after["enrollments", key(f"aoi in {CLASS_4_2}")]["ends_before"].isoformat() == (
        "2027-04-01"
    )
    assert after["enrollments", key("aoi in 5-1")] == before["enrollments", key("aoi in 5-1")]
    assert the(LearningCycle, id=open_lap).state == "acting"
    now_is(APRIL)
    work()
    assert the(LearningCycle, id=open_lap).state == "closed_unreviewed"
    assert the(Rollover).closed_laps == 1

    row = the(Rollover)
    window = office(browser)
    undo = window.get(f"/rosters/{row.import_id}/undo")
    assert undo.says("rows that change")
    window.post(f"/rosters/{row.import_id}/undo")
    work()
    assert state_of_the_roster() == before
    reopened = the(LearningCycle, id=open_lap)
    assert (reopened.state, reopened.closed_at) == ("paused", None)
    page = window.get("/rollover")
    assert page.says("It was taken back.")
    assert page.html.select("#confirm")
    assert {"rollover:confirmed", "rollover:laps_closed", "rollover:laps_opened"} <= {
        entry.verb for entry in rows(AuditEntry)
    }


def test_a_preview_that_does_not_hold_any_more_is_refused(browser):
    next_years_roster()
    window = office(browser)
    seen = confirm(window, version="0")
    assert seen.status == 422
    assert seen.says("The roster has changed since you looked.")
    assert not rows(Rollover)
    again = confirm(window, sure="")
    assert again.status == 422
    assert not rows(Rollover)
    assert confirm(window).status == 303
    twice = window.post("/rollover", {"year": "2027", "version": "1", "sure": "y", "idem": "2"})
    assert twice.status == 409
    assert len(rows(Rollover)) == 1


def test_classes_move_up_without_a_roster_but_not_before_april(browser):
    let_the_class_be_full()
    window = office(browser)
    page = confirm(window)
    assert page.status == 422
    assert page.says("Without a roster of the new year this is possible from 1 April on.")
    now_is(APRIL)
    window = office(browser)
    listed = window.get("/rollover?list=promoted")
    assert listed.says("5年2組")
    assert len(listed.html.select("tbody tr")) == 41
    assert window.follow(confirm(window)).says("The school has gone over to this year.")
    assert the(User, id=AOI.id).grade == "P5"
    fifth = the(Class, title="5年2組")
    reader = browser(CHIBA).get(f"/class/{fifth.id}")
    assert reader.says("葵")
    assert browser(AOI).get("/").status == 200


def test_a_page_of_another_years_turn_is_said(browser):
    """Left open from May to the next January: what was looked at is long over."""
    now_is(APRIL)
    window = office(browser)
    fields = {
        each["name"]: each.get("value", "y")
        for each in window.get("/rollover").one("#confirm").select("input")
    }
    now_is(datetime(2028, 1, 20, 1, tzinfo=UTC))
    window = office(browser)
    page = window.post(
        "/rollover",
        {
            **fields,
            "csrf_token": window.get("/rollover").one("#confirm input[name=csrf_token]")["value"],
        },
    )
    assert page.status == 422
    assert page.says("The roster has changed since you looked. Look at the lists again.")
    assert not rows(Rollover)


def test_who_finishes_cannot_come_in_any_more(browser):
    now_is(APRIL)
    with_sixth(AOI)
    window = office(browser)
    assert window.get("/rollover?list=graduates").says("葵")
    assert confirm(window).status == 303
    reader = browser()
    page = reader.post(
        "/sign-in", {"code": "hinata-e", "login_id": "aoi", "password": "ひまわり-2026"}
    )
    assert page.status == 422


@backstage
def with_sixth(member):
    with unit_of_work(SystemScope("roster")) as scope:
        for class_id in (CLASS_4_2, SCIENCE_4_2):
            row = scope.session.get(Class, (PRIMARY, class_id))
            row.grades = ["P6"]
        audit.record(scope, "roster:changed", member.id)


def test_two_years_of_a_child_at_everybodys_pages(browser):
    """Aoi's old teacher, her new one, and herself, before and after the first of April."""
    old = live(AOI, "old", MARCH)
    decide_anew("old")
    next_years_roster(teacher=DOI)
    window = office(browser)
    assert confirm(window).status == 303
    chiba = browser(CHIBA)
    assert chiba.get(f"/class/students/{AOI.id}/records?cycle={old}").status == 200

    now_is(APRIL)
    work()
    in_english(AOI)
    reader = browser(AOI)
    assert reader.get("/").says("となりの 教室")
    new = live(AOI, "new", APRIL)
    written = reader.get("/reflections")
    assert len(written.html.select(".entries > li")) == 2
    assert reader.get(f"/records?cycle={old}").status == 200

    chiba = browser(CHIBA)
    assert chiba.get(f"/class/students/{AOI.id}/records").status == 404
    teacher = browser(DOI)
    assert teacher.get(f"/class/students/{AOI.id}/records?cycle={old}").status == 404
    seen = teacher.get(f"/class/students/{AOI.id}/records?cycle={new}")
    assert seen.status == 200
    one = the(LearningCycle, id=new)
    assert teacher.get(f"/class/{NEW_5_1}?student={AOI.id}").status == 200
    assert one.state == "closed_open_adjust"


def test_only_the_office_of_the_school_may(browser):
    for member in (AOI, CHIBA):
        assert browser(member).get("/rollover").status == 403
    assert browser(SATO).get("/rollover").status == 200
    assert not browser(SATO).get("/rollover").says("葵")


def test_it_is_not_the_season(browser):
    now_is(datetime(2026, 10, 6, 1, tzinfo=UTC))
    window = office(browser)
    page = window.get("/rollover")
    assert page.says("It is too early to go over to that year.")
    assert not page.html.select("#confirm")
    fields = {"year": "2027", "version": "0", "sure": "y", "idem": "1"}
    assert window.post("/rollover", fields).status == 409


def test_looking_back_goes_on_in_march(browser):
    """Confirmed in March, the year goes on as it was until its last day."""
    next_years_roster()
    window = office(browser)
    assert confirm(window).status == 303
    work()
    reader = browser(BEN)
    reader.post("/goal", {"unit": str(UNIT_DIVISION), "text": WORDS, "go": "start"})
    lap = the(LearningCycle)
    reader.post(f"/cycles/{lap.id}/reflect/begin")
    page = reader.post(sheet(lap.id), {"rating": "2", "next_what": "same"})
    assert page.status == 303
    now_is(APRIL)
    work()
    assert the(LearningCycle).state == "closed_open_adjust"
