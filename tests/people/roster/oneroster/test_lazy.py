"""Rows that are read again, keys in little memory, zips cut short, and hints before reading."""

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.people.roster.oneroster.bundle import Bundle, Rejection, read_bundle
from aarportal.people.roster.oneroster.dialects import BASE_1_2, DIALECTS, JP_K12
from aarportal.people.roster.oneroster.hints import DistrictHint, district_hint
from aarportal.people.roster.oneroster.keys import KeyTable
from aarportal.people.roster.oneroster.repairs import Mode
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CHIBA,
    CLASS,
    DISTRICT,
    SCHOOL,
    SCIENCE,
    delta_of,
    enrollment,
    files_of,
    guid,
    make_bundle,
    pack,
    person,
    role,
    rows_of,
)
from tests.people.roster.oneroster.damages import E, O, R, U, read


def good(content: bytes) -> Bundle:
    result = read(content)
    assert isinstance(result, Bundle), result.problems
    return result


def test_rows_are_the_same_however_often_and_however_entangled_they_are_read():
    bundle = good(make_bundle(JP_K12))
    seats = [(user.sourced_id, seat.class_sourced_id)
             for user in bundle.users for seat in bundle.enrollments
             if seat.user_sourced_id == user.sourced_id]  # fmt: skip
    assert seats == [(AOI, CLASS), (AOI, SCIENCE), (BEN, CLASS), (CHIBA, CLASS), (CHIBA, SCIENCE)]
    assert tuple(bundle.users) == tuple(bundle.users)
    assert (len(bundle.users), len(bundle.enrollments)) == (3, 5)
    first, *others = bundle.users
    assert bundle.users[0] == first
    assert bundle.users[-1] == others[-1]
    assert bundle.users[1:] == tuple(others)
    assert first in bundle.users
    assert bundle.users != bundle.roles
    with pytest.raises(IndexError):
        bundle.users[3]


def test_a_row_that_stands_twice_is_counted_once():
    content = make_bundle(JP_K12, roles=lambda roles: roles.append(dict(roles[0])))
    bundle = read(content, mode=Mode.TOLERANT)
    assert len(bundle.roles) == len(tuple(bundle.roles)) == 3


def test_people_do_not_show_in_the_words_for_a_bundle():
    content = make_bundle(JP_K12, users=[person("aoi", grades="P4", preferredGivenName="葵")],
                          roles=[role("aoi", "student")], enrollments=None)  # fmt: skip
    assert "葵" not in repr(read(content, mode=Mode.TOLERANT))


def test_rows_of_a_closed_file_are_not_silently_nothing():
    file = io.BytesIO(make_bundle(JP_K12))
    bundle = read_bundle(file)
    file.close()
    with pytest.raises(ValueError, match="closed"):
        tuple(bundle.users)


def crowd(people: int) -> bytes:
    names = [f"p{i}" for i in range(people)]
    return make_bundle(
        JP_K12,
        users=[person(name, grades="P4") for name in names],
        roles=[role(name, "student") for name in names],
        enrollments=[enrollment(name, "student", CLASS) for name in names],
    )


def memory_of(content: bytes) -> int:
    """Bytes at the peak of reading a bundle and going through its rows."""
    file = io.BytesIO(content)
    tracemalloc.start()
    try:
        bundle = read_bundle(file)
        assert isinstance(bundle, Bundle)
        for rows in (bundle.users, bundle.roles, bundle.enrollments):
            assert sum(1 for _ in rows) == len(rows)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_person_more_costs_bytes_and_not_rows():
    some, more = memory_of(crowd(1_000)), memory_of(crowd(5_000))
    # Rows, roles and places of one person took 3,000 bytes when they were kept.
    assert (more - some) / 4_000 < 500


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=3)))
def test_a_table_of_keys_knows_who_came_first(keys):
    table = KeyTable()
    wanted: dict[str, int] = {}
    for number, key in enumerate(keys, 1):
        assert table.setdefault(key, number) == wanted.setdefault(key, number)
    assert len(table) == len(wanted)
    assert all(table.get(key) == number for key, number in wanted.items())
    assert sorted(number for _, number in table.items()) == sorted(wanted.values())
    assert "another" not in table


def test_a_table_of_keys_grows():
    table = KeyTable()
    for number in range(1, 20_001):
        assert table.setdefault(f"key {number}", number) == number
    assert len(table) == 20_000
    assert all(table.get(f"key {number}") == number for number in range(1, 20_001))
    assert table.get("key 20001") == 0


