"""What tolerant reading never mends: it could take one child for another, or mean anything."""

from collections.abc import Iterator

import pytest

from aarportal.people.roster.oneroster.bundle import Rejection
from aarportal.people.roster.oneroster.dialects import JP_K12
from aarportal.people.roster.oneroster.repairs import Mode
from tests.people.roster.oneroster.bundles import (
    AOI,
    files_of,
    make_bundle,
    pack,
)
from tests.people.roster.oneroster.damages import (
    NO_ONE,
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
    read,
    swapped,
    text,
    with_column,
    without_column,
)
from tests.people.roster.oneroster.tolerance import (
    MANIFEST,
    TITLE,
    named,
    tolerant,
    with_files,
)


def test_what_a_delta_says_of_its_rows_is_never_mended():
    result = tolerant(make_bundle(JP_K12, manifest={"file.users": "delta"}))
    assert isinstance(result, Rejection)
    assert {p.rule for p in result.problems if p.file == U} == {"value_required"}
    assert {p.column for p in result.problems if p.file == U} == {"status", "dateLastModified"}


# What looks as if it could be mended, and is not -> file, line, column and rule.
NEVER = [
    # Ids, whatever is meant by them.
    (cell(U, 3, "sourcedId", "児童 2"), (U, 3, "sourcedId", "value_id")),
    (cell(E, 3, "userSourcedId", AOI.upper()), (E, 3, "userSourcedId", "dangling_reference")),
    (cell(E, 3, "classSourcedId", NO_ONE), (E, 3, "classSourcedId", "dangling_reference")),
    (cell(U, 3, "sourcedId", AOI), (U, 3, "sourcedId", "duplicate_sourced_id")),
    (appended(E, 3, role="teacher"), (E, 7, "sourcedId", "duplicate_sourced_id")),
    # Words of yes and no.
    *(
        (cell(U, 3, "enabledUser", word), (U, 3, "enabledUser", "value_boolean"))
        for word in ("1", "0", "はい", "いいえ", "yes", "○", "ＴＲＵＥ")
    ),
    # Words of the vocabulary.
    (cell(E, 2, "role", "Student"), (E, 2, "role", "value_enum")),
    (cell(O, 3, "type", "学校"), (O, 3, "type", "value_enum")),
    # Days that are not certain, and that do not exist.
    *(
        (cell(S, 2, "startDate", day), (S, 2, "startDate", "value_date"))
        for day in ("4/1/2026", "令和8年4月1日", "26/4/1", "2026/4-1", "2026.4.1", "2026/2/30")
    ),
    # Blank cells that must not be, and numbers.
    (cell(U, 3, "familyName", ""), (U, 3, "familyName", "value_required")),
    (cell(U, 3, "userMasterIdentifier", "　"), (U, 3, "userMasterIdentifier", "value_required")),
    (cell(E, 4, "primary", ""), (E, 4, "primary", "value_required")),
    (
        cell(E, 2, "metadata.jp.shussekiNo", "1番"),
        (E, 2, "metadata.jp.shussekiNo", "value_integer"),
    ),
    # A header that lacks what it must have, or has it twice.
    (without_column(U, "username"), (U, 1, "username", "header_missing")),
    (with_column(O, "NAME", "x"), (O, 1, "NAME", "header_twice")),
    # Which of two roles were the primary one.
    (appended(R, 4, sourcedId="r-9", role="principal"), (R, 5, "roleType", "role_primary_twice")),
    (
        both(
            cell(R, 4, "roleType", "secondary"),
            appended(R, 4, sourcedId="r-9", role="principal", roleType="secondary"),
        ),
        (R, 4, "roleType", "role_secondary_alone"),
    ),
]


@pytest.mark.parametrize(
    ("damage", "expected"), NEVER, ids=[f"{i}-{e[2]}-{e[3]}" for i, (_, e) in enumerate(NEVER)]
)
def test_what_could_take_one_child_for_another_is_refused(damage, expected):
    result = tolerant(damaged(JP_K12, damage))
    assert isinstance(result, Rejection)
    assert expected in [(p.file, p.line, p.column, p.rule) for p in result.problems]


def partly_cp932(content: bytes) -> bytes:
    first, second, third, *others = content.split(b"\r\n")
    return b"\r\n".join([first, second, third.decode().encode("cp932"), *others])


def cut_cells(number: int, count: int):
    """Drop the last cells of a line."""
    return lambda content: b"\r\n".join(
        line.rsplit(b",", count)[0] if place == number else line
        for place, line in enumerate(content.split(b"\r\n"), 1)
    )


FILES_NEVER = [
    (text(K, swapped(TITLE, TITLE[:-1] + b"\xff")), (K, 3, "", "encoding_utf8")),
    (text(K, partly_cp932), (K, 3, "", "encoding_utf8")),
    (text(R, cut_cells(3, 2)), (R, 3, "", "row_short")),
    (text(U, swapped(b'"aoi@', b'"a"oi@')), (U, 2, "", "csv_quotes")),
    (text(K, swapped(TITLE, b"4-2\x07")), (K, 3, "title", "control_character")),
    (text(O, lambda c: c.replace(b'","', b'";"')), (O, 1, "", "csv_separator")),
    (with_files({"../users.csv": b"x"}), ("../users.csv", 0, "", "zip_path")),
    (with_files({"README.txt": b"x"}), ("README.txt", 0, "", "file_unknown")),
    (with_files({"Users.csv": b"x"}), ("Users.csv", 0, "", "zip_duplicate_name")),
    (with_files({"a/users.csv": b"x"}), ("a/users.csv", 0, "", "zip_folder")),
    (named(lambda name: f"a/b/{name}"), ("a/b/users.csv", 0, "", "zip_folder")),
    (with_files({"Student.csv": b"x"}), ("", 0, "", "sds_files")),
]


@pytest.mark.parametrize(("damage", "expected"), FILES_NEVER)
def test_files_that_cannot_be_trusted_are_refused_in_tolerant_mode_too(damage, expected):
    files = files_of(JP_K12)
    damage(files)
    result = tolerant(pack(files))
    assert isinstance(result, Rejection)
    assert expected in [(p.file, p.line, p.column, p.rule) for p in result.problems]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.3", "2.0", "V1.2"])
def test_a_version_is_never_mended(version):
    result = tolerant(make_bundle(JP_K12, manifest={"oneroster.version": version}))
    assert isinstance(result, Rejection)
    found = [(p.file, p.line, p.rule) for p in result.problems]
    assert found == [(MANIFEST, 3, "oneroster_version")]


def lost_bytes(content: bytes) -> Iterator[bytes]:
    """The file with each byte of its Japanese lost or changed once, as far as it shows."""
    for place in (place for place, byte in enumerate(content) if byte >= 0x80):
        for other in (b"", b"A", b"\x81", b"\xe3", b"\xff"):
            damaged_here = content[:place] + other + content[place + 1 :]
            try:
                damaged_here.decode()
            except UnicodeDecodeError:
                yield damaged_here


@pytest.mark.parametrize("file", [U, K, O, S])
def test_a_lost_byte_never_makes_senseless_names_of_the_others(file):
    """UTF-8 with one fault is often CP932 as well: 山田 would become 螻ア逕ー."""
    files = files_of(JP_K12)
    for content in lost_bytes(files[file]):
        for mode in Mode:
            result = read(pack({**files, file: content}), mode=mode)
            assert isinstance(result, Rejection)
            assert {p.rule for p in result.problems if p.file == file} == {"encoding_utf8"}
