"""Requests about a pupil's data."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import AskedOfOffice
from aarportal.core.sealing import SealedText


class DataRequest(AskedOfOffice, Base):
    """One thing that somebody asks about the data of a pupil, and what the school answered."""

    __tablename__ = "data_requests"
    dated_by = "asked_at"
    __table_args__ = (
        Index(None, "school_id", "due_on"),
        Index(None, "school_id", "student_id"),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    kind: Mapped[str]
    """See states.RequestKind."""
    state: Mapped[str]
    """See states.RequestState."""
    asked_as: Mapped[str]
    """pupil | guardian | in_person (the office wrote down what a guardian came to say)."""
    asked_by: Mapped[UUID]
    """Who typed it; nobody else but the office reads it."""
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_on: Mapped[date]
    """The last day for the answer."""
    data_kind: Mapped[str] = mapped_column(default="")
    """Of a correction: a key of insight.purposes."""
    words: Mapped[str] = mapped_column(SealedText("data_requests.words"), default="")
    """What is wrong, or why it is asked for."""
    wanted: Mapped[str] = mapped_column(SealedText("data_requests.wanted"), default="")
    """Of a correction: how it should be."""
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(SealedText("data_requests.answer"), default="")
    """Words to whoever asked; of a refusal its reason."""
    changed_what: Mapped[str] = mapped_column(SealedText("data_requests.changed_what"), default="")
    """Of a correction that was done: where the office changed something."""
    changed_from: Mapped[str] = mapped_column(SealedText("data_requests.changed_from"), default="")
    changed_to: Mapped[str] = mapped_column(SealedText("data_requests.changed_to"), default="")
