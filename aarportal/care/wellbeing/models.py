"""How children are, sealed: for the homeroom teacher, the health room and the head; for no chart.

Nothing of the learning cycle and no page of a pupil may import this feature. Words are encrypted in
the database: nothing can be looked for in them, and a stolen file says nothing.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import Classification, FromSchoolOffice, ReadByHealthRoom
from aarportal.core.sealing import SealedText


class AttendanceEntry(FromSchoolOffice, ReadByHealthRoom, Base):
    """What the list of attendance says about one day of a student, with the reason."""

    __tablename__ = "attendance_entries"
    dated_by = "day"
    __table_args__ = (Index(None, "school_id", "import_id"), Index(None, "school_id", "day"))
    classification = Classification.II

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    mark: Mapped[str]
    """One of `kinds.attendance_daily.MARKS`."""
    reason: Mapped[str] = mapped_column(SealedText("attendance_entries.reason"), default="")
    time: Mapped[str] = mapped_column(default="")
    """When the student came or left, as the file says it."""
    told_by: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(SealedText("attendance_entries.remark"), default="")


class HealthObservation(FromSchoolOffice, ReadByHealthRoom, Base):
    """What a student answered in 心の健康観察 of another tool."""

    __tablename__ = "health_observations"
    dated_by = "day"
    __table_args__ = (
        Index(None, "school_id", "import_id"),
        Index(None, "school_id", "day"),
        Index(None, "school_id", "wants_to_talk", "came_at"),
    )
    classification = Classification.II

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    time: Mapped[str] = mapped_column(primary_key=True, default="")
    """`HH:MM`; empty where the tool knows the day alone."""
    mood: Mapped[int | None]
    """0 to 100, the best; None where nothing was answered."""
    mood_said: Mapped[str] = mapped_column(SealedText("health_observations.mood_said"), default="")
    """The answer as the tool writes it."""
    waking: Mapped[str] = mapped_column(default="")
    temperature: Mapped[str] = mapped_column(default="")
    """In degrees Celsius with one decimal."""
    wants_to_talk: Mapped[bool] = mapped_column(default=False)
    talk_with: Mapped[str] = mapped_column(SealedText("health_observations.talk_with"), default="")
    topics: Mapped[str] = mapped_column(SealedText("health_observations.topics"), default="")
    words: Mapped[str] = mapped_column(SealedText("health_observations.words"), default="")
    came_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When the portal learned of it; what was seen before that was something else."""


class HealthRoomVisit(FromSchoolOffice, ReadByHealthRoom, Base):
    """A visit of the health room."""

    __tablename__ = "health_room_visits"
    dated_by = "day"
    __table_args__ = (Index(None, "school_id", "import_id"), Index(None, "school_id", "day"))
    classification = Classification.II

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    time: Mapped[str] = mapped_column(primary_key=True, default="")
    reason: Mapped[str] = mapped_column(SealedText("health_room_visits.reason"), default="")
    symptom: Mapped[str] = mapped_column(SealedText("health_room_visits.symptom"), default="")
    temperature: Mapped[str] = mapped_column(default="")
    treatment: Mapped[str] = mapped_column(SealedText("health_room_visits.treatment"), default="")
    outcome: Mapped[str] = mapped_column(SealedText("health_room_visits.outcome"), default="")


class SeenObservation(ReadByHealthRoom, Base):
    """Who has taken note of an observation: the first time, and never edited."""

    __tablename__ = "seen_observations"
    dated_by = "day"

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    time: Mapped[str] = mapped_column(primary_key=True, default="")
    came_at: Mapped[datetime] = mapped_column(primary_key=True)
    """Of the observation that was seen; one that is brought anew has not been seen yet."""
    seen_by: Mapped[UUID]
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
