"""Whether a document may be changed, by what the request knows of it, pure.

Source: xAPI 1.0.3, part three, section 3.1 (concurrency); IEEE 9274.1.1 (xAPI 2.0), 4.1.4; RFC
9110, sections 13.1.1 and 13.1.2.
"""

import re
from hashlib import sha1
from typing import Literal, NamedTuple, TypeAlias

from aarportal.cycle.action.xapi.documents.places import Kind
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.versions import Version

Method: TypeAlias = Literal["PUT", "POST", "DELETE"]

#: An entity tag; its part before a colon is ours, what follows says how an answer was compressed.
_TAG = re.compile(r'(?P<weak>W/)?"(?P<tag>[^":]*)[^"]*"')


class Preconditions(NamedTuple):
    """The two headers as they came, or None."""

    if_match: str | None = None
    if_none_match: str | None = None


def digest(content: bytes) -> bytes:
    """The SHA-1 of a document: xAPI wants that for a tag, nothing is safe because of it."""
    return sha1(content, usedforsecurity=False).digest()


def is_unchanged(if_none_match: str | None, sha1_: bytes) -> bool:
    """Whether who asks has the document already."""
    return if_none_match is not None and _names(if_none_match, sha1_, weak=True)


def check(
    given: Preconditions, sha1_: bytes | None, method: Method, kind: Kind, version: Version
) -> None:
    """Let a change pass if it is made in knowledge of what is there.

    Args:
        given: What the request says about it.
        sha1_: Of the document that is there; None if none is.
        method: What is going to be done.
        kind: State of 1.0 may be overwritten blindly: conflicts are unlikely there.
        version: Whose rules hold.

    Raises:
        RequestError: 412 if the request is mistaken about the document, 409 if it says nothing and
            would overwrite one, 400 if it says nothing where it has to.
    """
    if given.if_match is not None and not (sha1_ and _names(given.if_match, sha1_, weak=False)):
        raise RequestError(
            "the document is not what If-Match says; get it again and see its ETag",
            "$header.If-Match",
            412,
        )
    if given.if_none_match is not None and sha1_ and _names(given.if_none_match, sha1_, weak=True):
        raise RequestError(
            "there is a document already; get it, and set If-Match to its ETag",
            "$header.If-None-Match",
            412,
        )
    if method == "PUT" and given == Preconditions():
        _check_blind_put(sha1_, kind, version)


def _check_blind_put(sha1_: bytes | None, kind: Kind, version: Version) -> None:
    if kind == "state" and (sha1_ is None or version is Version.V1_0):
        return
    if sha1_ is not None:
        raise RequestError(
            "there is a document already: check its current state, and set the header If-Match to "
            "its current ETag to replace it",
            "$header.If-Match",
            409,
        )
    raise RequestError(
        "a profile is put with If-Match, or with If-None-Match: * if it is new",
        "$header.If-None-Match",
    )


def _names(header: str, sha1_: bytes, *, weak: bool) -> bool:
    """Whether a header names this document; `*` names every one."""
    if header.strip() == "*":
        return True
    return any(
        found["tag"] == sha1_.hex() and (weak or not found["weak"])
        for found in _TAG.finditer(header)
    )
