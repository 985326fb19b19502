"""Two documents -> one, or why not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.documents.merging import check, is_json, merged
from aarportal.cycle.action.xapi.parameters import RequestError

JSON = "application/json"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=6)


@given(OBJECTS, OBJECTS)
def test_properties_of_the_new_one_replace_those_of_the_old(old, new):
    found = merged(json.dumps(old).encode(), JSON, json.dumps(new).encode(), JSON)
    assert json.loads(found) == {**old, **new}


def test_only_the_first_level_is_merged():
    old = b'{"car": {"make": "Ford", "model": "Escape"}, "driver": "Dale"}'
    new = b'{"car": {"make": "Dodge"}}'
    assert json.loads(merged(old, JSON, new, JSON)) == {"car": {"make": "Dodge"}, "driver": "Dale"}


def test_values_stay_as_they_were_written():
    old, new = b'{"a": 1.10, "b": 12345678901234567890123}', b'{"c": "\\u3042"}'
    found = merged(old, JSON, new, JSON)
    assert b"1.10" in found
    assert b"12345678901234567890123" in found
    assert b"\\u3042" in found


#: What is merged with what -> the word that says which of them is wrong.
REFUSED = {
    "the new one is no JSON by name": (b"{}", JSON, b"{}", "text/plain", "posted"),
    "the old one is no JSON by name": (b"{}", "text/plain", b"{}", JSON, "existing"),
    "the new one is an array": (b"{}", JSON, b"[]", JSON, "posted"),
    "the old one is an array": (b"[]", JSON, b"{}", JSON, "existing"),
    "the new one is null": (b"{}", JSON, b"null", JSON, "posted"),
    "the old one is broken": (b"{", JSON, b"{}", JSON, "existing"),
}


@pytest.mark.parametrize(("old", "old_type", "new", "new_type", "word"), REFUSED.values())
def test_nothing_else_is_merged(old, old_type, new, new_type, word):
    with pytest.raises(RequestError, match=word) as caught:
        merged(old, old_type, new, new_type)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("content_type", "expected"),
    {
        JSON: True,
        "application/json; charset=utf-8": True,
        "Application/JSON": True,
        "application/json-patch+json": False,
        "text/json": False,
        "": False,
    }.items(),
)
def test_json_is_what_says_so(content_type, expected):
    assert is_json(content_type) is expected


#: What says that it is JSON and is not.
BROKEN = {
    "nothing": b"",
    "cut off": b'{"a": ',
    "something after it": b"{}{",
    "no UTF-8": b'{"a": "\xff"}',
    "no JSON": b"hello",
    "nested without end": b"[" * 100_000,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_says_that_it_is_json_has_to_be(content):
    with pytest.raises(RequestError):
        check(content, JSON)
    check(content, "application/octet-stream")


@pytest.mark.parametrize("content", [b"{}", b"[]", b"1", b"true", b"null", b'"a"'])
def test_every_json_may_be_kept(content):
    check(content, JSON)
