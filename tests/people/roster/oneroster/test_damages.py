"""One table of what can be wrong with a bundle, and where the reader says that it is."""

import io
import zipfile
from collections.abc import Callable

import pytest

from aarportal.people.roster.oneroster.bundle import Bundle, Limits, Rejection, read_bundle
from aarportal.people.roster.oneroster.dialects import (
    BASE_1_2,
    BASE_1_2_1,
    JP_1_2,
    JP_1_2_1,
    JP_K12,
    Dialect,
)
from aarportal.people.roster.oneroster.problems import RULES, WARNINGS
from tests.people.roster.oneroster import bundles
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CLASS,
    DISTRICT,
    SCHOOL,
    YEAR,
    Tables,
    files_of,
    make_bundle,
    pack,
    tables_of,
    write_csv,
)

Files = dict[str, bytes]
Damage = Callable[[Tables], object]


def cell(file: str, line: int, column: str, value: str) -> Damage:
    """Write `value` into one cell; lines as in an editor, the header being 1."""

    def damage(tables: Tables) -> None:
        table = tables[file]
        table[line - 1][table[0].index(column)] = value

    return damage


def both(*damages: Damage) -> Damage:
    """Several damages at once."""
    return lambda tables: [damage(tables) for damage in damages]


def header(file: str, change: Callable[[list[str]], object]) -> Damage:
    """Change the names in the header in place."""
    return lambda tables: change(tables[file][0])


def renamed(file: str, old: str, new: str) -> Damage:
    return header(file, lambda names: names.__setitem__(names.index(old), new))


def without_column(file: str, column: str) -> Damage:
    def damage(tables: Tables) -> None:
        place = tables[file][0].index(column)
        for row in tables[file]:
            del row[place]

    return damage


def with_column(file: str, column: str, value: str, place: int | None = None) -> Damage:
    def damage(tables: Tables) -> None:
        for i, row in enumerate(tables[file]):
            row.insert(len(row) if place is None else place, value if i else column)

    return damage


def moved(file: str, column: str, place: int) -> Damage:
    def damage(tables: Tables) -> None:
        old = tables[file][0].index(column)
        for row in tables[file]:
            row.insert(place, row.pop(old))

    return damage


def appended(file: str, line: int, **cells: str) -> Damage:
    """Repeat a line at the end with some cells changed."""

    def damage(tables: Tables) -> None:
        table = tables[file]
        row = dict(zip(table[0], table[line - 1], strict=True)) | cells
        table.append([row[name] for name in table[0]])

    return damage


def read(content: bytes, limits: Limits | None = None) -> Bundle | Rejection:
    return read_bundle(io.BytesIO(content), limits or Limits())


def places(content: bytes, limits: Limits | None = None) -> list[tuple[str, int, str, str]]:
    """File, line, column and rule of all problems."""
    result = read(content, limits)
    assert isinstance(result, Rejection)
    return [(p.file, p.line, p.column, p.rule) for p in result.problems]


def damaged(dialect: Dialect, damage: Damage) -> bytes:
    tables = tables_of(dialect)
    damage(tables)
    files = {file: write_csv(table) for file, table in tables.items()}
    return pack({"manifest.csv": files_of(dialect)["manifest.csv"], **files})


U, O, S, C, K, R, E = (  # noqa: E741 - the tables below stay readable
    "users.csv",
    "orgs.csv",
    "academicSessions.csv",
    "courses.csv",
    "classes.csv",
    "roles.csv",
    "enrollments.csv",
)
NO_ONE = "00000000-0000-4000-8000-000000000000"
KANA = "metadata.jp.kanaGivenName"
HOME = "metadata.jp.homeClass"

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


def text(file: str, change: Callable[[bytes], bytes]) -> Callable[[Files], object]:
    return lambda files: files.__setitem__(file, change(files[file]))


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


def line_of(content: bytes, number: int) -> bytes:
    return content.split(b"\r\n")[number - 1]


