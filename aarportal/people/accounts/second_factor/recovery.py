"""Codes on paper for the day on which the device is lost, pure.

A code: its number in two digits, then twelve letters and digits of 31, 59 bits.
"""

import re
import secrets
import unicodedata

#: How many a person gets.
CODES = 10
#: Nobody mixes these up: no 0 and o, no 1, l and i.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 12
_SHAPE = re.compile(rf"(\d\d)([{_LETTERS}]{{{_LENGTH}}})")


def new_codes() -> list[str]:
    """Ten codes, as they are printed."""
    return [_printed(number) for number in range(1, CODES + 1)]


def read(typed: str) -> tuple[int, str] | None:
    """(number, the rest) of a code however it was typed; None if it is none.

    Wide letters, capitals, spaces and other strokes come from Japanese keyboards.
    """
    plain = unicodedata.normalize("NFKC", typed).lower()
    found = _SHAPE.fullmatch(re.sub(r"[^0-9a-z]", "", plain))
    return (int(found[1]), found[2]) if found else None


def _printed(number: int) -> str:
    word = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join((f"{number:02}", word[:4], word[4:8], word[8:]))
