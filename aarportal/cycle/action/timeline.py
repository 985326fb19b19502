"""A day as a line of things done, pure: records that belong together stand as one line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

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
    active_seconds: int
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
        return int(self._sum("active_seconds") / 60 / MINUTES_STEP + 0.5) * MINUTES_STEP

    @property
    def disputed(self) -> bool:
        """Whether a teacher is asked to look at it."""
        return any(record.state == "disputed" for record in self.records)

    @property
    def can_dispute(self) -> bool:
        """Whether it may still be said to be wrong."""
        return not self.first.self_reported and not self.disputed


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
