"""What office and health room of the demonstration have brought, and who comes in to read it."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from aarportal.care.school_data import kinds
from aarportal.care.school_data.models import SchoolDataImport
from aarportal.care.school_records.models import ExaminationResult, Grade, YearAttendance
from aarportal.care.wellbeing.models import AttendanceEntry, HealthObservation, HealthRoomVisit
from aarportal.cycle.action.imports.states import ImportState
from aarportal.demo.days import school_time
from aarportal.demo.school import DISTRICT_CODE, PASSWORD
from aarportal.people.attendance.models import AbsentDay, CalendarDay
from tests.demo.test_scene import TODAY
from tests.pages import Browser

MIGRATIONS = Path(__file__).parents[2] / "migrations" / "versions"
NEWEST_MIGRATION = max(path.name for path in MIGRATIONS.glob("0*.py"))[:4]


def signed_in(demo, login_id, code="midori"):
    me = Browser(demo.app)
    fields = {"code": code, "login_id": login_id, "password": PASSWORD}
    assert me.post("/sign-in", fields).status == 303
    return me


def test_every_kind_of_table_came_and_one_waits_for_the_office(demo):
    found = demo.all(SchoolDataImport)
    # Those of the sixth grade are in no small demonstration.
    assert {row.kind for row in found} >= set(kinds.discover()) - {"examination"}
    waiting = [row for row in found if row.state != ImportState.DONE]
    assert [(row.kind, row.state) for row in waiting] == [("attendance_daily", "checked")]
    assert waiting[0].new_rows
    assert (waiting[0].unknown_rows, waiting[0].problem_rows) == (1, 1)
    for row in found:
        if row.state == ImportState.DONE:
            assert row.taken == row.rows > 10, row.kind


def test_attendance_says_of_nobody_what_their_history_contradicts(demo):
    away = {(row.student_id, row.day): row.kind for row in demo.all(AbsentDay)}
    entries = demo.all(AttendanceEntry)
    marks = Counter(row.mark for row in entries)
    assert set(marks) >= {"sick", "private", "suspended", "late"}
    for row in entries:
        there = "suspended" if away.get((row.student_id, row.day)) == "excused" else None
        if row.mark == "late":
            assert (row.student_id, row.day) not in away
        else:
            assert row.mark == there or away[row.student_id, row.day] == "absent"
    told = {(row.student_id, row.day) for row in demo.all(HealthObservation)}
    assert not told & set(away)
    assert not {(row.student_id, row.day) for row in demo.all(HealthRoomVisit)} & set(away)


def test_reports_fit_their_grades(demo):
    assert {row.aspect for row in demo.all(Grade)} == {
        "knowledge", "thinking", "attitude", "rating",
    }  # fmt: skip
    for row in demo.all(YearAttendance):
        assert row.school_year == 2025
        assert row.required_days - row.absent_days == row.present_days
    assert all(row.day < TODAY for row in demo.all(ExaminationResult))


@pytest.mark.parametrize(
    ("login_id", "code", "path", "words"),
    [
        ("hoken", "midori", "/health", "相談したい人"),
        ("kocho", "midori", "/school-records", "成績と出欠"),
        ("kyoi", DISTRICT_CODE, "/people", "みなみ中学校"),
        ("jimu", "midori", "/school-data", "出欠一覧_今週.csv"),
    ],
)
def test_those_who_teach_nothing_come_in_to_their_work(at_school, login_id, code, path, words):
    assert login_id in {login.login_id for login in at_school.made.logins}
    page = signed_in(at_school, login_id, code).get(path)
    assert page.status == 200
    assert page.says(words)


def test_the_calendar_of_the_year_leaves_the_days_that_were_lived(demo):
    days = school_time(TODAY, 4)
    rows = demo.all(CalendarDay)
    summer = {row.day for row in rows if row.title == "夏休み"}
    assert date(2026, 8, 3) in summer
    tests = {row.title for row in rows if row.kind == "exam"}
    assert "学年末考査" in tests
    for row in rows:
        if days.first <= row.day <= TODAY:
            assert days.special[row.day] == (row.kind, row.title)


@pytest.mark.parametrize(
    ("login_id", "url", "words"),
    [
        ("gakunen", "/class", "4年2組"),
        ("sc", "/cases", "教室に入りにくい日がある"),
        ("hogosha", "/family", "髙﨑 美桜"),
        ("kanri", "/system", NEWEST_MIGRATION),
        ("jimu", "/relations", "菊池 聡"),
    ],
)
def test_who_came_later_finds_what_is_theirs(demo, login_id, url, words):
    me = signed_in(demo, login_id)
    page = me.get(url)
    page = me.follow(page) if page.status == 303 else page
    assert page.status == 200
    assert page.says(words)
