"""Which term a day belongs to, pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from aarportal.core import clock

#: Month in which a term of three begins -> its number.
_BEGIN = {4: 1, 9: 2, 1: 3}
#: Months in which a term ends: the letter is offered on the first page.
_ENDING = frozenset({7, 12, 3})


@dataclass(frozen=True)
class Term:
    """A term of a school year."""

    year: int
    """The 年度."""
    number: int
    """1 to 3."""
    begins: date

    @property
    def read_until(self) -> date:
        """The last day of the school year after this one."""
        return clock.school_year_begins_on(self.year + 2) - timedelta(days=1)


def term_of(day: date) -> Term:
    """The term of a day, where the school year has three."""
    month = max((start for start in _BEGIN if start <= day.month), default=1)
    year = clock.school_year_of(day)
    return Term(year, _BEGIN[month], date(day.year, month, 1))


def is_ending(day: date) -> bool:
    """Whether a term comes to its end about now."""
    return day.month in _ENDING
