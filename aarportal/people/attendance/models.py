"""Which days count: the school's calendar and who was away."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import (
    Classification,
    FromSchoolOffice,
    MeasuredByApps,
    Relation,
    SchoolOwned,
)


class CalendarDay(SchoolOwned, Base):
    """A day that differs from an ordinary week (Monday to Friday), or that has a name."""

    __tablename__ = "calendar_days"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "bells_id"], ["bell_schedules.school_id", "bell_schedules.id"]
        ),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """See calendar.DayKind."""
    title: Mapped[str] = mapped_column(default="")
    bells_id: Mapped[UUID | None]
    """Lesson times that hold on this day instead of those of its weekday."""


class AbsentDay(FromSchoolOffice, MeasuredByApps, Base):
    """A day on which a student was not there; such days never count for or against anybody.

    That is all that charts know of attendance: never why, and nothing of a late arrival.
    """

    __tablename__ = "absent_days"
    __table_args__ = (Index(None, "school_id", "import_id"),)
    classification = Classification.III
    written_by = frozenset({Relation.COVERS})
    dated_by = "day"

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="absent")
    """`absent` or `excused` (出席停止, 忌引, 公欠)."""
