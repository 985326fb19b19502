"""How a child is called on the page, pure."""

import re

_KATAKANA = re.compile(r"[\u30a1-\u30f6]")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def called(given_name: str, kana: str) -> str:
    """The given name in the letters that small children read.

    Rosters write readings in katakana; a child reads its own name in hiragana first. A name that
    is katakana itself, as names from abroad are, stays as it is.
    """
    if not kana or _KATAKANA.search(given_name):
        return given_name
    return kana.translate(_TO_HIRAGANA)
