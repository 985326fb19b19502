"""School years, their months and usual terms, and what the next one looks like; pure.

Source: 学校教育法施行規則 第59条 for the bounds of a school year. When terms begin is for each
board of education to say; the days here are the most frequent ones, and only proposed.
"""

from calendar import Calendar as Weeks
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aarportal.people.attendance.calendar import DayKind, Term, is_usual
from aarportal.people.school_year.holidays import national_holidays

#: School years that can be planned; a slip of the finger lies elsewhere.
YEARS = range(2000, 2100)
#: The longest name of a day, a term or lesson times.
MAX_TITLE = 60
_APRIL = 4
#: Number of terms -> title, month and day of the first day of each.
USUAL_TERMS: Mapping[int, Sequence[tuple[str, int, int]]] = {
    2: (("前期", 4, 1), ("後期", 10, 1)),
    3: (("1学期", 4, 1), ("2学期", 9, 1), ("3学期", 1, 1)),
}
#: Holidays that last at least so long are proposed again for the next year.
_LONG_DAYS = 4
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PlannedDay:
    """What a day of the calendar is.

    Attributes:
        kind: `DayKind`.
        bells: Id of lesson times as hex; empty for the usual ones.
    """

    kind: str
    title: str = ""
    bells: str = ""


@dataclass(frozen=True)
class Span:
    """Days that follow each other and are the same.

    Attributes:
        last_on: Inclusive.
    """

    first_on: date
    last_on: date
    day: PlannedDay


@dataclass(frozen=True)
class YearProposal:
    """What a school year could begin with; nothing of it stands before somebody agrees.

    Attributes:
        year: The year in which its April lies.
        holidays: National holidays that the calendar does not have yet.
        breaks: The long holidays of the year before, on the same days of the year.
        terms: The terms of the year before, or the usual three; empty where the year has some.
    """

    year: int
    holidays: tuple[Span, ...]
    breaks: tuple[Span, ...]
    terms: tuple[Term, ...]

    @property
    def spans(self) -> list[Span]:
        """Everything that is proposed about days, in the order of the year."""
        return sorted((*self.holidays, *self.breaks), key=lambda span: span.first_on)


def cleaned_title(text: str) -> str:
    """A name as it is kept: on one line, and such that no spreadsheet takes it for a formula."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line.lstrip("=+-@ ")


def school_year_of(day: date) -> int:
    """The school year (年度) of a day: the year in which its April lies."""
    return day.year if day.month >= _APRIL else day.year - 1


def year_of(text: str) -> int | None:
    """A school year that can be planned; None for anything else."""
    is_year = text.isascii() and text.isdigit() and len(text) == 4 and int(text) in YEARS
    return int(text) if is_year else None


def day_of(text: str) -> date | None:
    """A day of a school year that can be planned; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if school_year_of(day) in YEARS else None


def first_day(year: int) -> date:
    """1 April."""
    return date(year, _APRIL, 1)


def last_day(year: int) -> date:
    """31 March of the next year."""
    return first_day(year + 1) - _ONE_DAY


def months(year: int) -> list[date]:
    """The first days of the twelve months of a school year."""
    return [date(year + (n >= 12), n % 12 + 1, 1) for n in range(_APRIL - 1, _APRIL + 11)]


def weeks(month: date) -> list[list[date | None]]:
    """The weeks of a month from Monday to Sunday, with None for days of other months."""
    found = Weeks().monthdatescalendar(month.year, month.month)
    return [[day if day.month == month.month else None for day in week] for week in found]


def last_of(month: date) -> date:
    """The last day of a month."""
    return date(month.year, month.month, monthrange(month.year, month.month)[1])


def days(first_on: date, last_on: date) -> Iterator[date]:
    """Every day from one to another, both inclusive."""
    for n in range((last_on - first_on).days + 1):
        yield first_on + n * _ONE_DAY


def holidays(year: int) -> dict[date, str]:
    """The national holidays of a school year."""
    found = {**national_holidays(year), **national_holidays(year + 1)}
    return {day: title for day, title in found.items() if school_year_of(day) == year}


