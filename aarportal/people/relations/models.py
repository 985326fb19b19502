"""What somebody holds beside their role, from a day until a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import KnownToHolder, SchoolRow
from aarportal.core.sealing import SealedText


class HeldRelation(KnownToHolder, SchoolRow, Base):
    """That somebody covers a class, leads a grade, is on a case, or is a child's guardian.

    What it opens, it opens from `starts_on` until before `ends_before`, and never once it was
    ended.
    """

    __tablename__ = "relations"
    __table_args__ = (
        Index(None, "holder_id", "ends_before"),
        Index(None, "student_id"),
        ForeignKeyConstraint(["school_id"], ["schools.id"]),
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    )

    holder_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    """See kinds.Kind."""
    class_id: Mapped[UUID | None]
    """Of a cover."""
    grade: Mapped[str] = mapped_column(default="")
    """P1 to J3, of who leads it."""
    student_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Of a case, or of a guardian."""
    reason: Mapped[str] = mapped_column(SealedText("relations.reason"), default="")
    """Why; of a case always. The student does not read it."""
    starts_on: Mapped[date]
    ends_before: Mapped[date | None]
    """Exclusive; None as long as the roster has the holder, and the child, at the school."""
    given_by: Mapped[UUID]
    given_at: Mapped[datetime]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    """When somebody took it back; from then on it opens nothing, whatever its days say."""
