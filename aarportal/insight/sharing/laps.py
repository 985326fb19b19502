"""What of one lap other systems are told, as plain values.

What is not here is never told: drafts, reasons (attributions), doubts, who was away, what a teacher
keeps to herself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct


class Kind(StrEnum):
    """Of which shape a statement is."""

    GOAL = "goal"
    TASKS = "tasks"
    FORECAST = "forecast"
    PROGRESS = "progress"
    GOAL_REFLECTION = "goal_reflection"
    WAY_REFLECTION = "way_reflection"
    MESSAGE = "message"
    WITHDRAWAL = "withdrawal"
    """It takes another one back."""


@dataclass(frozen=True, slots=True)
class Lap:
    """A lap, and what is around everything that is said in it.

    Attributes:
        student_name: By which name other systems know the student: the 利用者識別子.
        subject: Key of cycle.units.subjects; empty when unknown.
        unit_title: May carry readings; empty without a unit.
        unit_code: 学習指導要領コード; empty if none.
        grades: P1 to J3, of the class in which it was learned.
        goal_id: The goal that stands; None if there is none.
        ways: Codes of the strategies that were chosen with that goal.
    """

    school_id: UUID
    id: UUID
    student_id: UUID
    student_name: str
    subject: str
    unit_id: UUID | None
    unit_title: str
    unit_code: str
    grades: tuple[str, ...]
    goal_id: UUID | None
    ways: tuple[str, ...]


# What is said. A change of any of these values makes another statement; `lang` and the like that
# only colour it are kept here as well, because a statement is never changed once it is out.


class GoalSet(Struct, frozen=True, tag=True):
    """Which goal was set (4.2.1).

    Attributes:
        author: As `Goal.author`; words that are not the student's may carry readings.
        criterion: Type, target and text of how the student will know; None without one.
    """

    text: str
    author: str
    due_on: date
    criterion: tuple[str, int | None, str] | None = None


class TasksOrdered(Struct, frozen=True, tag=True):
    """What the student means to do, and when (4.2.2).

    Attributes:
        sessions: Day, time of day, number of items; in this order.
    """

    sessions: tuple[tuple[date, str, int | None], ...]
    goal_id: UUID | None = None


class WayForeseen(Struct, frozen=True, tag=True):
    """What the student expects, how much and in which way (4.2.4).

    Attributes:
        expected: How many right, of how many, how sure (1 to 3).
        amount: How many, of what (a key of `Goal.amount_unit`).
        ways: Codes of strategies.
    """

    expected: tuple[int, int, int | None] | None = None
    amount: tuple[int, str] | None = None
    ways: tuple[str, ...] = ()


class ProgressNoted(Struct, frozen=True, tag=True):
    """How it is going (4.3.1): `smooth`, `ok`, `stuck` or `ask`."""

    answer: str


class GoalReflected(Struct, frozen=True, tag=True):
    """How it went (4.4.1).

    Attributes:
        rating: 0 (まだ) to 3 (じぶんで); None if not rated.
    """

    text: str
    lang: str
    rating: int | None = None
    goal_id: UUID | None = None


class WayReflected(Struct, frozen=True, tag=True):
    """What the student makes of the way, and what comes next (4.4.2).

    Attributes:
        rating: As for `GoalReflected`.
        next_step: Kind, what and value of the adjustment.
        verdict: On what was tried in this lap: `worked`, `no_change`, `cannot_say` or empty.
    """

    rating: int | None = None
    next_step: tuple[str, str, str] | None = None
    verdict: str = ""


class MessageSent(Struct, frozen=True, tag=True):
    """A teacher's answer to a reflection (5.1).

    Attributes:
        teacher_name: By which name other systems know the teacher.
        level: `read`, `task`, `process`, `regulation` or `question`.
        reflection_id: What it answers.
    """

    teacher_name: str
    level: str
    text: str
    reflection_id: UUID


Content: TypeAlias = (
    GoalSet
    | TasksOrdered
    | WayForeseen
    | ProgressNoted
    | GoalReflected
    | WayReflected
    | MessageSent
)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said in a lap.

    Attributes:
        source_id: The row that says it; with the kind, its identity over all changes.
        at: When it was said first, or last where that is known.
        changed_at: When it was said as it is now, at the latest.
    """

    lap: Lap
    kind: Kind
    source_id: UUID
    at: datetime
    changed_at: datetime
    content: Content

    @property
    def fingerprint(self) -> bytes:
        """Equal as long as the same is said."""
        return blake2b(msgspec.msgpack.encode(self.content), digest_size=16).digest()
