"""Statements and the data of their attachments in one body: multipart/mixed, read and written.

Parts are byte for byte what was sent, so the standard library's parser for e-mail, which takes a
message for lines of text, will not do. Whether line ends are CRLF, as they should be, or LF, as
some senders have it, is told by the first boundary and then holds for the whole body.

Source: xAPI 1.0.3, part three, section 1.5.2; RFC 2046, section 5.1.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from email.message import Message
from typing import NamedTuple

from aarportal.cycle.action.xapi.hashes import has_sha2, is_sha2
from aarportal.cycle.action.xapi.statement_model import Attachment
from aarportal.cycle.action.xapi.statements import Statement, SubStatement

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_HEADER = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:[ \t]*(.*?)[ \t]*")
_MEDIA_TYPE = re.compile(r"[!#$&^_.+\-\w]+/[!#$&^_.+\-\w]+(?:[ \t]*;[\t\x20-\x7e]+)?", re.ASCII)
_ANY_BYTES = "application/octet-stream"
_HASH, _ENCODING = "x-experience-api-hash", "content-transfer-encoding"


class MultipartError(ValueError):
    """A body that breaks a rule of multipart/mixed, or of xAPI on top of it."""


class TooLargeError(MultipartError):
    """A body with more, or larger, parts than are taken."""


class Part(NamedTuple):
    """The data of one attachment.

    Attributes:
        sha2: In lower-case hex; of `data`.
        content_type: As the sender named it; a printable media type.
    """

    sha2: str
    content_type: str
    data: bytes


class Limits(NamedTuple):
    """How much is taken.

    Attributes:
        parts: Attachments in one body.
        part_bytes: Data of one attachment.
    """

    parts: int = 100
    part_bytes: int = 16 * 1024 * 1024


def boundary_of(content_type: str) -> str | None:
    """The boundary that a Content-Type header names; None if it is not multipart/mixed.

    Raises:
        MultipartError: If it is, and the boundary is missing or none.
    """
    header = Message()
    try:
        header["Content-Type"] = content_type
    except ValueError as error:
        raise MultipartError("the Content-Type is no header") from error
    if header.get_content_type() != "multipart/mixed":
        return None
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not _BOUNDARY.fullmatch(boundary):
        raise MultipartError("multipart/mixed needs a boundary of 1 to 70 characters")
    return boundary


def read(body: bytes, boundary: str, limits: Limits) -> tuple[bytes, list[Part]]:
    """The JSON of a body, and the data that came with it; the same data twice comes out once.

    Raises:
        TooLargeError: If there is more than is taken.
        MultipartError: If another rule is broken.
    """
    first, *others = _split(body, boundary.encode("ascii"), limits)
    headers, json = first
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise MultipartError("the first part has to be application/json")
    parts: dict[str, Part] = {}
    for number, (headers, data) in enumerate(others, start=2):
        part = _part(headers, data, f"part {number}", limits)
        parts.setdefault(part.sha2, part)
    return json, list(parts.values())


def check_used(parts: Iterable[Part], statements: Iterable[Statement]) -> None:
    """Look whether every part is data of an attachment of one of the statements.

    Raises:
        MultipartError: If one is not.
    """
    wanted = {attachment.sha2.lower() for each in statements for attachment in _attached(each)}
    for part in parts:
        if part.sha2 not in wanted:
            raise MultipartError(f"no attachment of these statements has the sha2 {part.sha2}")


def write(json: bytes, parts: Sequence[Part]) -> tuple[bytes, str]:
    """A body that holds some JSON and the data of attachments, and its Content-Type.

    The boundary comes out of the content, so the same content makes the same body.
    """
    boundary = _free_boundary([json, *(part.data for part in parts)])
    pieces = [b"--%b\r\nContent-Type: application/json\r\n\r\n%b\r\n" % (boundary, json)]
    for part in parts:
        named = part.content_type if _MEDIA_TYPE.fullmatch(part.content_type) else _ANY_BYTES
        if not is_sha2(part.sha2):
            raise MultipartError("a part is named by a SHA-2 in lower-case hex")
        pieces.append(
            b"--%b\r\nContent-Type: %b\r\nContent-Transfer-Encoding: binary\r\n"
            b"X-Experience-API-Hash: %b\r\n\r\n%b\r\n"
            % (boundary, named.encode("ascii"), part.sha2.encode("ascii"), part.data)
        )
    pieces.append(b"--%b--\r\n" % boundary)
    return b"".join(pieces), f"multipart/mixed; boundary={boundary.decode()}"


def _attached(statement: Statement) -> list[Attachment]:
    """The attachments of a statement, and of a sub-statement in it."""
    inner = statement.object
    more = inner.attachments if isinstance(inner, SubStatement) else ()
    return [*statement.attachments, *more]


def _free_boundary(contents: Sequence[bytes]) -> bytes:
    """A boundary that stands in none of the contents: none of them can hold the hash of them."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    return b"xapi-" + digest.hexdigest()[:32].encode("ascii")


def _split(body: bytes, boundary: bytes, limits: Limits) -> list[tuple[dict[str, str], bytes]]:
    """Headers and data of each part.

    A delimiter is the boundary at the beginning of a line; the line end before it belongs to it.
    """
    line = rb"--" + re.escape(boundary)
    opening = re.search(rb"(?:\A|\r?\n)" + line + rb"[ \t]*(\r?\n)", body)
    if opening is None:
        raise MultipartError("the boundary of the Content-Type does not stand in the body")
    end = opening[1]
    delimiter = re.compile(end + line + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    found: list[tuple[dict[str, str], bytes]] = []
    begins = opening.end()
    while (following := delimiter.search(body, begins)) is not None:
        if len(found) > limits.parts:
            raise TooLargeError(f"more than {limits.parts} attachments in one request")
        where = f"part {len(found) + 1}"
        found.append(_headers_and_data(body[begins : following.start()], end, where))
        if following[1]:
            return found
        begins = following.end()
    raise MultipartError("the body ends without its last boundary")


def _headers_and_data(content: bytes, end: bytes, where: str) -> tuple[dict[str, str], bytes]:
    """The two halves of a part, on both sides of an empty line."""
    head, empty, data = (b"", end, content[len(end) :])
    if not content.startswith(end):
        head, empty, data = content.partition(end + end)
    if not empty:
        raise MultipartError(f"{where} has no empty line after its headers")
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split(end.decode()) if head else ():
        found = _HEADER.fullmatch(line)
        if found is None or found[1].lower() in headers:
            raise MultipartError(f"{where} has a header that is none, or stands twice")
        headers[found[1].lower()] = found[2]
    return headers, data


def _part(headers: dict[str, str], data: bytes, where: str, limits: Limits) -> Part:
    """The data of an attachment, if its headers say what it is."""
    if len(data) > limits.part_bytes:
        raise TooLargeError(f"{where} has more than {limits.part_bytes} bytes")
    if headers.get(_ENCODING, "").lower() != "binary":
        raise MultipartError(f"{where} needs Content-Transfer-Encoding: binary")
    sha2 = headers.get(_HASH, "").lower()
    if not is_sha2(sha2):
        raise MultipartError(f"{where} needs X-Experience-API-Hash: a SHA-2 in hex")
    if not has_sha2(data, sha2):
        raise MultipartError(f"the data of {where} does not have the hash that it says")
    content_type = headers.get("content-type", _ANY_BYTES)
    if not _MEDIA_TYPE.fullmatch(content_type):
        raise MultipartError(f"{where} has a Content-Type that is none")
    return Part(sha2, content_type, data)
