"""Who gets written words today, pure: it is about coverage and says nothing of anybody's work."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from math import ceil
from uuid import UUID

#: Whoever hands in gets written words at least once in so many reading days.
ROUND_DAYS = 7


def share_of(size: int) -> int:
    """How many of a class of `size` get words on one reading day: six of forty."""
    return ceil(size / ROUND_DAYS)


def words_today(
    students: Sequence[UUID],
    words_before: Mapping[UUID, datetime],
    handed_in: Collection[UUID],
) -> list[UUID]:
    """「今日は この6人に ひとこと」: those of today's writers who have waited longest.

    The same all day long: words given today change nothing, only those of earlier days count.

    Args:
        students: The class.
        words_before: When each last got written words before today; missing means never.
        handed_in: Who has a reflection to answer today, answered by now or not.
    """

    def waited(student: UUID) -> tuple[bool, float, UUID]:
        at = words_before.get(student)
        return (at is not None, at.timestamp() if at else 0.0, student)

    ready = [student for student in students if student in handed_in]
    return sorted(ready, key=waited)[: share_of(len(students))]
