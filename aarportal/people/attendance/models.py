"""Which days count: the school's calendar and who was away."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import MeasuredByApps, SchoolOwned


class CalendarDay(SchoolOwned, Base):
    """A day on which the school differs from an ordinary week (Monday to Friday)."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`closed` (holiday), `event` (school, but no lessons that count) or `open` (a Saturday)."""
    title: Mapped[str] = mapped_column(default="")


class AbsentDay(MeasuredByApps, Base):
    """A day on which a student was not there; such days never count for or against anybody."""

    __tablename__ = "absent_days"
    dated_by = "day"

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="absent")
    """`absent` or `excused` (出席停止, 忌引, 公欠)."""
