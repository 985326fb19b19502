"""Who is in which class on which day, and what of a district an import sees; on both databases."""

from datetime import date, timedelta

import pytest

from aarportal.audit import operations as audit
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster import store
from aarportal.people.roster.models import (
    Enrollment,
)
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_ELSEWHERE,
    CLASS_J2_1,
    CODES,
    DOI,
    GEN,
    HANA,
    HINATA,
    KEN,
    MINATO,
    MORI,
    OKA,
    PRIMARY,
    SCIENCE_4_2,
    SECONDARY,
    key,
    scope_of,
)
from tests.people.roster.imports import standing

pytestmark = pytest.mark.usefixtures("in_app")

DAY = date(2026, 5, 11)


def look():
    return unit_of_work(SystemScope("test"), read_only=True)


def enroll(member, class_id, **columns):
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(
            Enrollment(
                school_id=member.school_id,
                id=key(f"{member.name} {class_id} {columns}"),
                sourced_id=f"{member.name} {class_id}",
                class_id=class_id,
                user_id=member.id,
                role=member.role.value,
                **columns,
            )
        )
        audit.record(scope, "test:prepared", class_id)


def seats(member, day=DAY):
    with look() as scope:
        return [seat.class_id for seat in store.seats(scope, member.school_id, member.id, day)]


INTERVALS = [
    # Begins, ends before, and how many days after DAY somebody asks: in the class or not.
    (None, None, 0, True),
    (0, None, 0, True),
    (1, None, 0, False),
    (None, 0, 0, False),
    (None, 1, 0, True),
    (-5, 5, 4, True),
    (-5, 5, 5, False),
    (-5, 5, -6, False),
    (0, 0, 0, False),
]


@pytest.mark.parametrize(("begins", "ends", "asked", "is_in"), INTERVALS)
def test_a_place_counts_from_its_first_day_to_the_day_before_its_end(begins, ends, asked, is_in):
    def day(n):
        return None if n is None else DAY + timedelta(days=n)

    enroll(HANA, CLASS_4_2, starts_on=day(begins), ends_before=day(ends), attendance_no=9)
    when = DAY + timedelta(days=asked)
    assert (CLASS_4_2 in seats(HANA, when)) is is_in
    with look() as scope:
        found = store.student_ids(scope, PRIMARY, [CLASS_4_2], when)
    assert (HANA.id in found[CLASS_4_2]) is is_in
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        names = [classmate.given_name for classmate in store.class_list(scope, CLASS_4_2, when)]
    assert names == ["葵", "勉"] + ["花"] * is_in


def test_the_homeroom_class_is_named_first():
    assert seats(AOI) == [CLASS_4_2, SCIENCE_4_2]
    assert seats(DOI) == [SCIENCE_4_2]
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert [row.title for row in store.classes(scope)] == ["4年2組", "4年2組 理科"]


def test_a_class_is_listed_by_number_and_without_a_number_at_the_end():
    enroll(HANA, CLASS_4_2)
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        listed = store.class_list(scope, CLASS_4_2, DAY)
    assert [(one.attendance_no, one.name, one.grade) for one in listed] == [
        (1, "髙﨑\u2009葵", 4),
        (2, "𠮷田\u2009勉", 4),
        (None, "山本\u2009花", 1),
    ]


def test_teachers_are_not_among_the_students():
    with look() as scope:
        found = store.student_ids(scope, PRIMARY, [CLASS_4_2, SCIENCE_4_2, CLASS_1_1], DAY)
    pupils = frozenset({AOI.id, BEN.id})
    assert found == {CLASS_4_2: pupils, SCIENCE_4_2: pupils, CLASS_1_1: {HANA.id}}


@pytest.mark.parametrize("class_id", [CLASS_ELSEWHERE, CLASS_J2_1])
def test_a_class_of_another_school_is_not_there(class_id):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope, pytest.raises(NotFoundError):
        store.one_class(scope, class_id)


def test_a_teacher_finds_a_class_of_her_school():
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        assert store.one_class(scope, CLASS_1_1).title == "1年1組"


HERE = (AOI, BEN, HANA, KEN, CHIBA, DOI, MORI, OKA)
OWNED = [
    # Kind, what the first district owns of it, what the second.
    ("schools", {str(PRIMARY), str(SECONDARY)}, 1),
    ("classes", {str(one) for one in (CLASS_4_2, SCIENCE_4_2, CLASS_1_1, CLASS_J2_1)}, 1),
    ("users", {str(one.id) for one in HERE}, 2),
    ("roles", {f"role {one.name}" for one in HERE}, 2),
    ("enrollments", None, 1),
    ("academic_sessions", set(), 0),
    ("courses", set(), 0),
]


@pytest.mark.parametrize(("kind", "expected", "elsewhere"), OWNED, ids=[kind for kind, *_ in OWNED])
def test_an_import_sees_the_rows_of_its_own_district_only(kind, expected, elsewhere):
    with look() as scope:
        mine = standing(scope, kind, HINATA)
        theirs = standing(scope, kind, MINATO)
    names = {row["sourced_id"] for row in mine}
    if expected is None:
        expected = {f"{m.name} in {c}" for m in HERE for c in m.classes}
    assert names == expected
    assert len(theirs) == elsewhere
    assert not names & {row["sourced_id"] for row in theirs}


def test_rows_come_with_every_column_in_the_types_of_the_model():
    with look() as scope:
        [row] = [row for row in standing(scope, "users", MINATO) if row["id"] == GEN.id]
    assert (row["id"], row["district_id"], row["enabled"], row["extra"]) == (
        GEN.id,
        MINATO,
        True,
        {},
    )


def test_codes_of_schools_and_districts_are_one_list():
    with look() as scope:
        assert store.codes(scope) == {*CODES.values(), "131234", "139999"}


@pytest.mark.parametrize(
    ("code", "found"), [("hinata-e", PRIMARY), ("HINATA-E", None), ("131234", None), ("", None)]
)
def test_a_school_is_found_by_its_own_code_only(code, found):
    with look() as scope:
        school = store.school_by_code(scope, code)
    assert (school and school.id) == found


@pytest.mark.parametrize(("sourced_id", "found"), [("131234", HINATA), ("1", None)])
def test_a_district_is_found_by_its_sourced_id(sourced_id, found):
    with look() as scope:
        district = store.district(scope, sourced_id=sourced_id)
    assert (district and district["id"]) == found
