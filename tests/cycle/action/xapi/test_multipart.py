"""Bodies with attachments: read to the byte, refused with a reason, written and read again."""

import hashlib
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.multipart import (
    Limits,
    MultipartError,
    Part,
    TooLargeError,
    boundary_of,
    check_used,
    read,
    write,
)
from tests.cycle.action.xapi.example import ATTACHMENT, REMOVE, decode, statement, sub

LIMITS = Limits(parts=3, part_bytes=1000)
DATA = b"here is a simple attachment"
SHA2 = hashlib.sha256(DATA).hexdigest()
JSON = b'{"id":"x"}'
HEADERS = {
    "Content-Type": "text/plain",
    "Content-Transfer-Encoding": "binary",
    "X-Experience-API-Hash": SHA2,
}


def block(headers: dict, data: bytes, end: bytes = b"\r\n") -> bytes:
    lines = [f"{name}: {value}".encode("latin-1") for name, value in headers.items()]
    return b"--B" + end + end.join([*lines, b""]) + end + data + end


def body(*parts: tuple[dict, bytes], json_type="application/json", end=b"\r\n") -> bytes:
    first = block({"Content-Type": json_type}, JSON, end)
    return first + b"".join(block(*part, end) for part in parts) + b"--B--" + end


GOOD = body((HEADERS, DATA))
ONE = (JSON, [Part(SHA2, "text/plain", DATA)])


# --- the header ---------------------------------------------------------------------------------

BOUNDARIES = [
    ("multipart/mixed; boundary=abc", "abc"),
    ("multipart/mixed;boundary=-------314159265358979323846", "-------314159265358979323846"),
    ('Multipart/Mixed; boundary="a b:c"', "a b:c"),
    ("multipart/mixed; charset=utf-8; Boundary=abc", "abc"),
    ("application/json", None),
    ("multipart/form-data; boundary=abc", None),
    ("", None),
    ("nonsense", None),
]


@pytest.mark.parametrize(("header", "boundary"), BOUNDARIES)
def test_the_boundary_stands_in_the_header(header, boundary):
    assert boundary_of(header) == boundary


@pytest.mark.parametrize(
    "header",
    ["multipart/mixed", "multipart/mixed;", "multipart/mixed; boundary=",
     'multipart/mixed; boundary=""', f"multipart/mixed; boundary={'x' * 71}",
     'multipart/mixed; boundary="a "',
     "multipart/mixed; boundary=ä", 'multipart/mixed; boundary="a\\"b"',
     "multipart/mixed; boundary*=utf-8''%E3%81%82"],
)  # fmt: skip
def test_a_multipart_body_without_a_good_boundary_is_refused(header):
    with pytest.raises(MultipartError, match="boundary"):
        boundary_of(header)


# --- reading ------------------------------------------------------------------------------------

#: How a good body may look.
WELL = {
    "as it should": GOOD,
    "an empty line before": b"\r\n" + GOOD,
    "a word before": b"This is multipart.\r\n" + GOOD,
    "no line end after": GOOD[:-2],
    "a word after": GOOD + b"the end",
    "line feeds alone": body((HEADERS, DATA), end=b"\n"),
    "no space in headers": GOOD.replace(b": ", b":"),
    "other case in headers": body(({n.upper(): v for n, v in HEADERS.items()}, DATA)),
    "a hash in capitals": GOOD.replace(SHA2.encode(), SHA2.upper().encode()),
    "another header": body(({"Content-Disposition": "attachment", **HEADERS}, DATA)),
    "spaces after the boundary": GOOD.replace(b"--B\r\n", b"--B \t\r\n"),
    "a charset of the JSON": body((HEADERS, DATA), json_type="Application/JSON; charset=utf-8"),
    "the same data twice": body((HEADERS, DATA), (HEADERS, DATA)),
}


@pytest.mark.parametrize("whole", WELL.values(), ids=WELL)
def test_a_body_is_read_to_the_byte(whole):
    assert read(whole, "B", LIMITS) == ONE


def test_the_json_may_stand_alone():
    assert read(body(), "B", LIMITS) == (JSON, [])


def but(name: str, value) -> dict:
    changed = {**HEADERS, name: value}
    return {key: text for key, text in changed.items() if text is not REMOVE}


