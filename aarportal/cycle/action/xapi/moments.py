"""Timestamps of xAPI as moments, and moments as timestamps.

Source: xAPI 1.0.3, part two, section 4.5; RFC 3339, section 5.6.
"""

import re
from datetime import UTC, datetime

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+\-]\d\d:\d\d)", re.ASCII
)


def is_iso_8601(timestamp: str) -> bool:
    """Whether a timestamp of the statement model is written with a T, and with Z if at all."""
    return timestamp[10] == "T" and timestamp[-1] != "z"


def is_rfc_3339(timestamp: str) -> bool:
    """Whether it is in the profile of ISO 8601 that names every part, and the offset."""
    return _RFC_3339.fullmatch(timestamp) is not None


def moment(timestamp: str) -> datetime:
    """The moment that a timestamp names, in UTC; without an offset it is taken as UTC.

    Raises:
        ValueError: If there is no such moment.
    """
    named = datetime.fromisoformat(timestamp.upper())
    # The first and the last year leave no room to change into another time zone.
    if not 1 < named.year < 9999:
        raise ValueError("year out of range")
    return named.replace(tzinfo=UTC) if named.tzinfo is None else named.astimezone(UTC)


def timestamp(at: datetime) -> str:
    """A moment as a store writes it: UTC, to the microsecond.

    Args:
        at: Aware.
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
