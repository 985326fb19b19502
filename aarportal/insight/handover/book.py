"""An export as a child and a family read it, pure: laps in order, each with what belongs to it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from aarportal.charts.history import LearningHistory
from aarportal.cycle.reflection.facts import Facts
from aarportal.cycle.units.subjects import SUBJECTS
from aarportal.insight.handover.formats import (
    AdjustmentRow,
    AttributionRow,
    Contents,
    CriterionRow,
    FeedbackRow,
    GoalRow,
    GoalVersionRow,
    IfThenRow,
    LapRow,
    PlanRow,
    PredictionRow,
    RatingRow,
    RecordRow,
    ReflectionRow,
    ReflectionVersionRow,
    UnitRow,
)

#: The month in which a school year begins.
_APRIL = 4
_COUNTED = ("valid", "linked", "disputed")
_UNTOLD = ("draft", "withdrawn")

Of = TypeVar("Of")


@dataclass(frozen=True)
class GoalOfLap:
    """A goal and what hangs on it."""

    goal: GoalRow
    before: Sequence[GoalVersionRow]
    criteria: Sequence[CriterionRow]
    if_thens: Sequence[IfThenRow]


@dataclass(frozen=True)
class Answer:
    """A teacher's answer, with the teacher's name."""

    row: FeedbackRow
    teacher: str


@dataclass(frozen=True)
class LapOfBook:
    """One lap."""

    lap: LapRow
    unit: UnitRow | None
    goals: Sequence[GoalOfLap]
    plans: Sequence[PlanRow]
    prediction: PredictionRow | None
    facts: Facts
    rating: RatingRow | None
    reflection: ReflectionRow | None
    written_before: Sequence[ReflectionVersionRow]
    reasons: Sequence[AttributionRow]
    adjustment: AdjustmentRow | None
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Month:
    """What apps and hands recorded in a month; `name` is 2026-11."""

    name: str
    titles: Sequence[str]
    records: int
    items: int
    minutes: int


@dataclass
class Year:
    """A school year (年度) of the book."""

    year: int
    classes: list[str] = field(default_factory=list)
    laps: list[LapOfBook] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)


def school_year(day: date) -> int:
    """The school year of a day: it begins in April."""
    return day.year - (day.month < _APRIL)


def years(contents: Contents) -> list[Year]:
    """The school years of an export, the latest first; laps within as they happened."""
    around = _Around(contents)
    found: dict[int, Year] = {}
    for lap in sorted(contents.laps, key=lambda lap: (lap.opened_at, lap.id)):
        year = found.setdefault(school_year(lap.opened_on), Year(school_year(lap.opened_on)))
        year.laps.append(around.lap(lap))
        name = around.class_name(lap.class_id)
        if name and name not in year.classes:
            year.classes.append(name)
    for month in _months(contents, around.apps):
        key = school_year(date.fromisoformat(f"{month.name}-01"))
        found.setdefault(key, Year(key)).months.append(month)
    return [found[key] for key in sorted(found, reverse=True)]


class _Around:
    """The rows of an export by what they belong to."""

    def __init__(self, contents: Contents) -> None:
        self._units = {row.id: row for row in contents.units}
        self._classes = {row.id: row for row in contents.classes}
        self._teachers = {row.id: row.name for row in contents.teachers}
        self.apps = {row.id: row.title for row in contents.apps}
        self._goals = _by(contents.goals, "cycle_id")
        self._before = _by(contents.goal_versions, "goal_id")
        self._criteria = _by(contents.criteria, "goal_id")
        self._if_thens = _by(contents.if_thens, "goal_id")
        self._plans = _by(contents.plans, "cycle_id")
        self._predictions = _by(contents.predictions, "cycle_id")
        self._records = _by(contents.records, "cycle_id")
        self._ratings = _by(contents.ratings, "cycle_id")
        self._reflections = _by(contents.reflections, "cycle_id")
        self._written = _by(contents.reflection_versions, "reflection_id")
        self._reasons = _by(contents.attributions, "reflection_id")
        self._answers = _by(contents.feedback, "reflection_id")
        self._adjustments = _by(contents.adjustments, "from_cycle_id")

    def class_name(self, class_id: UUID) -> str:
        row = self._classes.get(class_id)
        return f"{row.school} {row.title}".strip() if row else ""

    def lap(self, lap: LapRow) -> LapOfBook:
        reflection = next(iter(self._reflections[lap.id]), None)
        key = reflection.id if reflection else lap.id
        ratings = sorted(self._ratings[lap.id], key=lambda row: row.made_at)
        predictions = [row for row in self._predictions[lap.id] if row.state != "void"]
        adjustments = sorted(self._adjustments[lap.id], key=lambda row: row.proposed_at)
        return LapOfBook(
            lap=lap,
            unit=self._units.get(lap.unit_id) if lap.unit_id else None,
            goals=[self._goal(row) for row in self._goals[lap.id] if row.state not in _UNTOLD],
            plans=sorted(self._plans[lap.id], key=lambda row: (row.planned_on, row.id)),
            prediction=predictions[-1] if predictions else None,
            facts=_facts(self._records[lap.id]),
            rating=ratings[-1] if ratings else None,
            reflection=reflection,
            written_before=self._written[key],
            reasons=self._reasons[key],
            adjustment=adjustments[-1] if adjustments else None,
            answers=[
                Answer(row, self._teachers.get(row.teacher_id, ""))
                for row in sorted(self._answers[key], key=lambda row: row.sent_at)
                if row.state != "draft"
            ],
        )

    def _goal(self, goal: GoalRow) -> GoalOfLap:
        return GoalOfLap(
            goal, self._before[goal.id], self._criteria[goal.id], self._if_thens[goal.id]
        )


def in_words(history: LearningHistory, say: Callable[[str], str]) -> LearningHistory:
    """The history with its subjects in words."""

    def named(subject: str) -> str:
        return say(SUBJECTS[subject]) if subject in SUBJECTS else ""

    return replace(
        history,
        units=tuple(replace(row, subject=named(row.subject)) for row in history.units),
        goals=tuple(replace(row, subject=named(row.subject)) for row in history.goals),
    )


def _by(rows: Iterable[Of], name: str) -> dict[Any, list[Of]]:
    found: dict[Any, list[Of]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _facts(records: Iterable[RecordRow]) -> Facts:
    counted = [row for row in records if row.state in _COUNTED]
    names = ("items", "first_attempt_items", "first_attempt_correct", "retry_items",
             "retry_correct", "active_seconds")  # fmt: skip
    sums = {name: sum(getattr(row, name) for row in counted) for name in names}
    return Facts(records=len(counted), **sums)


def _months(contents: Contents, apps: dict[UUID, str]) -> list[Month]:
    by_month: dict[str, list[RecordRow]] = defaultdict(list)
    for row in contents.records:
        if row.state in _COUNTED:
            by_month[row.day.strftime("%Y-%m")].append(row)
    return [
        Month(
            name=name,
            titles=sorted({apps[row.app_id] for row in rows if row.app_id in apps}),
            records=len(rows),
            items=sum(row.items for row in rows),
            minutes=_facts(rows).minutes,
        )
        for name, rows in sorted(by_month.items())
    ]
