"""The plain record of one student's learning: the only input of a chart."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

DAILY_CAP_SECONDS = 240 * 60
"""More than four hours in one day is read as a device left open."""


class Band(StrEnum):
    """Which of the three ways of speaking to children a student gets."""

    LOWER = "L"
    """Grades 1-2: counts and pictographs, no minutes."""
    MIDDLE = "M"
    """Grades 3-4: bars, minutes in steps of five."""
    UPPER = "U"
    """Grades 5-9: everything the middle band has, and shares of a whole."""


class Verdict(StrEnum):
    """What the student said after trying an adjustment."""

    WORKED = "worked"
    NO_CHANGE = "no_change"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True)
class DayOfLearning:
    """What the student did on one day in one unit with one app."""

    on: date
    subject: str
    unit_id: str | None
    app: str
    active_seconds: int
    sessions: int
    items: int = 0
    first_attempt_items: int = 0
    first_attempt_correct: int = 0
    retry_items: int = 0
    retry_correct: int = 0
    at_home_seconds: int | None = None
    """The part of `active_seconds` outside school; None when the place is not known."""


@dataclass(frozen=True, slots=True)
class GoalOutcome:
    """A goal and how it ended."""

    opened_on: date
    subject: str
    unit_title: str
    """May carry the ruby notation."""
    rating: int | None = None
    """0 not yet, 1 a little more, 2 with a hint, 3 by myself; None before the student rated it."""
    criterion_met: bool | None = None
    """The fact from the records; None when no record can tell."""
    difficulty_ratio: float | None = None
    """Planned amount over the student's own median; below 1 is less than usual."""


@dataclass(frozen=True, slots=True)
class CycleOutcome:
    """One learning cycle and what was carried out of it."""

    cycle_id: str
    opened_on: date
    subject: str
    goal_set: bool = False
    acted: bool = False
    reflected: bool = False
    adjustment_proposed: bool = False
    adjustment_adopted: bool = False
    """The next goal took the adjustment over."""
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class FirstAttempts:
    """First answers in one unit on one day, answers under two seconds left out."""

    on: date
    items: int
    correct: int


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """A unit taught to the student, with the first answers of the last 60 days."""

    unit_id: str
    title: str
    """May carry the ruby notation."""
    subject: str
    """May carry the ruby notation."""
    attempts: tuple[FirstAttempts, ...] = ()
    next_test_on: date | None = None
    """The next test of the unit, else the end of the term, else None."""


@dataclass(frozen=True, slots=True)
class LearningHistory:
    """Everything a chart may know about one student.

    It holds no other student, and no feelings: there is no field for either.
    """

    grade: int
    """1-9."""
    band: Band
    today: date
    school_days: frozenset[date] = frozenset()
    """Days on which the school was open for this student."""
    away_days: frozenset[date] = frozenset()
    """Absent, excused and event days: they leave numerator and denominator alike.

    A day on which the school credits learning at home as attendance does not belong here.
    """
    days: tuple[DayOfLearning, ...] = ()
    apps: tuple[str, ...] = ()
    """Names of the connected learning apps."""
    goals: tuple[GoalOutcome, ...] = ()
    """Goals of one day stand in the order in which they were opened."""
    cycles: tuple[CycleOutcome, ...] = ()
    """Cycles of one day stand in the order in which they were opened."""
    units: tuple[UnitHistory, ...] = ()
    """In the order of the course."""

    def only(self, subject: str) -> "LearningHistory":
        """Return the same history with nothing but one subject in it."""
        return replace(
            self,
            days=tuple(day for day in self.days if day.subject == subject),
            goals=tuple(goal for goal in self.goals if goal.subject == subject),
            cycles=tuple(cycle for cycle in self.cycles if cycle.subject == subject),
            units=tuple(unit for unit in self.units if unit.subject == subject),
        )
