"""Tables of the school office: looked at, taken, taken back; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.care.school_data import importer
from aarportal.care.school_data.models import SchoolDataChange
from aarportal.care.school_data.taking_in import operations as taking
from aarportal.care.school_records.models import ExaminationResult, Grade, YearAttendance
from aarportal.care.wellbeing.models import AttendanceEntry, HealthObservation, HealthRoomVisit
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.scope import SystemScope, unit_of_work
from aarportal.cycle.action.imports.states import ImportState
from aarportal.people.attendance import operations as by_hand
from aarportal.people.attendance import store as days
from aarportal.people.attendance.models import AbsentDay
from aarportal.people.identity.models import PersonMerge
from aarportal.people.roster.models import Enrollment
from tests.care.people import (
    GONE,
    HEAD,
    NUMBERS,
    NURSE,
    TWIN_A,
    TWIN_B,
    VARIANT,
    appoint,
    whole_school,
)
from tests.care.tables import (
    attendance,
    brought,
    counts,
    everything,
    gone,
    marked,
    rows,
    rules,
    seen,
    started,
    table,
    taken,
    taken_back,
)
from tests.cast import AOI, BEN, CHIBA, HINATA, KEN, OKA, SATO, scope_of
from tests.power import PowerCutError, cut_after, dies

MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def school(in_app):
    appoint(NURSE, HEAD, TWIN_A, TWIN_B, GONE)


def masks() -> dict:
    return {(row.student_id, row.day): row.kind for row in rows(AbsentDay)}


def mask_seen_by(member, first=date(2026, 4, 1), last=date(2027, 3, 31)) -> dict:
    """What the charts of a pupil know."""
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return days.absent_days(scope, member.id, first, last)


# --- what becomes of a row ----------------------------------------------------------------------


def test_nothing_is_written_before_somebody_has_seen_what_would_be():
    before = everything()
    import_id = brought(attendance(marked(AOI), marked(BEN, mark="出席")))
    assert counts(import_id) == {"new": 2}
    assert [(it["effect"], it["said"]) for it in seen(import_id).preview] == [
        ("new", "欠席"), ("new", "出席"),
    ]  # fmt: skip
    assert everything() == before


@pytest.mark.parametrize(
    ("word", "mark", "mask"),
    [
        ("出席", "present", None),
        ("欠席", "absent", "absent"),
        ("病欠", "sick", "absent"),
        ("事故欠", "private", "absent"),
        ("入院", "hospital", "absent"),
        ("理由不明", "unknown", "absent"),
        ("出席停止（インフルエンザ）", "suspended", "excused"),
        ("出停", "suspended", "excused"),
        ("忌引", "mourning", "excused"),
        ("公欠", "official", "excused"),
        ("遅刻", "late", None),
        ("早退", "left_early", None),
        ("遅刻早退", "late_and_left_early", None),
        ("欠席(病欠)", "sick", "absent"),
        ("ﾁｺｸ", None, None),
    ],
)
def test_charts_learn_that_a_day_does_not_count_and_nothing_else(word, mark, mask):
    text = attendance(marked(AOI, mark=word))
    if mark is None:
        assert rules(brought(text)) == [(2, "mark", "attendance_mark")]
        return
    taken(text)
    [entry] = rows(AttendanceEntry)
    assert (entry.mark, entry.day) == (mark, MONDAY)
    assert mask_seen_by(AOI) == ({MONDAY: mask} if mask else {})


def test_reasons_are_kept_apart_from_the_mask():
    taken(
        attendance(
            marked(AOI, mark="出席停止（インフルエンザ）"), marked(BEN, reason="ｶｾﾞ・発熱38.2")
        )
    )
    assert sorted(each.reason for each in rows(AttendanceEntry)) == [
        "インフルエンザ",
        "カゼ・発熱38.2",
    ]
    told = repr([vars(each) for each in rows(AbsentDay)])
    assert "インフルエンザ" not in told
    assert "発熱" not in told
    for member in (AOI, BEN, OKA, KEN):
        with unit_of_work(scope_of(member), read_only=True) as scope:
            assert not scope.session.scalars(select(AttendanceEntry)).all()


def test_a_later_file_changes_what_an_earlier_one_said():
    taken(attendance(marked(AOI), marked(BEN)))
    import_id = brought(attendance(marked(AOI, mark="遅刻"), marked(BEN), marked(TWIN_A)))
    assert counts(import_id) == {"new": 1, "changed": 1, "same": 1}
    started(import_id)
    assert masks() == {(BEN.id, MONDAY): "absent", (TWIN_A.id, MONDAY): "absent"}


def test_a_file_that_says_nothing_new_cannot_be_started():
    text = attendance(marked(AOI))
    taken(text)
    import_id = brought(text)
    assert counts(import_id) == {"same": 1}
    with pytest.raises(InvalidError, match="nothing_new"):
        started(import_id)


def test_rows_that_cannot_be_taken_are_listed_and_left_out_only_when_somebody_agrees():
    lines = (
        marked(AOI),
        marked(BEN, day="11/2"),
        marked(BEN, mark="？"),
        marked("99999"),
        marked(TWIN_A, day="2099/1/1"),
        marked("", day="令和8年11月2日"),
        "合計,,,,5",
        marked(TWIN_B) + ",もうひとつ",
    )
    import_id = brought(attendance(*lines))
    assert counts(import_id) == {"new": 1, "problem": 5, "unknown": 1, "left_out": 1}
    assert rules(import_id) == [
        (3, "day", "date_year_missing"),
        (4, "mark", "attendance_mark"),
        (5, "person", "person_unknown"),
        (6, "day", "date_later"),
        (7, "person", "value_needed"),
        (9, "", "row_long"),
    ]
    with pytest.raises(InvalidError, match="choose"):
        started(import_id)
    started(import_id, without_others=True)
    assert masks() == {(AOI.id, MONDAY): "absent"}


def test_two_rows_that_say_different_things_are_both_left_out():
    lines = (
        marked(AOI),
        marked(BEN),
        marked(AOI, mark="出席"),
        marked(BEN),
        marked("２０２６０４０１", mark="遅刻"),
    )
    import_id = brought(attendance(*lines))
    assert rules(import_id) == [(n, "", "row_twice") for n in (2, 4, 6)]
    assert counts(import_id) == {"new": 1, "same": 1, "problem": 3}


# --- whose it is --------------------------------------------------------------------------------


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


def test_one_pupil_named_in_two_ways_is_not_written_twice():
    with unit_of_work(SystemScope("merge")) as scope:
        scope.session.add(PersonMerge(district_id=HINATA, kept_id=TWIN_A.id, merged_id=TWIN_B.id))
        audit.record(scope, "persons:merged", TWIN_A.id)
    import_id = brought(attendance(marked(TWIN_A), marked(TWIN_B, mark="出席"), marked(BEN)))
    assert rules(import_id) == [(3, "", "row_twice")]
    started(import_id, without_others=True)
    assert masks() == {(TWIN_A.id, MONDAY): "absent", (BEN.id, MONDAY): "absent"}


# --- the other kinds ----------------------------------------------------------------------------

YEARLY = (
    "年度,学籍番号,授業日数,出席停止・忌引等の日数,留学中の授業日数,出席しなければならない日数,"
    "欠席日数,出席日数,遅刻,早退"
)


def test_the_days_of_a_year_have_to_add_up():
    text = table(
        YEARLY,
        f"令和7年度,{NUMBERS[AOI]},203,3,0,200,5,195,1,0",
        f"２０２５,{NUMBERS[BEN]},203,3,,201,5,196,1,0",
        f"R7,{NUMBERS[TWIN_A]},203,3,0,200,5,194,1,0",
        f"2025年度,{NUMBERS[TWIN_B]},203,,,,5,,,",
    )
    import_id = brought(text, "attendance_yearly")
    assert rules(import_id) == [
        (3, "required_days", "required_days"),
        (4, "present_days", "present_days"),
    ]
    started(import_id, without_others=True)
    first, last = sorted(rows(YearAttendance), key=lambda row: row.student_id != AOI.id)
    assert (first.school_year, first.present_days, first.late_days) == (2025, 195, 1)
    assert (last.student_id, last.absent_days, last.present_days) == (TWIN_B.id, 5, None)
    assert not masks()


OBSERVATION = "日付,学籍番号,気分,体温,相談したい,相談相手,内容,自由記述"


@pytest.mark.parametrize(
    ("scale", "cell", "mood"),
    [
        ("weather", "はれ", 100),
        ("weather", "☔", 33),
        ("weather", "4", 0),
        ("four_last_best", "4", 100),
        ("five_first_best", "１", 100),
        ("five_last_best", "ふつう", 50),
        ("hundred", "73", 73),
        ("weather", "5", None),
        ("five_first_best", "すごい", None),
        ("hundred", "101", None),
        ("hundred", "50.5", None),
    ],
)
def test_moods_are_read_by_the_scale_that_was_chosen(scale, cell, mood):
    text = table(OBSERVATION, f"R8.11.2,{NUMBERS[AOI]},{cell},３６．５,はい,養護教諭,友だち,ﾈﾑｲ")
    import_id = brought(
        text, "health_observation", by=NURSE, encoding="utf-8", choices={"scale": scale}
    )
    if mood is None:
        assert rules(import_id, NURSE) == [(2, "mood", "mood")]
        return
    started(import_id, by=NURSE)
    [row] = rows(HealthObservation)
    assert (row.mood, row.temperature, row.wants_to_talk) == (mood, "36.5", True)
    assert (row.talk_with, row.topics, row.words) == ("養護教諭", "友だち", "ネムイ")


def test_an_answer_without_a_mood_is_an_answer():
    text = table(
        OBSERVATION, f"2026/11/2,{NUMBERS[AOI]},,,,,,", f"2026/11/2,{NUMBERS[BEN]},1,99,たぶん,,,"
    )
    import_id = brought(text, "health_observation", by=NURSE)
    assert counts(import_id, NURSE) == {"new": 1, "problem": 1}
    assert [rule for _, _, rule in rules(import_id, NURSE)] == ["temperature", "yes_or_no"]


def test_several_visits_on_one_day_stay_several():
    text = table(
        "来室日,来室時刻,学籍番号,来室理由,症状,処置",
        f"2026年11月2日,9時5分,{NUMBERS[AOI]},けが,すり傷,洗浄",
        f"2026年11月2日,午後1時30分,{NUMBERS[AOI]},腹痛,,休養",
    )
    taken(text, "health_room_visit", by=HEAD)
    assert [(row.time, row.reason) for row in rows(HealthRoomVisit)] == [
        ("09:05", "けが"),
        ("13:30", "腹痛"),
    ]


GRADES = "年度,学期,学籍番号,教科,知識・技能,思考・判断・表現,主体的に学習に取り組む態度,評定,所見"


def test_grades_are_kept_cell_by_cell():
    text = table(
        "令和8年度 1学期 成績一覧,,,,,,,,",
        GRADES,
        f"令和8年度,1学期,{NUMBERS[AOI]},算数,Ａ,○,b,３,よく考えています。",
        f"2026,１,{NUMBERS[BEN]},算数,D,B,B,4,",
        f"2026,前期,{NUMBERS[BEN]},国語,,,,2,",
    )
    import_id = brought(text, "grades")
    assert rules(import_id) == [(4, "knowledge", "observation"), (4, "rating", "rating")]
    started(import_id, without_others=True)
    cells = {
        (row.student_id, row.subject, row.aspect): (row.term, row.value) for row in rows(Grade)
    }
    assert cells == {
        (AOI.id, "算数", "knowledge"): ("1", "A"),
        (AOI.id, "算数", "thinking"): ("1", "B"),
        (AOI.id, "算数", "attitude"): ("1", "B"),
        (AOI.id, "算数", "rating"): ("1", "3"),
        (AOI.id, "算数", "remark"): ("1", "よく考えています。"),
        (BEN.id, "国語", "rating"): ("1", "2"),
    }
    five = brought(text, "grades", choices={"ratings": "five"})
    assert rules(five) == [(4, "knowledge", "observation")]


def test_results_of_examinations_are_kept_as_they_are_written():
    text = table(
        "実施日,調査名,教科,利用者識別子,得点,満点,学力レベル",
        f"2026-05-20,学力調査,算数,{AOI.id},85.5,100,8-A",
        f"2026-05-20,学力調査,算数,{BEN.id},九十,100,",
    )
    import_id = brought(text, "examination")
    assert rules(import_id) == [(3, "score", "number")]
    started(import_id, without_others=True)
    [row] = rows(ExaminationResult)
    assert (row.title, row.score, row.score_max, row.level) == ("学力調査", "85.5", "100", "8-A")


# --- taken back ---------------------------------------------------------------------------------


def test_taking_back_restores_the_database_to_equality():
    taken(attendance(marked(AOI), marked(BEN, mark="遅刻"), marked(TWIN_A, mark="忌引")))
    with unit_of_work(scope_of(CHIBA)) as scope:
        by_hand.mark_absent(scope, BEN.id, MONDAY)
        by_hand.mark_absent(scope, AOI.id, MONDAY + timedelta(days=1))
    before = everything()
    import_id = taken(
        attendance(
            marked(AOI, mark="出席"),
            marked(BEN, mark="公欠", reason="大会"),
            marked(TWIN_A, mark="忌引"),
            marked(TWIN_B),
            marked(AOI, "2026/11/3", "早退"),
        )
    )
    assert masks() == {
        (BEN.id, MONDAY): "excused", (TWIN_A.id, MONDAY): "excused", (TWIN_B.id, MONDAY): "absent",
    }  # fmt: skip
    assert everything() != before
    taken_back(import_id)
    assert seen(import_id).state == ImportState.UNDONE
    assert everything() == before


_AOI, _BEN = NUMBERS[AOI], NUMBERS[BEN]
#: Kind, who brings it, a table, and a later one that changes a row and adds another.
EARLIER_AND_LATER = [
    (
        "attendance_yearly",
        OKA,
        table(YEARLY, f"2025,{_AOI},203,3,0,200,5,195,1,0"),
        table(YEARLY, f"2025,{_AOI},203,3,0,200,6,194,1,0", f"2025,{_BEN},203,3,0,200,6,194,1,0"),
    ),
    (
        "health_observation",
        NURSE,
        table(OBSERVATION, f"2026/11/2,{_AOI},1,36.5,はい,,,ねむい"),
        table(OBSERVATION, f"2026/11/2,{_AOI},4,37.5,いいえ,,,", f"2026/11/2,{_BEN},1,,,,,"),
    ),
    (
        "grades",
        OKA,
        table(GRADES, f"2026,1,{_AOI},算数,A,A,A,3,"),
        table(GRADES, f"2026,1,{_AOI},算数,B,A,A,2,所見"),
    ),
]


@pytest.mark.parametrize(
    ("kind", "by", "first", "second"),
    EARLIER_AND_LATER,
    ids=[each[0] for each in EARLIER_AND_LATER],
)
def test_values_that_were_written_over_come_back(kind, by, first, second):
    before_all = everything()
    earlier = taken(first, kind, by=by)
    before = everything()
    later = taken(second, kind, by=by)
    assert everything() != before
    taken_back(later, by=by)
    assert everything() == before
    taken_back(earlier, by=by)
    assert everything() == before_all


def test_what_a_later_import_changed_is_not_taken_back_before_it():
    earlier = taken(attendance(marked(AOI), marked(BEN)))
    later = taken(attendance(marked(AOI, mark="出席停止")))
    before = everything()
    taken_back(earlier)
    assert (seen(earlier).state, seen(earlier).trouble) == (ImportState.UNDO_STOPPED, "overwritten")
    assert everything() == before
    taken_back(later)
    gone(earlier, "continue")
    assert seen(earlier).state == ImportState.UNDONE
    assert not rows(AttendanceEntry)
    assert not masks()


@pytest.mark.parametrize("hand", [by_hand.mark_present, by_hand.mark_absent])
def test_what_a_teacher_said_by_hand_since_is_not_taken_back(hand):
    more = {"kind": "excused"} if hand is by_hand.mark_absent else {}
    import_id = taken(attendance(marked(AOI), marked(BEN)))
    with unit_of_work(scope_of(CHIBA)) as scope:
        hand(scope, AOI.id, MONDAY, **more)
    before = everything()
    taken_back(import_id)
    assert seen(import_id).trouble == "overwritten"
    assert everything() == before


def test_a_mark_that_an_import_took_away_and_a_teacher_set_again_stays():
    with unit_of_work(scope_of(CHIBA)) as scope:
        by_hand.mark_absent(scope, AOI.id, MONDAY)
    import_id = taken(attendance(marked(AOI, mark="出席")))
    with unit_of_work(scope_of(CHIBA)) as scope:
        by_hand.mark_absent(scope, AOI.id, MONDAY, "excused")
    taken_back(import_id)
    assert seen(import_id).trouble == "overwritten"
    assert masks() == {(AOI.id, MONDAY): "excused"}


def test_an_import_is_taken_back_once():
    import_id = taken(attendance(marked(AOI)))
    taken_back(import_id)
    with pytest.raises(StateError):
        taken_back(import_id)


# --- who may, and what is left of it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("health_observation", OKA),
        ("health_room_visit", OKA),
        ("grades", NURSE),
        ("attendance_daily", NURSE),
        ("grades", CHIBA),
        ("grades", AOI),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_whoever_may_not_bring_a_kind_finds_none_of_it(kind, by):
    with pytest.raises(NotFoundError):
        brought(table(GRADES, "x"), kind, by=by)


def test_imports_of_another_school_are_not_found():
    import_id = brought(attendance(marked(AOI)))
    with pytest.raises(NotFoundError):
        seen(import_id, SATO)


def test_nobody_reads_what_stood_there_before():
    taken(attendance(marked(AOI)))
    taken(attendance(marked(AOI, mark="遅刻")))
    assert rows(SchoolDataChange)
    for member in (OKA, CHIBA, AOI, NURSE, HEAD):
        with unit_of_work(scope_of(member), read_only=True) as scope:
            assert not scope.session.scalars(select(SchoolDataChange)).all()


def test_the_trace_names_who_brought_and_who_confirmed():
    import_id = taken(attendance(marked(AOI, reason="水ぼうそう")))
    with unit_of_work(SystemScope("trace"), read_only=True) as scope:
        entries = scope.session.scalars(
            select(AuditEntry).where(AuditEntry.object_id == str(import_id)).order_by(AuditEntry.at)
        ).all()
    assert {entry.verb for entry in entries} >= {
        "school_data:brought", "school_data:started", "school_data:rows_taken", "school_data:done",
    }  # fmt: skip
    assert {entry.actor_id for entry in entries} == {OKA.id}
    assert "水ぼうそう" not in repr([vars(entry) for entry in entries])


def test_nothing_of_the_file_stays_once_it_is_taken(app):
    import_id = taken(attendance(marked(AOI), marked(BEN, mark="水ぼうそう")))
    row = seen(import_id)
    assert (row.heads, row.preview, row.problems[0]["cell"]) == ({}, [], "")
    assert importer.files().get(import_id) is None


# --- slices, power cuts -------------------------------------------------------------------------


def term(pupils, first=date(2026, 9, 1), count=40) -> str:
    """Every pupil on every day of a term, most of them present."""
    lines = (
        f"{first + timedelta(days=n)},{member.name}@hinata.example,"
        f"{'欠席' if (n + m) % 17 == 0 else '出席'},"
        for n in range(count)
        for m, member in enumerate(pupils)
    )
    return table("日付,ログインID,区分,理由", *lines)


def test_a_term_of_a_school_is_taken_in_slices_and_back(monkeypatch):
    text = term(whole_school(500))
    slices, take = [], taking.take

    def counted(*given):
        slices.append(1)
        return take(*given)

    monkeypatch.setattr(taking, "take", counted)
    import_id = taken(text)
    assert counts(import_id) == {"new": 20_000}
    assert len(slices) == 20_000 / taking.AT_ONCE
    assert len(rows(AttendanceEntry)) == 20_000
    assert len(masks()) == sum("欠席" in line for line in text.splitlines())
    taken_back(import_id)
    assert not rows(AttendanceEntry)
    assert not masks()
    assert not rows(SchoolDataChange)


@pytest.mark.parametrize("name", ["take", "void"])
def test_a_killed_job_is_gone_on_with_and_adds_up(app, monkeypatch, name):
    monkeypatch.setattr(taking, "AT_ONCE", 7)
    pupils = whole_school(10)
    before = everything()
    import_id = brought(term(pupils, count=4))
    if name == "void":
        started(import_id)
    act = taken_back if name == "void" else started
    with monkeypatch.context() as patch:
        cut_after(patch, taking, name, 2)
        patch.setattr(importer.Importer, "_failed", dies)
        with pytest.raises(PowerCutError):
            act(import_id)
    # Another process knows nothing of what this one had in memory.
    importer.of(app).let_go()
    importer.wake()
    assert len(rows(AttendanceEntry)) == (0 if name == "void" else 40)
    if name == "take":
        assert seen(import_id).state == ImportState.DONE
        taken_back(import_id)
    assert everything() == before


def test_a_slice_that_cannot_be_done_stops_the_import_and_it_can_go_on(monkeypatch, caplog):
    with monkeypatch.context() as patch:
        cut_after(patch, taking, "take", 0)
        import_id = taken(attendance(marked(AOI)))
    assert (seen(import_id).state, seen(import_id).trouble) == (ImportState.STOPPED, "unexpected")
    assert "a slice of the school-data importer" in caplog.text
    gone(import_id, "continue")
    assert (seen(import_id).state, len(masks())) == (ImportState.DONE, 1)


def test_without_its_file_an_import_stops_and_says_so():
    import_id = brought(attendance(marked(AOI)))
    importer.files().forget(import_id)
    started(import_id)
    assert (seen(import_id).state, seen(import_id).trouble) == (ImportState.STOPPED, "file_gone")
