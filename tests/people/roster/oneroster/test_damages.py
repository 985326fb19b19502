"""One table of what can be wrong with a bundle, and where the reader says that it is."""

import pytest

from aarportal.people.roster.oneroster.bundle import Bundle, Rejection
from aarportal.people.roster.oneroster.dialects import (
    BASE_1_2,
    BASE_1_2_1,
    JP_1_2,
    JP_1_2_1,
    JP_K12,
)
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CLASS,
    DISTRICT,
    SCHOOL,
    YEAR,
    make_bundle,
    role,
)
from tests.people.roster.oneroster.damages import (
    HOME,
    KANA,
    NO_ONE,
    C,
    E,
    K,
    O,
    R,
    S,
    U,
    appended,
    both,
    cell,
    damaged,
    moved,
    places,
    read,
    renamed,
    with_column,
    without_column,
)

# A damage of cells or headers -> file, line, column, rule of the one problem that it makes.
DAMAGES = [
    # The header
    (JP_K12, without_column(U, "username"), (U, 1, "username", "header_missing")),
    (JP_K12, without_column(U, KANA), (U, 1, KANA, "header_missing")),
    (BASE_1_2, renamed(O, "name", "Name"), (O, 1, "Name", "header_case")),
    (JP_1_2, renamed(U, KANA, KANA.lower()), (U, 1, KANA.lower(), "header_case")),
    (BASE_1_2, with_column(U, "shoeSize", "22"), (U, 1, "shoeSize", "header_unknown")),
    (BASE_1_2, with_column(U, "metadata.", "22"), (U, 1, "metadata.", "header_unknown")),
    (BASE_1_2, with_column(C, "title", "x"), (C, 1, "title", "header_twice")),
    (
        JP_K12,
        both(with_column(U, "", ""), with_column(U, " ", "")),
        (U, 1, "", "header_blank"),
    ),
    (
        JP_K12,
        with_column(E, "metadata.jp.ShussekiNo", "9"),
        (E, 1, "metadata.jp.ShussekiNo", "header_twice"),
    ),
    (BASE_1_2, moved(K, "classType", 3), (K, 1, "classType", "header_order")),
    (BASE_1_2, moved(O, "name", 6), (O, 1, "name", "header_order")),
    (BASE_1_2, with_column(K, "metadata.x", "1", 3), (K, 1, "metadata.x", "header_metadata_place")),
    # Values that must be there
    (BASE_1_2, cell(U, 3, "username", ""), (U, 3, "username", "value_required")),
    (BASE_1_2, cell(U, 3, "familyName", "NULL"), (U, 3, "familyName", "value_required")),
    (JP_1_2, cell(U, 3, KANA, ""), (U, 3, KANA, "value_required")),
    (
        JP_1_2_1,
        cell(U, 3, "userMasterIdentifier", ""),
        (U, 3, "userMasterIdentifier", "value_required"),
    ),
    (JP_K12, cell(U, 2, "grades", ""), (U, 2, "grades", "value_required")),
    (JP_K12, cell(E, 2, "primary", ""), (E, 2, "primary", "value_required")),
    (BASE_1_2, cell(O, 3, "sourcedId", ""), (O, 3, "sourcedId", "value_required")),
    # Types
    (BASE_1_2, cell(S, 2, "startDate", "2026/04/01"), (S, 2, "startDate", "value_date")),
    (BASE_1_2, cell(S, 2, "startDate", "20260401"), (S, 2, "startDate", "value_date")),
    (JP_K12, cell(S, 2, "endDate", "2027-02-30"), (S, 2, "endDate", "value_date")),
    (JP_K12, cell(E, 4, "endDate", "令和9年3月31日"), (E, 4, "endDate", "value_date")),
    (BASE_1_2, cell(U, 2, "enabledUser", "TRUE"), (U, 2, "enabledUser", "value_boolean")),
    (BASE_1_2, cell(E, 2, "primary", "1"), (E, 2, "primary", "value_boolean")),
    (
        JP_K12,
        cell(K, 3, "metadata.jp.specialNeeds", "なし"),
        (K, 3, "metadata.jp.specialNeeds", "value_boolean"),
    ),
    *(
        (
            JP_K12,
            cell(E, 2, "metadata.jp.shussekiNo", number),
            (E, 2, "metadata.jp.shussekiNo", "value_integer"),
        )
        for number in ("一", "１", "1.0", "-1", "1" * 10)
    ),
    (
        JP_1_2,
        cell(E, 3, "metadata.jp.ShussekiNo", "2番"),
        (E, 3, "metadata.jp.ShussekiNo", "value_integer"),
    ),
    (
        JP_1_2_1,
        cell(E, 3, "metadata.jp.PublicFlg", "0"),
        (E, 3, "metadata.jp.PublicFlg", "value_boolean"),
    ),
    (BASE_1_2, cell(S, 2, "schoolYear", "R8"), (S, 2, "schoolYear", "value_year")),
    (BASE_1_2, cell(R, 2, "sourcedId", "role 1"), (R, 2, "sourcedId", "value_id")),
    (BASE_1_2, cell(R, 2, "sourcedId", "役割-1"), (R, 2, "sourcedId", "value_id")),
    (BASE_1_2, cell(R, 2, "sourcedId", "a" * 256), (R, 2, "sourcedId", "value_id")),
    # Vocabularies
    (BASE_1_2, cell(O, 2, "type", "School"), (O, 2, "type", "value_enum")),
    (JP_K12, cell(O, 2, "type", "local"), (O, 2, "type", "value_enum")),
    (JP_K12, cell(O, 2, "type", "ext:kyoiku"), (O, 2, "type", "value_enum")),
    (BASE_1_2, cell(K, 2, "classType", "ext:with space"), (K, 2, "classType", "value_enum")),
    (JP_1_2, cell(K, 2, "classType", "club"), (K, 2, "classType", "value_enum")),
    (JP_1_2, cell(S, 2, "type", "term"), (S, 2, "type", "value_enum")),
    (JP_K12, cell(R, 2, "role", "parent"), (R, 2, "role", "value_enum")),
    (JP_K12, cell(R, 2, "role", "relative"), (R, 2, "role", "value_enum")),
    (BASE_1_2, cell(R, 2, "roleType", "ext:x"), (R, 2, "roleType", "value_enum")),
    (BASE_1_2, cell(E, 2, "role", "guardian"), (E, 2, "role", "value_enum")),
    (JP_K12, cell(E, 2, "role", "proctor"), (E, 2, "role", "value_enum")),
    (JP_1_2_1, cell(U, 2, "grades", "4"), (U, 2, "grades", "value_grade")),
    (JP_K12, cell(K, 2, "grades", "P4,P7"), (K, 2, "grades", "value_grade")),
    # Lists
    (BASE_1_2, cell(K, 2, "grades", "P4,,P5"), (K, 2, "grades", "value_list")),
    (BASE_1_2, cell(U, 3, "userIds", "LDAP:ben"), (U, 3, "userIds", "value_user_ids")),
    (BASE_1_2, cell(K, 3, "subjects", "理科,算数"), (K, 3, "subjectCodes", "list_lengths")),
    # Text
    (JP_K12, cell(U, 2, KANA, "ｱｵｲ"), (U, 2, KANA, "value_half_width")),
    (JP_K12, cell(U, 2, "middleName", "ﾏﾘｱ"), (U, 2, "middleName", "value_half_width")),
    (JP_1_2, cell(K, 2, "location", "ｱﾄﾘｴ"), (K, 2, "location", "value_half_width")),
    # Bulk
    (BASE_1_2, cell(U, 3, "status", "active"), (U, 3, "status", "value_bulk_blank")),
    (
        JP_K12,
        cell(E, 3, "dateLastModified", "2026-04-01T00:00:00.000Z"),
        (E, 3, "dateLastModified", "value_bulk_blank"),
    ),
    # Ids and references
    (BASE_1_2, cell(U, 3, "sourcedId", AOI), (U, 3, "sourcedId", "duplicate_sourced_id")),
    (BASE_1_2, cell(O, 3, "parentSourcedId", NO_ONE), (O, 3, "parentSourcedId", "dangling")),
    (BASE_1_2, cell(S, 2, "parentSourcedId", NO_ONE), (S, 2, "parentSourcedId", "dangling")),
    (BASE_1_2, cell(C, 2, "orgSourcedId", NO_ONE), (C, 2, "orgSourcedId", "dangling")),
    (
        BASE_1_2,
        cell(C, 2, "schoolYearSourcedId", NO_ONE),
        (C, 2, "schoolYearSourcedId", "dangling"),
    ),
    (BASE_1_2, cell(K, 3, "courseSourcedId", NO_ONE), (K, 3, "courseSourcedId", "dangling")),
    (BASE_1_2, cell(K, 3, "schoolSourcedId", NO_ONE), (K, 3, "schoolSourcedId", "dangling")),
    (
        BASE_1_2,
        cell(K, 3, "termSourcedIds", f"{YEAR},{NO_ONE}"),
        (K, 3, "termSourcedIds", "dangling"),
    ),
    (
        BASE_1_2,
        cell(U, 3, "primaryOrgSourcedId", NO_ONE),
        (U, 3, "primaryOrgSourcedId", "dangling"),
    ),
    (JP_K12, cell(U, 2, HOME, "5年9組"), (U, 2, HOME, "dangling")),
    (BASE_1_2, cell(R, 3, "orgSourcedId", NO_ONE), (R, 3, "orgSourcedId", "dangling")),
    (BASE_1_2, cell(R, 3, "userSourcedId", NO_ONE), (R, 3, "userSourcedId", "dangling")),
    (BASE_1_2, cell(E, 3, "classSourcedId", NO_ONE), (E, 3, "classSourcedId", "dangling")),
    (BASE_1_2, cell(E, 3, "userSourcedId", NO_ONE), (E, 3, "userSourcedId", "dangling")),
    # A cell that is written in capitals is another id.
    (BASE_1_2, cell(E, 3, "userSourcedId", BEN.upper()), (E, 3, "userSourcedId", "dangling")),
    (BASE_1_2, cell(K, 3, "schoolSourcedId", DISTRICT), (K, 3, "schoolSourcedId", "type")),
    (BASE_1_2, cell(O, 2, "parentSourcedId", SCHOOL), (O, 2, "parentSourcedId", "parent_cycle")),
    (BASE_1_2, cell(S, 2, "parentSourcedId", YEAR), (S, 2, "parentSourcedId", "parent_cycle")),
    (BASE_1_2, cell(S, 2, "type", "term"), (C, 2, "schoolYearSourcedId", "type")),
    # Rules between cells and rows
    (BASE_1_2, cell(E, 2, "endDate", "2026-03-01"), (E, 2, "endDate", "date_order")),
    (
        BASE_1_2,
        appended(R, 4, sourcedId="r-9", role="principal"),
        (R, 5, "roleType", "role_primary_twice"),
    ),
    (JP_K12, cell(R, 4, "roleType", "secondary"), (R, 4, "roleType", "role_secondary_alone")),
    (JP_K12, cell(E, 2, "primary", "true"), (E, 2, "primary", "primary_student")),
    (JP_K12, cell(S, 2, "title", "令和8年度"), (S, 2, "title", "jp_session_title")),
    (JP_K12, cell(S, 2, "startDate", "2026-04-06"), (S, 2, "startDate", "jp_session_dates")),
    (JP_1_2, cell(S, 2, "endDate", "2027-03-24"), (S, 2, "endDate", "jp_session_dates")),
    (JP_K12, cell(S, 2, "schoolYear", "2027"), (S, 2, "title", "jp_session_title")),
    (
        JP_K12,
        appended(O, 2, sourcedId="d-2", identifier="452076"),
        (O, 4, "type", "jp_two_districts"),
    ),
]
SHORT = {"dangling": "dangling_reference", "type": "reference_type"}


