"""Which unit and which lap a record belongs to, pure; unknown stays unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from aarportal.cycle.loop.states import OPEN_CYCLE


@dataclass(frozen=True)
class KnownUnit:
    """A unit of one of the student's classes."""

    id: UUID
    class_id: UUID
    subject: str
    code: str
    starts_on: date
    ends_before: date

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


def unit_of(units: Iterable[KnownUnit], day: date, subject: str, code: str) -> KnownUnit | None:
    """The unit by its code, else the only open one of the subject."""
    open_units = [unit for unit in units if unit.is_open(day)]
    if code:
        by_code = [unit for unit in open_units if unit.code == code]
        if len(by_code) == 1:
            return by_code[0]
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
