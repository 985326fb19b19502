"""What a day adds up to, pure: the definition that kept sums have to agree with.

A group is what one student did on one day in one app; inside it every (subject, unit) has a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from aarportal.core.ids import NOTHING
from aarportal.cycle.action.activity_time import (
    Clock,
    Event,
    is_burst_of_its_own,
    resume,
    stands_apart,
    step,
)

COUNTS = (
    "records",
    "active_seconds",
    "items",
    "first_attempt_items",
    "first_attempt_correct",
    "retry_items",
    "retry_correct",
)


class Group(NamedTuple):
    """One student, one day, one app."""

    school_id: UUID
    student_id: UUID
    day: date
    app_id: UUID


@dataclass(slots=True)
class Entry:
    """What sums need to know of one learning record."""

    id: UUID
    group: Group
    subject: str
    unit_id: UUID | None
    cycle_id: UUID | None
    ended_at: datetime
    own_duration: int | None
    items: int = 0
    first_attempt_items: int = 0
    first_attempt_correct: int = 0
    retry_items: int = 0
    retry_correct: int = 0
    records: int = 1
    active_seconds: int = 0
    """What the record adds to the time of its group; set by `fold`."""
    has_time: bool = True
    """Whether the time of day is known."""

    @property
    def row_key(self) -> tuple[str, UUID]:
        """Which row of its group the record belongs to."""
        return self.subject, self.unit_id or NOTHING

    @property
    def event(self) -> Event:
        """The record as a sign of life."""
        return Event(self.ended_at, self.id, self.own_duration, self.has_time)


@dataclass(slots=True)
class Sums:
    """One row: the counts, and how far the group's clock had come at its last record."""

    records: int = 0
    active_seconds: int = 0
    items: int = 0
    first_attempt_items: int = 0
    first_attempt_correct: int = 0
    retry_items: int = 0
    retry_correct: int = 0
    last_event_at: datetime | None = None
    burst_seconds: int = 0

    def add(self, entry: Entry) -> None:
        """Count one record."""
        self.records += entry.records
        self.active_seconds += entry.active_seconds
        self.items += entry.items
        self.first_attempt_items += entry.first_attempt_items
        self.first_attempt_correct += entry.first_attempt_correct
        self.retry_items += entry.retry_items
        self.retry_correct += entry.retry_correct


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Records in the order in which time counts them."""
    return sorted(entries, key=lambda entry: (entry.ended_at, entry.id))


def fold(entries: Iterable[Entry], clock: Clock = Clock()) -> dict[tuple[str, UUID], Sums] | None:  # noqa: B008 - a frozen value
    """Sums of one group; also sets `active_seconds` of each record.

    Args:
        entries: Records of one group that count, in any order.
        clock: How far the group had come before them.

    Returns:
        (subject, unit id or zeros) -> sums of these records alone; None when one of them lies
        before what was counted already, so that the group has to be folded anew from all records.
    """
    rows: dict[tuple[str, UUID], Sums] = {}
    for entry in in_order(entries):
        clock, seconds = step(clock, entry.event)
        if seconds is None:
            return None
        entry.active_seconds = seconds
        sums = rows.setdefault(entry.row_key, Sums())
        sums.add(entry)
        if not stands_apart(entry.event):
            sums.last_event_at, sums.burst_seconds = clock.last_event_at, clock.burst_seconds
        elif not sums.burst_seconds:
            # A row of such records alone has no burst.
            sums.last_event_at = entry.ended_at
    return rows


@dataclass(frozen=True)
class Refolded:
    """What records change that came late.

    Attributes:
        sums: (subject, unit id or zeros) -> what they add to the row, the time that others gain or
            lose by them included.
        moved: Records counted before whose share of the time changed, with the change in seconds.
    """

    sums: dict[tuple[str, UUID], Sums]
    moved: list[tuple[Entry, int]]


def refold(kept: Iterable[Entry], new: Sequence[Entry], since: datetime | None) -> Refolded | None:
    """Count records that lie before others of their group; also sets their `active_seconds`.

    Args:
        kept: Records of the group that count already, from a moment on; set anew as well.
        new: Records to be added; one of them belongs to a burst.
        since: That moment; None when all records of the group are there.

    Returns:
        What it changes; None when earlier records are needed to tell.
    """
    alive = in_order(entry for entry in kept if not stands_apart(entry.event))
    first = in_order(entry for entry in new if not stands_apart(entry.event))[0]
    before = [each for each in alive if (each.ended_at, each.id) < (first.ended_at, first.id)]
    head = before[0] if before else first
    found = resume(
        [each.event for each in before],
        [each.active_seconds for each in before],
        is_beginning=since is None or is_burst_of_its_own(head.event, since),
    )
    if found is None:
        return None
    place, clock = found
    again = alive[place:]
    was = [each.active_seconds for each in again]
    folded = fold([*again, *new], clock)
    assert folded is not None, "nothing of it lies before that clock"
    added = {
        key: Sums(last_event_at=sums.last_event_at, burst_seconds=sums.burst_seconds)
        for key, sums in folded.items()
    }
    for entry in new:
        added[entry.row_key].add(entry)
    moved: list[tuple[Entry, int]] = []
    for entry, seconds in zip(again, was, strict=True):
        if change := entry.active_seconds - seconds:
            added[entry.row_key].active_seconds += change
            moved.append((entry, change))
    return Refolded(added, moved)


def sums_by_cycle(entries: Sequence[Entry]) -> dict[UUID, Sums]:
    """Cycle id -> sums of its records, after `fold` has set their time."""
    found: dict[UUID, Sums] = {}
    for entry in entries:
        if entry.cycle_id is not None:
            found.setdefault(entry.cycle_id, Sums()).add(entry)
    return found
