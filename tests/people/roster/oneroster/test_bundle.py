"""What a good bundle becomes in every dialect, and that no bytes make the reader fall."""

import io
import json
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aarportal.people.roster.oneroster.bundle import (
    Bundle,
    Rejection,
    read_bundle,
)
from aarportal.people.roster.oneroster.dialects import (
    BASE_1_2,
    BASE_1_2_1,
    DIALECTS,
    JP_1_2,
    JP_1_2_1,
    JP_K12,
)
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CHIBA,
    CLASS,
    COURSE,
    DISTRICT,
    SCHOOL,
    SCIENCE,
    YEAR,
    enrollment,
    files_of,
    guid,
    make_bundle,
    pack,
    person,
    role,
)

every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=[d.key for d in DIALECTS])
every_japanese_dialect = pytest.mark.parametrize(
    "dialect", [JP_1_2, JP_1_2_1, JP_K12], ids=["jp_1_2", "jp_1_2_1", "jp_k12"]
)


def good(content: bytes) -> Bundle:
    result = read_bundle(io.BytesIO(content))
    assert isinstance(result, Bundle), result
    return result


@every_dialect
def test_every_dialect_is_recognised_and_read_without_a_word(dialect):
    bundle = good(make_bundle(dialect))
    assert bundle.dialect is dialect
    assert bundle.warnings == ()
    assert (bundle.source_system_name, bundle.source_system_code) == ("校務支援テスト", "test-1")
    assert [org.sourced_id for org in bundle.orgs] == [DISTRICT, SCHOOL]
    assert bundle.orgs[1].parent_sourced_id == DISTRICT
    assert bundle.orgs[1].identifier == "B145220610019"
    assert [user.sourced_id for user in bundle.users] == [AOI, BEN, CHIBA]
    assert [(r.user_sourced_id, r.role, r.role_type) for r in bundle.roles] == [
        (AOI, "student", "primary"),
        (BEN, "student", "primary"),
        (CHIBA, "teacher", "primary"),
    ]
    assert [(e.class_sourced_id, e.user_sourced_id, e.primary) for e in bundle.enrollments] == [
        (CLASS, AOI, False),
        (CLASS, BEN, False),
        (CLASS, CHIBA, True),
        (SCIENCE, AOI, False),
        (SCIENCE, CHIBA, True),
    ]


@every_dialect
def test_a_school_year_ends_before_the_first_of_april_in_every_dialect(dialect):
    (session,) = good(make_bundle(dialect)).academic_sessions
    assert (session.starts_on, session.ends_before) == (date(2026, 4, 1), date(2027, 4, 1))
    assert session.school_year == (2026 if dialect.is_japanese else 2027)


@every_japanese_dialect
def test_a_japanese_year_that_ends_exclusively_is_the_same_year(dialect):
    def exclusive(rows):
        rows[0]["endDate"] = "2027-04-01"

    (session,) = good(make_bundle(dialect, academicSessions=exclusive)).academic_sessions
    assert session.ends_before == date(2027, 4, 1)


def test_the_end_of_march_is_exclusive_in_base_oneroster():
    def march(rows):
        rows[0]["endDate"] = "2027-03-31"

    (session,) = good(make_bundle(BASE_1_2, academicSessions=march)).academic_sessions
    assert session.ends_before == date(2027, 3, 31)


@every_japanese_dialect
def test_a_japanese_pupil_brings_number_kana_and_home_class(dialect):
    bundle = good(make_bundle(dialect))
    aoi = bundle.users[0]
    assert (aoi.kana_family_name, aoi.kana_given_name) == ("ヤマダ", "アオイ")
    assert aoi.home_class == aoi.home_class_sourced_id == CLASS
    assert aoi.user_master_identifier == AOI
    assert [e.shusseki_no for e in bundle.enrollments] == [1, 2, None, 1, None]
    assert [e.public_flg for e in bundle.enrollments] == [True, True, None, True, None]
    assert [c.special_needs for c in bundle.classes] == [False, None]