def spans(planned: Mapping[date, PlannedDay]) -> list[Span]:
    """Days that differ from ordinary ones, put together where they follow each other."""
    found: list[Span] = []
    for day, plan in sorted(planned.items()):
        last = found[-1] if found else None
        if last and last.day == plan and last.last_on + _ONE_DAY == day:
            found[-1] = Span(last.first_on, day, plan)
        else:
            found.append(Span(day, day, plan))
    return found


def normal(day: date, plan: PlannedDay) -> PlannedDay | None:
    """A plan as it is kept: None for an ordinary day without a name."""
    if is_usual(day, plan.kind) and not plan.title and not plan.bells:
        return None
    return plan


def usual_day(day: date, title: str = "", bells: str = "") -> PlannedDay:
    """An ordinary day, with or without a name."""
    kind = DayKind.OPEN if is_usual(day, DayKind.OPEN) else DayKind.CLOSED
    return PlannedDay(kind, title, bells)


def terms_from(year: int, firsts: Sequence[tuple[str, date]]) -> tuple[Term, ...]:
    """The terms of a year from their titles and first days: they leave no day out."""
    ends = [first for _title, first in firsts[1:]] + [last_day(year) + _ONE_DAY]
    return tuple(Term(title, first, end) for (title, first), end in zip(firsts, ends, strict=True))


def usual_terms(year: int, count: int) -> tuple[Term, ...]:
    """Two or three terms on the days on which most schools begin them."""
    return terms_from(
        year, [(title, _in_year(year, month, day)) for title, month, day in USUAL_TERMS[count]]
    )


def propose(
    year: int,
    standing: Mapping[date, PlannedDay],
    before: Mapping[date, PlannedDay],
    terms: Sequence[Term],
    terms_before: Sequence[Term],
) -> YearProposal:
    """What a school year could begin with.

    Args:
        year: The school year.
        standing: What its calendar has already.
        before: The calendar of the year before.
        terms: The terms it has already.
        terms_before: Those of the year before.
    """
    free = {
        day: PlannedDay(DayKind.CLOSED, title)
        for day, title in holidays(year).items()
        if standing.get(day, PlannedDay("")).kind != DayKind.CLOSED
    }
    titles = {plan.title for plan in standing.values() if plan.kind == DayKind.CLOSED}
    breaks = [
        Span(_same_day(year, span.first_on), _same_day(year, span.last_on), span.day)
        for span in _long_breaks(year - 1, before)
        if span.day.title not in titles
    ]
    proposed = terms_from(
        year, [(term.title, _same_day(year, term.starts_on)) for term in terms_before]
    ) if terms_before else usual_terms(year, 3)  # fmt: skip
    return YearProposal(year, tuple(spans(free)), tuple(breaks), () if terms else tuple(proposed))


def _long_breaks(year: int, planned: Mapping[date, PlannedDay]) -> list[Span]:
    """Closed days of one name, with holidays and weekends between them, that last for long."""
    national = holidays(year)
    found: list[Span] = []
    for span in spans(planned):
        if span.day.kind != DayKind.CLOSED or not span.day.title or span.first_on in national:
            continue
        last = found[-1] if found else None
        if last and last.day == span.day and _is_free(last.last_on, span.first_on, planned):
            found[-1] = Span(last.first_on, span.last_on, span.day)
        else:
            found.append(span)
    return [span for span in found if (span.last_on - span.first_on).days + 1 >= _LONG_DAYS]


def _is_free(after: date, before: date, planned: Mapping[date, PlannedDay]) -> bool:
    """Whether there is no school between two days."""
    between = days(after + _ONE_DAY, before - _ONE_DAY)
    return all(
        is_usual(day, DayKind.CLOSED) if day not in planned else planned[day].kind == DayKind.CLOSED
        for day in between
    )


def _same_day(year: int, day: date) -> date:
    """The same day of another school year; 28 February for a 29th that it does not have."""
    return _in_year(year, day.month, day.day)


def _in_year(year: int, month: int, day: int) -> date:
    calendar_year = year if month >= _APRIL else year + 1
    try:
        return date(calendar_year, month, day)
    except ValueError:
        return date(calendar_year, month, day - 1)
