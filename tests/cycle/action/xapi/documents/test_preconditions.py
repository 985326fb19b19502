"""What a request says of a document, what is there -> done, 400, 409 or 412."""

import pytest

from aarportal.cycle.action.xapi.documents.preconditions import (
    Preconditions,
    check,
    digest,
    is_unchanged,
)
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.versions import Version

THERE = digest(b"what is there")
TAG = f'"{THERE.hex()}"'
OTHER = f'"{digest(b"what was there").hex()}"'
COMPRESSED = f'"{THERE.hex()}:gzip"'
NOTHING = Preconditions()


def met(given, there, method="POST", kind="activity", version=Version.V1_0) -> int:
    """204, or the status that the refusal asks for."""
    try:
        check(given, there, method, kind, version)
    except RequestError as error:
        return error.status
    return 204


#: Headers -> status when the document is there, when another is, and when none is.
HEADERS = {
    "its tag": (Preconditions(TAG), 204, 412),
    "its tag, as of a compressed answer": (Preconditions(COMPRESSED), 204, 412),
    "another tag": (Preconditions(OTHER), 412, 412),
    "its tag among others": (Preconditions(f"{OTHER}, {TAG}"), 204, 412),
    "its tag, weak": (Preconditions(f"W/{TAG}"), 412, 412),
    "its tag without quotes": (Preconditions(THERE.hex()), 412, 412),
    "a part of its tag": (Preconditions(TAG[:20] + '"'), 412, 412),
    "nothing that is a tag": (Preconditions(""), 412, 412),
    "any document": (Preconditions("*"), 204, 412),
    "no document": (Preconditions(None, "*"), 412, 204),
    "no document, with a space": (Preconditions(None, " * "), 412, 204),
    "not this one": (Preconditions(None, TAG), 412, 204),
    "not this one, weak": (Preconditions(None, f"W/{TAG}"), 412, 204),
    "not another one": (Preconditions(None, OTHER), 204, 204),
    "this one and not another": (Preconditions(TAG, OTHER), 204, 412),
    "this one and none": (Preconditions(TAG, "*"), 412, 412),
}


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("kind", ["state", "activity", "agent"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(("given", "there", "not_there"), HEADERS.values(), ids=HEADERS)
def test_headers_hold_for_every_change_of_every_document(
    given, there, not_there, method, kind, version
):
    assert met(given, THERE, method, kind, version) == there
    assert met(given, None, method, kind, version) == not_there


#: Kind, version -> status of a PUT without headers when a document is there, and when none is.
BLIND = {
    ("state", Version.V1_0): (204, 204),
    ("state", Version.V2_0): (409, 204),
    ("activity", Version.V1_0): (409, 400),
    ("activity", Version.V2_0): (409, 400),
    ("agent", Version.V1_0): (409, 400),
    ("agent", Version.V2_0): (409, 400),
}


@pytest.mark.parametrize(("where", "statuses"), BLIND.items(), ids=str)
def test_a_put_that_says_nothing_overwrites_nothing_but_state(where, statuses):
    assert (met(NOTHING, THERE, "PUT", *where), met(NOTHING, None, "PUT", *where)) == statuses


@pytest.mark.parametrize("where", BLIND, ids=str)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("there", [THERE, None])
def test_other_changes_may_say_nothing(where, method, there):
    assert met(NOTHING, there, method, *where) == 204


def test_the_conflict_says_what_to_do():
    with pytest.raises(RequestError, match=r"check its current state.*If-Match.*ETag"):
        check(NOTHING, THERE, "PUT", "agent", Version.V1_0)


#: If-None-Match of a GET -> whether the answer can stay away.
SEEN = {None: False, TAG: True, f"W/{TAG}": True, COMPRESSED: True, OTHER: False, "*": True}


@pytest.mark.parametrize(("header", "unchanged"), SEEN.items(), ids=str)
def test_who_has_the_document_is_told_so(header, unchanged):
    assert is_unchanged(header, THERE) is unchanged
