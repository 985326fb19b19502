"""Tolerant reading: what the list mends gives the rows that were meant, all else is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.people.roster.oneroster.bundle import Bundle, Rejection
from aarportal.people.roster.oneroster.dialects import BASE_1_2, DIALECTS, JP_1_2, JP_K12
from aarportal.people.roster.oneroster.repairs import REPAIRS
from tests.people.roster.oneroster.bundles import (
    CLASS,
    files_of,
    left_rows,
    make_bundle,
    manifest_of,
    pack,
    person,
    role,
    rows_of,
    tables_of,
    write_csv,
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
    cut_cell,
    damaged,
    moved,
    only_header,
    read,
    renamed,
    swapped,
    text,
    with_column,
    without_column,
)
from tests.people.roster.oneroster.tolerance import (
    MANIFEST,
    TITLE,
    each,
    in_cp932,
    mended,
    named,
    rows,
    tolerant,
    with_files,
    without_tail,
)


@pytest.mark.parametrize("dialect", DIALECTS, ids=[d.key for d in DIALECTS])
def test_a_good_bundle_needs_no_repair(dialect):
    content = make_bundle(dialect)
    assert mended(content) == []
    assert rows(tolerant(content)) == rows(read(content))


STATE = "2026-04-01T00:00:00.000Z"
# A dialect, a damage of its tables -> the one repair, after which the rows are those of the good.
CELLS = [
    (BASE_1_2, renamed(O, "name", "Name"), (O, 1, "name", "header_case")),
    (BASE_1_2, renamed(O, "name", " NAME "), (O, 1, "name", "header_case")),
    (JP_1_2, renamed(U, KANA, KANA.upper()), (U, 1, KANA, "header_case")),
    (BASE_1_2, moved(K, "classType", 3), (K, 1, "", "header_order")),
    (JP_K12, moved(U, KANA, 1), (U, 1, "", "header_order")),
    (BASE_1_2, without_column(U, "pronouns"), (U, 1, "pronouns", "header_missing")),
    (BASE_1_2, without_column(O, "status"), (O, 1, "status", "header_missing")),
    (JP_K12, with_column(U, "くつのサイズ", "22"), (U, 1, "くつのサイズ", "header_unknown")),
    (JP_K12, with_column(U, "", ""), (U, 1, "", "header_blank")),
    (JP_K12, cell(U, 3, "username", " ben@hyuga.example　"), (U, 3, "username", "spaces")),
    (JP_K12, cell(E, 3, "classSourcedId", f"{CLASS} "), (E, 3, "classSourcedId", "spaces")),
    (JP_K12, cell(U, 3, "enabledUser", "TRUE"), (U, 3, "enabledUser", "boolean_case")),
    (JP_K12, cell(E, 2, "primary", "False"), (E, 2, "primary", "boolean_case")),
    (JP_K12, cell(S, 2, "startDate", "2026/4/1"), (S, 2, "startDate", "date_form")),
    (JP_K12, cell(S, 2, "endDate", "20270331"), (S, 2, "endDate", "date_form")),
    (JP_K12, cell(E, 3, "beginDate", "2026-4-01"), (E, 3, "beginDate", "date_form")),
    (BASE_1_2, cell(S, 2, "endDate", "2027-03-31"), (S, 2, "endDate", "last_day")),
    (JP_K12, cell(U, 2, KANA, "ｱｵｲ"), (U, 2, KANA, "half_width")),
    *(
        (JP_K12, cell(U, 2, "grades", g), (U, 2, "grades", "grade_form"))
        for g in ("4", "04", "小4")
    ),
    (JP_K12, cell(C, 2, "grades", "4"), (C, 2, "grades", "grade_form")),
    (JP_K12, cell(K, 2, "grades", "小4"), (K, 2, "grades", "grade_form")),
    (JP_K12, cell(U, 3, "status", "active"), (U, 3, "status", "bulk_state")),
    (BASE_1_2, cell(E, 3, "dateLastModified", STATE), (E, 3, "dateLastModified", "bulk_state")),
    (JP_K12, cell(U, 2, "enabledUser", ""), (U, 2, "enabledUser", "enabled_blank")),
    (JP_K12, cell(E, 2, "primary", ""), (E, 2, "primary", "primary_student")),
    (JP_K12, cell(E, 2, "primary", "true"), (E, 2, "primary", "primary_student")),
    (JP_K12, cell(R, 4, "roleType", "secondary"), (R, 4, "roleType", "role_alone")),
    (JP_K12, appended(E, 3), (E, 7, "", "identical_row")),
    (BASE_1_2, cell(S, 2, "parentSourcedId", NO_ONE), (S, 2, "parentSourcedId", "dangling_blank")),
]


@pytest.mark.parametrize(
    ("dialect", "damage", "expected"),
    CELLS,
    ids=[f"{i}-{e[2]}-{e[3]}" for i, (_, _, e) in enumerate(CELLS)],
)
def test_a_listed_damage_is_mended_told_and_gives_the_rows_that_were_meant(
    dialect, damage, expected
):
    content = damaged(dialect, damage)
    assert mended(content) == [expected]
    assert rows(tolerant(content)) == rows(read(make_bundle(dialect)))
    # What strict mode only warns of, and what nothing in the file gainsays, is read there too.
    strict = read(content)
    assert isinstance(strict, Rejection) or expected[3] in READ_TOO


READ_TOO = {"header_missing", "last_day", "spaces"}


# A damage of the files' bytes or names -> the rules of the repairs.
BYTES = [
    (each(in_cp932), {"text_cp932"}),
    (text(U, in_cp932), {"text_cp932"}),
    (each(lambda c: c.decode().encode("utf-16")), {"text_utf16"}),
    (text(K, lambda c: b"\xfe\xff" + c.decode().encode("utf-16-be")), {"text_utf16"}),
    (each(lambda c: c.replace(b"\r\n", b"\r")), {"line_end_cr"}),
    (
        text(U, lambda c: c.decode().replace("\r\n", "\r").encode("utf-16")),
        {"text_utf16", "line_end_cr"},
    ),
    (text(K, swapped(TITLE, "4年2組\r\n理科".encode())), {"line_break"}),
    (text(K, swapped(TITLE, "4年2組\n理科".encode())), {"line_break"}),
    (text(K, swapped(TITLE, "4年2組\r理科".encode())), {"line_break"}),
    (text(O, without_tail), {"row_short"}),
    (named(str.upper), {"file_name_case"}),
    (named(lambda name: f"RO_20260401/{name}"), {"top_folder"}),
    (named(lambda name: f"名簿\\{name}"), {"top_folder"}),
    (with_files({"__MACOSX/._users.csv": b"\0\5", ".DS_Store": b"x"}), {"junk_entry"}),
    (with_files({"THUMBS.DB": b"x"}), {"junk_entry"}),
    (text(R, lambda c: c + b",,,,,,,,,\r\n , ,\r\n"), {"row_blank"}),
]


@pytest.mark.parametrize(("damage", "rules"), BYTES)
def test_bytes_that_were_meant_well_are_read_as_they_were_meant(damage, rules):
    files = files_of(
        BASE_1_2,
        users=lambda users: users[0].update(middleName="マリア・吉"),
        # The last cells of this file are cut off in one damage: here they are blank already.
        orgs=lambda orgs: orgs[1].update(parentSourcedId=""),
    )
    wanted = rows(read(pack(files)))
    damage(files)
    assert isinstance(read(pack(files)), Rejection)
    assert {rule for _, _, _, rule in mended(pack(files))} == rules
    assert rows(tolerant(pack(files))) == wanted


def test_files_in_a_folder_beside_junk_are_found():
    files = {f"名簿/{name}": content for name, content in files_of(JP_K12).items()}
    files |= {"名簿/": b"", "名簿/.DS_Store": b"x", "__MACOSX/名簿/._users.csv": b"x"}
    content = pack(files)
    assert mended(content) == [
        ("", 0, "", "junk_entry"),
        ("", 0, "", "junk_entry"),
        ("", 0, "", "top_folder"),
    ]
    assert rows(tolerant(content)) == rows(read(make_bundle(JP_K12)))


@pytest.mark.parametrize("empty", [b"", b"\xef\xbb\xbf", None])
def test_an_empty_file_is_absent(empty):
    only_header_line = write_csv(tables_of(BASE_1_2, {"results.csv": []})["results.csv"])
    content = make_bundle(BASE_1_2, results=only_header_line if empty is None else empty)
    assert isinstance(read(content), Rejection)
    assert mended(content) == [("results.csv", 0, "", "empty_file")]
    assert tolerant(content).files == tolerant(make_bundle(BASE_1_2)).files


def test_an_empty_file_that_is_needed_is_missing():
    files = files_of(JP_K12)
    text(R, only_header)(files)
    result = tolerant(pack(files))
    assert isinstance(result, Rejection)
    assert [(p.rule, p.detail) for p in result.problems] == [("file_required", R)]


def test_a_class_is_found_by_its_title_and_a_title_of_no_class_is_blank():
    content = damaged(JP_K12, both(cell(U, 2, HOME, "4年2組"), cell(U, 3, HOME, "5年9組")))
    assert mended(content) == [(U, 2, HOME, "home_class_title"), (U, 3, HOME, "dangling_blank")]
    bundle = tolerant(content)
    assert [user.home_class_sourced_id for user in bundle.users] == [CLASS, "", ""]
    assert bundle.warnings == ()


WIDTHS = {
    "ｶﾞｷﾞ": "ガギ",
    "ｳﾞｫｰ": "ヴォー",
    "カﾞ": "ガ",
    "Ａﾍﾟ髙": "Ａペ髙",
    "葛\U000e0100ｱ﨑": "葛\U000e0100ア﨑",
    "神ｱ\ufa19": "神ア\ufa19",
}


@pytest.mark.parametrize(("written", "meant"), WIDTHS.items())
def test_only_half_width_katakana_of_a_name_become_others(written, meant):
    names = dict.fromkeys(("familyName", "preferredFamilyName"), written)
    damage = both(*(cell(U, 2, column, name) for column, name in names.items()))
    result = tolerant(damaged(JP_K12, damage))
    assert isinstance(result, Bundle), result.problems
    assert result.users[0].family_name.encode() == meant.encode()
    assert written not in repr(result.repairs)


def school_of(kind: str, grade: str) -> Bundle | Rejection:
    """A pupil of this grade at a school whose 学校コード begins so."""
    org, school = rows_of(JP_K12)[O]
    content = make_bundle(
        JP_K12,
        orgs=[org, {**school, "identifier": f"{kind}45220610019"}],
        users=[person("aoi", grades=grade), person("chiba")],
        roles=[role("aoi", "student"), role("chiba", "teacher")],
        enrollments=lambda seats: seats.__delitem__(1),
    )
    return tolerant(content)


# First letters of a 学校コード, the number written -> the grade; blank where nobody can say.
NUMBERS = [
    ("B1", "1", "P1"), ("B1", "06", "P6"), ("B1", "7", ""), ("C1", "1", "J1"), ("C1", "03", "J3"),
    ("C1", "9", "J3"), ("C1", "4", ""), ("C2", "1", "P1"), ("C2", "7", "J1"), ("D1", "2", "H2"),
    ("D2", "1", ""), ("D2", "4", ""), ("E1", "1", ""), ("E1", "5", "P5"), ("E1", "8", "J2"),
    ("B1", "0", ""), ("B1", "10", ""), ("B1", "１", ""), ("B1", "小1", "P1"), ("B1", "中4", ""),
    ("C1", "中3", "J3"), ("C1", "3年", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written", "grade"), NUMBERS)
def test_a_number_is_a_grade_only_where_the_school_leaves_no_doubt(kind, written, grade):
    result = school_of(kind, written)
    if grade:
        assert isinstance(result, Bundle), result.problems
        assert result.users[0].grades == (grade,)
    else:
        assert isinstance(result, Rejection)
        found = [(p.line, p.column, p.rule) for p in result.problems]
        assert found == [(2, "grades", "value_grade")]


def test_a_reference_to_nothing_is_blank_only_where_it_is_optional():
    content = damaged(JP_K12, cell(U, 3, "primaryOrgSourcedId", NO_ONE))
    assert mended(content) == [(U, 3, "primaryOrgSourcedId", "dangling_blank")]
    assert tolerant(content).users[1].primary_org_sourced_id == ""
    all_rows = rows_of(BASE_1_2) | left_rows()
    content = damaged(BASE_1_2, cell("results.csv", 2, "classSourcedId", NO_ONE), all_rows)
    assert mended(content) == [("results.csv", 2, "classSourcedId", "dangling_blank")]
    assert NO_ONE not in repr(tolerant(content).repairs)


def test_a_short_line_is_filled_up_where_only_optional_cells_are_missing():
    files = files_of(JP_K12)
    text(E, cut_cell(3))(files)
    result = tolerant(pack(files))
    assert [(r.file, r.line, r.rule, r.detail) for r in result.repairs] == [
        (E, 3, "row_short", "11 / 12")
    ]
    assert [seat.public_flg for seat in result.enrollments[:2]] == [True, None]


def test_a_manifest_is_mended_like_the_other_files():
    files = files_of(JP_K12)
    table = [["VALUE", "propertyname "]]
    table += [[f" {c['value']}", c["propertyName"]] for c in manifest_of(JP_K12, files)]
    files[MANIFEST] = write_csv(table)
    assert isinstance(read(pack(files)), Rejection)
    rules = {rule for _, _, _, rule in mended(pack(files))}
    assert rules == {"header_case", "header_order", "spaces"}
    assert rows(tolerant(pack(files))) == rows(read(make_bundle(JP_K12)))


# Damages of which any may meet in one bundle, and give the good rows when all are mended.
TOGETHER = [
    cell(U, 2, "givenName", " 葵 "),
    cell(U, 3, "enabledUser", ""),
    cell(U, 4, "enabledUser", "True"),
    cell(U, 2, "grades", "小4"),
    cell(U, 3, "grades", " 04"),
    cell(U, 2, KANA, "ｱｵｲ"),
    cell(S, 2, "startDate", "2026/4/1"),
    cell(S, 2, "endDate", "20270331"),
    cell(S, 2, "parentSourcedId", NO_ONE),
    cell(E, 2, "primary", "TRUE"),
    cell(E, 3, "primary", ""),
    cell(E, 4, "beginDate", "2026/04/01 "),
    cell(R, 4, "roleType", "secondary"),
    cell(R, 3, "status", "active"),
    appended(R, 3),
    appended(E, 5),
    renamed(U, "username", "UserName"),
    moved(U, KANA, 2),
    moved(E, "role", 4),
    without_column(U, "pronouns"),
    with_column(K, "備考", "なし"),
]
WRITTEN = [
    lambda content: content,
    lambda content: content.decode().encode("utf-16"),
    in_cp932,
    lambda content: content.replace(b"\r\n", b"\r"),
    lambda content: b"\xef\xbb\xbf" + content,
]
PLACED = [str, str.upper, str.lower, "RO_20260401/{}".format]


@settings(max_examples=100, deadline=None)
@given(
    st.sets(st.integers(0, len(TOGETHER) - 1)),
    st.lists(st.sampled_from(WRITTEN), min_size=8, max_size=8),
    st.sampled_from(PLACED),
    st.booleans(),
)
def test_any_mended_damages_together_give_the_rows_of_the_good_bundle(
    chosen, written, placed, with_junk
):
    all_rows = rows_of(JP_K12)
    all_rows[U][0]["middleName"] = "マリア・吉"
    tables = tables_of(JP_K12, all_rows)
    wanted = rows(read(make_bundle(JP_K12, users=all_rows[U])))
    for place in sorted(chosen):
        TOGETHER[place](tables)
    files = {file: write_csv(table) for file, table in tables.items()}
    files[MANIFEST] = files_of(JP_K12)[MANIFEST]
    ways = zip(files.items(), written, strict=True)
    files = {placed(name): write(content) for (name, content), write in ways}
    if with_junk:
        files["__MACOSX/._orgs.csv"] = b"\0"
    result = tolerant(pack(files))
    assert rows(result) == wanted
    strict = read(pack(files))
    if isinstance(strict, Rejection) and strict.problems:
        assert result.repairs


def test_every_repair_of_the_list_is_met_by_a_test_and_has_its_sentence():
    met = {e[3] for _, _, e in CELLS} | {rule for _, rules in BYTES for rule in rules}
    met |= {"empty_file", "home_class_title"}
    assert met == REPAIRS.keys()
    for sentence in REPAIRS.values():
        assert not set(sentence % {"detail": ""}) & set("_{}|")


def test_repairs_beyond_the_limit_are_counted():
    people = [person(f"p{i}", username=f" u{i}") for i in range(1_200)]
    names = {column.name for column in BASE_1_2.files[U]}
    people = [{k: v for k, v in row.items() if k in names} for row in people]
    roles = [role(f"p{i}", "student") for i in range(1_200)]
    result = tolerant(make_bundle(BASE_1_2, users=people, roles=roles, enrollments=None))
    assert isinstance(result, Bundle), result.problems
    assert len(result.repairs) == 1_000
    assert result.unlisted == 200
    assert [user.username for user in result.users] == [f"u{i}" for i in range(1_200)]
