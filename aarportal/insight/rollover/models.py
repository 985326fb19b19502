"""School years that were opened for a school."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import DistrictRow, OfficeOnly


class Rollover(OfficeOnly, DistrictRow, Base):
    """年度更新: one school goes over to a new school year.

    What it does to the roster is a roster import, which is written, shown and taken back as one;
    here stands what becomes of the laps.
    """

    __tablename__ = "rollovers"
    __table_args__ = (
        Index(None, "school_id", "year", "made_at"),
        Index(None, "import_id"),
        ForeignKeyConstraint(["school_id"], ["schools.id"]),
    )

    school_id: Mapped[UUID]
    year: Mapped[int]
    """The 年度 that begins."""
    import_id: Mapped[UUID]
    """The roster import; no foreign key, because one that was never written may be dropped."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    laps_closed_at: Mapped[datetime | None]
    """The moment that every lap bears which it closed; None before the first of April."""
    closed_laps: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    """When no lap was open any more, or all of them were opened again."""
    reopened_at: Mapped[datetime | None]
    """When its laps were opened again, because it was taken back."""