def test_classes_keep_their_lists():
    science = good(make_bundle(BASE_1_2)).classes[1]
    assert science.course_sourced_id != COURSE
    assert (science.subjects, science.subject_codes) == (("理科",), ("P040",))
    assert (science.periods, science.grades) == (("1", "2"), ("P4",))
    assert (science.term_sourced_ids, science.school_sourced_id) == ((YEAR,), SCHOOL)
    assert (science.class_type, science.location) == ("scheduled", "理科室")


def test_ids_at_other_systems_are_a_list():
    assert good(make_bundle(JP_K12)).users[1].user_ids == ("{LDAP:ben}", "{LTI:b-2}")


@pytest.mark.parametrize("spelling", ["ShussekiNo", "shussekiNo"])
@every_japanese_dialect
def test_both_spellings_of_the_number_are_read_everywhere(dialect, spelling):
    files = files_of(dialect)
    own = next(
        name
        for name in (b"metadata.jp.ShussekiNo", b"metadata.jp.shussekiNo")
        if name in files["enrollments.csv"]
    )
    files["enrollments.csv"] = files["enrollments.csv"].replace(
        own, f"metadata.jp.{spelling}".encode()
    )
    assert [e.shusseki_no for e in good(pack(files)).enrollments][:2] == [1, 2]


HARD_NAMES = {
    "ladder taka": "髙﨑",
    "outside the BMP": "𠮷野",
    "variation selector": "葛\U000e0100城",
    "another selector": "辻\U000e0101",
    "composed": "\u30ac",
    "decomposed": "\u30ab\u3099",
    "quotes and commas": 'O\'Neil, "Jo"',
    "outer spaces": " 空白 ",
}


@pytest.mark.parametrize("name", HARD_NAMES.values(), ids=HARD_NAMES)
@every_dialect
def test_names_survive_byte_for_byte(dialect, name):
    own = {"familyName": name, "givenName": name, "middleName": name}
    own |= {"preferredFamilyName": name, "preferredGivenName": name}
    people = [
        person("aoi", grades="P4", **own),
        person("ben", grades="P4", preferredFamilyName=name, preferredMiddleName=name),
        person("chiba"),
    ]
    content = make_bundle(dialect, users=[_fitting(p, dialect) for p in people])
    aoi, ben, _ = good(content).users
    wanted = name.encode()
    assert aoi.family_name.encode() == aoi.given_name.encode() == aoi.middle_name.encode() == wanted
    assert ben.preferred_family_name.encode() == ben.preferred_middle_name.encode() == wanted


def _fitting(cells, dialect):
    names = {column.name for column in dialect.files["users.csv"]}
    return {name: cell for name, cell in cells.items() if name in names}


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs")), min_size=1)
)
def test_any_name_comes_back_as_it_was_written(name):
    if name == "NULL":
        return

    def rename(rows):
        rows[0] |= {"familyName": name, "preferredFamilyName": ""}
        rows[1]["preferredFamilyName"] = name

    aoi, ben, _ = good(make_bundle(BASE_1_2, users=rename)).users
    assert aoi.family_name == ben.family_name == ben.preferred_family_name == name


def test_unknown_metadata_is_kept_exactly_as_given():
    def add(rows):
        rows[0]["metadata.vendor.Team"] = ' あか , "1" '
        rows[1]["metadata.vendor.Team"] = "NULL"

    aoi, ben, chiba = good(make_bundle(JP_K12, users=add)).users
    assert aoi.extra == {"metadata.vendor.Team": ' あか , "1" '}
    assert ben.extra == {"metadata.vendor.Team": "NULL"}
    assert chiba.extra == {}
    assert json.dumps(aoi.extra)