#: What is wrong -> body, words of the answer.
BADLY = {
    "nothing": (b"", "boundary"),
    "no boundary": (b"Content-Type: application/json\r\n\r\n{}", "boundary"),
    "another boundary": (GOOD.replace(b"--B", b"--C"), "boundary"),
    "no part": (b"--B--\r\n", "boundary"),
    "no last boundary": (GOOD.replace(b"--B--", b""), "last boundary"),
    "cut off": (GOOD[:-8], "last boundary"),
    "text before JSON": (body((HEADERS, DATA), json_type="text/plain"), "application/json"),
    "data before JSON": (block(HEADERS, DATA) + body(), "application/json"),
    "JSON without type": (b"--B\r\n\r\n{}\r\n--B--", "application/json"),
    "no empty line": (b"--B\r\nContent-Type: application/json\r\n--B--", "part 1"),
    "a second JSON part": (body(({"Content-Type": "application/json"}, JSON)), "part 2"),
    "no hash": (body((but("X-Experience-API-Hash", REMOVE), DATA)), "Hash"),
    "a hash that is none": (body((but("X-Experience-API-Hash", "../../etc"), DATA)), "Hash"),
    "a short hash": (body((but("X-Experience-API-Hash", SHA2[1:]), DATA)), "Hash"),
    "another hash": (body((HEADERS, DATA + b"!")), "part 2"),
    "no encoding": (body((but("Content-Transfer-Encoding", REMOVE), DATA)), "binary"),
    "another encoding": (body((but("Content-Transfer-Encoding", "base64"), DATA)), "binary"),
    "a type that is none": (body((but("Content-Type", "text"), DATA)), "Content-Type"),
    "a header without colon": (GOOD.replace(b"Content-Type: text", b"Content-Type text"), "part 2"),
    "a header twice": (
        GOOD.replace(b"Content-Type: text/plain", b"Content-Type: text/plain\r\ncontent-type: a/b"),
        "part 2",
    ),
    "mixed line ends": (GOOD.replace(b"\r\n--B--", b"\n--B--"), "last boundary"),
}


@pytest.mark.parametrize(("whole", "words"), BADLY.values(), ids=BADLY)
def test_a_body_that_breaks_a_rule_is_refused_with_a_reason(whole, words):
    with pytest.raises(MultipartError, match=words):
        read(whole, "B", LIMITS)


def test_no_more_and_no_larger_parts_are_taken_than_allowed():
    def parts(sizes):
        made = [bytes([number]) * size for number, size in enumerate(sizes)]
        hashes = [hashlib.sha256(data).hexdigest() for data in made]
        return [
            (but("X-Experience-API-Hash", sha2), data)
            for sha2, data in zip(hashes, made, strict=True)
        ]

    assert len(read(body(*parts([1000, 1000, 1000])), "B", LIMITS)[1]) == 3
    for sizes in ([1, 1, 1, 1], [1001]):
        with pytest.raises(TooLargeError):
            read(body(*parts(sizes)), "B", LIMITS)


@pytest.mark.parametrize("kind", ["sha224", "sha384", "sha512"])
def test_every_sha2_will_do(kind):
    sha2 = hashlib.new(kind, DATA).hexdigest()
    whole = body((but("X-Experience-API-Hash", sha2), DATA))
    assert read(whole, "B", LIMITS)[1] == [Part(sha2, "text/plain", DATA)]


def test_data_without_a_type_is_any_bytes():
    [part] = read(body((but("Content-Type", REMOVE), DATA)), "B", LIMITS)[1]
    assert part.content_type == "application/octet-stream"


def test_data_that_no_statement_speaks_of_is_refused():
    mine = {**ATTACHMENT, "sha2": SHA2.upper()}
    outer = decode(statement(attachments=[mine]))
    inner = decode(statement(object=sub(attachments=[mine]), context=REMOVE))
    [part] = ONE[1]
    for statements in (outer, inner, [*decode(statement()), *outer]):
        check_used([part], statements)
    check_used([], decode(statement()))
    with pytest.raises(MultipartError, match=SHA2):
        check_used([part], decode(statement(attachments=[ATTACHMENT])))


# --- writing ------------------------------------------------------------------------------------

#: Bytes that look like what stands around them.
TRICKY = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"--", b"xapi-", b"--xapi-", b"\0", b"{", b":", b"B"])
    | st.binary(max_size=4)
).map(b"".join)


@given(st.dictionaries(st.text(max_size=3), st.text()), st.lists(TRICKY, max_size=4, unique=True))
def test_whatever_is_written_is_read_again_to_the_byte(content, datas):
    text = json.dumps(content).encode()
    parts = [Part(hashlib.sha256(data).hexdigest(), "image/png", data) for data in datas]
    whole, content_type = write(text, parts)
    assert read(whole, boundary_of(content_type), Limits()) == (text, parts)
    assert write(text, parts) == (whole, content_type)


def test_the_boundary_stands_in_no_content():
    whole, content_type = write(JSON, ONE[1])
    boundary = boundary_of(content_type)
    data = b"\r\n--" + boundary.encode() + b"\r\n"
    again, other_type = write(whole, [Part(hashlib.sha256(data).hexdigest(), "a/b", data)])
    assert read(again, boundary_of(other_type), Limits())[1][0].data == data


@pytest.mark.parametrize("wrong", ["text/html\r\nSet-Cookie: a=b", "", "x", "text/html; ü"])
def test_no_sender_writes_headers_of_an_answer(wrong):
    whole, content_type = write(JSON, [Part(SHA2, wrong, DATA)])
    [part] = read(whole, boundary_of(content_type), LIMITS)[1]
    assert part.content_type == "application/octet-stream"
    with pytest.raises(MultipartError):
        write(JSON, [Part(f"{SHA2}\r\nX: y", "a/b", DATA)])


@given(st.binary(max_size=200))
def test_no_bytes_make_it_stumble(noise):
    for whole in (noise, GOOD[:40] + noise, noise + GOOD, GOOD[:-5] + noise):
        with suppress(MultipartError):
            read(whole, "B", LIMITS)
