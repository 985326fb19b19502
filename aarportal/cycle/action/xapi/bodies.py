"""The body of a request as checked statements, with the data of their attachments, pure.

Source: xAPI 1.0.3, part three, section 1.5 (content types) and part two, section 2.6.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from aarportal.cycle.action.xapi import multipart
from aarportal.cycle.action.xapi.multipart import Limits, MultipartError, Part, TooLargeError
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.signatures import SignatureError, check_signatures
from aarportal.cycle.action.xapi.statements import Statement, StatementError, decode_batch
from aarportal.cycle.action.xapi.versions import Version

_HEADER = "$header.Content-Type"


class Body(NamedTuple):
    """What a request brought.

    Attributes:
        statements: Checked, their signatures too.
        parts: Data of their attachments.
        is_array: Whether the statements stood in an array.
    """

    statements: list[Statement]
    parts: list[Part]
    is_array: bool


def boundary_in(content_type: str) -> str | None:
    """The boundary that parts the body; None for a body that is nothing but JSON.

    Raises:
        RequestError: If it is neither multipart/mixed nor application/json.
    """
    try:
        boundary = multipart.boundary_of(content_type)
    except MultipartError as error:
        raise RequestError(str(error), _HEADER) from error
    if boundary is None and content_type.partition(";")[0].strip().lower() != "application/json":
        raise RequestError(
            "the Content-Type has to be application/json, or multipart/mixed with attachments",
            _HEADER,
        )
    return boundary


def read(
    body: bytes,
    boundary: str | None,
    stored_at: datetime,
    *,
    version: Version,
    limits: Limits,
) -> Body:
    """The statements of a body, all or nothing.

    Args:
        body: As it came.
        boundary: As `boundary_in` found it.
        stored_at: Aware; becomes the timestamp of statements that have none.
        version: Whose rules hold.
        limits: How much may come beside the statements.

    Raises:
        StatementError: If a statement, or a signature of one, breaks a rule.
        RequestError: If the body around them does.
    """
    json, parts = (body, []) if boundary is None else _parted(body, boundary, limits)
    data = {part.sha2: part.data for part in parts}
    statements = decode_batch(json, stored_at, data, version=version)
    if parts:
        try:
            multipart.check_used(parts, statements)
        except MultipartError as error:
            raise RequestError(str(error)) from error
    is_array = json.lstrip(b" \t\r\n").startswith(b"[")
    _check_signatures(statements, data, is_array=is_array)
    return Body(statements, parts, is_array)


def _parted(body: bytes, boundary: str, limits: Limits) -> tuple[bytes, list[Part]]:
    try:
        return multipart.read(body, boundary, limits)
    except TooLargeError as error:
        raise RequestError(str(error), status=413) from error
    except MultipartError as error:
        raise RequestError(str(error)) from error


def _check_signatures(
    statements: Iterable[Statement], data: dict[str, bytes], *, is_array: bool
) -> None:
    for number, statement in enumerate(statements):
        if statement.attachments:
            try:
                check_signatures(statement, data)
            except SignatureError as error:
                place = f"$[{number}]" if is_array else "$"
                raise StatementError(
                    str(error), f"{place}.attachments[{error.attachment}]"
                ) from error