def cut_cell(number: int) -> Callable[[bytes], bytes]:
    """Drop the last cell of a line."""
    return lambda content: content.replace(
        line_of(content, number), line_of(content, number).rpartition(b",")[0], 1
    )


def extra_cell(number: int) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(
        line_of(content, number), line_of(content, number) + b',"x"', 1
    )


def only_header(content: bytes) -> bytes:
    return line_of(content, 1) + b"\r\n"


MANIFEST = "manifest.csv"
TITLE = "4年2組 理科".encode()

# A damage of bytes -> all the problems that it makes.
TEXTS = [
    (
        text(U, lambda c: c.decode().replace("𠮷", "吉").encode("cp932")),
        [(U, 2, "", "encoding_cp932")],
    ),
    (text(K, lambda c: c.decode().encode("utf-16")), [(K, 0, "", "encoding_utf16")]),
    (text(K, swapped(TITLE, TITLE[:-1])), [(K, 3, "", "encoding_utf8")]),
    (text(O, lambda _: b""), [(O, 0, "", "file_empty")]),
    (text(O, lambda _: b"\xef\xbb\xbf\r\n\r\n"), [(O, 0, "", "file_empty")]),
    (text(R, only_header), [(R, 0, "", "file_no_rows")]),
    (text(E, cut_cell(3)), [(E, 3, "", "row_short")]),
    (text(E, extra_cell(4)), [(E, 4, "", "row_long")]),
    (text(K, swapped(TITLE, b"4-2\r\nscience")), [(K, 3, "title", "line_break")]),
    (text(K, swapped(TITLE, b"4-2\nscience")), [(K, 3, "title", "line_break")]),
    (text(K, swapped(TITLE, b"4-2\rscience")), [(K, 3, "title", "line_break")]),
    (text(K, swapped(TITLE, b"4-2\x00science")), [(K, 3, "title", "control_character")]),
    (text(K, swapped(b'"homeroom"', b'homeroom"x"')), [(K, 2, "classType", "value_enum")]),
    (text(K, swapped(b'"homeroom"', b'"homeroom')), [(K, 2, "", "csv_quotes")]),
    (text(K, swapped(b'"homeroom"', b'"home"room"')), [(K, 2, "", "csv_quotes")]),
    (text(O, lambda c: c.replace(b"\r\n", b"\r")), [(O, 0, "", "line_end_cr")]),
    (text(O, lambda c: c.replace(b'","', b'";"')), [(O, 1, "", "csv_separator")]),
    (text(O, lambda c: c.replace(b'","', b'"\t"')), [(O, 1, "", "csv_separator")]),
    (
        text(O, lambda c: c.replace(b'"', b"").replace(b",", b";")),
        [(O, 1, "", "csv_separator")],
    ),
    # The manifest
    (text(MANIFEST, swapped(b'"bulk"', b'"full"')), [(MANIFEST, 4, "value", "manifest_value")]),
    (
        text(MANIFEST, swapped(b'"propertyName"', b'"property"')),
        [
            (MANIFEST, 1, "propertyName", "header_missing"),
            (MANIFEST, 1, "property", "header_unknown"),
        ],
    ),
    (text(MANIFEST, lambda _: b""), [(MANIFEST, 0, "", "file_empty")]),
]


@pytest.mark.parametrize(
    ("damage", "expected"), TEXTS, ids=[e[0][3] + str(i) for i, (_, e) in enumerate(TEXTS)]
)
def test_damaged_text_makes_just_the_problems_that_it_is(damage, expected):
    files = files_of(JP_K12)
    damage(files)
    assert places(pack(files)) == expected


