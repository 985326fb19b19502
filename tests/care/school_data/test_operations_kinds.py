"""What each kind of table says; on both databases."""

import pytest

from aarportal.care.school_records.models import ExaminationResult, Grade, YearAttendance
from aarportal.care.wellbeing.models import HealthObservation, HealthRoomVisit
from tests.care.people import NUMBERS, TWIN_A, TWIN_B
from tests.care.tables import (
    GRADES,
    OBSERVATION,
    YEARLY,
    brought,
    counts,
    masks,
    rows,
    rules,
    started,
    table,
    taken,
)
from tests.cast import AOI, BEN, HEAD, NURSE

pytestmark = pytest.mark.usefixtures("school")


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
