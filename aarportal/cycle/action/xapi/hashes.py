"""SHA-2 as xAPI names data by it: in hex, of a kind that its length tells."""

import hashlib
import re

#: Hex digits -> which SHA-2 it is.
_KINDS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_HEX = re.compile(r"[0-9a-f]+")


def is_sha2(text: str) -> bool:
    """Whether it is a SHA-2 in lower-case hex."""
    return len(text) in _KINDS and _HEX.fullmatch(text) is not None


def has_sha2(data: bytes, sha2: str) -> bool:
    """Whether data has this hash; False for what is none."""
    return is_sha2(sha2) and hashlib.new(_KINDS[len(sha2)], data).hexdigest() == sha2
