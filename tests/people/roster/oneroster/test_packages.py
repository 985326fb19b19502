"""Zips, manifests and text that are no bundle, and the limits of what is read."""

import io
import zipfile

import pytest

from aarportal.people.roster.oneroster.bundle import Limits, Rejection
from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from tests.people.roster.oneroster.bundles import files_of, make_bundle, pack, person
from tests.people.roster.oneroster.damages import (
    C,
    E,
    K,
    O,
    R,
    S,
    U,
    cut_cell,
    extra_cell,
    only_header,
    places,
    read,
    swapped,
    text,
)

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
    (with_file("__MACOSX/._users.csv"), ("__MACOSX/._users.csv", "zip_junk")),
    (with_file("._users.csv"), ("._users.csv", "zip_junk")),
    (with_file("desktop.ini"), ("desktop.ini", "zip_junk")),
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
    people = [person(f"p{i}", grades="9") for i in range(50)]
    result = read(
        make_bundle(JP_K12, users=people, roles=None, enrollments=None),
        Limits(problems_of_a_kind=10),
    )
    assert isinstance(result, Rejection)
    assert [p.line for p in result.problems if p.rule == "value_grade"] == list(range(2, 12))
    assert result.unlisted == 40


def test_a_row_that_cannot_be_read_is_not_missed_by_those_who_point_at_it():
    files = files_of(JP_K12)
    text(U, cut_cell(2))(files)
    assert places(pack(files)) == [(U, 2, "", "row_short")]


def test_a_file_without_rows_is_not_missed_by_those_who_point_into_it():
    files = files_of(JP_K12)
    text(U, only_header)(files)
    assert places(pack(files)) == [(U, 0, "", "file_no_rows")]


def test_what_stands_below_a_quote_without_end_is_still_read():
    files = files_of(JP_K12)
    text(U, swapped(b'"true"', b'"true'))(files)
    text(U, lambda content: content.replace(b'"true"', b'"yes"'))(files)
    assert places(pack(files)) == [
        (U, 2, "", "csv_quotes"),
        (U, 3, "enabledUser", "value_boolean"),
        (U, 4, "enabledUser", "value_boolean"),
    ]


def test_a_name_that_ends_early_is_not_safe():
    content = pack({**files_of(JP_K12), "results.csv_.exe": b"x"})
    hidden = content.replace(b"results.csv_.exe", b"results.csv\0.exe")
    assert [place[3] for place in places(hidden)] == ["zip_path"]
