"""State and profiles over HTTP, rule by rule: request -> status, headers, what is kept."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha1

import pytest

from aarportal.core import clock
from tests.cycle.action.xapi.documents.calling import (
    ACTIVITY_PROFILE,
    AGENT_PROFILE,
    ID_NAMES,
    NEW,
    RESOURCES,
    STATE,
    VERSION,
    CallingApp,
)

VERSIONS = ("1.0.3", "2.0.0")
DOCUMENT = {"page": 12, "marks": {"a": [1, 2]}}
each_resource = pytest.mark.parametrize("resource", RESOURCES)
each_version = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture
def drill(app) -> CallingApp:
    return CallingApp(app)


def tag(content: bytes) -> str:
    return f'"{sha1(content).hexdigest()}"'


# --- keeping, getting, removing -----------------------------------------------------------------


@each_version
@each_resource
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_is_kept_comes_back(app, resource, version, method):
    drill = CallingApp(app, version=version)
    answer = drill.at(method, resource, DOCUMENT, headers=NEW)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert answer.headers[VERSION] == version
    found = drill.at("GET", resource)
    assert (found.status_code, found.get_json()) == (200, DOCUMENT)
    assert found.headers[VERSION] == version
    assert found.headers["Content-Disposition"] == "attachment"


@each_resource
def test_the_tag_is_the_sha1_of_the_content_in_quotes(drill, resource):
    content = b'{"page":  12}'
    drill.at("PUT", resource, content, headers=NEW)
    assert drill.at("GET", resource).headers["ETag"] == tag(content)


@each_resource
def test_who_has_it_already_is_told_so(drill, resource):
    drill.at("PUT", resource, DOCUMENT, headers=NEW)
    etag = drill.at("GET", resource).headers["ETag"]
    again = drill.at("GET", resource, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    other = drill.at("GET", resource, headers={"If-None-Match": '"1234"'})
    assert other.status_code == 200


@each_resource
def test_head_says_the_same_without_the_body(drill, resource):
    drill.at("PUT", resource, DOCUMENT, headers=NEW)
    whole, head = drill.at("GET", resource), drill.at("HEAD", resource)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Type", VERSION):
        assert head.headers[name] == whole.headers[name]
    assert drill.at("HEAD", resource, **{ID_NAMES[resource]: "other"}).status_code == 404


@each_resource
def test_the_last_change_is_told_and_moves_on(drill, resource):
    before = clock.now().replace(microsecond=0)
    drill.at("POST", resource, DOCUMENT)
    first = parsedate_to_datetime(drill.at("GET", resource).headers["Last-Modified"])
    assert before <= first <= clock.now()
    clock.shift(timedelta(seconds=5))
    drill.at("POST", resource, DOCUMENT)
    later = parsedate_to_datetime(drill.at("GET", resource).headers["Last-Modified"])
    assert later >= first + timedelta(seconds=5)


@each_resource
def test_what_is_removed_is_gone(drill, resource):
    drill.at("PUT", resource, DOCUMENT, headers=NEW)
    assert drill.at("DELETE", resource).status_code == 204
    gone = drill.at("GET", resource)
    assert gone.status_code == 404
    assert set(gone.get_json()) == {"error", "path"}


@each_resource
def test_removing_what_is_not_there_changes_nothing(drill, resource):
    assert drill.at("DELETE", resource).status_code == 204


#: Bytes and the type under which they are sent.
CONTENTS = {
    "bytes": (bytes(range(256)), "application/octet-stream"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "text of another time": ("しおり".encode("cp932"), "text/plain; charset=Shift_JIS"),
    "a page": (b"<script>alert(1)</script>", "text/html"),
    "JSON with a parameter": (b"{}", "application/json; charset=utf-8"),
    "JSON that is no object": (b"true", "application/json"),
    "a form": (b"page=12&mark=%00&idem=1", "application/x-www-form-urlencoded"),
    "a form with files": (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    "nothing": (b"", "text/plain"),
    "an unheard-of type": (b"abc", "Application/X-Own; a=1;b=2"),
}


@each_resource
@pytest.mark.parametrize(("content", "content_type"), CONTENTS.values(), ids=CONTENTS)
def test_any_content_comes_back_byte_for_byte(drill, resource, content, content_type):
    sent = drill.at("PUT", resource, content, headers=NEW, content_type=content_type)
    assert sent.status_code == 204
    found = drill.at("GET", resource)
    assert found.data == content
    assert found.headers["Content-Type"] == content_type


@each_resource
def test_a_form_larger_than_people_may_send_is_a_document_like_others(drill, resource):
    content = b"a=" + b"x" * 300_000
    kept = drill.at(
        "PUT", resource, content, headers=NEW, content_type="application/x-www-form-urlencoded"
    )
    assert kept.status_code == 204
    assert drill.at("GET", resource).data == content


@each_resource
def test_a_document_without_a_type_is_just_bytes(drill, resource):
    drill.at("PUT", resource, b"abc", headers=NEW, content_type=None)
    assert drill.at("GET", resource).headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("document", [b"1", b"true", b"{}"])
@each_resource
def test_a_new_document_is_posted_whatever_is_in_it(drill, resource, document):
    form = "application/x-www-form-urlencoded"
    assert drill.at("POST", resource, document, content_type=form).status_code == 204
    assert drill.at("GET", resource).data == document


# --- merging ------------------------------------------------------------------------------------


@each_version
@each_resource
def test_a_posted_document_is_merged_one_level_deep(app, resource, version):
    drill = CallingApp(app, version=version)
    drill.at("POST", resource, {"car": {"make": "Ford", "doors": 4}, "driver": "Dale"})
    merged = drill.at("POST", resource, {"car": {"make": "Dodge"}, "lap": 3})
    assert merged.status_code == 204
    found = drill.at("GET", resource)
    assert found.get_json() == {"car": {"make": "Dodge"}, "driver": "Dale", "lap": 3}
    assert found.headers["ETag"] == tag(found.data)


#: The document that is there, and what is posted to it.
NO_MERGE = {
    "bytes to JSON": ((b"{}", "application/json"), (b"abc", "application/octet-stream")),
    "JSON to bytes": ((b"/ asdf /", "application/octet-stream"), (b"{}", "application/json")),
    "an array to an object": ((b"{}", "application/json"), (b"[]", "application/json")),
    "an object to an array": ((b"[]", "application/json"), (b"{}", "application/json")),
    "broken JSON": ((b"{}", "application/json"), (b"{}{", "application/json")),
    "bytes to bytes": ((b"a", "text/plain"), (b"b", "text/plain")),
}


@each_version
@each_resource
@pytest.mark.parametrize(("there", "posted"), NO_MERGE.values(), ids=NO_MERGE)
def test_what_cannot_be_merged_changes_nothing(app, resource, version, there, posted):
    drill = CallingApp(app, version=version)
    drill.at("PUT", resource, there[0], headers=NEW, content_type=there[1])
    answer = drill.at("POST", resource, posted[0], content_type=posted[1])
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    found = drill.at("GET", resource)
    assert (found.data, found.headers["Content-Type"]) == there


@each_resource
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_new_document_that_says_it_is_json_has_to_be(drill, resource, method):
    answer = drill.at(method, resource, b'{"a": 1}[', headers=NEW)
    assert answer.status_code == 400
    assert drill.at("GET", resource).status_code == 404


# --- in knowledge of what is there --------------------------------------------------------------


@each_version
@each_resource
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_change_of_what_has_changed_is_refused(app, resource, version, method):
    drill = CallingApp(app, version=version)
    drill.at("PUT", resource, {"a": 1}, headers=NEW)
    etag = drill.at("GET", resource).headers["ETag"]
    body = None if method == "DELETE" else {"b": 2}
    for wrong in ('"1111111111111111111111111111111111111111"', '"1234"', "1234", f"W/{etag}"):
        answer = drill.at(method, resource, body, headers={"If-Match": wrong})
        assert answer.status_code == 412
        assert answer.get_json()["path"] == "$header.If-Match"
        assert drill.at("GET", resource).headers["ETag"] == etag
    assert drill.at(method, resource, body, headers={"If-Match": etag}).status_code == 204
    assert drill.at(method, resource, body, headers={"If-Match": etag}).status_code == 412


@each_version
@each_resource
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_document_that_should_be_new_replaces_none(app, resource, version, method):
    drill = CallingApp(app, version=version)
    assert drill.at(method, resource, {"a": 1}, headers=NEW).status_code == 204
    assert drill.at(method, resource, {"b": 2}, headers=NEW).status_code == 412
    assert drill.at("GET", resource).get_json() == {"a": 1}


#: Resource, version -> status of a PUT without headers where nothing is, and where something is.
BLIND_PUTS = {
    (STATE, "1.0.3"): (204, 204),
    (STATE, "2.0.0"): (204, 409),
    (ACTIVITY_PROFILE, "1.0.3"): (400, 409),
    (ACTIVITY_PROFILE, "2.0.0"): (400, 409),
    (AGENT_PROFILE, "1.0.3"): (400, 409),
    (AGENT_PROFILE, "2.0.0"): (400, 409),
}


@pytest.mark.parametrize(("where", "statuses"), BLIND_PUTS.items(), ids=str)
def test_a_put_that_knows_nothing_of_the_document(app, where, statuses):
    resource, version = where
    drill = CallingApp(app, version=version)
    assert drill.at("PUT", resource, {"a": 0}).status_code == statuses[0]
    drill.at("POST", resource, {"a": 1})
    answer = drill.at("PUT", resource, {"a": 2})
    assert answer.status_code == statuses[1]
    kept = {"a": 2} if statuses[1] == 204 else {"a": 1}
    assert drill.at("GET", resource).get_json() == kept
    if statuses[1] == 409:
        assert "If-Match" in answer.get_json()["error"]


@each_resource
def test_the_tag_of_a_compressed_answer_is_as_good(drill, resource):
    document = {"text": "みずのすがた" * 200}
    drill.at("PUT", resource, document, headers=NEW)
    packed = drill.at("GET", resource, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = drill.at("GET", resource).headers["ETag"]
    assert packed.headers["ETag"] != plain
    given = {"If-Match": packed.headers["ETag"]}
    assert drill.at("PUT", resource, {"a": 1}, headers=given).status_code == 204
