"""Identifiers made by the application: UUIDs that sort by the time they were made."""

import os
import time
from uuid import UUID

_RANDOM_BITS = 74

#: Stands in a key where there is nothing to point at: an unknown unit, no app (paper work).
NOTHING = UUID(int=0)


def new_id() -> UUID:
    """A UUID of version 7.

    Source: RFC 9562, section 5.7 (48 bits of Unix milliseconds, then random bits).
    """
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10), "big") & ((1 << _RANDOM_BITS) - 1)
    return _version_7(millis, rand >> 62, rand & ((1 << 62) - 1))


def id_at(micros: int) -> UUID:
    """A UUID of version 7 that grows with the microseconds since 1970 it is made of.

    Source: RFC 9562, section 6.2, method 3 (the fraction of the millisecond in the 12 bits after
    it, here as whole microseconds); the bits after them are random.
    """
    millis, fraction = divmod(micros, 1000)
    rand = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return _version_7(millis, fraction, rand)


def _version_7(millis: int, rand_a: int, rand_b: int) -> UUID:
    return UUID(int=millis << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)
