"""Passwords: argon2id at a cost that forty children signing in at once can bear.

Source: OWASP Password Storage Cheat Sheet, argon2id with m=19 MiB, t=2, p=1.
"""

import os
import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: A check keeps one core busy and 19 MiB: more at once than there are cores only take memory, and
#: the time of pages. Whoever comes later waits for a few hundredths of a second.
_TURNS = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))

#: Stands where a hash would for somebody who comes in by another way: no password fits it.
NO_PASSWORD = "!"  # noqa: S105 # none

#: Letters and digits that nobody mixes up when they read them from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its salt and cost in the string."""
    with _TURNS:
        return _hasher().hash(password)


def is_set(password_hash: str | None) -> bool:
    """Whether there is a password at all."""
    return password_hash not in {None, "", NO_PASSWORD}


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes as long for an unknown account as for a known one."""
    has_password = is_set(password_hash)
    known = (password_hash if has_password else None) or _nobodys_hash()
    try:
        with _TURNS:
            _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    return has_password


def start_password() -> str:
    """Six letters and four digits, 39 bits, easy to copy from a slip.

    That is plenty behind argon2id, a throttle of a few tries in five minutes and a lock.
    """
    word = "".join(secrets.choice(_LETTERS) for _ in range(6))
    return word + "-" + "".join(secrets.choice(_DIGITS) for _ in range(4))