# Properties of the manifest -> the problem.
MANIFESTS = [
    ({"oneroster.version": "1.1"}, (MANIFEST, 3, "value", "oneroster_version"), "1.1"),
    ({"oneroster.version": "1.0"}, (MANIFEST, 3, "value", "oneroster_version"), "1.0"),
    ({"oneroster.version": ""}, (MANIFEST, 3, "value", "value_required"), ""),
    (
        {"oneroster.version": None},
        (MANIFEST, 0, "propertyName", "manifest_property_missing"),
        "oneroster.version",
    ),
    ({"manifest.version": "2.0"}, (MANIFEST, 2, "value", "manifest_version"), "2.0"),
    (
        {"file.users": None},
        (MANIFEST, 0, "propertyName", "manifest_property_missing"),
        "file.users",
    ),
    ({"file.users": "delta"}, (MANIFEST, 24, "value", "delta_not_supported"), "users.csv"),
    ({"file.users": "absent"}, (MANIFEST, 24, "value", "manifest_file_extra"), "users.csv"),
    ({"file.results": "bulk"}, (MANIFEST, 19, "value", "manifest_file_missing"), "results.csv"),
    ({"file.results": "Absent"}, (MANIFEST, 19, "value", "manifest_value"), "Absent"),
]


@pytest.mark.parametrize(("changes", "expected", "detail"), MANIFESTS)
def test_a_manifest_that_does_not_fit_is_explained(changes, expected, detail):
    result = read(make_bundle(JP_K12, manifest=changes))
    assert isinstance(result, Rejection)
    (problem,) = result.problems
    assert (problem.file, problem.line, problem.column, problem.rule) == expected
    assert problem.detail == detail


def test_a_property_named_twice_is_a_problem():
    content = files_of(JP_K12)
    content[MANIFEST] += b"file.users,absent\r\n"
    assert places(pack(content)) == [(MANIFEST, 27, "propertyName", "manifest_property_twice")]


@pytest.mark.parametrize("file", [O, S, C, K, U, R, E])
def test_a_japanese_bundle_needs_all_seven_files(file):
    found = places(make_bundle(JP_K12, **{file.removesuffix(".csv"): None}))
    assert ("", 0, "", "file_required") in found


def test_a_file_that_others_point_into_is_asked_for_once_a_column():
    assert places(make_bundle(BASE_1_2, classes=None)) == [(E, 2, "classSourcedId", "file_needed")]


def zipped(*names: str) -> bytes:
    return pack(dict.fromkeys(names, b"a,b\r\n1,2\r\n"))


def with_file(name: str) -> bytes:
    return pack({**files_of(JP_K12), name: b"a,b\r\n"})


def in_folder() -> bytes:
    return pack({f"RO_20260401/{name}": content for name, content in files_of(JP_K12).items()})


def with_users_twice() -> bytes:
    buffer = io.BytesIO(make_bundle(JP_K12))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("users.csv", b"")
    return buffer.getvalue()


def with_flag(flag: int) -> bytes:
    """Set a general-purpose flag of users.csv in both of its headers."""
    content = bytearray(make_bundle(JP_K12))
    for mark, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = content.find(mark)
        while content[at + name : at + name + 9] != b"users.csv":
            at = content.find(mark, at + 1)
        content[at + flags] |= flag
    return bytes(content)


def with_flipped_content() -> bytes:
    files = files_of(JP_K12)
    content = bytearray(pack(files, zipfile.ZIP_STORED))
    content[content.find("髙﨑".encode())] ^= 1
    return bytes(content)


SDS_ORGS = b"sourcedId,name,type,parentSourcedId\r\n1,A,school,\r\n"
ZIPS = [
    (b"", ("", "not_a_zip")),
    (b"sourcedId,status\r\n", ("", "not_a_zip")),
    (make_bundle(JP_K12)[:-30], ("", "not_a_zip")),
    (with_flag(0x1), (U, "zip_encrypted")),
    (pack(files_of(JP_K12), zipfile.ZIP_BZIP2), (U, "zip_method")),
    (pack(files_of(JP_K12), zipfile.ZIP_LZMA), (U, "zip_method")),
    (with_flipped_content(), (U, "zip_damaged")),
    (with_file("../users.csv"), ("../users.csv", "zip_path")),
    (with_file("..\\users.csv"), ("..\\users.csv", "zip_path")),
    (with_file("/etc/users.csv"), ("/etc/users.csv", "zip_path")),
    (with_file("C:\\users.csv"), ("C:\\users.csv", "zip_path")),
    (in_folder(), ("RO_20260401/users.csv", "zip_folder")),
    (with_file("__MACOSX/._users.csv"), ("__MACOSX/._users.csv", "zip_folder")),
    (with_file("folder/"), ("folder/", "zip_folder")),
    (with_users_twice, (U, "zip_duplicate_name")),
    (with_file("README.txt"), ("README.txt", "file_unknown")),
    (with_file("Users.csv"), ("Users.csv", "file_name_case")),
    (zipped("users.csv", "orgs.csv"), ("", "manifest_missing")),
    (zipped("School.csv", "Student.csv", "Section.csv"), ("", "sds_files")),
    (zipped("users.csv", "orgs.csv", "userFlags.csv"), ("", "sds_files")),
    (pack({"orgs.csv": SDS_ORGS, "users.csv": b"sourcedId,username\r\n"}), ("", "sds_files")),
]


