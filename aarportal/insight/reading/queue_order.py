"""In which order reflections are read, and how long the rest takes, pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

#: What reading one card and writing one line take, in seconds.
CARD_SECONDS = 8
LINE_SECONDS = 40


@dataclass(frozen=True)
class Waiting:
    """A reflection that waits to be read.

    Attributes:
        calls: Whether its writer asked for the teacher in this lap.
        words_before: When its writer last got written words before today; None if never.
    """

    reflection_id: UUID
    student_id: UUID
    submitted_at: datetime
    calls: bool
    words_before: datetime | None


def in_reading_order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Who called first, then who has waited longest for words, then by the time of handing in."""

    def place(it: Waiting) -> tuple[bool, bool, float, datetime, UUID]:
        since = it.words_before.timestamp() if it.words_before else 0.0
        return (not it.calls, it.words_before is not None, since, it.submitted_at, it.student_id)

    return sorted(waiting, key=place)


def following_unread(order: Sequence[UUID], unread: Sequence[UUID], after: UUID) -> UUID | None:
    """The reflection to go on to: the next unread one of the list, from its end back to its top.

    Args:
        order: All reflections of the list.
        unread: Those that nobody has read, in the same order.
        after: The one that is being answered.
    """
    left = [key for key in unread if key != after]
    if not left:
        return None
    passed = set(order[: order.index(after)]) if after in order else set()
    return next((key for key in left if key not in passed), left[0])


def minutes_left(cards: int, lines: int) -> int:
    """About how long the rest takes, in minutes, rounded up."""
    return ceil((cards * CARD_SECONDS + lines * LINE_SECONDS) / 60)
