"""What is hashed of a trace, and how one hash leads to the next; pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

#: Before the first link.
BEGINNING = "0" * 64

#: What of an entry is hashed: all of it.
COLUMNS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "district_id",
    "school_id",
    "student_id",
    "verb",
    "object_id",
    "detail",
)


def canonical(entry: Mapping[str, Any]) -> str:
    """An entry as one line of JSON, the same on every database."""
    plain = {name: _plain(entry[name]) for name in COLUMNS}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest(entry: Mapping[str, Any]) -> str:
    """SHA-256 of an entry."""
    return sha256(canonical(entry).encode()).hexdigest()


def next_hash(before: str, digest: str) -> str:
    """The hash of a link, from the one before and the digest of its entry."""
    return sha256(f"{before}{digest}".encode("ascii")).hexdigest()


def _plain(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value