def test_the_literal_null_is_read_as_blank():
    def null(rows):
        rows[0]["middleName"] = "NULL"
        rows[0]["metadata.jp.homeClass"] = "NULL"
        rows[0]["userIds"] = "NULL"

    aoi = good(make_bundle(JP_K12, users=null)).users[0]
    assert (aoi.middle_name, aoi.home_class, aoi.user_ids) == ("", "", ())


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\r\n", b"\n"),
        lambda content: content.removesuffix(b"\r\n"),
        lambda content: content.replace(b"\r\n", b"\r\n\r\n"),
        lambda content: content.replace(b'"', b"") if b"{" not in content else content,
    ],
    ids=["with a BOM", "LF", "no last line end", "blank lines", "no quotes"],
)
def test_harmless_ways_to_write_csv_change_nothing(rewrite):
    plain = files_of(JP_K12)
    plain["classes.csv"] = plain["classes.csv"].replace(b'"1,2"', b'"1"')
    wanted = good(pack(plain))
    assert good(pack({name: rewrite(content) for name, content in plain.items()})) == wanted


PERSONAL = {
    "email": "aoi@secret.example",
    "sms": "090-1111-1111",
    "phone": "0982-11-1111",
    "password": "ひみつの合言葉",
    "agentSourcedIds": "secret-guardian",
    "pronouns": "secret-word",
    "metadata.jp.birthDate": "2016-secret",
    "metadata.homeAddress": "secret-town",
    "metadata.住所": "secret-street",
    "metadata.jp.hogoshaName": "secret-parent",
    "metadata.guardianTEL": "secret-tel",
}


def test_what_the_portal_does_not_need_is_counted_and_never_carried():
    def add(rows):
        rows[1] |= PERSONAL

    demographics = [{"sourcedId": AOI, "birthDate": "2016-05-05", "cityOfBirth": "secret-city"}]
    bundle = good(make_bundle(JP_K12, users=add, demographics=demographics))
    everything = repr((bundle, *map(tuple, (bundle.users, bundle.roles, bundle.enrollments))))
    assert "日向小学校" in everything
    assert BEN in everything
    values = [*PERSONAL.values(), "2016-05-05", "secret-city", "髙﨑", "マリア"]
    assert not any(value in everything for value in values)
    counts = {(r.file, r.column): r.count for r in bundle.refused}
    assert counts == {
        **{("users.csv", column): 1 for column in PERSONAL},
        ("users.csv", "email"): 2,
        ("users.csv", "phone"): 2,
        ("users.csv", "password"): 2,
        ("users.csv", "givenName"): 1,
        ("users.csv", "familyName"): 1,
        ("users.csv", "middleName"): 1,
        ("demographics.csv", ""): 1,
    }
    assert bundle.files >= {"demographics.csv", "users.csv"}


def test_a_wrong_personal_cell_is_not_repeated_anywhere():
    def damage(rows):
        rows[0] |= {"email": "aoi@secret.example", "grades": "4"}

    result = read_bundle(io.BytesIO(make_bundle(JP_K12, users=damage)))
    assert isinstance(result, Rejection)
    assert "secret" not in repr(result)


def test_kana_and_preferred_names_are_carried():
    def add(rows):
        rows[0] |= {
            "preferredFamilyName": "たかさき",
            "metadata.jp.kanaPreferredFamilyName": "タカサキ",
        }

    aoi = good(make_bundle(JP_K12, users=add)).users[0]
    assert (aoi.preferred_family_name, aoi.kana_preferred_family_name) == ("たかさき", "タカサキ")


@pytest.mark.parametrize(
    ("written_as", "version"), [(BASE_1_2_1, "1.2"), (JP_1_2_1, "1.2"), (JP_1_2, "1.2.1")]
)
def test_a_version_written_one_step_off_is_still_read(written_as, version):
    bundle = good(make_bundle(written_as, manifest={"oneroster.version": version}))
    assert bundle.dialect.version == version
    assert bundle.dialect.is_japanese is written_as.is_japanese
    assert len(bundle.users) == 3


