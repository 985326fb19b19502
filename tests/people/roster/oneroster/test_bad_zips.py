"""The zips that offices send by mistake: each is named in a list that they can act on."""

import pytest

from aarportal.people.roster.oneroster.bundle import Rejection
from aarportal.people.roster.oneroster.dialects import JP_K12
from aarportal.people.roster.oneroster.problems import RULES
from aarportal.people.roster.oneroster.repairs import REPAIRS, Mode
from aarportal.web.texts import catalogue
from tests.people.roster.oneroster.bundles import AOI, files_of, make_bundle, pack, write_csv
from tests.people.roster.oneroster.damages import (
    NO_ONE,
    E,
    K,
    U,
    cell,
    cut_cell,
    damaged,
    moved,
    read,
    renamed,
    text,
)

MANIFEST = "manifest.csv"


def bytes_of(change) -> bytes:
    files = files_of(JP_K12)
    change(files)
    return pack(files)


def csv_file(*lines: str) -> bytes:
    return write_csv([line.split(",") for line in lines])


#: OneRoster 1.1 as it is exported: fourteen files, no roles, orgSourcedIds and role in users.csv.
V1_1 = {
    MANIFEST: csv_file(
        "propertyName,value",
        "manifest.version,1.0",
        "oneroster.version,1.1",
        *(
            f"file.{name},{'bulk' if name in ('orgs', 'users') else 'absent'}"
            for name in (
                "academicSessions", "categories", "classes", "classResources", "courses",
                "courseResources", "demographics", "enrollments", "lineItems", "orgs",
                "resources", "results", "users",
            )
        ),
        "source.systemName,SIS",
        "source.systemCode,1",
    ),
    "orgs.csv": csv_file(
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId", "1,,,A,school,,"
    ),
    "users.csv": csv_file(
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
        "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,"
        "password",
        "1,,,true,1,student,aoi,,Aoi,Takasaki,,,,,,,4,",
    ),
}  # fmt: skip
V1_0 = {name: content for name, content in V1_1.items() if name != MANIFEST}
SDS_V1 = {
    "School.csv": csv_file("SIS ID,Name", "1,A"),
    "Section.csv": csv_file("SIS ID,School SIS ID,Section Name", "1,1,4-2"),
    "Student.csv": csv_file("SIS ID,School SIS ID,Username", "1,1,aoi"),
    "Teacher.csv": csv_file("SIS ID,School SIS ID,Username", "2,1,chiba"),
    "StudentEnrollment.csv": csv_file("Section SIS ID,SIS ID", "1,1"),
    "TeacherRoster.csv": csv_file("Section SIS ID,SIS ID", "1,2"),
}
SDS_V2 = {
    "orgs.csv": csv_file("sourcedId,name,type,parentSourcedId", "1,A,school,"),
    "users.csv": csv_file(
        "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms",
        "1,aoi,Aoi,Takasaki,,,,,",
    ),
    "roles.csv": csv_file("userSourcedId,orgSourcedId,role,sessionSourcedId,grade", "1,1,s,,4"),
    "classes.csv": csv_file("sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId"),
    "enrollments.csv": csv_file("classSourcedId,userSourcedId,role", "1,1,student"),
}

# What is wrong -> a zip, and file, line, column and rule of the one problem that says it.
ZIPS = {
    "traversal": (
        bytes_of(lambda files: files.update({"../../etc/users.csv": b"x"})),
        ("../../etc/users.csv", 0, "", "zip_path"),
    ),
    "a bomb": (
        bytes_of(lambda files: files.update({"results.csv": b"a" * 30_000_000})),
        ("results.csv", 0, "", "zip_bomb"),
    ),
    "Shift JIS": (
        bytes_of(text(K, lambda c: c.decode().encode("cp932"))),
        (K, 2, "", "encoding_cp932"),
    ),
    "UTF-16": (
        bytes_of(text(K, lambda c: c.decode().encode("utf-16"))),
        (K, 0, "", "encoding_utf16"),
    ),
    "the case of a header": (
        damaged(JP_K12, renamed(U, "username", "userName")),
        (U, 1, "userName", "header_case"),
    ),
    "the order of a header": (
        damaged(JP_K12, moved(U, "username", 3)),
        (U, 1, "username", "header_order"),
    ),
    "a missing file": (make_bundle(JP_K12, roles=None), ("", 0, "", "file_required")),
    "a file that was promised": (
        bytes_of(lambda files: files.pop(E)),
        (MANIFEST, 11, "value", "manifest_file_missing"),
    ),
    "a short row": (bytes_of(text(E, cut_cell(3))), (E, 3, "", "row_short")),
    "an id twice": (
        damaged(JP_K12, cell(U, 3, "sourcedId", AOI)),
        (U, 3, "sourcedId", "duplicate_sourced_id"),
    ),
    "a dangling reference": (
        damaged(JP_K12, cell(E, 6, "userSourcedId", NO_ONE)),
        (E, 6, "userSourcedId", "dangling_reference"),
    ),
    "OneRoster 1.1": (pack(V1_1), (MANIFEST, 3, "value", "oneroster_version")),
    "OneRoster 1.0": (pack(V1_0), ("", 0, "", "manifest_missing")),
    "School Data Sync V1": (pack(SDS_V1), ("", 0, "", "sds_files")),
    "School Data Sync V1 in a folder": (
        pack({f"sds/{name}": content for name, content in SDS_V1.items()}),
        ("", 0, "", "sds_files"),
    ),
    "School Data Sync V2.1": (pack(SDS_V2), ("", 0, "", "sds_files")),
    "School Data Sync V2.1 with flags": (
        pack(SDS_V2 | {"userFlags.csv": csv_file("userSourcedId,flag", "1,x")}),
        ("", 0, "", "sds_files"),
    ),
    "a zip that was cut off": (make_bundle(JP_K12)[:2_000], ("", 0, "", "not_a_zip")),
}
#: Kinds that break other lines with them: a missing id leaves those who point at it alone.
WITH_OTHERS = {"an id twice"}


@pytest.mark.parametrize("kind", ZIPS)
def test_each_kind_of_bad_zip_is_named_by_its_place_its_rule_and_a_sentence(kind):
    content, expected = ZIPS[kind]
    result = read(content)
    assert isinstance(result, Rejection)
    found = [(p.file, p.line, p.column, p.rule) for p in result.problems]
    assert expected in found
    assert len(found) == 1 or kind in WITH_OTHERS
    assert result.warnings == ()
    problem = result.problems[found.index(expected)]
    english = RULES[problem.rule] % {"detail": problem.detail}
    japanese = catalogue("ja").ugettext(RULES[problem.rule]) % {"detail": problem.detail}
    assert english != japanese
    assert any("\u3040" <= character <= "\u30ff" for character in japanese)


UNMENDED = ZIPS.keys() - {"Shift JIS", "UTF-16", "the case of a header", "the order of a header",
                          "a short row"}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(UNMENDED))
def test_what_no_list_mends_is_refused_alike_in_tolerant_mode(kind):
    content, expected = ZIPS[kind]
    result = read(content, mode=Mode.TOLERANT)
    assert isinstance(result, Rejection)
    assert expected in [(p.file, p.line, p.column, p.rule) for p in result.problems]


@pytest.mark.parametrize("sentence", [*RULES.values(), *REPAIRS.values()])
def test_every_sentence_is_there_in_japanese_with_the_same_detail(sentence):
    japanese = catalogue("ja").ugettext(sentence)
    assert japanese != sentence
    assert ("%(detail)s" in japanese) == ("%(detail)s" in sentence)
