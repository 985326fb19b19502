"""Importing whole rosters: what real zips of every dialect bring in, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    Course,
    District,
    DistrictRole,
    School,
    User,
)
from aarportal.people.roster.oneroster.dialects import BASE_1_2, DIALECTS, JP_1_2, JP_K12
from tests.people.roster.imports import (
    NEXT_DAY,
    TRACES,
    add,
    all_rows,
    class_ids,
    counted,
    edit,
    enrollments,
    look,
    roles,
    school,
    take_in,
    user,
)
from tests.people.roster.oneroster.bundles import (
    AOI,
    CHIBA,
    CLASS,
    COURSE,
    DISTRICT,
    SCHOOL,
    SCIENCE,
    YEAR,
    guid,
    make_bundle,
    person,
    role,
)

pytestmark = pytest.mark.usefixtures("in_app")

DIALECT = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.key)
KINDS = (
    "schools",
    "academic_sessions",
    "courses",
    "classes",
    "users",
    "roles",
    "district_roles",
    "enrollments",
)
#: In characters that break where somebody normalises, trims or counts UTF-16.
HARD_NAMES = (
    "髙﨑",
    "𠮷野",
    "葛\U000e0100城",
    "辻\U000e0101",
    "か\u3099く",
    "Nguyễn Thị",
    "ÅSA",
    "O’Neil",
    "﨑 山",
)


@DIALECT
def test_a_district_of_every_dialect_is_there_afterwards(dialect):
    result = take_in(make_bundle(dialect))
    assert {kind: n.new for kind, n in result.counts.items()} == {
        "schools": 1,
        "academic_sessions": 1,
        "courses": 2,
        "classes": 2,
        "users": 3,
        "roles": 3,
        "district_roles": 0,
        "enrollments": 5,
    }
    assert tuple(result.counts) == KINDS
    assert result.school_codes == {"B145220610019": "日向小学校"}
    aoi = user(AOI)
    with look() as scope:
        district = scope.session.get(District, aoi.district_id)
        assert (district.sourced_id, district.code, district.name) == (
            DISTRICT,
            "452068",
            "日向市教育委員会",
        )
        year = scope.session.scalars(select(AcademicSession)).one()
        assert (year.sourced_id, year.title, year.starts_on, year.ends_before) == (
            YEAR,
            "2026年度",
            date(2026, 4, 1),
            date(2027, 4, 1),
        )
        course = scope.session.scalars(select(Course).where(Course.sourced_id == COURSE)).one()
        assert (course.title, course.grades) == ("2026年度小学校4年", ["P4"])
        klass = scope.session.scalars(select(Class).where(Class.sourced_id == SCIENCE)).one()
        assert (klass.title, klass.class_type, klass.subject_codes, klass.term_sourced_ids) == (
            "4年2組 理科",
            "scheduled",
            ["P040"],
            [YEAR],
        )
    place = school(SCHOOL)
    assert (place.district_id, place.code, place.identifier) == (
        aoi.district_id,
        "B145220610019",
        "B145220610019",
    )
    assert (aoi.username, aoi.master_identifier, aoi.grade, aoi.enabled) == (
        "aoi@hyuga.example",
        AOI,
        "P4",
        True,
    )
    assert [(r.school_id, r.role, r.role_type) for r in roles(aoi.id)] == [
        (place.id, "student", "primary")
    ]
    assert {(r.starts_on, r.ends_before) for r in roles(aoi.id)} == {
        (date(2026, 4, 1), date(2027, 3, 31))
    }
    assert {e.attendance_no for e in enrollments(aoi.id)} == {1 if dialect.is_japanese else None}
    assert {e.primary for e in enrollments(user(CHIBA).id)} == {True}
    assert class_ids(aoi.id) == {CLASS: 1, SCIENCE: 1}
    assert aoi.home_class_sourced_id == (CLASS if dialect.is_japanese else "")


@DIALECT
def test_the_same_file_again_changes_nothing(dialect):
    dai = {
        name: cell
        for name, cell in person("dai", grades="P4").items()
        if dialect.is_japanese or ".jp." not in name
    }
    dai["metadata.x.club"] = "将棋"
    content = make_bundle(dialect, users=add(dai), roles=add(role("dai", "student")))
    take_in(content)
    before = all_rows(but=TRACES)
    result = take_in(content, NEXT_DAY)
    assert counted(result) == {}
    assert sum(n.same for n in result.counts.values()) == 19
    assert all_rows(but=TRACES) == before


def test_names_stay_byte_for_byte():
    people = [
        person(
            f"p{i}",
            grades="P4",
            familyName=name,
            preferredFamilyName=name,
            givenName=name,
            preferredGivenName=name,
            **{"metadata.jp.kanaFamilyName": "ヴァ・ー"},
        )
        for i, name in enumerate(HARD_NAMES)
    ]
    take_in(
        make_bundle(
            JP_K12,
            users=add(*people),
            roles=add(*(role(f"p{i}", "student") for i in range(len(people)))),
        )
    )
    for i, name in enumerate(HARD_NAMES):
        found = user(guid(f"p{i}"))
        assert [found.family_name.encode(), found.given_name.encode()] == [name.encode()] * 2
        assert found.kana_family_name == "ヴァ・ー"


PREFERRED = [
    # Given in the file, and the family, given, middle and kana names under which people are shown.
    (
        {
            "preferredFamilyName": "高崎",
            "preferredGivenName": "あおい",
            "preferredMiddleName": "マ",
        },
        ("高崎", "あおい", "マ", "ヤマダ", "アオイ"),
    ),
    (
        {
            "metadata.jp.kanaPreferredFamilyName": "タカサキ",
            "metadata.jp.kanaPreferredGivenName": "アオ",
        },
        ("髙﨑", "葵", "マリア", "タカサキ", "アオ"),
    ),
    ({}, ("髙﨑", "葵", "マリア", "ヤマダ", "アオイ")),
]


@pytest.mark.parametrize(("given", "shown"), PREFERRED)
def test_people_are_shown_under_the_names_they_are_called_by(given, shown):
    own = {"familyName": "髙﨑", "givenName": "葵", "middleName": "マリア"}
    own |= {"preferredFamilyName": "髙﨑", "preferredGivenName": "葵"}
    take_in(make_bundle(JP_K12, users=edit(sourcedId=AOI, **own | given)))
    aoi = user(AOI)
    assert (
        aoi.family_name,
        aoi.given_name,
        aoi.middle_name,
        aoi.kana_family_name,
        aoi.kana_given_name,
    ) == shown


def test_without_preferred_names_those_of_the_file_are_shown():
    row = person("aoi", familyName="髙﨑", givenName="葵", middleName="マリア", grades="P4")
    row = {k: v for k, v in row.items() if not k.startswith(("preferred", "metadata.jp."))}
    take_in(make_bundle(BASE_1_2, users=[row], roles=[role("aoi", "student")], enrollments=None))
    aoi = user(AOI)
    assert (aoi.family_name, aoi.given_name, aoi.middle_name) == ("髙﨑", "葵", "マリア")


@pytest.mark.parametrize(
    ("file", "row_class"),
    [
        ("orgs", School),
        ("academicSessions", AcademicSession),
        ("courses", Course),
        ("classes", Class),
        ("users", User),
    ],
)
def test_columns_that_nobody_knows_are_kept_as_they_came(file, row_class):
    def change(rows):
        rows[-1]["metadata.kobe.Memo"] = " a,b＝𠮷 "

    take_in(make_bundle(JP_1_2, **{file: change}))
    with look() as scope:
        kept = [extra for extra in scope.session.scalars(select(row_class.extra)) if extra]
    assert kept == [{"metadata.kobe.Memo": " a,b＝𠮷 "}]


def test_what_the_portal_does_not_need_is_nowhere_in_the_database():
    take_in(make_bundle(JP_K12))
    everything = repr(all_rows())
    assert "0982-00-0000" not in everything
    assert "ひみつ" not in everything


def test_roles_at_the_district_are_kept_apart_from_those_at_schools():
    chief = role("chiba", "districtAdministrator", orgSourcedId=DISTRICT)
    result = take_in(make_bundle(JP_K12, roles=add(chief)))
    assert result.set_aside == 0
    with look() as scope:
        (kept,) = scope.session.scalars(select(DistrictRole))
    assert (kept.user_id, kept.role) == (user(CHIBA).id, "districtAdministrator")
    assert [r.role for r in roles(user(CHIBA).id)] == ["teacher"]
