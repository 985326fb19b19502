"""Who did what to which row, and when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import AppendOnly, AuditRecord, SystemOnly

#: With this the verb of a look begins.
LOOK = "look:"


class AuditEntry(AppendOnly, AuditRecord, SystemOnly, Base):
    """One change, or one look; only added to, and chained (see `audit.chain`)."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "district_id", "at"),
        Index(None, "student_id", "at"),
        Index(None, "object_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    """`person`, `app` or `system`."""
    actor_id: Mapped[UUID | None]
    district_id: Mapped[UUID | None]
    """None for work of the system that no district asked for."""
    school_id: Mapped[UUID | None]
    student_id: Mapped[UUID | None]
    """The student whose data were touched, when it is one student."""
    verb: Mapped[str]
    """Named `<resource>:<action in the past>`."""
    object_id: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    """The reason of a `SystemScope`, or a count; never a word that a child wrote."""

    @property
    def is_of_change(self) -> bool:
        """Whether a change was made, and not only looked at something."""
        return not self.verb.startswith(LOOK)
