"""Importing the next roster: who changes, leaves, comes back and moves, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from aarportal.people.roster import store
from aarportal.people.roster.models import (
    Class,
)
from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from tests.people.roster.imports import (
    DAY,
    NEXT_DAY,
    TRACES,
    add,
    all_rows,
    class_ids,
    counted,
    edit,
    enrollments,
    leaving,
    look,
    org,
    roles,
    school,
    take_in,
    user,
    without_stamps,
)
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CLASS,
    COURSE,
    DISTRICT,
    SCHOOL,
    SCIENCE,
    YEAR,
    enrollment,
    guid,
    make_bundle,
)

pytestmark = pytest.mark.usefixtures("in_app")

#: Traces of a change: what was done, whose login name it was before, and the roster's version.
PASSING = (*TRACES, "districts", "identity_links")
CHANGES = [
    ("users", {"sourcedId": BEN, "preferredGivenName": "辨"}, lambda: user(BEN).given_name, "辨"),
    ("users", {"sourcedId": BEN, "grades": "P5"}, lambda: user(BEN).grade, "P5"),
    (
        "users",
        {"sourcedId": BEN, "username": "b@x.example"},
        lambda: user(BEN).username,
        "b@x.example",
    ),
    (
        "orgs",
        {"sourcedId": SCHOOL, "name": "新日向小学校"},
        lambda: school(SCHOOL).name,
        "新日向小学校",
    ),
    (
        "enrollments",
        {"sourcedId": guid(f"enrollment ben {CLASS}"), "metadata.jp.shussekiNo": "12"},
        lambda: {e.attendance_no for e in enrollments(user(BEN).id)},
        {12},
    ),
    (
        "roles",
        {"sourcedId": guid("role ben student"), "endDate": "2026-08-31"},
        lambda: [r.ends_before for r in roles(user(BEN).id)],
        [date(2026, 8, 31)],
    ),
]


@pytest.mark.parametrize(("file", "cells", "seen", "expected"), CHANGES)
def test_a_changed_cell_changes_that_column_and_no_other_row(file, cells, seen, expected):
    take_in(make_bundle(JP_K12))
    before = all_rows(but=PASSING)
    result = take_in(make_bundle(JP_K12, **{file: edit(**cells)}), NEXT_DAY)
    assert seen() == expected
    kind = {"orgs": "schools"}.get(file, file)
    assert counted(result) == {kind: (0, 1, 0)}
    after = all_rows(but=PASSING)
    assert sum(len(set(map(repr, after[t])) - set(map(repr, before[t]))) for t in after) == 1
    assert {t: len(rows) for t, rows in after.items()} == {
        t: len(rows) for t, rows in before.items()
    }


def test_a_district_may_change_its_name():
    take_in(make_bundle(JP_K12))
    take_in(make_bundle(JP_K12, orgs=edit(sourcedId=DISTRICT, name="日向市")))
    with look() as scope:
        assert store.district(scope, sourced_id=DISTRICT)["name"] == "日向市"


def test_a_person_who_leaves_is_disabled_and_keeps_everything():
    take_in(make_bundle(JP_K12))
    rows = {table: len(found) for table, found in all_rows(but=TRACES).items()}
    result = take_in(make_bundle(JP_K12, **leaving("ben")), NEXT_DAY)
    assert counted(result) == {"users": (0, 0, 1), "roles": (0, 0, 1), "enrollments": (0, 0, 1)}
    ben = user(BEN)
    assert not ben.enabled
    assert [r.ends_before for r in roles(ben.id)] == [NEXT_DAY]
    assert class_ids(ben.id, DAY) == {CLASS: 1}
    assert class_ids(ben.id, NEXT_DAY) == {}
    assert {table: len(found) for table, found in all_rows(but=TRACES).items()} == rows
    assert user(AOI).enabled
    assert class_ids(user(AOI).id, NEXT_DAY) == {CLASS: 1, SCIENCE: 1}


def test_a_person_who_stays_away_leaves_only_once():
    take_in(make_bundle(JP_K12))
    gone = make_bundle(JP_K12, **leaving("ben"))
    take_in(gone, NEXT_DAY)
    before = all_rows(but=TRACES)
    assert counted(take_in(gone, NEXT_DAY + timedelta(days=30))) == {}
    assert all_rows(but=TRACES) == before


def test_a_person_who_comes_back_is_the_same_person():
    take_in(make_bundle(JP_K12))
    before = all_rows(but=(*TRACES, "districts"))
    take_in(make_bundle(JP_K12, **leaving("ben")), NEXT_DAY)
    result = take_in(make_bundle(JP_K12), NEXT_DAY + timedelta(days=30))
    assert counted(result) == {"users": (0, 1, 0), "roles": (0, 1, 0), "enrollments": (0, 1, 0)}
    assert without_stamps(all_rows(but=(*TRACES, "districts"))) == without_stamps(before)


def test_a_person_whom_the_file_disables_is_disabled():
    take_in(make_bundle(BASE_1_2))
    take_in(make_bundle(BASE_1_2, users=edit(sourcedId=BEN, enabledUser="false")))
    assert [user(BEN).enabled, user(AOI).enabled] == [False, True]


def test_what_has_not_begun_when_it_is_taken_back_never_begins():
    later = enrollment("ben", "student", SCIENCE, beginDate="2026-09-01")
    take_in(make_bundle(JP_K12, enrollments=add(later)))
    assert class_ids(user(BEN).id, date(2026, 9, 1)) == {CLASS: 1, SCIENCE: 1}
    take_in(make_bundle(JP_K12), NEXT_DAY)
    assert class_ids(user(BEN).id, date(2026, 9, 1)) == {CLASS: 1}
    assert all(e.starts_on <= e.ends_before for e in enrollments(user(BEN).id))


def test_a_place_that_ended_long_ago_keeps_its_last_day():
    old = enrollment("ben", "student", SCIENCE, endDate="2026-04-30")
    take_in(make_bundle(JP_K12, enrollments=add(old)))
    assert counted(take_in(make_bundle(JP_K12), NEXT_DAY)) == {}
    assert date(2026, 4, 30) in {e.ends_before for e in enrollments(user(BEN).id)}


def test_a_pupil_who_changes_class_was_in_the_old_one_and_is_in_the_new_one():
    other = {
        "sourcedId": guid("4-1"),
        "title": "4年1組",
        "grades": "P4",
        "courseSourcedId": COURSE,
        "classType": "homeroom",
        "schoolSourcedId": SCHOOL,
        "termSourcedIds": YEAR,
        "metadata.jp.specialNeeds": "false",
    }
    take_in(make_bundle(JP_K12, classes=add(other)))

    def change(rows):
        rows[:] = [row for row in rows if row["userSourcedId"] != BEN]
        rows.append(enrollment("ben", "student", guid("4-1"), beginDate=str(NEXT_DAY)))

    take_in(make_bundle(JP_K12, classes=add(other), enrollments=change), NEXT_DAY)
    ben = user(BEN)
    assert class_ids(ben.id, DAY) == {CLASS: 1}
    assert class_ids(ben.id, NEXT_DAY) == {guid("4-1"): 1}
    with look() as scope:
        old = scope.session.scalars(select(Class).where(Class.sourced_id == CLASS)).one()
        members = [
            store.student_ids(scope, old.school_id, [old.id], day)[old.id]
            for day in (DAY, NEXT_DAY)
        ]
    aoi = user(AOI).id
    assert members == [{aoi, ben.id}, {aoi}]


def test_a_class_that_goes_over_to_another_school_is_a_new_class_there():
    new_school = org("日向第二小学校", identifier="B145220610028")

    def move(rows):
        for row in rows:
            row["schoolSourcedId"] = new_school["sourcedId"]

    take_in(make_bundle(JP_K12, orgs=add(new_school)))
    take_in(make_bundle(JP_K12, orgs=add(new_school), classes=move, enrollments=move), NEXT_DAY)
    old, new = school(SCHOOL).id, school(new_school["sourcedId"]).id
    places = {(e.school_id, e.ends_before) for e in enrollments(user(BEN).id)}
    assert places == {(old, NEXT_DAY), (new, date(2027, 3, 31))}
    with look() as scope:
        classes = list(scope.session.scalars(select(Class).where(Class.sourced_id == CLASS)))
    assert {klass.school_id for klass in classes} == {old, new}
    assert class_ids(user(BEN).id, NEXT_DAY) == {CLASS: 1}


def test_the_places_of_a_school_without_any_class_in_the_file_end():
    new_school = org("日向第二小学校", identifier="B145220610028")
    second = {
        "sourcedId": guid("5-1"),
        "title": "5年1組",
        "grades": "P5",
        "courseSourcedId": COURSE,
        "classType": "homeroom",
        "schoolSourcedId": new_school["sourcedId"],
        "termSourcedIds": YEAR,
        "metadata.jp.specialNeeds": "false",
    }
    place = enrollment("ben", "student", guid("5-1"), schoolSourcedId=new_school["sourcedId"])
    take_in(make_bundle(JP_K12, orgs=add(new_school), classes=add(second), enrollments=add(place)))
    assert class_ids(user(BEN).id) == {CLASS: 1, guid("5-1"): 1}
    take_in(make_bundle(JP_K12), NEXT_DAY)
    assert class_ids(user(BEN).id, NEXT_DAY) == {CLASS: 1}


ABSENT = [
    {"enrollments": None},
    {"roles": None, "enrollments": None},
    {"users": None, "roles": None, "enrollments": None},
    {"users": None, "roles": None, "enrollments": None, "classes": None, "courses": None},
]


@pytest.mark.parametrize("absent", ABSENT, ids=lambda absent: f"without {' '.join(absent)}")
def test_a_file_that_is_absent_updates_nothing(absent):
    take_in(make_bundle(BASE_1_2))
    before = all_rows(but=TRACES)
    assert counted(take_in(make_bundle(BASE_1_2, **absent), NEXT_DAY)) == {}
    assert all_rows(but=TRACES) == before
