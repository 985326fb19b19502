"""One Japanese source string, several scripts.

Notation: `{漢字|かんじ}` is a word with its reading, `_` the border between two phrases.
Drawn as ruby over the words a reader has not learned yet, as plain kanji, or as spaced hiragana.
`_` becomes a place where the line may break, or the space of 分かち書き.
"""

import re
from enum import StrEnum
from functools import lru_cache

from markupsafe import Markup, escape

from aarportal.web.kanji_grades import GRADE_OF_KANJI

_TOKEN = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}|(_)|([^{_]+|\{)")
_KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々〆\U00020000-\U0003ffff]")
_NO_SPACE_AFTER = "、。！？　「（・ "

#: No school teaches kanji of this grade: with it every word keeps its reading.
EVERY_KANJI = 0
#: Higher than any grade in the table: with it only kanji outside the table get readings.
AFTER_PRIMARY = 7


class Script(StrEnum):
    """How Japanese text is drawn."""

    RUBY = "ruby"
    KANJI = "kanji"
    KANA = "kana"


def needs_reading(word: str, grade: int) -> bool:
    """Whether a reader in `grade` gets a reading over `word`.

    A kanji counts as learned when it belongs to an earlier grade: those of the reader's own grade
    are being learned now.
    """
    return any(GRADE_OF_KANJI.get(char, AFTER_PRIMARY) >= grade for char in _KANJI.findall(word))


@lru_cache(maxsize=8192)
def draw(text: str, script: Script, grade: int) -> Markup:
    """Draw `text` as HTML.

    Args:
        text: A string in the notation; anything else in it is escaped.
        script: Ruby, kanji or kana.
        grade: 1 to 9, the reader's grade, for ruby; `EVERY_KANJI` keeps all readings.
    """
    out: list[str] = []
    for word, reading, border, plain in _TOKEN.findall(text):
        if word:
            out.append(_word(word, reading, script, grade))
        elif not border:
            out.append(str(escape(plain)))
        elif script is not Script.KANA:
            out.append("<wbr>")
        elif out and out[-1][-1:] not in _NO_SPACE_AFTER:
            out.append(" ")
    return Markup("".join(out))  # noqa: S704 - every part was escaped above


def _word(word: str, reading: str, script: Script, grade: int) -> str:
    if script is Script.KANA:
        return str(escape(reading))
    if script is Script.KANJI or not needs_reading(word, grade):
        return str(escape(word))
    return f'<ruby>{escape(word)}<rt aria-hidden="true">{escape(reading)}</rt></ruby>'


@lru_cache(maxsize=8192)
def draw_plain(text: str, script: Script) -> str:
    """Draw `text` without mark-up, for places where none can stand: attributes, titles, SVG."""
    kana = script is Script.KANA
    out: list[str] = []
    for word, reading, border, plain in _TOKEN.findall(text):
        if word:
            out.append(reading if kana else word)
        elif not border:
            out.append(plain)
        elif kana and out and out[-1][-1:] not in _NO_SPACE_AFTER:
            out.append(" ")
    return "".join(out)
