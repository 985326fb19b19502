"""What is being taught: units (単元) of a class and the goal cards that belong to them."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import SchoolRow


class Unit(SchoolRow, Base):
    """A unit of one subject that a class works on for some weeks."""

    __tablename__ = "units"
    __table_args__ = (
        Index(None, "school_id", "class_id", "starts_on"),
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    )

    class_id: Mapped[UUID]
    subject: Mapped[str]
    """Key of the subject, for instance `sansu` (see cycle.units.subjects)."""
    title: Mapped[str]
    """May carry readings: わり{算|ざん}の{筆算|ひっさん}."""
    code: Mapped[str] = mapped_column(default="")
    """学習指導要領コード, 16 characters, by which apps name the unit; empty if none."""
    starts_on: Mapped[date]
    ends_before: Mapped[date]


class GoalCard(SchoolRow, Base):
    """A goal that the teacher offers for a unit."""

    __tablename__ = "goal_cards"
    __table_args__ = (
        Index(None, "school_id", "unit_id"),
        ForeignKeyConstraint(["school_id", "unit_id"], ["units.school_id", "units.id"]),
    )

    unit_id: Mapped[UUID]
    position: Mapped[int]
    text: Mapped[str]
    """May carry readings."""
    criterion_type: Mapped[str]
    """`count`, `accuracy`, `can_do` or `product`."""
    criterion_target: Mapped[int | None]
    """Items for `count`, per cent for `accuracy`; None otherwise."""
