"""Which page of a list is asked for."""

from flask import request

#: No list has more pages.
_LAST = 99_999


def asked_page(name: str = "page") -> int:
    """The number of a page in the address, or in the form; the first for anything that is none."""
    text = request.values.get(name, "")
    if not (text.isascii() and text.isdecimal()):
        return 1
    digits = text.lstrip("0")
    return int(digits or 1) if len(digits) <= len(str(_LAST)) else _LAST