WHOLE = make_bundle(JP_K12)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.sampled_from(Mode))
def test_a_zip_cut_anywhere_is_a_list_of_problems(size, mode):
    result = read(WHOLE[:size], mode=mode)
    assert isinstance(result, Rejection)
    assert result.problems
    assert district_hint(io.BytesIO(WHOLE[:size])) == DistrictHint("", frozenset(), "", "")


@pytest.mark.parametrize("mode", Mode)
def test_a_file_cut_inside_a_sound_zip_is_a_list_of_problems(mode):
    files = files_of(JP_K12)
    for name, content in files.items():
        for size in range(0, len(content) - 2, 7):
            kept, lost = content[:size], content[size:].partition(b"\r\n")[0]
            if not lost or kept.endswith((b"\r", b"\n")):
                # Between two lines a file is whole, for all that anybody can see.
                continue
            result = read(pack({**files, name: kept}), mode=mode)
            if isinstance(result, Bundle):
                # Only optional cells at the very end of the file are missing.
                assert result.repairs or (kept.endswith(b",") and b"," not in lost)
            else:
                assert result.problems


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_makes_tolerant_reading_or_a_hint_fall(data):
    files = dict(files_of(data.draw(st.sampled_from(DIALECTS))))
    for _ in range(data.draw(st.integers(1, 5))):
        name = data.draw(st.sampled_from(sorted(files)))
        content = files[name]
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.sampled_from([start, start + 1, start + 30, len(content)]))
        crumb = data.draw(st.sampled_from(CRUMBS) | st.binary(max_size=8))
        files[name] = content[:start] + crumb + content[end:]
        if data.draw(st.booleans()):
            files[data.draw(st.sampled_from(NAMES))] = files.pop(name)
    content = pack(files)
    result = read(content, mode=Mode.TOLERANT)
    if isinstance(result, Bundle):
        for rows in (result.courses, result.classes, result.users, result.roles):
            assert len(tuple(rows)) == len(rows)
    else:
        assert result.problems
    assert isinstance(district_hint(io.BytesIO(content)), DistrictHint)


CRUMBS = [
    b'"', b",", b"\r", b"\n", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x82\xa0", b"\x00",
    b"NULL", b"delta", b"tobedeleted", b"TRUE", b"2026/4/1", b"9999-03-31", "小1".encode(),
    "ｱ".encode(), "　".encode(), b" ", b"1", b"metadata.jp.",
]  # fmt: skip
NAMES = ["USERS.CSV", "a/orgs.csv", "__MACOSX/x", "roles.csv", "Thumbs.db", "a\\users.csv", "a/"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["users", "orgs", "enrollments", "manifest"]))
def test_no_bytes_of_a_file_make_tolerant_reading_fall(content, stem):
    files = {**files_of(JP_K12), f"{stem}.csv": content}
    assert isinstance(read(pack(files), mode=Mode.TOLERANT), Rejection | Bundle)
    assert isinstance(district_hint(io.BytesIO(pack(files))), DistrictHint)


def hint(content: bytes) -> DistrictHint:
    return district_hint(io.BytesIO(content))


def test_a_bundle_that_brings_its_district_says_so():
    assert hint(make_bundle(BASE_1_2)) == DistrictHint(
        DISTRICT, frozenset({DISTRICT, SCHOOL}), "test-1", "校務支援テスト"
    )


def test_a_delta_without_its_district_names_the_orgs_it_points_at():
    rows = {
        O: [{"sourcedId": "s-2", "name": "東小", "type": "school", "parentSourcedId": DISTRICT}],
        U: [person("dai", grades="P4", primaryOrgSourcedId="s-3")],
        R: [role("dai", "student", orgSourcedId="s-4")],
        E: [enrollment("dai", "student", CLASS, schoolSourcedId="s-5")],
    }
    found = hint(pack(delta_of(JP_K12, rows)))
    assert found.district_sourced_id == ""
    assert found.org_sourced_ids == {"s-2", DISTRICT, "s-3", "s-4", "s-5"}
    assert found.source_system_code == "test-1"


def test_a_district_that_leaves_or_has_another_beside_it_is_no_hint():
    district, school = rows_of(BASE_1_2)[O]
    another = {**district, "sourcedId": guid("another")}
    for orgs in ([{**district, "status": "tobedeleted"}, school], [district, another, school]):
        found = hint(pack(delta_of(BASE_1_2, {O: orgs})))
        assert found.district_sourced_id == ""
        assert DISTRICT in found.org_sourced_ids


def test_a_hint_is_given_for_dirty_bundles_too():
    files = files_of(JP_K12)
    files["orgs.csv"] = files["orgs.csv"].replace(b'"type"', b'"TYPE "').decode().encode("cp932")
    files = {f"名簿/{name.upper()}": content for name, content in files.items()}
    assert hint(pack(files)).district_sourced_id == DISTRICT
