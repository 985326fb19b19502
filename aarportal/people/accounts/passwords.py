"""Passwords: argon2id at a cost that forty children signing in at once can bear.

Source: OWASP Password Storage Cheat Sheet, argon2id with m=19 MiB, t=2, p=1.
"""

import re
import secrets
from collections.abc import Collection
from functools import cache
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Letters and digits that nobody mixes up when they read them from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"

#: Source: OWASP ASVS 5.0, 6.2.1: at least eight characters; staff see many children.
SHORTEST, SHORTEST_OF_STAFF, LONGEST = 8, 12, 200

#: What everybody tries first, here and elsewhere, without the digits that people add.
_COMMON_WORDS = """
    password passw0rd pass admin welcome letmein login qwerty qwertyuiop asdfgh asdfghjkl zxcvbn
    qazwsx abc abcd abcdef abcdefg abcdefgh iloveyou monkey dragon sunshine princess football
    baseball superman pokemon pikachu doraemon minecraft sakura himawari momotaro gakkou sensei
    school student teacher test guest user master secret hello japan tokyo nippon arigatou
    konnichiwa ohayou aiueo kakikukeko iroha hiragana namae tomodachi manabinowa まなびのわ
    あいうえお かきくけこ いろは いろはに ひらがな ぱすわーど パスワード がっこう せんせい
    こんにちは おはよう ありがとう
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_RUNS = ("01234567890", "09876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its salt and cost in the string."""
    return _hasher().hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; takes as long for an unknown account as for a known one."""
    try:
        _hasher().verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def start_password() -> str:
    """Six letters and four digits, 39 bits, easy to copy from a slip.

    That is plenty behind argon2id, a throttle of a few tries in five minutes and a lock.
    """
    word = "".join(secrets.choice(_LETTERS) for _ in range(6))
    return word + "-" + "".join(secrets.choice(_DIGITS) for _ in range(4))


def objection(password: str, known: Collection[str], *, of_staff: bool) -> str:
    """What speaks against a password somebody chose.

    Args:
        password: As it was typed.
        known: What others know of the person: names, login id, code of the school.
        of_staff: Whether the person sees other people's children.

    Returns:
        `short`, `long`, `common` or `known`; empty if nothing does.
    """
    if len(password) < (SHORTEST_OF_STAFF if of_staff else SHORTEST):
        return "short"
    if len(password) > LONGEST:
        return "long"
    plain = normalize("NFKC", password).casefold()
    core = _AROUND.sub("", plain)
    few = len(set(plain)) < 4
    if few or core in _COMMON or (not core and len(set(plain)) < 6) or _is_run(plain):
        return "common"
    left = plain
    for it in known:
        if len(it) > 1:
            left = left.replace(normalize("NFKC", it).casefold(), "")
    # A name with a few letters around it is no more than the name.
    return "known" if len(left) < min(len(plain), SHORTEST // 2) else ""


def _is_run(plain: str) -> bool:
    return any(plain in run or plain in run * 2 for run in _RUNS)
