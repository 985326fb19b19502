"""School years, and how the classes of one stand in a list, pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_FIRST_MONTH = 4
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Session:
    """A school year or one of its terms.

    Attributes:
        ends_before: Exclusive.
        school_year: The calendar year in which it begins in April.
    """

    sourced_id: str
    starts_on: date
    ends_before: date
    school_year: int


@dataclass(frozen=True)
class SchoolYears:
    """The school years of a district, seen from a day.

    Attributes:
        sessions: School years and terms by the names that classes call them by.
    """

    sessions: Mapping[str, Session]
    today: date

    @property
    def this_year(self) -> int:
        """The school year that runs; it begins in April."""
        return self.today.year - (self.today.month < _FIRST_MONTH)

    @property
    def known(self) -> list[int]:
        """Every year that the roster speaks of, and this one, the latest first."""
        told = {each.school_year for each in self.sessions.values()}
        return sorted(told | {self.this_year}, reverse=True)

    def year_of(self, term_ids: Iterable[str]) -> int:
        """The school year of a class; this one when nothing says it."""
        known = (self.sessions[each].school_year for each in term_ids if each in self.sessions)
        return max(known, default=self.this_year)

    def day_in(self, year: int) -> date:
        """The day on which a class of a year is looked at.

        Today while the year runs, its last day when it is over, its first day before it begins.
        """
        mine = [each for each in self.sessions.values() if each.school_year == year]
        first = min((each.starts_on for each in mine), default=date(year, _FIRST_MONTH, 1))
        after = max((each.ends_before for each in mine), default=date(year + 1, _FIRST_MONTH, 1))
        return min(max(self.today, first), after - timedelta(days=1))


def natural(title: str) -> tuple[tuple[bool, int, str], ...]:
    """Puts class 2 before class 10."""
    parts = filter(None, _NUMBER.split(title))
    return tuple(
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts
    )
