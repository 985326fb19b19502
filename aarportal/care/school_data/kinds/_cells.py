"""The cells of one row, read as the kinds need them; what cannot be read is written down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from aarportal.core.tables.cells import is_blank, read_count, read_share
from aarportal.core.tables.dates import CellError, plain, read_date, read_time

Value = TypeVar("Value")

_LONGEST_TEXT = 1000
_YEAR = re.compile(
    r"(?P<year>(?:令和|平成|[RH令平])? ?\.?(?:元|[0-9]{1,4}))(?:年度?|年)?", re.IGNORECASE
)
_TERM = re.compile(r"(?:第? ?(?P<n>[1-3])(?: ?学期)?|(?P<which>前期|後期|学年末?|年間|通年))")
_TERMS = {"前期": "1", "後期": "2"}
_TEMPERATURE = re.compile(r"(?P<degrees>[34][0-9](?:\.[0-9]{1,2})?) ?(?:℃|°C|度)?", re.IGNORECASE)
_YES = frozenset(
    {
        "y",
        "yes",
        "true",
        "1",
        "はい",
        "有",
        "有り",
        "あり",
        "○",
        "◯",
        "〇",
        "する",
        "したい",
        "相談したい",
        "希望する",
    }
)
_NO = frozenset(
    {
        "n",
        "no",
        "false",
        "0",
        "いいえ",
        "無",
        "無し",
        "なし",
        "×",
        "x",
        "しない",
        "したくない",
        "相談しない",
        "希望しない",
    }
)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell.

    Attributes:
        column: Key of the column; empty when it is about the row.
        rule: Key in `rules.RULES`.
        cell: What stands there.
    """

    column: str
    rule: str
    cell: str = ""


@dataclass
class Cells:
    """One row.

    Attributes:
        said: Key of a column -> what stands there; columns that the table has not are left out.
        choices: What somebody said that the table does not say itself.
        not_after: A later day is a problem.
        are_serial: Whether days are the bare numbers of a spreadsheet.
        problems: What could not be read.
    """

    said: Mapping[str, str]
    choices: Mapping[str, str]
    not_after: date
    are_serial: bool = False
    problems: list[CellProblem] = field(default_factory=list)

    def refuse(self, column: str, rule: str) -> None:
        """Write down what is wrong."""
        self.problems.append(CellProblem(column, rule, self.said.get(column, "")))

    def text(self, column: str) -> str:
        """Words as somebody wrote them; half-width kana become full-width ones."""
        cell = self.said.get(column, "")
        if is_blank(cell):
            return ""
        if len(cell) > _LONGEST_TEXT:
            self.refuse(column, "text_long")
            return ""
        return widened(cell)

    def needed(self, column: str) -> str:
        """The same; leaving it blank is a problem."""
        text = self.text(column)
        if not text and not self._is_refused(column):
            self.refuse(column, "value_needed")
        return text

    def _is_refused(self, column: str) -> bool:
        return any(problem.column == column for problem in self.problems)

    def day(self, column: str) -> date | None:
        """A day that has come."""
        if not self.needed(column):
            return None
        try:
            day = read_date(self.said[column], is_serial=self.are_serial)
        except CellError as error:
            self.refuse(column, error.rule)
            return None
        if day > self.not_after:
            self.refuse(column, "date_later")
            return None
        return day

    def time(self, column: str) -> str:
        """A time of day as `HH:MM`; empty without one."""
        if not self.text(column):
            return ""
        try:
            return read_time(self.said[column]).strftime("%H:%M")
        except CellError as error:
            self.refuse(column, error.rule)
            return ""

    def year(self, column: str) -> int | None:
        """A school year (年度) that has begun."""
        cell = self.needed(column)
        if not cell:
            return None
        year = _school_year(plain(cell))
        if year is None:
            self.refuse(column, "school_year")
        elif date(year, 4, 1) > self.not_after:
            self.refuse(column, "date_later")
            return None
        return year

    def term(self, column: str) -> str:
        """`1` to `3`, or `year`; a table without such a column is about the year."""
        cell = plain(self.text(column))
        if not cell:
            return "year"
        found = _TERM.fullmatch(cell)
        if found is None:
            self.refuse(column, "term")
            return ""
        return found["n"] or _TERMS.get(found["which"], "year")

    def count(self, column: str) -> int | None:
        """A whole number; None where there is nothing."""
        cell = self.text(column)
        if not cell:
            return None
        try:
            return read_count(cell.removesuffix("日").removesuffix("番"))
        except CellError as error:
            self.refuse(column, error.rule)
            return None

    def amount(self, column: str) -> str:
        """A number, a share or a percentage, written in one way; empty without one."""
        cell = self.text(column)
        if not cell:
            return ""
        try:
            read_share(cell)
        except CellError as error:
            self.refuse(column, error.rule)
            return ""
        return plain(cell).replace(",", "")

    def temperature(self, column: str) -> str:
        """Degrees Celsius with one decimal; empty without any."""
        cell = plain(self.text(column))
        if not cell:
            return ""
        found = _TEMPERATURE.fullmatch(cell)
        if found is None:
            self.refuse(column, "temperature")
            return ""
        return f"{float(found['degrees']):.1f}"

    def is_yes(self, column: str) -> bool:
        """Yes or no; nothing is no."""
        cell = plain(self.text(column)).lower()
        if cell and cell not in _YES | _NO:
            self.refuse(column, "yes_or_no")
        return cell in _YES

    def one_of(self, column: str, words: Mapping[str, Value], rule: str) -> Value | None:
        """What a word stands for; None, and a problem, if it is none of them."""
        cell = plain(self.said.get(column, ""))
        if cell not in words:
            self.refuse(column, rule)
            return None
        return words[cell]


def _school_year(text: str) -> int | None:
    found = _YEAR.fullmatch(text)
    if found is None:
        return None
    # 2019 was 平成31年度 and 令和元年度: one of the two has the day.
    for day in ("5月1日", "4月1日"):
        try:
            return read_date(f"{found['year']}年{day}").year
        except CellError:
            continue
    return None


_HALF_KANA = re.compile("[\uff61-\uff9f]+")


def widened(text: str) -> str:
    """Half-width kana as full-width ones; no other character is touched."""
    return _HALF_KANA.sub(lambda found: plain(found[0]), text)
