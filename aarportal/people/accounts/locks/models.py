"""Accounts that rest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import DistrictOwned, HelpedByTeachers, OfficeOnly


class PupilLock(HelpedByTeachers, Base):
    """A student whose password opens nothing until a teacher, the office or time says so."""

    __tablename__ = "pupil_locks"
    dated_by = "locked_at"

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    locked_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class StaffLock(OfficeOnly, DistrictOwned, Base):
    """The same of somebody who is no student; the office of their school or the board opens it."""

    __tablename__ = "staff_locks"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    school_id: Mapped[UUID]
    """Where they tried to come in; nowhere for the board."""
    locked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