@pytest.mark.parametrize(
    ("content", "expected"), ZIPS, ids=[e[1] + str(i) for i, (_, e) in enumerate(ZIPS)]
)
def test_a_zip_that_is_not_a_bundle_is_refused_whole(content, expected):
    if not isinstance(content, bytes):
        content = content()
    found = places(content)
    file, rule = expected
    assert (file, 0, "", rule) in found
    assert {rule for _, _, _, rule in found} == {rule}


MANY_ROWS = b"sourcedId,status\r\n" + b"a,\r\n" * 2_000_000


def test_a_bomb_is_refused_before_it_is_read():
    content = pack({**files_of(JP_K12), "results.csv": MANY_ROWS})
    assert places(content) == [("results.csv", 0, "", "zip_bomb")]


def test_a_bomb_that_lies_about_its_size_is_refused():
    content = pack({"manifest.csv": MANY_ROWS})
    lie = content.replace(len(MANY_ROWS).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != content
    assert places(lie) == [(MANIFEST, 0, "", "zip_damaged")]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(archive_bytes=1_000), ("", 0, "", "zip_too_large")),
        (Limits(total_bytes=1_000), (U, 0, "", "zip_too_large")),
        (Limits(files=5), ("", 0, "", "zip_too_many_files")),
        (Limits(line_bytes=300), (U, 1, "", "line_too_long")),
    ],
)
def test_nothing_is_read_beyond_the_limits(limits, expected):
    found = places(make_bundle(JP_K12), limits)
    assert expected[3] in {rule for _, _, _, rule in found}
    assert expected in found or expected[0] == U


def test_a_hopeless_file_lists_some_problems_and_counts_the_others():
    people = [bundles.person(f"p{i}", grades="9") for i in range(50)]
    result = read(
        make_bundle(JP_K12, users=people, roles=None, enrollments=None),
        Limits(problems_of_a_kind=10),
    )
    assert isinstance(result, Rejection)
    assert [p.line for p in result.problems if p.rule == "value_grade"] == list(range(2, 12))
    assert result.unlisted == 40


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


def test_a_row_that_cannot_be_read_is_not_missed_by_those_who_point_at_it():
    files = files_of(JP_K12)
    text(U, cut_cell(2))(files)
    assert places(pack(files)) == [(U, 2, "", "row_short")]


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


def test_every_rule_is_met_by_a_test_and_has_its_sentence():
    met = {SHORT.get(e[3], e[3]) for _, _, e in DAMAGES} | {e[3] for _, _, e in REMARKS}
    met |= {e[3] for _, all_of in TEXTS for e in all_of} | {e[3] for _, e, _ in MANIFESTS}
    met |= {e[1] for _, e in ZIPS}
    met |= {"zip_bomb", "zip_too_large", "zip_too_many_files", "line_too_long"}
    met |= {"manifest_property_twice", "file_required", "file_needed"}
    met |= {"school_differs", "jp_district_parent"}
    assert met == RULES.keys()
    assert {e[3] for _, _, e in REMARKS} == WARNINGS
    assert all(sentence % {"detail": "x"} for sentence in RULES.values())


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
