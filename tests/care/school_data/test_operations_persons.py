"""Whose a row is: never a guess between two children; on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from aarportal.audit import operations as audit
from aarportal.care.school_data.taking_in import operations as taking
from aarportal.care.wellbeing.models import AttendanceEntry
from aarportal.core.errors import InvalidError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.identity.models import PersonMerge
from aarportal.people.roster.models import Enrollment
from tests.care.people import GONE, TWIN_A, TWIN_B, VARIANT, appoint
from tests.care.tables import (
    MONDAY,
    attendance,
    brought,
    counts,
    marked,
    masks,
    rows,
    rules,
    seen,
    started,
    table,
    taken,
)
from tests.cast import AOI, BEN, CHIBA, HINATA, KEN

pytestmark = pytest.mark.usefixtures("school")


def named(header, member, cells):
    return table(f"日付,{header},区分", f"令和８年１１月２日,{cells},病欠")


@pytest.mark.parametrize(
    ("header", "cells", "person_kind"),
    [
        ("学籍番号", "２０２６０４０１", "student_number"),
        ("利用者識別子", str(AOI.id).upper(), "master_identifier"),
        ("ログインID", "aoi@hinata.example", "username"),
        ("sourcedId", str(AOI.id), "sourced_id"),
        ("クラス,出席番号,氏名", "4年2組,1,髙﨑 葵", "seat"),
        ("年組,番号,氏名", "４－２,１,髙﨑　葵", "seat"),
        ("学年,組,出席番号,氏名", "4,2,1,ﾀｶｻｷ ｱｵｲ", "seat"),
        ("学年,組,出席番号,氏名", "小4年,2組,1番,たかさきあおい", "seat"),
    ],
)
@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_pupils_are_found_by_what_schools_write(header, cells, person_kind, encoding):
    import_id = brought(named(header, AOI, cells), encoding=encoding)
    assert seen(import_id).columns["person_kind"] == person_kind
    started(import_id)
    assert [each.student_id for each in rows(AttendanceEntry)] == [AOI.id]


@pytest.mark.parametrize(
    "cells",
    ["4年2組,2,髙﨑 葵", "4年1組,1,髙﨑 葵", "4年2組,1,髙﨑 藍", "4年2組,1,葵", "1年1組,1,髙﨑 葵"],
)
def test_class_number_and_name_have_to_fit_together(cells):
    import_id = brought(named("クラス,出席番号,氏名", AOI, cells))
    assert rules(import_id) == [(2, "person", "person_unknown")]


def test_a_variant_that_the_encoding_lacks_is_still_the_same_name():
    appoint(VARIANT)
    text = table("日付,クラス,出席番号,氏名,区分", "2026/11/2,4年2組,6,辻 和也,欠席")
    taken(text)
    assert masks() == {(VARIANT.id, MONDAY): "absent"}


@pytest.mark.parametrize(
    ("number", "name", "is_found"),
    [(2, "?田 勉", True), (2, "〓田勉", True), (2, "𠮷田 勉", True), (2, "?? 勉", False),
     (2, "吉田 勉", True), (1, "?﨑 葵", False), (1, "? 葵", False), (2, "?", False)],
)  # fmt: skip
def test_a_sign_for_a_lost_character_stands_for_that_one_alone(number, name, is_found):
    text = table("日付,クラス,出席番号,氏名,区分", f"2026/11/2,4年2組,{number},{name},欠席")
    import_id = brought(text, encoding="utf-8")
    assert counts(import_id) == ({"new": 1} if is_found else {"unknown": 1})


def test_twins_of_one_name_are_told_apart_by_their_numbers():
    text = table(
        "日付,クラス,出席番号,氏名,区分",
        "2026/11/2,4年2組,3,双葉蓮,欠席",
        "2026/11/2,4年2組,4,双葉蓮,出席",
    )
    taken(text)
    assert {each.student_id: each.mark for each in rows(AttendanceEntry)} == {
        TWIN_A.id: "absent", TWIN_B.id: "present",
    }  # fmt: skip
    assert masks() == {(TWIN_A.id, MONDAY): "absent"}


def test_twins_with_one_number_are_nobody():
    with unit_of_work(SystemScope("a slip of the pen")) as scope:
        scope.session.execute(
            update(Enrollment).where(Enrollment.user_id == TWIN_B.id).values(attendance_no=3)
        )
        audit.record(scope, "roster:changed", "twins")
    text = table("日付,クラス,出席番号,氏名,区分", "2026/11/2,4年2組,3,双葉蓮,欠席")
    import_id = brought(text)
    assert rules(import_id) == [(2, "person", "person_several")]
    with pytest.raises(InvalidError):
        started(import_id)


def test_a_pupil_who_left_is_known_up_to_that_day():
    import_id = brought(attendance(marked(GONE, "2026/9/30"), marked(GONE, "2026/10/1")))
    assert (counts(import_id), rules(import_id)) == (
        {"new": 1, "unknown": 1},
        [(3, "person", "person_unknown")],
    )


def test_whoever_is_of_another_school_is_nobody_here():
    text = table("日付,利用者識別子,区分", f"2026/11/2,{KEN.id},欠席", f"2026/11/2,{CHIBA.id},欠席")
    assert counts(brought(text)) == {"unknown": 2}


def test_what_is_said_of_a_merged_person_is_the_kept_ones():
    with unit_of_work(SystemScope("merge")) as scope:
        scope.session.add(PersonMerge(district_id=HINATA, kept_id=TWIN_A.id, merged_id=TWIN_B.id))
        audit.record(scope, "persons:merged", TWIN_A.id)
    taken(attendance(marked(TWIN_B)))
    assert masks() == {(TWIN_A.id, MONDAY): "absent"}


def test_one_pupil_named_in_two_ways_is_not_taken_where_the_two_differ():
    with unit_of_work(SystemScope("merge")) as scope:
        scope.session.add(PersonMerge(district_id=HINATA, kept_id=TWIN_A.id, merged_id=TWIN_B.id))
        audit.record(scope, "persons:merged", TWIN_A.id)
    import_id = brought(attendance(marked(TWIN_A), marked(TWIN_B, mark="出席"), marked(BEN)))
    assert rules(import_id) == [(2, "", "row_twice"), (3, "", "row_twice")]
    started(import_id, without_others=True)
    assert masks() == {(BEN.id, MONDAY): "absent"}


def by_seat(name, mark, number=1, day="2026/11/2"):
    return f"{day},4年2組,{number},{name},{mark}"


def far_apart(first, second):
    """Two rows with three slices of others between them."""
    days = (MONDAY - timedelta(days=n + 1) for n in range(3 * taking.AT_ONCE))
    between = (by_seat("双葉蓮", "遅刻", 3, day) for day in days)
    return table("日付,クラス,出席番号,氏名,区分", first, *between, second)


@pytest.mark.parametrize("stands", [False, True])
def test_rows_far_apart_that_name_one_pupil_in_two_ways_are_told_before_anything_is_taken(stands):
    if stands:
        taken(attendance(marked(AOI)))
    text = far_apart(by_seat("髙﨑 葵", "欠席"), by_seat("たかさきあおい", "出席"))
    import_id = brought(text)
    assert rules(import_id) == [(2, "", "row_twice"), (3 * taking.AT_ONCE + 3, "", "row_twice")]
    told = counts(import_id)
    assert told == {"new": 3 * taking.AT_ONCE, "problem": 2}
    started(import_id, without_others=True)
    assert seen(import_id).taken == told["new"]
    assert masks() == ({(AOI.id, MONDAY): "absent"} if stands else {})


def test_rows_far_apart_that_say_the_same_of_one_pupil_count_once():
    text = far_apart(by_seat("髙﨑 葵", "欠席"), by_seat("たかさきあおい", "欠席"))
    import_id = brought(text)
    assert counts(import_id) == {"new": 3 * taking.AT_ONCE + 1, "same": 1}
    started(import_id)
    assert masks() == {(AOI.id, MONDAY): "absent"}
