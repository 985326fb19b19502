"""One row of a table: what its cells say together, or everything that is wrong with them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from fractions import Fraction
from typing import Any, TypeVar

from aarportal.core.tables.cells import (
    Share,
    is_blank,
    is_total,
    read_count,
    read_duration,
    read_number,
    read_share,
)
from aarportal.core.tables.dates import (
    CellError,
    Moment,
    moment_of,
    plain,
    read_date,
    read_moment,
    read_time,
)
from aarportal.core.tables.sheets import Row
from aarportal.cycle.action.translators.columns import ColumnMapping, MomentMeaning, PersonKind
from aarportal.cycle.units.curriculum.codes import is_code

_UUID = re.compile(r"\A[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_ATTEMPTS = 1_000
_LONGEST_NAME = 255
_CHARACTERS_SHOWN = 60

# One sign of JIS became one character in Windows and another elsewhere; a row is the same row
# whoever saved the file.
_TWINS = str.maketrans("〜−‖¢£¬", "～－∥￠￡￢")

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell that cannot be read.

    Attributes:
        column: Name of the column; empty when it is about the whole row.
        rule: Key in `rules.RULES`.
        cell: What stands in it, short. It may be shown to whoever sent the file, and not be logged.
    """

    column: str
    rule: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a row says."""

    person: str
    moment: Moment
    title: str
    subject: str
    unit: str
    unit_code: str
    seconds: int | None
    items: int | None
    correct: int | None
    score: Fraction | None
    score_max: Fraction | None
    attempt: int | None

    def content(self) -> list[Any]:
        """Everything that makes it this work and no other, as plain values."""
        return [
            self.person,
            self.moment.at.timestamp(),
            self.moment.has_time,
            *self.topic(),
            self.seconds,
            self.items,
            self.correct,
            None if self.score is None else str(self.score),
            None if self.score_max is None else str(self.score_max),
            self.attempt,
        ]

    def topic(self) -> list[str]:
        """What makes its activity this one and no other."""
        named = (self.title, self.subject, self.unit, self.unit_code)
        return [text.translate(_TWINS) for text in named]


class RowReader:
    """Reads the cells of one row and gathers what is wrong with them."""

    def __init__(
        self, row: Row, mapping: ColumnMapping, places: Mapping[str, int], width: int
    ) -> None:
        """Read `row`.

        Args:
            row: The row.
            mapping: Which column holds what.
            places: The same as numbers: field of the mapping -> place of its column.
            width: Number of columns.
        """
        self.problems: list[CellProblem] = []
        self._mapping = mapping
        self._places = places
        self._row = row
        self._width = width

    def work(self, zone: tzinfo, not_after: date | None) -> Work | None:
        """What the row says; None with `problems` when it cannot be read."""
        if any(self._row.cells[self._width :]):
            self.problems.append(CellProblem("", "row_long"))
        if self._is_total():
            self.problems.append(CellProblem("", "totals_row"))
            return None
        person = self._person()
        moment = self._moment(zone, not_after)
        seconds = self._read("duration", self._seconds)
        unit_code = self._read("unit_code", _unit_code) or ""
        attempt = self._read("attempt", _attempt)
        items, correct, score, score_max = self._counts()
        if self.problems or moment is None:
            return None
        if seconds and self._mapping.moment_meaning is MomentMeaning.START and moment.has_time:
            moment = Moment(moment.at + timedelta(seconds=seconds), has_time=True)
        return Work(
            person=person,
            moment=moment,
            title=self._cell("title"),
            subject=self._cell("subject"),
            unit=self._cell("unit"),
            unit_code=unit_code,
            seconds=seconds,
            items=items,
            correct=correct,
            score=score,
            score_max=score_max,
            attempt=attempt,
        )

    def _cell(self, field: str) -> str:
        """The text of a cell; empty where there is none."""
        place = self._places.get(field)
        if place is None or place >= len(self._row.cells):
            return ""
        cell = self._row.cells[place]
        return "" if is_blank(cell) else cell

    def _is_total(self) -> bool:
        """Whether the row sums up others: it says so, and names no person or no day."""
        cells = self._row.cells
        if not any(map(is_total, cells)):
            return False
        when = self._cell("moment") or self._cell("date")
        person = self._cell("person")
        return not person or not when or is_total(person) or is_total(when)

    def _note(self, field: str, rule: str) -> None:
        self.problems.append(
            CellProblem(getattr(self._mapping, field) or "", rule, _shown(self._cell(field)))
        )

    def _read(self, field: str, read: Callable[[str], Said]) -> Said | None:
        """What a cell says; None when it is blank or wrong."""
        cell = self._cell(field)
        if not cell:
            return None
        try:
            return read(cell)
        except CellError as error:
            self._note(field, error.rule)
            return None

    def _person(self) -> str:
        person = self._cell("person")
        if not person:
            self._note("person", "value_needed")
        elif self._mapping.person_kind is PersonKind.MASTER_IDENTIFIER and not _UUID.match(person):
            self._note("person", "person_uuid")
        elif len(person) > _LONGEST_NAME or _CONTROL.search(person):
            self._note("person", "person_form")
        return person

    def _moment(self, zone: tzinfo, not_after: date | None) -> Moment | None:
        is_serial = self._mapping.spreadsheet_days
        field = "moment" if self._mapping.moment else "date"
        if not self._cell(field):
            self._note(field, "value_needed")
            return None
        if field == "moment":
            moment = self._read(field, lambda cell: read_moment(cell, zone, is_serial=is_serial))
        else:
            day = self._read(field, lambda cell: read_date(cell, is_serial=is_serial))
            clock = self._read("time", read_time)
            moment = None if day is None else moment_of(day, clock, zone)
        if moment and not_after and moment.at.astimezone(zone).date() > not_after:
            self._note(field, "date_later")
        return moment

    def _seconds(self, cell: str) -> int:
        return read_duration(cell, self._mapping.duration_form)

    def _counts(self) -> tuple[int | None, int | None, Fraction | None, Fraction | None]:
        """Items, correct ones, points and their maximum, which may stand in each other's cells."""
        items = self._read("items", read_count)
        correct, of_items = self._correct(items)
        score, score_max = self._score()
        return (of_items if items is None else items), correct, score, score_max

    def _correct(self, items: int | None) -> tuple[int | None, int | None]:
        """The number of right answers, and of how many where the cell says so."""
        share = self._read("correct", read_share)
        if share is None or (items is None and self._cell("items")):
            return None, None
        if share.is_percent:
            return self._correct_percent(share, items), None
        whole = share.whole
        if share.part.denominator != 1 or (whole is not None and whole.denominator != 1):
            self._note("correct", "count")
            return None, None
        if whole is None and items is None:
            self._note("correct", "correct_without_items")
        elif whole is not None and items is not None and whole != items:
            self._note("correct", "items_differ")
        elif items is not None and share.part > items:
            self._note("correct", "correct_more_than_items")
        return int(share.part), None if whole is None else int(whole)

    def _correct_percent(self, share: Share, items: int | None) -> int | None:
        """The number of right answers that gives a percentage, where it is only one."""
        if items is None:
            self._note("correct", "correct_without_items")
            return None
        correct = round(share.part * items / 100)
        # 67 % of 3 is 2: the percentage is rounded or cut off, but never farther away.
        if items and abs(Fraction(correct * 100, items) - share.part) >= share.step:
            self._note("correct", "percent_of_items")
        elif items * share.step > 100:
            self._note("correct", "percent_coarse")
        return correct

    def _score(self) -> tuple[Fraction | None, Fraction | None]:
        """Points and their maximum."""
        highest = self._read("score_max", read_number)
        share = self._read("score", read_share)
        if highest is not None and not highest:
            self._note("score_max", "score_max_zero")
            return None, None
        if share is None or (highest is None and self._cell("score_max")):
            return None, None
        whole = Fraction(100) if share.is_percent else share.whole
        if share.is_percent and highest is not None:
            return share.part * highest / 100, highest
        if whole is not None and highest is not None and whole != highest:
            self._note("score", "score_max_differs")
        elif highest is not None and share.part > highest:
            self._note("score", "score_more_than_max")
        return share.part, highest if whole is None else whole


def _unit_code(cell: str) -> str:
    code = plain(cell)
    if not is_code(code):
        raise CellError("unit_code")
    return code


def _attempt(cell: str) -> int:
    try:
        attempt = read_count(cell)
    except CellError:
        raise CellError("attempt") from None
    if not 1 <= attempt <= _MOST_ATTEMPTS:
        raise CellError("attempt")
    return attempt


def _shown(cell: str) -> str:
    """A cell fit for a message: short, and without characters that a terminal obeys."""
    short = cell if len(cell) <= _CHARACTERS_SHOWN else f"{cell[: _CHARACTERS_SHOWN - 1]}…"
    return "".join(each if each.isprintable() else "�" for each in short)
