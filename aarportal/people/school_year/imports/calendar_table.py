"""The calendar of a school year as a table: read, and written; pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aarportal.core.tables.cells import is_blank
from aarportal.core.tables.dates import CellError, plain, read_date
from aarportal.core.tables.sheets import Row, Sheet
from aarportal.core.tables.writing import as_meant
from aarportal.people.attendance.calendar import DayKind, is_usual
from aarportal.people.school_year.imports.columns import Problem
from aarportal.people.school_year.years import (
    MAX_TITLE,
    PlannedDay,
    cleaned_title,
    days,
    holidays,
    normal,
    school_year_of,
    usual_day,
)

HEADERS = ("日付", "区分", "行事名", "日課")
#: What tables call a kind of day; the first is what we write.
KIND_NAMES: Mapping[DayKind, tuple[str, ...]] = {
    DayKind.CLOSED: (
        "休業日", "休業", "休日", "休み", "休", "祝日", "国民の祝日", "祝", "振替休日",
        "振替休業日", "長期休業", "長期休業日", "夏季休業", "冬季休業", "春季休業", "閉校日",
        "学校閉庁日", "closed", "holiday",
    ),
    DayKind.OPEN: (
        "授業日", "授業", "登校日", "平日", "通常", "土曜授業", "土曜授業日", "○", "open",
        "school",
    ),
    DayKind.EVENT: ("行事", "学校行事", "行事日", "儀式", "event"),
    DayKind.EXAM: (
        "考査", "定期考査", "考査日", "中間考査", "期末考査", "学年末考査", "テスト", "定期テスト",
        "試験", "exam",
    ),
}  # fmt: skip
_KINDS = {name: kind for kind, names in KIND_NAMES.items() for name in names}
#: Words within a name that say what its day is, where no column does.
_TELLING = (
    (re.compile(r"休業|休日|振替休|閉校日|閉庁日|(?:夏|冬|春|秋)休み"), DayKind.CLOSED),
    (
        re.compile(r"中間考査|期末考査|学年末考査|定期考査|定期テスト|(?:中間|期末)テスト"),
        DayKind.EXAM,
    ),
)
_RANGE = re.compile(r"\s*(?:[~〜～–—―]|から|\s-\s)\s*")
#: A hyphen parts days where it does not stand within them.
_HYPHENS = re.compile(r"\s*(?:[~〜～–—―－−-]|から)\s*")
_WEEKDAY = re.compile(r"\((?:[月火水木金土日](?:曜日?)?)[・,]?祝?\)")
_MONTH_DAY = re.compile(r"([0-9]{1,2}) ?(?:月|[/.-]) ?([0-9]{1,2}) ?日?")
_DAY = re.compile(r"([0-9]{1,2}) ?日?")
#: Days with several lines are what the strongest of them says.
_STRENGTH = {DayKind.CLOSED: 3, DayKind.EXAM: 2, DayKind.EVENT: 1, DayKind.OPEN: 0}


@dataclass(frozen=True)
class _Said:
    """What one line says of a day."""

    line: int
    plan: PlannedDay
    is_span: bool


def read(
    sheet: Sheet, columns: Mapping[str, str], year: int, bells: Mapping[str, str]
) -> tuple[dict[date, PlannedDay | None], list[Problem]]:
    """The days that a table names, and what is wrong with its lines.

    A line of one day goes before a line of several. Of several days, those with school leave out
    weekends and national holidays, and those without leave holidays their names.

    Args:
        sheet: The table.
        columns: Field -> name of its column.
        year: The school year; days without a year lie in it.
        bells: Name of lesson times -> id as hex.
    """
    said: dict[date, list[_Said]] = {}
    problems: list[Problem] = []
    reader = _Reader(sheet, columns, year, bells)
    for row in sheet.rows:
        try:
            for day, it in reader.read(row):
                said.setdefault(day, []).append(it)
        except _LineError as error:
            problems.append(error.problem)
    found: dict[date, PlannedDay | None] = {}
    for day, lines in sorted(said.items()):
        plan, trouble = _joined(day, lines, columns)
        if trouble:
            problems.append(trouble)
        else:
            found[day] = normal(day, plan)
    return found, sorted(problems, key=lambda it: it.line)


class _LineError(Exception):
    """A line that cannot be taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.rule)
        self.problem = problem


