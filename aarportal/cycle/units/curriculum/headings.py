"""What stands beneath what in the list of the ministry, by its order and its numbering; pure.

A code cannot be shortened to that of its parent: 8260243000000000 (grade 4 of science) belongs to
82602L0000000000, and 8361223300000000 to 8361203000000000. The list itself is in reading order, and
its headings are numbered as the printed text is, which says it all.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: Numbering -> how deep a heading stands; the first that fits counts. Circles come first, because
#: they turn into what they enclose when the text is normalised.
_RAW = ((re.compile(r"[①-⑳㋐-㋾]"), 11),)
_GRADE_DEPTH = 3
_BESIDE_DEPTH = 5
_NAMED_DEPTH = 8
_NORMAL = (
    (re.compile(r"第 *\d+ *章"), 0),
    (re.compile(r"第 *\d+ *節"), 1),
    (re.compile(r"第 *\d+"), 2),
    (re.compile(r"〔第 *\d+ *(?:学年|分野)|〔\S+分野〕"), _GRADE_DEPTH),
    # The two parts of foreign languages have a name and no number.
    (re.compile(r"(?:英語|その他の外国語)\Z"), _GRADE_DEPTH),
    (re.compile(r"\d+[ .]"), 4),
    (re.compile(r"〔"), _BESIDE_DEPTH),
    (re.compile(r"[A-Z] "), 6),
    (re.compile(r"\(\d+\)"), 7),
    (re.compile(r"\["), _NAMED_DEPTH),
    (re.compile(r"[ア-ン] "), 9),
    (re.compile(r"\([ア-ン]\)"), 10),
    (re.compile(r"[a-z] "), 12),
)
_CHAPTER_DEPTH = 0
_SPACES = re.compile(r"[ \t]+")


@dataclass(frozen=True)
class _Open:
    depth: int
    code: str


def parents(rows: Iterable[tuple[str, str]]) -> Iterator[str | None]:
    """The parent of each row; None for a chapter and for what comes before any heading.

    Args:
        rows: (code, text) in the order of the list.
    """
    above: list[_Open] = []
    for code, text in rows:
        depth = _depth(text)
        if depth == _GRADE_DEPTH and any(each.depth == _NAMED_DEPTH for each in above):
            # In moral education each named value is spelt out for the grades.
            depth = _NAMED_DEPTH + 1
        if depth is None:
            # Without a number it is no heading: the kanji of a grade, for instance.
            yield above[-1].code if above else None
            continue
        while above and above[-1].depth >= depth:
            above.pop()
        yield above[-1].code if above else None
        above.append(_Open(depth, code))


def is_chapter(text: str) -> bool:
    """Whether it is the heading of a chapter, above which nothing stands."""
    return _depth(text) == _CHAPTER_DEPTH


def _depth(text: str) -> int | None:
    raw = text.strip()
    for mark, depth in _RAW:
        if mark.match(raw):
            return depth
    first = unicodedata.normalize("NFKC", raw).split("\n", 1)[0]
    first = _SPACES.sub(" ", first).strip()
    return next((depth for mark, depth in _NORMAL if mark.match(first)), None)
