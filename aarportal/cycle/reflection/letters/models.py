"""学期の手紙: what a student writes to the self of the next term."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import ReadByOwnTeachers


class TermLetter(ReadByOwnTeachers, Base):
    """A letter to one's next-term self, with what the student chose to show beside it."""

    __tablename__ = "term_letters"
    # The teacher of the next year reads it, too, and nobody after that.
    dated_by = "read_until"
    __table_args__ = (
        UniqueConstraint("school_id", "student_id", "year", "term"),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    year: Mapped[int]
    """The 年度."""
    term: Mapped[int]
    """1 to 3."""
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """At most three laps: `cycle` (its id), `on` (the day), `subject` and `words`.

    The words are kept as they stood: the next teacher reads them here, and not the laps.
    """
    text: Mapped[str]
    lang: Mapped[str] = mapped_column(default="ja")
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    read_until: Mapped[date]
    """The last day on which a teacher reads it: the end of the next school year."""
