"""Which term a day belongs to, and when it comes to its end; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aarportal.core import clock
from aarportal.people.attendance.calendar import Calendar
from aarportal.people.attendance.calendar import Term as Planned
from aarportal.people.school_year.years import usual_terms

#: The letter is offered on the first page from so long before the last school day of a term on.
OFFERED_FOR = timedelta(weeks=3)
#: The longest holidays that a term may end with.
LONGEST_HOLIDAYS = timedelta(days=70)
#: The last school days of the usual three terms, for a school that has planned none: then it has
#: not said when its holidays are either.
_USUAL_LAST = {1: (7, 20), 2: (12, 24), 3: (3, 24)}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """A term of a school year."""

    year: int
    """The 年度."""
    number: int
    """1 to 3."""
    begins: date
    ends_before: date
    """The first day of what follows; the holidays at its end belong to it."""
    is_planned: bool = False
    """Whether the school has planned it."""

    @property
    def read_until(self) -> date:
        """The last day of the school year after this one."""
        return clock.school_year_begins_on(self.year + 2) - _ONE_DAY

    @property
    def asks_from(self) -> date:
        """The day from which on the calendar must be known to tell whether it is ending."""
        return self.ends_before - LONGEST_HOLIDAYS


def term_of(day: date, of_year: Sequence[Planned] = ()) -> Term:
    """The term of a day; where the school has planned none, a school year has the usual three.

    Args:
        day: Any day.
        of_year: The terms of its school year, in their order.
    """
    year = clock.school_year_of(day)
    for terms, is_planned in ((of_year, True), (usual_terms(year, 3), False)):
        for number, it in enumerate(terms, 1):
            if it.starts_on <= day < it.ends_before:
                return Term(year, number, it.starts_on, it.ends_before, is_planned)
    raise AssertionError("the usual terms leave no day out")


def is_ending(day: date, term: Term, calendar: Calendar) -> bool:
    """Whether a term comes to its end: in its last three weeks of school, and until it is over.

    Args:
        day: A day of the term.
        term: The term.
        calendar: The school's, from `Term.asks_from` on.
    """
    return day > _last_school_day(term, calendar) - OFFERED_FOR


def _last_school_day(term: Term, calendar: Calendar) -> date:
    """The last day with school; the last of all where the calendar knows of none."""
    last_on = term.ends_before - _ONE_DAY
    if not term.is_planned:
        month, number = _USUAL_LAST[term.number]
        last_on = date(last_on.year, month, number)
    first_on = max(term.begins, term.asks_from)
    days = (last_on - n * _ONE_DAY for n in range((last_on - first_on).days + 1))
    return next((day for day in days if calendar.is_school_day(day)), last_on)
