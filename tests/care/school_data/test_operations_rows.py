"""What becomes of a row: charts learn a mask, reasons stay sealed; on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from aarportal.care.wellbeing.models import AttendanceEntry
from aarportal.core.errors import InvalidError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.attendance import store as days
from aarportal.people.attendance.models import AbsentDay
from tests.care.people import TWIN_A, TWIN_B
from tests.care.tables import (
    MONDAY,
    attendance,
    brought,
    counts,
    everything,
    marked,
    masks,
    rows,
    rules,
    seen,
    started,
    taken,
)
from tests.cast import AOI, BEN, KEN, OKA, scope_of

pytestmark = pytest.mark.usefixtures("school")


def mask_seen_by(member, first=date(2026, 4, 1), last=date(2027, 3, 31)) -> dict:
    """What the charts of a pupil know."""
    with unit_of_work(scope_of(member), read_only=True) as scope:
        return days.absent_days(scope, member.id, first, last)


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


@pytest.mark.parametrize(
    ("reason", "kept"),
    [("39.2度", "インフルエンザ、39.2度"), ("インフルエンザA型", "インフルエンザA型")],
)
def test_a_word_in_brackets_is_kept_beside_the_reason(reason, kept):
    taken(attendance(marked(AOI, mark="出席停止（インフルエンザ）", reason=reason)))
    assert [each.reason for each in rows(AttendanceEntry)] == [kept]


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