def test_extended_words_are_allowed_in_base_oneroster():
    bundle = good(make_bundle(BASE_1_2, roles=lambda rows: rows[2].update(role="ext:nurse.1")))
    assert bundle.roles[2].role == "ext:nurse.1"


def test_a_bundle_of_nothing_but_a_manifest_says_that_nothing_changed():
    files = files_of(BASE_1_2, **dict.fromkeys(STEMS))
    assert list(files) == ["manifest.csv"]
    bundle = good(pack(files))
    assert bundle.files == frozenset()
    assert (bundle.users, bundle.orgs, bundle.refused) == ((), (), ())


STEMS = ("orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments")


def test_a_parent_may_stand_below_its_child():
    bundle = good(make_bundle(JP_K12, orgs=lambda rows: rows.reverse()))
    assert bundle.orgs[0].parent_sourced_id == bundle.orgs[1].sourced_id


def test_a_head_teacher_has_a_second_role():
    extra = role("chiba", "principal", roleType="secondary")
    bundle = good(make_bundle(JP_K12, roles=lambda rows: rows.append(extra)))
    assert [r.role for r in bundle.roles if r.user_sourced_id == CHIBA] == ["teacher", "principal"]


MINIMUM = make_bundle(JP_K12)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_damage_to_the_zip_makes_the_reader_fall(data):
    content = bytearray(MINIMUM)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["set", "cut", "insert", "repeat"])):
            case "set":
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 40))]
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=20))
            case "repeat":
                content[at:at] = content[at : at + 60]
        if not content:
            break
    assert isinstance(read_bundle(io.BytesIO(bytes(content))), Bundle | Rejection)


PLAIN_FILES = {dialect.key: files_of(dialect) for dialect in DIALECTS}
TEXT_CRUMBS = [
    b'"', b'""', b",", b"\r", b"\n", b"\r\n", b"\x00", b"\x1a", b"\xff\xfe", b"\xef\xbb\xbf",
    b"NULL", b"\xf0\xa0\xae\xb7", "\u2028".encode(), b"\x85", b"metadata.jp.", b"ext:",
    b"9999-03-31", b"9999", b"0000-01-01", b"bulk", b"delta", "ｱ".encode(), "年".encode("cp932"),
    b"{:}", b";",
]  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_damage_to_the_files_makes_the_reader_fall(data):
    files = dict(PLAIN_FILES[data.draw(st.sampled_from(sorted(PLAIN_FILES)))])
    for _ in range(data.draw(st.integers(1, 5))):
        name = data.draw(st.sampled_from(sorted(files)))
        content = files[name]
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.sampled_from([start, start, start + 1, start + 30, len(content)]))
        crumb = data.draw(st.sampled_from(TEXT_CRUMBS) | st.binary(max_size=8))
        files[name] = content[:start] + crumb + content[end:]
    result = read_bundle(io.BytesIO(pack(files, zipfile.ZIP_STORED)))
    assert isinstance(result, Bundle | Rejection)
    if isinstance(result, Rejection):
        assert result.problems
        for problem in result.problems:
            lines = files.get(problem.file, b"").count(b"\n") + 2
            assert 0 <= problem.line <= lines


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fall(content):
    assert isinstance(read_bundle(io.BytesIO(content)), Rejection)


def test_thousands_of_rows_are_read_whole_and_in_order():
    names = [f"p{i}" for i in range(3_000)]
    bundle = good(
        make_bundle(
            JP_K12,
            users=[person(name, grades="P4") for name in names],
            roles=[role(name, "student") for name in names],
            enrollments=[enrollment(name, "student", CLASS) for name in names],
        )
    )
    wanted = [guid(name) for name in names]
    assert [user.sourced_id for user in bundle.users] == wanted
    assert [row.user_sourced_id for row in bundle.enrollments] == wanted
    assert [row.user_sourced_id for row in bundle.roles] == wanted
