"""ふりかえる: ratings, reflections, reasons, and the teacher's answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import ReadByHomeroom, ReadByTeachers, Relation

_CYCLE = ["learning_cycles.school_id", "learning_cycles.id"]
_REFLECTION = ["reflections.school_id", "reflections.id"]


class Reflection(ReadByTeachers, Base):
    """What a student hands in at the end of a cycle (ReflectionEntry); drafts live elsewhere."""

    __tablename__ = "reflections"
    __table_args__ = (
        UniqueConstraint("school_id", "cycle_id"),
        Index(None, "school_id", "student_id", "submitted_at"),
        Index(None, "submitted_at"),
        ForeignKeyConstraint(["school_id", "cycle_id"], _CYCLE),
    )
    written_by = frozenset({Relation.COVERS})
    dated_by = "submitted_at"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    cycle_id: Mapped[UUID]
    state: Mapped[str]
    """See cycle.loop.states.ReflectionState."""
    prompt_id: Mapped[str] = mapped_column(default="")
    """Which question the sentence answers (see reflection.prompts)."""
    text: Mapped[str] = mapped_column(default="")
    lang: Mapped[str] = mapped_column(default="ja")
    version: Mapped[int] = mapped_column(default=1)
    submitted_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class ReflectionVersion(ReadByTeachers, Base):
    """How a reflection read before it was revised after an answer."""

    __tablename__ = "reflection_versions"
    __table_args__ = (ForeignKeyConstraint(["school_id", "reflection_id"], _REFLECTION),)
    part_of = ("reflections", "reflection_id")

    reflection_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    rating: Mapped[int | None]
    replaced_at: Mapped[datetime]


class SelfRating(ReadByTeachers, Base):
    """How far the student sees the goal reached: 0 まだ, 1 もうすこし, 2 ヒントで, 3 じぶんで."""

    __tablename__ = "self_ratings"
    __table_args__ = (
        Index(None, "school_id", "student_id", "made_at"),
        Index(None, "school_id", "cycle_id"),
        ForeignKeyConstraint(["school_id", "cycle_id"], _CYCLE),
        ForeignKeyConstraint(
            ["school_id", "criterion_id"], ["success_criteria.school_id", "success_criteria.id"]
        ),
    )
    dated_by = "made_at"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    cycle_id: Mapped[UUID]
    criterion_id: Mapped[UUID | None]
    value: Mapped[int]
    fact_met: Mapped[bool | None]
    """Whether the records met the criterion at that moment; None when they cannot tell."""
    made_at: Mapped[datetime]


class Attribution(ReadByHomeroom, Base):
    """わけ: why it went well or not; there is no chip for talent."""

    __tablename__ = "attributions"
    __table_args__ = (
        Index(None, "school_id", "reflection_id"),
        ForeignKeyConstraint(["school_id", "reflection_id"], _REFLECTION),
    )
    part_of = ("reflections", "reflection_id")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    reflection_id: Mapped[UUID]
    direction: Mapped[str]
    """`went_well` or `was_hard`."""
    factors: Mapped[list[str]] = mapped_column(JSON)
    """At most two of method, time, preparation, difficulty, help, condition, unknown, other."""


class TeacherFeedback(ReadByTeachers, Base):
    """先生から: one answer to a reflection."""

    __tablename__ = "teacher_feedback"
    __table_args__ = (
        Index(None, "school_id", "student_id", "sent_at"),
        Index(None, "school_id", "reflection_id"),
        ForeignKeyConstraint(["school_id", "reflection_id"], _REFLECTION),
    )
    written_by = frozenset({Relation.COVERS})
    dated_by = "sent_at"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    reflection_id: Mapped[UUID]
    teacher_id: Mapped[UUID]
    kind: Mapped[str]
    """`read`, `task`, `process`, `regulation` or `question`: the level of the feedback."""
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[str]
    """See cycle.loop.states.FeedbackState."""
    sent_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(default="")
    """The student's chip: `will_try`, `question` or `thanks`."""
