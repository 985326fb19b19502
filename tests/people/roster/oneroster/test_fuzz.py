"""Zips cut short and bytes of any kind end in a list of problems, never in an exception."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.people.roster.oneroster.bundle import Bundle, Rejection
from aarportal.people.roster.oneroster.dialects import DIALECTS, JP_K12
from aarportal.people.roster.oneroster.hints import DistrictHint, district_hint
from aarportal.people.roster.oneroster.repairs import Mode
from tests.people.roster.oneroster.bundles import (
    files_of,
    make_bundle,
    pack,
)
from tests.people.roster.oneroster.damages import read

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
