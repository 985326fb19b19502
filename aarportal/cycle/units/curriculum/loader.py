"""Reads the lists of 学習指導要領コード that the ministry publishes as CSV; pure.

Sources:
    文部科学省, 学習指導要領コード (82V12 primary, 83V11 lower secondary, and earlier ones):
    a line with the title, a line with 教科等, No, 学習指導要領テキスト, 学習指導要領コード, then a
    record for each code; UTF-8 or CP932; a text may hold line breaks, and readings in 《》.
    教育データプラス研究会, 学習指導要領LOD, section-hierarchy (Turtle): `cs:A schema:hasPart cs:B.`
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aarportal.cycle.units.curriculum import codes, headings

#: A selection of real rows that comes with the portal, in the format of the ministry.
SAMPLE = Path(__file__).with_name("sample.csv")

#: Columns by their headings: subject, text, code.
_HEADINGS = ("教科等", "学習指導要領テキスト", "学習指導要領コード")
#: 教科等 without spaces -> our key; a subject that is not listed here has none.
_SUBJECTS = {
    "国語": "kokugo",
    "社会": "shakai",
    "算数": "sansu",
    "数学": "sugaku",
    "理科": "rika",
    "生活": "seikatsu",
    "音楽": "ongaku",
    "図画工作": "zuko",
    "美術": "bijutsu",
    "家庭": "kateika",
    "技術・家庭": "gijutsukatei",
    "体育": "taiiku",
    "保健体育": "hokentaiiku",
    "外国語": "gaikokugo",
    "外国語活動": "gaikokugo",
    "道徳": "dotoku",
    "特別の教科道徳": "dotoku",
    "総合的な学習の時間": "sogo",
    "特別活動": "tokkatsu",
}
#: The part of foreign languages that lower secondary schools teach under its own name.
_ENGLISH = "英語"
_READING = re.compile("《[^》]*》")
#: What a spreadsheet makes of sixteen digits.
_ROUNDED = re.compile(r"\A\d(?:\.\d+)?E\+?\d+\Z", re.IGNORECASE)
_TITLE = re.compile(r"\A【\w+】")
_NAME = r"(?:cs:|<https?://w3id\.org/jp-cos/)([0-9A-Za-z]{16})>?"
_HAS_PART = re.compile(
    rf"^\s*{_NAME}\s+(?:schema:|<https?://schema\.org/)hasPart>?\s+(.+?)\s*\.\s*$", re.MULTILINE
)


@dataclass(frozen=True)
class Item:
    """One code with its text, without the readings that the list puts in 《》.

    Attributes:
        parent_code: The heading above it; None for a chapter.
        school: `P` or `J`.
        subject: Our key; empty for none.
        grades: Within the school; none when the code names none.
    """

    code: str
    parent_code: str | None
    school: str
    subject: str
    grades: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Problem:
    """Why a record was left out.

    Attributes:
        line: Line of the file on which the record begins, from 1.
        rule: `encoding`, `csv`, `columns`, `form`, `rounded`, `school`, `text` or `repeated`.
        value: What stands there.
    """

    line: int
    rule: str
    value: str


@dataclass(frozen=True)
class _Row:
    line: int
    subject: str
    text: str
    code: str


@dataclass
class Reading:
    """What one file holds."""

    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(data: bytes, table: Mapping[str, str] | None = None) -> Reading:
    """Read one list.

    Args:
        data: The file as it was published; several after each other are read, too.
        table: Code -> code of its parent, from `read_hierarchy`; what it does not know is taken
            from the order and the numbering of the list.
    """
    reading = Reading()
    text = _decoded(data)
    if text is None:
        reading.problems.append(Problem(1, "encoding", ""))
        return reading
    rows = list(_checked(_rows(text, reading), reading))
    found = headings.parents((row.code, row.text) for row in rows)
    english: set[str] = set()
    for row, by_order in zip(rows, found, strict=True):
        parent = None if headings.is_chapter(row.text) else (table or {}).get(row.code, by_order)
        if parent in english or row.text == _ENGLISH:
            english.add(row.code)
        reading.items.append(_item(row, parent, is_english=row.code in english))
    return reading


def read_sample() -> Reading:
    """The selection that comes with the portal."""
    return read(SAMPLE.read_bytes())


def is_hierarchy(data: bytes) -> bool:
    """Whether a file is a table of parents and not a list."""
    return b"hasPart" in data


def read_hierarchy(data: bytes) -> dict[str, str]:
    """Code -> code of its parent."""
    text = data.decode("utf-8-sig", errors="replace")
    return {
        child: parent
        for parent, children in _HAS_PART.findall(text)
        for child in re.findall(_NAME, children)
    }


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _rows(text: str, reading: Reading) -> Iterator[_Row]:
    """The records beneath the headings of the columns; titles and empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""))
    columns: list[int] | None = None
    begun = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            reading.problems.append(Problem(begun, "csv", str(error)))
            break
        line, begun = begun, reader.line_num + 1
        named = [unicodedata.normalize("NFKC", cell).strip() for cell in cells]
        if set(_HEADINGS) <= set(named):
            columns = [named.index(heading) for heading in _HEADINGS]
        elif columns is not None and any(named) and not _is_title(named):
            subject, said, code = (cells[at].strip() if at < len(cells) else "" for at in columns)
            yield _Row(line, subject, _READING.sub("", said), code)
    if columns is None:
        reading.problems.append(Problem(1, "columns", ""))


def _is_title(cells: Sequence[str]) -> bool:
    """Whether another list begins here."""
    return bool(_TITLE.match(cells[0].lstrip("\ufeff"))) and not any(cells[1:])


def _checked(rows: Iterable[_Row], reading: Reading) -> Iterator[_Row]:
    seen: dict[str, str] = {}
    for row in rows:
        rule = _broken_rule(row, seen)
        if rule:
            reading.problems.append(Problem(row.line, rule, row.code[:40]))
        elif row.code not in seen:
            seen[row.code] = row.text
            yield row


def _broken_rule(row: _Row, seen: Mapping[str, str]) -> str:
    if _ROUNDED.match(row.code):
        return "rounded"
    if not codes.is_code(row.code):
        return "form"
    if not codes.school_of(row.code):
        return "school"
    if not row.text:
        return "text"
    return "repeated" if seen.get(row.code, row.text) != row.text else ""


def _item(row: _Row, parent: str | None, *, is_english: bool) -> Item:
    school = codes.school_of(row.code)
    subject = _SUBJECTS.get(re.sub(r"\s", "", row.subject), "")
    if school == "J" and is_english:
        subject = "eigo"
    return Item(row.code, parent, school, subject, codes.grades_of(row.code), row.text)
