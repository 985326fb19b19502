"""Which unit and which lap a record belongs to, pure; unknown stays unknown."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol, TypeVar
from uuid import UUID

from aarportal.cycle.loop.states import OPEN_CYCLE

#: A word with its reading, as our own texts and titles have it.
_READING = re.compile(r"\{([^|{}]*)\|[^{}]*\}")


@dataclass(frozen=True)
class KnownUnit:
    """A unit of one of the student's classes."""

    id: UUID
    class_id: UUID
    subject: str
    code: str
    starts_on: date
    ends_before: date
    title: str = ""

    def is_open(self, day: date) -> bool:
        """Whether the class works on it on `day`."""
        return self.starts_on <= day < self.ends_before


class CycleLike(Protocol):
    """What linking needs to know of a lap."""

    unit_id: UUID | None
    subject: str
    state: str
    opened_at: datetime
    opened_on: date
    closed_at: datetime | None


AnyCycle = TypeVar("AnyCycle", bound=CycleLike)


def _was_going_on(lap: CycleLike, moment: datetime) -> bool:
    return lap.opened_at <= moment and (lap.closed_at is None or moment <= lap.closed_at)


@lru_cache(maxsize=4096)
def bare(title: str) -> str:
    """A unit's title without readings, spaces and differences of width, to compare it by."""
    written = _READING.sub(r"\1", title).replace("_", "")
    return "".join(unicodedata.normalize("NFKC", written).split()).casefold()


def unit_of(
    units: Iterable[KnownUnit], day: date, subject: str, code: str, title: str = ""
) -> KnownUnit | None:
    """The unit by its code, else by its title, else the only open one of the subject."""
    open_units = [unit for unit in units if unit.is_open(day)]
    if code:
        by_code = [unit for unit in open_units if unit.code == code]
        if len(by_code) == 1:
            return by_code[0]
    if title:
        by_title = [
            unit
            for unit in open_units
            if bare(unit.title) == bare(title) and unit.subject == (subject or unit.subject)
        ]
        if len(by_title) == 1:
            return by_title[0]
    if subject:
        by_subject = [unit for unit in open_units if unit.subject == subject]
        if len(by_subject) == 1:
            return by_subject[0]
    return None


def cycle_of(
    cycles: Sequence[AnyCycle], moment: datetime, day: date, subject: str, unit_id: UUID | None
) -> AnyCycle | None:
    """The lap that was going on, or one of the same day that is still open.

    The same unit goes before the same subject; a record without either is left alone.
    """
    same_unit = [cycle for cycle in cycles if unit_id is not None and cycle.unit_id == unit_id]
    same_subject = [
        cycle
        for cycle in cycles
        if subject and cycle.subject == subject and None in {unit_id, cycle.unit_id}
    ]
    for candidates in (same_unit, same_subject):
        going_on = [cycle for cycle in candidates if _was_going_on(cycle, moment)]
        if going_on:
            return max(going_on, key=lambda cycle: cycle.opened_at)
        # Work done in the minutes before the goal was written belongs to that goal all the same.
        same_day = [c for c in candidates if c.opened_on == day and c.state in OPEN_CYCLE]
        if same_day:
            return min(same_day, key=lambda cycle: cycle.opened_at)
    return None


def runs(places: Iterable[int], *, longest: int) -> Iterator[tuple[int, int]]:
    """Places in a row as (first, last), none longer than `longest`."""
    first = last = None
    for place in sorted(places):
        if first is None or last is None or place != last + 1 or place - first >= longest:
            if first is not None and last is not None:
                yield first, last
            first = place
        last = place
    if first is not None and last is not None:
        yield first, last
