"""Which term a day belongs to, pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

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


class Planned(Protocol):
    """A term as the school has planned it; `ends_before` is exclusive."""

    @property
    def starts_on(self) -> date:
        """Its first day."""
        ...

    @property
    def ends_before(self) -> date:
        """The first day after it."""
        ...


def term_of(day: date, of_year: Sequence[Planned] = ()) -> Term:
    """The term of a day; where the school has planned none, a school year has three.

    Args:
        day: Any day.
        of_year: The terms of its school year, in their order.
    """
    for number, planned in enumerate(of_year, 1):
        if planned.starts_on <= day < planned.ends_before:
            return Term(clock.school_year_of(day), number, planned.starts_on)
    month = max((start for start in _BEGIN if start <= day.month), default=1)
    year = clock.school_year_of(day)
    return Term(year, _BEGIN[month], date(day.year, month, 1))


def is_ending(day: date) -> bool:
    """Whether a term comes to its end about now."""
    return day.month in _ENDING
