"""The record that joins the phases: one learning cycle, and what it hands to the next one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import MeasuredByApps, ReadAtHome, Relation


class LearningCycle(MeasuredByApps, Base):
    """One lap: 見通す, 学ぶ, ふりかえる, and the change that goes on into the next lap.

    The `items` … `active_seconds` columns sum up the learning records linked to the cycle; they
    are kept in the transaction that links the record.
    """

    __tablename__ = "learning_cycles"
    __table_args__ = (
        Index(None, "school_id", "student_id", "opened_at"),
        Index(None, "school_id", "class_id", "opened_on"),
        Index(None, "school_id", "class_id", "updated_at"),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
        ForeignKeyConstraint(["school_id", "unit_id"], ["units.school_id", "units.id"]),
    )
    written_by = frozenset({Relation.COVERS})
    dated_by = "opened_at"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    class_id: Mapped[UUID]
    """The class in which the student learned then; a later change of class does not move it."""
    subject: Mapped[str]
    unit_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(default="today")
    """`today`, `week` or `unit`."""
    state: Mapped[str]
    """See cycle.loop.states.CycleState."""
    state_since: Mapped[datetime]
    opened_at: Mapped[datetime]
    opened_on: Mapped[date]
    """The day at school."""
    acted_first_at: Mapped[datetime | None]
    reflected_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    """Moves with every change that the class page shows; its maximum is the page's version."""
    goal_before: Mapped[bool] = mapped_column(default=True)
    """False when records arrived before any goal was set."""
    mid: Mapped[str] = mapped_column(default="")
    """Answer to the mid check: `smooth`, `ok`, `stuck`, `ask`; empty when not asked."""
    prompt_stage: Mapped[int] = mapped_column(default=1)
    prev_cycle_id: Mapped[UUID | None]
    next_cycle_id: Mapped[UUID | None]
    records: Mapped[int] = mapped_column(default=0)
    items: Mapped[int] = mapped_column(default=0)
    first_attempt_items: Mapped[int] = mapped_column(default=0)
    first_attempt_correct: Mapped[int] = mapped_column(default=0)
    retry_items: Mapped[int] = mapped_column(default=0)
    retry_correct: Mapped[int] = mapped_column(default=0)
    active_seconds: Mapped[int] = mapped_column(default=0)


class Adjustment(ReadAtHome, Base):
    """つぎの工夫: what the student decided to keep or change, and what became of it."""

    __tablename__ = "adjustments"
    __table_args__ = (
        Index(None, "school_id", "student_id", "proposed_at"),
        Index(None, "school_id", "from_cycle_id"),
        UniqueConstraint("school_id", "carried_from_id"),
        ForeignKeyConstraint(
            ["school_id", "from_cycle_id"], ["learning_cycles.school_id", "learning_cycles.id"]
        ),
        ForeignKeyConstraint(
            ["school_id", "to_cycle_id"], ["learning_cycles.school_id", "learning_cycles.id"]
        ),
    )
    dated_by = "proposed_at"
    handed_on = ("state", "proposed")

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    from_cycle_id: Mapped[UUID | None]
    """The cycle in which it was decided; None if that was at a school before."""
    carried_from_id: Mapped[UUID | None]
    """The row at the school before that this one goes on from."""
    carried_from_cycle_id: Mapped[UUID | None]
    """The cycle at the school before; rows of one school do not point into another."""
    to_cycle_id: Mapped[UUID | None]
    """The cycle in which it was tried."""
    kind: Mapped[str]
    """`keep` or `change`."""
    what: Mapped[str]
    """`goal_size`, `method`, `time`, `place`, `help`, `back` or `same`."""
    to_value: Mapped[str] = mapped_column(default="")
    """The new value: a strategy code, or the student's own words."""
    state: Mapped[str]
    """See cycle.loop.states.AdjustmentState."""
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    verdict: Mapped[str] = mapped_column(default="")
    """`worked`, `no_change` or `cannot_say`; empty until asked."""

    @property
    def decided_in(self) -> UUID:
        """The cycle in which it was decided, at whatever school."""
        cycle_id = self.from_cycle_id or self.carried_from_cycle_id
        assert cycle_id is not None
        return cycle_id
