"""見通す: goals, how one will know they are reached, ways, plans and predictions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import ReadAtHome, ReadByHomeroom, ReadByTeachers

_CYCLE = ["learning_cycles.school_id", "learning_cycles.id"]
_GOAL = ["goals.school_id", "goals.id"]


class Goal(ReadAtHome, Base):
    """めあて: what the student means to reach."""

    __tablename__ = "goals"
    __table_args__ = (
        Index(None, "school_id", "cycle_id"),
        Index(None, "school_id", "student_id", "confirmed_at"),
        ForeignKeyConstraint(["school_id", "cycle_id"], _CYCLE),
    )
    dated_by = "confirmed_at"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    cycle_id: Mapped[UUID]
    level: Mapped[str] = mapped_column(default="today")
    """`today`, `week`, `unit` or `long`."""
    parent_goal_id: Mapped[UUID | None]
    text: Mapped[str]
    """The student's own words, or those of a card (then they may carry readings)."""
    author: Mapped[str]
    """`pupil`, `pupil_from_card`, `card`, `class` or `teacher`."""
    card_id: Mapped[UUID | None]
    reach: Mapped[str] = mapped_column(default="")
    """How far: `help` (with help), `self` (alone) or `teach` (can explain); empty if not chosen."""
    why_text: Mapped[str] = mapped_column(default="")
    amount_planned: Mapped[int | None]
    amount_unit: Mapped[str] = mapped_column(default="items")
    """`items`, `pages`, `minutes` or `times`."""
    strategies: Mapped[list[str]] = mapped_column(JSON, default=list)
    """At most two codes of the catalogue (see anticipation.strategies)."""
    due_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    confirmed_at: Mapped[datetime]
    state: Mapped[str]
    """See cycle.loop.states.GoalState."""
    difficulty_ratio: Mapped[float | None]
    """amount_planned / the student's own median of the last four comparable cycles."""


class GoalVersion(ReadByTeachers, Base):
    """How a goal read before it was revised; revising is good and is counted."""

    __tablename__ = "goal_versions"
    __table_args__ = (ForeignKeyConstraint(["school_id", "goal_id"], _GOAL),)
    part_of = ("goals", "goal_id")

    goal_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    amount_planned: Mapped[int | None]
    strategies: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str]
    """`too_big`, `too_small`, `other_way`, `other_task` or `mistake`."""
    replaced_at: Mapped[datetime]


class SuccessCriterion(ReadByTeachers, Base):
    """できたの目じるし: how the student will know."""

    __tablename__ = "success_criteria"
    __table_args__ = (
        Index(None, "school_id", "goal_id"),
        ForeignKeyConstraint(["school_id", "goal_id"], _GOAL),
    )
    part_of = ("goals", "goal_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    goal_id: Mapped[UUID]
    type: Mapped[str]
    """`count`, `accuracy`, `can_do` or `product`."""
    target: Mapped[int | None]
    """Items for `count`, per cent for `accuracy`."""
    text: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    """`pupil`, `teacher` or `rubric`."""


class IfThen(ReadByTeachers, Base):
    """もし〜なら: what to do when something gets in the way."""

    __tablename__ = "if_thens"
    __table_args__ = (
        Index(None, "school_id", "goal_id"),
        ForeignKeyConstraint(["school_id", "goal_id"], _GOAL),
    )
    part_of = ("goals", "goal_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    goal_id: Mapped[UUID]
    cue: Mapped[str]
    """When: a key of anticipation.strategies.CUES, or own words."""
    obstacle: Mapped[str]
    """What gets in the way: a key of OBSTACLES, or own words."""
    response: Mapped[str]
    """What to do then: a strategy code, a key of RESPONSES, or own words."""
    state: Mapped[str] = mapped_column(default="active")
    """`active`, `used` or `unused`."""


class PlanSession(ReadByTeachers, Base):
    """よてい: when the student means to work."""

    __tablename__ = "plan_sessions"
    __table_args__ = (
        Index(None, "school_id", "student_id", "planned_on"),
        ForeignKeyConstraint(["school_id", "cycle_id"], _CYCLE),
    )
    dated_by = "planned_on"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    cycle_id: Mapped[UUID]
    planned_on: Mapped[date]
    slot: Mapped[str]
    """`lesson`, `break`, `after_school`, `home` or `morning`."""
    planned_amount: Mapped[int | None]
    state: Mapped[str]
    """See cycle.loop.states.PlanState."""
    moved_count: Mapped[int] = mapped_column(default=0)


class Prediction(ReadByHomeroom, Base):
    """よそう: how many the student expects to get right; made before the first item."""

    __tablename__ = "predictions"
    __table_args__ = (
        Index(None, "school_id", "cycle_id"),
        ForeignKeyConstraint(["school_id", "cycle_id"], _CYCLE),
    )
    dated_by = "made_at"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    cycle_id: Mapped[UUID]
    predicted_correct: Mapped[int]
    of_items: Mapped[int]
    confidence: Mapped[int | None]
    """1 to 3; grades 5 and up."""
    made_at: Mapped[datetime]
    state: Mapped[str]
    """`open`, `resolved` or `void` (a result was there before the prediction)."""
