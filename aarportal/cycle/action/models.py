"""学ぶ: what learning apps and hands report, and what is summed up from it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, column
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import DistrictOwned, DistrictRow, MeasuredByApps, SystemOnly


class LearningApp(DistrictRow, Base):
    """A learning app that may send statements, and its credential."""

    __tablename__ = "learning_apps"

    title: Mapped[str]
    """As students see it."""
    access_key: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes]
    """SHA-256 of the secret: a machine's secret is random and long, so no slow hash is needed."""
    school_ids: Mapped[list[str] | None] = mapped_column(JSON)
    """Schools it may write for; None means every school of the district."""
    revoked_at: Mapped[datetime | None]


class StoredStatement(SystemOnly, DistrictOwned, Base):
    """An xAPI statement as it arrived; never changed."""

    __tablename__ = "statements"
    __table_args__ = (Index(None, "district_id", "stored_at"),)

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The statement's id."""
    app_id: Mapped[UUID] = mapped_column(ForeignKey("learning_apps.id"))
    stored_at: Mapped[datetime]
    fingerprint: Mapped[bytes]
    """Equal for statements that xAPI calls equal; tells a replay from a conflict."""
    body: Mapped[bytes]
    """The statement's JSON as it was sent."""


class QuarantinedStatement(SystemOnly, DistrictOwned, Base):
    """A statement that waits, because it could not become a learning record."""

    __tablename__ = "quarantined_statements"
    __table_args__ = (Index(None, "district_id", "reason"),)

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    app_id: Mapped[UUID]
    reason: Mapped[str]
    """`unknown_actor`, `ambiguous_actor`, `not_a_student`, `school_not_allowed`, `no_class` …"""
    actor: Mapped[str]
    """The identifier under which the app knows the learner."""
    received_at: Mapped[datetime]


class LearningRecord(MeasuredByApps, Base):
    """きろく: one thing a student did; corrections are new records."""

    __tablename__ = "learning_records"
    __table_args__ = (
        Index(None, "school_id", "student_id", "day"),
        Index(None, "school_id", "cycle_id"),
        # Whether a question was answered before; records without a question are not in it.
        Index(
            None,
            "school_id",
            "student_id",
            "question_id",
            "day",
            sqlite_where=column("question_id") != "",
            postgresql_where=column("question_id") != "",
        ),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
        ForeignKeyConstraint(["school_id", "unit_id"], ["units.school_id", "units.id"]),
        ForeignKeyConstraint(
            ["school_id", "cycle_id"], ["learning_cycles.school_id", "learning_cycles.id"]
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    """The id of the statement it came from, or a new one for work reported by hand."""
    app_id: Mapped[UUID]
    """The learning app; all zeros for work reported by hand."""
    connector: Mapped[str]
    """Key of the connector that read the statement; `by_hand` for work reported by hand."""
    cycle_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    subject: Mapped[str]
    """Empty when unknown."""
    unit_code: Mapped[str] = mapped_column(default="")
    """学習指導要領コード as the app sent it."""
    title: Mapped[str]
    verb: Mapped[str]
    """Normalised verb (see action.vocabulary)."""
    question_id: Mapped[str] = mapped_column(default="")
    attempt_id: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    day: Mapped[date]
    """The day at school on which it ended."""
    active_seconds: Mapped[int]
    """What this record adds to the day (see action.activity_time)."""
    own_duration: Mapped[int | None]
    """Seconds that the app itself reported; None when time is taken from the gaps."""
    items: Mapped[int] = mapped_column(default=0)
    first_attempt_items: Mapped[int] = mapped_column(default=0)
    first_attempt_correct: Mapped[int] = mapped_column(default=0)
    retry_items: Mapped[int] = mapped_column(default=0)
    retry_correct: Mapped[int] = mapped_column(default=0)
    self_reported: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    """See cycle.loop.states.RecordState."""
    received_at: Mapped[datetime]


class DayRollup(MeasuredByApps, Base):
    """Sums of a student's day, by subject, unit and app: what pages read instead of records.

    Derived from `learning_records` alone; `aarportal rebuild-rollups` makes it anew. No foreign
    keys, because an unknown unit and paper work are part of the key as all zeros.
    """

    __tablename__ = "day_rollups"

    student_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    day: Mapped[date] = mapped_column(primary_key=True)
    app_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    records: Mapped[int] = mapped_column(default=0)
    active_seconds: Mapped[int] = mapped_column(default=0)
    items: Mapped[int] = mapped_column(default=0)
    first_attempt_items: Mapped[int] = mapped_column(default=0)
    first_attempt_correct: Mapped[int] = mapped_column(default=0)
    retry_items: Mapped[int] = mapped_column(default=0)
    retry_correct: Mapped[int] = mapped_column(default=0)
    last_event_at: Mapped[datetime]
    burst_seconds: Mapped[int] = mapped_column(default=0)
    """Active seconds of the burst that `last_event_at` belongs to, capped at an hour."""
