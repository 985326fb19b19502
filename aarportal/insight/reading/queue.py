"""In which order reflections are read, and who gets words today, pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

#: Everybody gets written words at least once in so many reading days.
ROUND_DAYS = 7
#: What reading one card and writing one line take, in seconds.
CARD_SECONDS = 8
LINE_SECONDS = 40


@dataclass(frozen=True)
class Waiting:
    """A reflection that waits to be read.

    Attributes:
        calls: Whether its writer asked for the teacher in this lap.
        last_words_at: When its writer last got written words; None if never.
    """

    reflection_id: UUID
    student_id: UUID
    submitted_at: datetime
    calls: bool
    last_words_at: datetime | None


def in_reading_order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Who called first, then who has waited longest for words, then by the time of handing in."""

    def place(it: Waiting) -> tuple[bool, bool, float, datetime, UUID]:
        since = it.last_words_at.timestamp() if it.last_words_at else 0.0
        return (not it.calls, it.last_words_at is not None, since, it.submitted_at, it.student_id)

    return sorted(waiting, key=place)


def words_today(
    students: Sequence[UUID], last_words_at: Mapping[UUID, datetime], handed_in: set[UUID]
) -> list[UUID]:
    """「今日は この6人に ひとこと」: who gets a written line today.

    A share of the class, those who have waited longest; so everybody has a turn within
    `ROUND_DAYS` reading days. It is about coverage and says nothing about anybody's work.

    Args:
        students: The class.
        last_words_at: When each last got written words; missing means never.
        handed_in: Who has a reflection to answer today.
    """
    share = ceil(len(students) / ROUND_DAYS)
    ready = [student for student in students if student in handed_in]

    def waited(student: UUID) -> tuple[bool, float, UUID]:
        at = last_words_at.get(student)
        return (at is not None, at.timestamp() if at else 0.0, student)

    return sorted(ready, key=waited)[:share]


def minutes_left(cards: int, lines: int) -> int:
    """About how long the rest takes, in minutes, rounded up."""
    return ceil((cards * CARD_SECONDS + lines * LINE_SECONDS) / 60)
