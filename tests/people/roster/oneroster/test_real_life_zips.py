"""What offices really send: each zip ends in rows, or in a list that can be acted on."""

import io
import zipfile

import pytest

from aarportal.people.roster.oneroster.bundle import Bundle, Rejection
from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from aarportal.people.roster.oneroster.problems import RULES
from aarportal.people.roster.oneroster.repairs import REPAIRS, Mode
from aarportal.web.texts import catalogue
from tests.people.roster.oneroster.bundles import files_of, make_bundle, pack, rows_of
from tests.people.roster.oneroster.damages import E, K, O, U, line_of, read, swapped, text
from tests.people.roster.oneroster.test_bad_zips import SDS_V1, SDS_V2, V1_1
from tests.people.roster.oneroster.tolerance import MANIFEST, each, in_cp932, named, rows

AOI_WRITTEN = "葵".encode()
FINE: set[str] = set()


def zipped(*damages) -> bytes:
    files = files_of(JP_K12)
    for damage in damages:
        damage(files)
    return pack(files)


def in_folder_named(name: bytes) -> bytes:
    """Packed as Windows and macOS do: the name in bytes of their own, and no word of which."""
    place = "Q" * len(name)
    files = {f"{place}/{file}": content for file, content in files_of(JP_K12).items()}
    return pack(files, zipfile.ZIP_STORED).replace(place.encode(), name)


def from_excel(content: bytes) -> bytes:
    """With a table that was wider once, and two rows that were emptied."""
    return content.replace(b"\r\n", b",,,\r\n") + b",,,,\r\n" + b",,\r\n"


def on_a_mac() -> bytes:
    files = {f"名簿/{name}": content for name, content in files_of(JP_K12).items()}
    junk = {f"__MACOSX/名簿/._{name.rpartition('/')[2]}": b"\0\5\x16\7" for name in files}
    return pack({"名簿/": b"", **files, "名簿/.DS_Store": b"\0", "__MACOSX/": b"", **junk})


def absent(dialect) -> bytes:
    """Only a manifest, which says that all files are absent."""
    return make_bundle(dialect, **{name.removesuffix(".csv"): None for name in rows_of(dialect)})


# A zip -> the rules of its problems in strict mode, and in tolerant mode: none when it is read.
ZIPS = {
    "with a BOM": (zipped(each(lambda c: b"\xef\xbb\xbf" + c)), FINE, FINE),
    "LF alone": (zipped(each(lambda c: c.replace(b"\r\n", b"\n"))), FINE, FINE),
    "CR alone": (zipped(text(U, lambda c: c.replace(b"\r\n", b"\r"))), {"line_end_cr"}, FINE),
    "CP932": (
        zipped(each(lambda c: in_cp932(c.replace(b"\r\n", b"\n")))),
        {"encoding_cp932"},
        FINE,
    ),
    "a new line in quotes": (
        zipped(text(U, swapped(AOI_WRITTEN, AOI_WRITTEN + b"\r\n"))),
        {"line_break"},
        FINE,
    ),
    "a comma without quotes": (
        zipped(text(K, lambda c: c.replace(b'"', b""))),
        {"row_long"},
        {"row_long"},
    ),
    "capital header": (
        zipped(text(U, lambda c: c.replace(line_of(c, 1), line_of(c, 1).upper(), 1))),
        {"header_case"},
        FINE,
    ),
    "columns of Excel": (
        zipped(text(U, from_excel)),
        {"header_blank", "row_short"},
        FINE,
    ),
    "cells beyond the header": (
        zipped(text(U, lambda c: c.replace(b'"\r\n"', b'",\r\n"'))),
        {"header_blank", "row_short"},
        FINE,
    ),
    "one file in a folder": (
        zipped(named(lambda name: f"sub/{name}" if name == U else name)),
        {"zip_folder"},
        {"zip_folder"},
    ),
    "a Mac": (on_a_mac(), {"zip_folder", "zip_junk"}, FINE),
    "a folder in Shift JIS": (in_folder_named("名簿".encode("cp932")), {"zip_folder"}, FINE),
    "a folder in UTF-8": (in_folder_named("名簿".encode()), {"zip_folder"}, FINE),
    # The second byte of 表 is a backslash.
    "a folder with 表": (in_folder_named("一覧表".encode("cp932")), {"zip_folder"}, FINE),
    "an empty file": (zipped(text(E, lambda _: b"")), {"file_empty"}, {"file_required"}),
    "an empty zip": (pack({}), {"manifest_missing"}, {"manifest_missing"}),
    "nothing": (b"", {"not_a_zip"}, {"not_a_zip"}),
    "a manifest alone": (
        pack({MANIFEST: files_of(JP_K12)[MANIFEST]}),
        {"manifest_file_missing"},
        {"manifest_file_missing"},
    ),
    "a manifest of nothing": (absent(JP_K12), {"file_required"}, {"file_required"}),
    "a manifest of nothing without a profile": (absent(BASE_1_2), FINE, FINE),
    "a manifest with semicolons": (
        zipped(text(MANIFEST, lambda c: c.replace(b'"', b"").replace(b",", b";"))),
        {"csv_separator"},
        {"csv_separator"},
    ),
    # Longer than a cell of the csv module may be, and shorter than a line once was.
    "a huge cell": (
        zipped(text(U, swapped(AOI_WRITTEN, b"a" * 200_000))),
        {"line_too_long"},
        {"line_too_long"},
    ),
    "NUL": (
        zipped(text(U, swapped(AOI_WRITTEN, b"a\0b"))),
        {"control_character"},
        {"control_character"},
    ),
    "NUL alone": (
        zipped(text(O, lambda _: b"\0" * 4096)),
        {"control_character"},
        {"control_character"},
    ),
    "a group separator": (
        zipped(text(U, swapped(AOI_WRITTEN, b"a\x1db"))),
        {"control_character"},
        {"control_character"},
    ),
    "OneRoster 1.1": (pack(V1_1), {"oneroster_version"}, {"oneroster_version"}),
    "School Data Sync V1": (pack(SDS_V1), {"sds_files"}, {"sds_files"}),
    "School Data Sync V2": (pack(SDS_V2), {"sds_files"}, {"sds_files"}),
    "a zip in a zip": (
        pack({"RO_20260401.zip": make_bundle(JP_K12)}),
        {"file_unknown"},
        {"file_unknown"},
    ),
    "a workbook": (
        pack({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}),
        {"file_unknown", "zip_folder"},
        {"file_unknown", "zip_folder"},
    ),
}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", ZIPS)
def test_each_zip_of_real_life_is_read_or_explained(kind, mode):
    content, strict, tolerant = ZIPS[kind]
    found = read(content, mode=mode)
    expected = strict if mode is Mode.STRICT else tolerant
    problems = found.problems if isinstance(found, Rejection) else ()
    assert {problem.rule for problem in problems} == expected
    assert isinstance(found, Bundle) == (not expected)
    for sentences, one in [
        *((RULES, problem) for problem in problems),
        *((REPAIRS, repair) for repair in found.repairs),
    ]:
        english = sentences[one.rule] % {"detail": one.detail}
        japanese = catalogue("ja").ugettext(sentences[one.rule]) % {"detail": one.detail}
        assert english != japanese
        assert (one.file + one.column + one.detail).isprintable()


