"""Timetables as schools write them, and as we write them."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.subjects import NAMES, SUBJECTS, usual_name
from aarportal.core.tables.sheets import sniff
from aarportal.people.attendance.lessons import Slot
from aarportal.people.school_year.imports import columns, timetable_table
from aarportal.people.school_year.imports.columns import TableKind
from aarportal.people.school_year.imports.rules import RULES
from aarportal.people.school_year.imports.timetable_table import People, Teacher
from aarportal.people.school_year.imports.writing import written

FOUR_ONE, FOUR_TWO, SUNFLOWER = UUID(int=1), UUID(int=2), UUID(int=3)
CHIBA = Teacher(UUID(int=11), "千葉", "さくら", "chiba")
TAKASAKI = Teacher(UUID(int=12), "髙﨑", "健", "takasaki")
TAKASAKI_AGAIN = Teacher(UUID(int=13), "髙﨑", "健", "takasaki2")
SATO, SATO_AGAIN = (
    Teacher(UUID(int=14), "佐藤", "一", "sato"),
    Teacher(UUID(int=15), "佐藤", "二", "s2"),
)
PEOPLE = People(
    {FOUR_ONE: "4年1組", FOUR_TWO: "4年2組", SUNFLOWER: "ひまわり"},
    {FOUR_ONE, FOUR_TWO, SUNFLOWER},
    (CHIBA, TAKASAKI, SATO, SATO_AGAIN),
)
HEADER = "年組,曜日,校時,教科,教員"


def read(*lines, header=HEADER, people=PEOPLE):
    sheet = sniff("\n".join([header, *lines]).encode("utf-8"))
    said = columns.guess(TableKind.TIMETABLE, sheet.headers)
    assert columns.check(TableKind.TIMETABLE, said) == []
    return timetable_table.read(sheet, said, people)


def weeks(*lines, **more):
    found, problems = read(*lines, **more)
    assert problems == []
    return found


@pytest.mark.parametrize("title", ["4年2組", "４－２", "4-2", "4の2", "4年2", "4 年 2 組"])
def test_a_class_by_any_of_its_names(title):
    assert list(weeks(f"{title},月,1,国語,")) == [FOUR_TWO]


def test_a_class_without_numbers():
    assert list(weeks("ひまわり,月,1,国語,")) == [SUNFLOWER]


def test_a_class_in_two_columns():
    found = weeks("4,2,月,1,国語", "４年,1組,火,2,算数", header="学年,組,曜日,校時,教科")
    assert found == {FOUR_TWO: {(1, 1): Slot("kokugo")}, FOUR_ONE: {(2, 2): Slot("sansu")}}


@pytest.mark.parametrize(
    ("weekday", "period", "at"),
    [("月", "1", (1, 1)), ("火曜日", "２校時", (2, 2)), ("(水)", "3限", (3, 3)),
     ("Thu", "第4時", (4, 4)), ("6", "6時間目", (6, 6))],
)  # fmt: skip
def test_places_of_the_week(weekday, period, at):
    assert list(weeks(f"4-2,{weekday},{period},国語,")[FOUR_TWO]) == [at]


@pytest.mark.parametrize(
    ("word", "key"),
    [("算数", "sansu"), ("国語科", "kokugo"), ("図工", "zuko"), ("学活", "tokkatsu"),
     ("クラブ活動", "tokkatsu"), ("道徳", "dotoku"), ("総合", "sogo"), ("理 科", "rika")],
)  # fmt: skip
def test_subjects_by_any_of_their_names(word, key):
    assert weeks(f"4-2,月,1,{word},")[FOUR_TWO][1, 1].subject == key


def test_every_subject_has_a_name_in_tables():
    assert {key: NAMES[usual_name(key)] for key in SUBJECTS} == {key: key for key in SUBJECTS}


@pytest.mark.parametrize("name", ["千葉", "千葉 さくら", "千葉　さくら", "chiba"])
def test_a_teacher_by_any_name_that_means_nobody_else(name):
    assert weeks(f"4-2,月,1,国語,{name}")[FOUR_TWO][1, 1].teacher_id == CHIBA.id


def test_one_column_for_each_weekday():
    found = weeks("4-2,1,国語,算数,,,", "4-2,2,体育,-,理科,,", header="年組,校時,月,火,水,木,金")
    assert {at: slot.subject for at, slot in found[FOUR_TWO].items()} == {
        (1, 1): "kokugo", (2, 1): "sansu", (1, 2): "taiiku", (3, 2): "rika",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "rule"),
    [
        ("5-2,月,1,国語,", "年組", "class_unknown"),
        (",月,1,国語,", "年組", "value_needed"),
        ("4-2,日,1,国語,", "曜日", "weekday"),
        ("4-2,月,9,国語,", "校時", "period"),
        ("4-2,月,朝,国語,", "校時", "period"),
        ("4-2,月,1,さんすー,", "教科", "subject_unknown"),
        ("4-2,月,1,国語,山田", "教員", "teacher_unknown"),
        ("4-2,月,1,国語,佐藤", "教員", "teacher_several"),
        ("4-2,金,6,算数,", "教科", "slot_twice"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_place(line, column, rule):
    found, problems = read("4-2,金,6,国語,", line)
    assert [(it.line, it.column, it.rule) for it in problems] == [(3, column, rule)]
    assert found == {FOUR_TWO: {(5, 6): Slot("kokugo")}}
    assert RULES[rule]


def test_two_classes_of_one_name_are_not_told_apart():
    people = People({FOUR_ONE: "4年2組", FOUR_TWO: "4-2"}, {FOUR_ONE, FOUR_TWO}, ())
    assert list(weeks("4年2組,月,1,国語,", people=people)) == [FOUR_ONE]
    _found, problems = read("4の2,月,1,国語,", people=people)
    assert [it.rule for it in problems] == ["class_several"]


def test_a_name_that_a_class_of_a_subject_has_as_well_means_the_homeroom_class():
    people = People({FOUR_ONE: "4年2組", FOUR_TWO: "4年2組", SUNFLOWER: "算数A"}, {FOUR_TWO}, ())
    assert list(weeks("4-2,月,1,国語,", "算数A,月,1,算数,", people=people)) == [FOUR_TWO, SUNFLOWER]


EVERYBODY = People(PEOPLE.classes, PEOPLE.homerooms, (*PEOPLE.teachers, TAKASAKI_AGAIN))
SLOTS = st.builds(
    Slot,
    st.sampled_from(sorted(SUBJECTS)),
    st.none() | st.sampled_from([it.id for it in EVERYBODY.teachers]),
)
WEEKS = st.dictionaries(st.tuples(st.integers(1, 6), st.integers(1, 8)), SLOTS, min_size=1)


@given(st.dictionaries(st.sampled_from(sorted(PEOPLE.classes)), WEEKS, min_size=1))
def test_what_we_write_reads_as_it_was(timetables):
    rows = timetable_table.rows(timetables, EVERYBODY)
    sheet = sniff(written(timetable_table.HEADERS, rows))
    said = columns.guess(TableKind.TIMETABLE, sheet.headers)
    assert timetable_table.read(sheet, said, EVERYBODY) == (timetables, [])