class _Reader:
    """Reads the lines of one table."""

    def __init__(
        self, sheet: Sheet, columns: Mapping[str, str], year: int, bells: Mapping[str, str]
    ) -> None:
        self._places = {field: sheet.headers.index(it) for field, it in columns.items()}
        self._columns = columns
        self._year = year
        self._bells = bells
        self._holidays = holidays(year)

    def read(self, row: Row) -> Iterator[tuple[date, _Said]]:
        """What a line says; nothing for a line without day and name.

        Raises:
            _LineError: If it cannot be taken.
        """
        if is_blank(self._cell(row, "date")):
            if self._cell(row, "title"):
                raise self._error(row, "date", "value_needed")
            return
        first_on, last_on = self._days(row)
        title = cleaned_title(self._cell(row, "title"))
        if len(title) > MAX_TITLE:
            raise self._error(row, "title", "title_long")
        kind, bells = self._kind(row, title), self._bells_of(row)
        for day in days(first_on, last_on):
            plan = self._plan(day, kind, title, bells, is_span=first_on < last_on)
            if plan:
                yield day, _Said(row.line, plan, first_on < last_on)

    def _plan(
        self, day: date, kind: DayKind | None, title: str, bells: str, *, is_span: bool
    ) -> PlannedDay | None:
        if is_span and day in self._holidays:
            closed = PlannedDay(DayKind.CLOSED, self._holidays[day])
            return closed if kind is DayKind.CLOSED else None
        if is_span and kind is not DayKind.CLOSED and is_usual(day, DayKind.CLOSED):
            return None
        return usual_day(day, title, bells) if kind is None else PlannedDay(kind, title, bells)

    def _cell(self, row: Row, field: str) -> str:
        place = self._places.get(field)
        if place is None or place >= len(row.cells):
            return ""
        return as_meant(row.cells[place])

    def _error(self, row: Row, field: str, rule: str) -> _LineError:
        return _LineError(Problem(row.line, self._columns[field], rule, self._cell(row, field)))

    def _days(self, row: Row) -> tuple[date, date]:
        said = self._cell(row, "date").strip()
        between = _HYPHENS if "/" in said or "月" in said else _RANGE
        parts = between.split(said, maxsplit=1)
        last = self._cell(row, "last")
        field = "date"
        try:
            first_on = read_day(parts[0], self._year)
            last_on = read_day(parts[1], self._year, first_on) if len(parts) > 1 else first_on
            if not is_blank(last):
                field = "last"
                last_on = read_day(last, self._year, first_on)
        except CellError as error:
            raise self._error(row, field, error.rule) from None
        if last_on < first_on:
            raise self._error(row, field, "day_order")
        if {school_year_of(first_on), school_year_of(last_on)} != {self._year}:
            raise self._error(row, field, "day_outside")
        return first_on, last_on

    def _kind(self, row: Row, title: str) -> DayKind | None:
        said = plain(self._cell(row, "kind")).lower()
        if not is_blank(said):
            if said not in _KINDS:
                raise self._error(row, "kind", "day_kind")
            return _KINDS[said]
        if title in self._holidays.values():
            return DayKind.CLOSED
        return next((kind for words, kind in _TELLING if words.search(title)), None)

    def _bells_of(self, row: Row) -> str:
        said = self._cell(row, "bells")
        if is_blank(said):
            return ""
        if said not in self._bells:
            raise self._error(row, "bells", "bells_unknown")
        return self._bells[said]


def read_day(text: str, year: int, after: date | None = None) -> date:
    """A day, where the year may be left out: it is the one in which the school year has it.

    Args:
        text: Such as 2026/4/8, 令和8年4月8日, 4/8（水） or, after another day, 25日.
        year: The school year.
        after: The first day, where it is the last of several.

    Raises:
        CellError: If it is none.
    """
    try:
        return read_date(text)
    except CellError as error:
        short = _WEEKDAY.sub("", plain(text)).strip()
        if found := _MONTH_DAY.fullmatch(short):
            month, number = int(found[1]), int(found[2])
        elif after and (found := _DAY.fullmatch(short)):
            month, number = after.month, int(found[1])
        else:
            raise error from None
    return read_date(f"{year if month >= 4 else year + 1}/{month}/{number}")


def _joined(
    day: date, lines: list[_Said], columns: Mapping[str, str]
) -> tuple[PlannedDay, Problem | None]:
    """What all lines of a day say together."""
    said = [it for it in lines if not it.is_span] or lines
    kinds = {it.plan.kind for it in said}
    kind = max(kinds, key=lambda each: _STRENGTH[DayKind(each)])
    titles = dict.fromkeys(it.plan.title for it in said if it.plan.title)
    bells = dict.fromkeys(it.plan.bells for it in said if it.plan.bells)
    plan = PlannedDay(kind, "・".join(titles), next(iter(bells), ""))
    last = said[-1]
    trouble = None
    if (DayKind.CLOSED in kinds and len(kinds) > 1) or len(bells) > 1:
        trouble = Problem(last.line, columns["date"], "day_contradicts", day.isoformat())
    elif len(plan.title) > MAX_TITLE:
        trouble = Problem(last.line, columns["title"], "title_long", plan.title)
    return plan, trouble


def rows(planned: Mapping[date, PlannedDay], bells: Mapping[str, str]) -> list[list[str]]:
    """A calendar as lines of a table, one for each day that differs or has a name.

    Args:
        planned: The days.
        bells: Id of lesson times as hex -> their name.
    """
    return [
        [
            day.isoformat(),
            KIND_NAMES[DayKind(plan.kind)][0],
            plan.title,
            bells.get(plan.bells, ""),
        ]
        for day, plan in sorted(planned.items())
    ]