@pytest.mark.parametrize(
    "kind",
    [kind for kind, (_, _, tolerant) in ZIPS.items() if not tolerant and "of nothing" not in kind],
)
def test_what_is_read_gives_the_rows_that_were_meant(kind):
    wanted, found = rows(read(make_bundle(JP_K12))), rows(read(ZIPS[kind][0], mode=Mode.TOLERANT))
    if kind == "CP932":
        found, wanted = repr(found), repr(wanted).replace("𠮷", "吉")
    if kind == "a new line in quotes":
        found, wanted = repr(found).replace("葵 ", "葵"), repr(wanted)
    assert found == wanted


def test_a_name_in_shift_jis_is_told_as_it_was_typed():
    for folder in ("名簿", "一覧表"):
        found = read(in_folder_named(folder.encode("cp932")))
        assert f"{folder}/users.csv" in {problem.detail for problem in found.problems}
    found = read(in_folder_named("名簿".encode()), mode=Mode.TOLERANT)
    assert [(repair.rule, repair.detail) for repair in found.repairs] == [("top_folder", "名簿")]


def test_an_unquoted_comma_is_never_taken_for_a_longer_line():
    """What stands behind it would slide into the next column, and a blank fall off the end."""
    files = files_of(JP_K12)
    text(K, swapped(b'"1,2"', b"1,2"))(files)
    result = read(pack(files), mode=Mode.TOLERANT)
    assert isinstance(result, Rejection)
    assert [(p.file, p.line, p.rule) for p in result.problems] == [(K, 3, "row_long")]


@pytest.mark.parametrize("name", ["邉", "ﾃｽﾄ", "葵", "髙﨑"])
def test_cp932_is_known_whichever_character_comes_first(name):
    """The bytes of 邉 and of half-width katakana may be UTF-8 as well."""
    content = make_bundle(
        JP_K12,
        users=lambda people: people[0].update(
            givenName=name, preferredGivenName=name, middleName="", preferredMiddleName=""
        ),
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {file: archive.read(file) for file in archive.namelist()}
    text(U, in_cp932)(files)
    strict, found = read(pack(files)), read(pack(files), mode=Mode.TOLERANT)
    assert {problem.rule for problem in strict.problems} == {"encoding_cp932"}
    assert isinstance(found, Bundle), found.problems
    assert found.users[0].given_name == name.replace("ﾃｽﾄ", "テスト")
