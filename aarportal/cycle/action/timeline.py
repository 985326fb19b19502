"""Days as lines of things done, pure: records that belong together stand as one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from aarportal.cycle.action.activity_time import shown_seconds

#: Records of one app and unit closer than this stand on one line.
TOGETHER = timedelta(minutes=20)
MINUTES_STEP = 5


class RecordLike(Protocol):
    """What a line needs of a learning record."""

    id: UUID
    app_id: UUID
    unit_id: UUID | None
    subject: str
    title: str
    started_at: datetime
    ended_at: datetime
    day: date
    active_seconds: int
    own_duration: int | None
    items: int
    first_attempt_items: int
    first_attempt_correct: int
    retry_items: int
    retry_correct: int
    self_reported: bool
    state: str


Kept = TypeVar("Kept", bound=RecordLike)


@dataclass
class Line(Generic[Kept]):
    """Some minutes with one app and one unit."""

    first: Kept
    records: list[Kept] = field(default_factory=list)

    def _sum(self, name: str) -> int:
        return sum(getattr(record, name) for record in self.records)

    @property
    def active_seconds(self) -> int:
        """Time, estimated."""
        return self._sum("active_seconds")

    @property
    def items(self) -> int:
        """Items done."""
        return self._sum("items")

    @property
    def first_attempt_items(self) -> int:
        """Items answered for the first time."""
        return self._sum("first_attempt_items")

    @property
    def first_attempt_correct(self) -> int:
        """Those of them that were right."""
        return self._sum("first_attempt_correct")

    @property
    def retry_items(self) -> int:
        """Items tried again."""
        return self._sum("retry_items")

    @property
    def retry_correct(self) -> int:
        """Those of them that were right then."""
        return self._sum("retry_correct")

    @property
    def minutes(self) -> int:
        """Minutes rounded to five, halves upwards."""
        return rounded_minutes(self.active_seconds)

    @property
    def told_by_app(self) -> bool:
        """Whether the app itself measured the time of all of it."""
        return all(record.own_duration is not None for record in self.records)

    @property
    def taken_back(self) -> bool:
        """Whether it counts no more."""
        return self.first.state == "voided"

    @property
    def disputed(self) -> bool:
        """Whether a teacher is asked to look at it."""
        return any(record.state == "disputed" for record in self.records)

    @property
    def can_dispute(self) -> bool:
        """Whether it may still be said to be wrong."""
        return not (self.first.self_reported or self.disputed or self.taken_back)


@dataclass(frozen=True)
class Totals:
    """What records add up to, as charts count them."""

    records: int = 0
    times: int = 0
    """One unit in one app on one day counts as learning once."""
    items: int = 0
    first_attempt_items: int = 0
    first_attempt_correct: int = 0
    retry_items: int = 0
    retry_correct: int = 0
    active_seconds: int = 0
    """Every day with four hours at most."""

    @property
    def minutes(self) -> int:
        """Minutes rounded to five, halves upwards."""
        return rounded_minutes(self.active_seconds)


@dataclass(frozen=True)
class Day(Generic[Kept]):
    """The lines of one day."""

    on: date
    lines: list[Line[Kept]]


@dataclass(frozen=True)
class Selection:
    """Which of a student's records are meant: all conditions that are given hold together.

    Attributes:
        days: Only these days; empty for no such condition.
        first_on: Only from this day on.
        last_on: Only up to this day.
        without: Not these days, because they did not count either.
        subject: Only this subject; empty for every one.
        unit_id: Only this unit.
        cycle_id: Only this lap.
    """

    days: tuple[date, ...] = ()
    first_on: date | None = None
    last_on: date | None = None
    without: tuple[date, ...] = ()
    subject: str = ""
    unit_id: UUID | None = None
    cycle_id: UUID | None = None

    @property
    def whole_day(self) -> date | None:
        """The day, when one whole day is meant and nothing but it."""
        return self.days[0] if len(self.days) == 1 and self == Selection(self.days) else None

    def query(self) -> dict[str, str | list[str]]:
        """The selection as the arguments of an address."""
        parts: dict[str, str | list[str]] = {
            "day": [day.isoformat() for day in self.days],
            "from": self.first_on.isoformat() if self.first_on else "",
            "to": self.last_on.isoformat() if self.last_on else "",
            "without": [day.isoformat() for day in self.without],
            "subject": self.subject,
            "unit": str(self.unit_id) if self.unit_id else "",
            "cycle": str(self.cycle_id) if self.cycle_id else "",
        }
        return {name: part for name, part in parts.items() if part}


def rounded_minutes(seconds: int) -> int:
    """Minutes rounded to five, halves upwards: time is an estimate."""
    return int(seconds / 60 / MINUTES_STEP + 0.5) * MINUTES_STEP


def totals(records: Sequence[RecordLike]) -> Totals:
    """What these records add up to."""
    by_day: dict[date, int] = {}
    for record in records:
        by_day[record.day] = by_day.get(record.day, 0) + record.active_seconds
    return Totals(
        records=len(records),
        times=len({(row.day, row.app_id, row.subject, row.unit_id) for row in records}),
        items=sum(row.items for row in records),
        first_attempt_items=sum(row.first_attempt_items for row in records),
        first_attempt_correct=sum(row.first_attempt_correct for row in records),
        retry_items=sum(row.retry_items for row in records),
        retry_correct=sum(row.retry_correct for row in records),
        active_seconds=sum(shown_seconds(seconds) for seconds in by_day.values()),
    )


def days(records: Iterable[Kept], taken_back: Iterable[Kept] = ()) -> list[Day[Kept]]:
    """Records as days of lines, the first day on top.

    Args:
        records: In order; those that count.
        taken_back: In order; those that count no more and are shown nevertheless.
    """
    found = [
        line
        for kept in (records, taken_back)
        for _, of_day in groupby(kept, key=lambda record: record.day)
        for line in lines(list(of_day))
    ]
    found.sort(key=lambda line: (line.first.day, line.first.ended_at, line.first.id))
    return [Day(on, list(every)) for on, every in groupby(found, key=lambda line: line.first.day)]


def lines(records: Sequence[Kept]) -> list[Line[Kept]]:
    """Records of a day, in order, as lines."""
    found: list[Line[Kept]] = []
    for record in records:
        if found and _belongs(found[-1], record):
            found[-1].records.append(record)
        else:
            found.append(Line(record, [record]))
    return found


def _belongs(line: Line[Kept], record: Kept) -> bool:
    last = line.records[-1]
    same = (last.app_id, last.unit_id, last.subject, last.self_reported) == (
        record.app_id,
        record.unit_id,
        record.subject,
        record.self_reported,
    )
    return same and not record.self_reported and record.ended_at - last.ended_at <= TOGETHER
