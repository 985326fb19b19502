"""What somebody has begun to write and not yet handed in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import ReadBySelf, Untraced


class Draft(Untraced, ReadBySelf, Base):
    """One form that is being filled in; its own table, so that staff have no way to read it."""

    __tablename__ = "drafts"
    dated_by = "saved_at"

    student_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    form: Mapped[str] = mapped_column(primary_key=True)
    """Which form: `goal`, `letter` or `reflection`."""
    key: Mapped[str] = mapped_column(primary_key=True)
    """Which copy of the form: the id of the cycle, the term, or `new`."""
    rev: Mapped[int]
    content: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    other: Mapped[dict[str, list[str]] | None] = mapped_column(JSON)
    """A second version from another device; kept until the student chooses one."""
    saved_at: Mapped[datetime]