@pytest.mark.parametrize(
    ("dialect", "damage", "expected"),
    DAMAGES,
    ids=[f"{d.key}-{'-'.join(map(str, e))}-{i}" for i, (d, _, e) in enumerate(DAMAGES)],
)
def test_a_damaged_table_is_named_by_file_line_column_and_rule(dialect, damage, expected):
    file, line, column, rule = expected
    found = places(damaged(dialect, damage))
    assert (file, line, column, SHORT.get(rule, rule)) in found
    # One mistake must not bury the reader: two rows may share it, as two years share a title.
    assert len(found) <= 3


def test_all_problems_of_all_files_are_told_at_once_in_order():
    damage = both(
        cell(E, 6, "role", "Teacher"),
        cell(O, 3, "type", "shool"),
        cell(U, 4, "enabledUser", "yes"),
        cell(U, 2, "enabledUser", "no"),
    )
    assert places(damaged(JP_K12, damage)) == [
        (O, 3, "type", "value_enum"),
        (U, 2, "enabledUser", "value_boolean"),
        (U, 4, "enabledUser", "value_boolean"),
        (E, 6, "role", "value_enum"),
    ]


def test_the_name_of_a_person_is_not_repeated_in_a_problem():
    result = read(damaged(JP_K12, cell(U, 2, "givenName", "ｱｵｲ")))
    assert isinstance(result, Rejection)
    assert "ｱｵｲ" not in repr(result)


# Damages that are only told: the bundle is read.
REMARKS = [
    (BASE_1_2, without_column(U, "pronouns"), (U, 1, "pronouns", "header_optional_missing")),
    (
        BASE_1_2_1,
        with_column(U, "resourceSourcedIds", ""),
        (U, 1, "resourceSourcedIds", "header_obsolete"),
    ),
    (JP_K12, cell(U, 2, HOME, "4年2組"), (U, 2, HOME, "home_class_title")),
    (
        JP_K12,
        both(cell(K, 3, "title", "4年2組"), cell(U, 2, HOME, "4年2組")),
        (U, 2, HOME, "home_class_unclear"),
    ),
    (BASE_1_2, lambda t: t[R].pop(), (U, 4, "sourcedId", "user_without_role")),
    (BASE_1_2, cell(U, 3, "username", "aoi@hyuga.example"), (U, 3, "username", "username_twice")),
    (
        JP_K12,
        cell(U, 3, "userMasterIdentifier", AOI),
        (U, 3, "userMasterIdentifier", "master_identifier_twice"),
    ),
    (
        JP_K12,
        cell(U, 3, "userMasterIdentifier", "20260001"),
        (U, 3, "userMasterIdentifier", "master_identifier_form"),
    ),
    (
        BASE_1_2,
        appended(E, 4, sourcedId="e-9", userSourcedId=BEN),
        (E, 7, "primary", "primary_twice"),
    ),
    (JP_K12, cell(O, 3, "identifier", "1234"), (O, 3, "identifier", "jp_identifier")),
    (JP_K12, cell(C, 2, "courseCode", "A1"), (C, 2, "courseCode", "jp_course_code")),
    (JP_K12, cell(C, 2, "title", "理科"), (C, 2, "title", "jp_course_title")),
]


@pytest.mark.parametrize(
    ("dialect", "damage", "expected"), REMARKS, ids=[e[3] for _, _, e in REMARKS]
)
def test_what_is_certain_in_its_meaning_is_told_and_read(dialect, damage, expected):
    result = read(damaged(dialect, damage))
    assert isinstance(result, Bundle)
    assert [(w.file, w.line, w.column, w.rule) for w in result.warnings] == [expected]


def test_an_enrollment_at_another_school_than_its_class_is_a_problem():
    damage = both(
        appended(O, 3, sourcedId="s-2", identifier="B145220610028"),
        cell(E, 3, "schoolSourcedId", "s-2"),
    )
    assert places(damaged(JP_K12, damage)) == [(E, 3, "schoolSourcedId", "school_differs")]


def test_a_japanese_district_has_no_parent():
    damage = both(
        cell(O, 2, "parentSourcedId", SCHOOL),
        cell(O, 3, "parentSourcedId", ""),
    )
    assert places(damaged(JP_K12, damage)) == [(O, 2, "parentSourcedId", "jp_district_parent")]


def test_a_class_named_only_by_its_title_is_found_by_school_and_grade():
    result = read(damaged(JP_K12, cell(U, 2, HOME, "4年2組")))
    assert isinstance(result, Bundle)
    assert (result.users[0].home_class, result.users[0].home_class_sourced_id) == ("4年2組", CLASS)


OTHER_SCHOOL = {"sourcedId": "s-2", "identifier": "B145220610028"}
# Another class of the same title -> the class that Aoi (P4, at the first school) belongs to.
NAMESAKES = [
    ({"schoolSourcedId": "s-2"}, CLASS),
    ({"grades": "P5"}, CLASS),
    ({"grades": ""}, ""),
]


@pytest.mark.parametrize(("cells", "expected"), NAMESAKES)
def test_a_title_that_two_classes_share_is_settled_by_school_and_grade(cells, expected):
    damage = both(
        appended(O, 3, **OTHER_SCHOOL),
        appended(K, 2, sourcedId="k-2", **cells),
        cell(U, 2, HOME, "4年2組"),
    )
    result = read(damaged(JP_K12, damage))
    assert isinstance(result, Bundle)
    assert result.users[0].home_class_sourced_id == expected


def test_a_circle_of_parents_is_told_once():
    damage = cell(O, 2, "parentSourcedId", SCHOOL)
    assert places(damaged(BASE_1_2, damage)) == [(O, 2, "parentSourcedId", "parent_cycle")]


def test_a_secondary_role_is_not_alone_when_the_primary_one_is_only_misspelt():
    rows = [
        role("aoi", "student"),
        role("ben", "student"),
        role("chiba", "Teacher"),
        role("chiba", "principal", roleType="secondary"),
    ]
    assert places(make_bundle(JP_K12, roles=rows)) == [(R, 4, "role", "value_enum")]


def test_an_id_with_a_wrong_character_hides_neither_its_own_row_nor_others():
    damage = both(
        cell(U, 4, "sourcedId", "ms chiba"),
        cell(R, 4, "userSourcedId", "ms chiba"),
        cell(E, 4, "userSourcedId", "ms chiba"),
        cell(E, 6, "userSourcedId", NO_ONE),
    )
    assert places(damaged(JP_K12, damage)) == [
        (U, 4, "sourcedId", "value_id"),
        (E, 6, "userSourcedId", "dangling_reference"),
    ]
