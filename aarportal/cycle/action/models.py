"""学ぶ: what learning apps and hands report, and what is summed up from it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    column,
)
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import (
    DistrictOwned,
    DistrictRow,
    MeasuredByApps,
    OfficeOnly,
    ReadByOwnTeachers,
    SeenWithRecords,
    SystemOnly,
    Untraced,
)


class LearningApp(DistrictRow, Base):
    """A learning app or another system of the district, and its one credential."""

    __tablename__ = "learning_apps"

    title: Mapped[str]
    """As students see it."""
    access_key: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes]
    """SHA-256 of the secret: a machine's secret is random and long, so no slow hash is needed."""
    previous_secret_hash: Mapped[bytes | None]
    """The secret before the last change, for as long as the sender needs to take the new one."""
    previous_secret_until: Mapped[datetime | None]
    school_ids: Mapped[list[str] | None] = mapped_column(JSON)
    """Schools it may write for and read about; None means every school of the district."""
    may_write: Mapped[bool] = mapped_column(default=True)
    may_read: Mapped[bool] = mapped_column(default=False)
    """Whether it reads the statements of others; its own it reads always."""
    origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Web origins from which its pages may call (CORS)."""
    home_pages: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Account home pages under which the app uses the roster's own names.

    Under any other home page a login name says nothing: another child may be called the same there.
    """
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime | None]
    """To the minute, or a little more: it is not written with every request."""
    last_record_at: Mapped[datetime | None]
    """When the latest work happened that its statements told of."""
    revoked_at: Mapped[datetime | None]


class AppDay(OfficeOnly, DistrictOwned, Untraced, Base):
    """What an app sent on a day, and what became of it: received is the sum of the others."""

    __tablename__ = "app_days"

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    app_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    """The day of arrival at school."""
    received: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    """Sent again with the same content."""
    recorded: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    """Put in quarantine, whatever became of it there."""
    voiding: Mapped[int] = mapped_column(default=0)
    """Took another statement back."""
    last_at: Mapped[datetime]


class StoredStatement(SeenWithRecords, DistrictOwned, Untraced, Base):
    """An xAPI statement as it arrived; never changed. The log is its own trace."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("district_id", "given_id"),
        UniqueConstraint("district_id", "position"),
        # Few are: the index costs nothing and is asked for every group that is read.
        Index(
            "ix_statements_voided",
            "district_id",
            "position",
            sqlite_where=column("voided"),
            postgresql_where=column("voided"),
        ),
    )
    seen_through = (("learning_records", "id"), ("quarantined_statements", "statement_id"))

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Our own, which grows as the log does: what is made of a statement has the same.

    Ids of apps are random. In keys of tables that grow for years each would be written to another
    page of the disk, so there is one index of them.
    """
    given_id: Mapped[UUID]
    """The statement's id in xAPI: the app's, or a new one where it gave none."""
    app_id: Mapped[UUID] = mapped_column(ForeignKey("learning_apps.id"))
    position: Mapped[int] = mapped_column(BigInteger)
    """When it was stored, in microseconds since 1970; each statement has its own and they grow."""
    fingerprint: Mapped[bytes]
    """Equal for statements that xAPI calls equal; tells a replay from a conflict."""
    voided: Mapped[bool] = mapped_column(default=False)
    version: Mapped[str] = mapped_column(default="1.0.0")
    """By the rules of which version it came, for statements that name none themselves."""
    body: Mapped[bytes]
    """The statement's JSON as it was sent."""


class StatementTerm(SystemOnly, DistrictOwned, Untraced, Base):
    """Where in the log statements stand that can be found under one term: a row of an index.

    One row holds all that were read at once, so that a term is written once a group and not once a
    statement. See xapi.terms for what is indexed.
    """

    __tablename__ = "statement_terms"
    __table_args__ = ({"sqlite_with_rowid": False},)

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    term: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    last_position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    first_position: Mapped[int] = mapped_column(BigInteger)
    positions: Mapped[bytes]
    """All of them, growing, as 64-bit numbers (little-endian)."""


class PortalStatement(MeasuredByApps, Base):
    """A statement that the portal made of what a student did here, so that other systems read it.

    It is no learning record: this row says whose it is, and of which school. No foreign key: it
    outlives the lap, so that what was published can be taken back when the lap is gone.
    """

    __tablename__ = "portal_statements"
    __table_args__ = (Index(None, "school_id", "cycle_id"),)
    part_of = ("learning_cycles", "cycle_id")

    statement_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    """The statement's id in xAPI."""
    cycle_id: Mapped[UUID]
    kind: Mapped[str]
    """A key of insight.sharing.laps.Kind: what of the lap it tells."""
    source_id: Mapped[UUID]
    """The row it tells of; of a withdrawal, the statement that it takes back."""
    version: Mapped[int]
    """1 for the first statement about the source; a changed source has a further one."""
    fingerprint: Mapped[bytes]
    """Equal as long as the source says the same."""
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """Whether it was taken back."""


class StatementReference(SystemOnly, DistrictOwned, Untraced, Base):
    """A statement whose object is another statement, which may arrive after it.

    Both are named as xAPI names them.
    """

    __tablename__ = "statement_references"

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    target_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    statement_id: Mapped[UUID]
    app_id: Mapped[UUID]
    is_voiding: Mapped[bool]


class InboxEntry(DistrictOwned, Untraced, Base):
    """Stored statements that were not made into learning records yet, or have to be anew."""

    __tablename__ = "statement_inbox"
    __table_args__ = (Index(None, "app_id", "position"),)

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """The first statement; those that follow it came with the same request."""
    last_position: Mapped[int] = mapped_column(BigInteger)
    app_id: Mapped[UUID]
    again: Mapped[bool] = mapped_column(default=False, primary_key=True)
    """They were read before, and what was made of them goes first."""


class Rereading(DistrictOwned, Untraced, Base):
    """Something by which statements were understood has changed: they are to be read again."""

    __tablename__ = "rereadings"
    __table_args__ = (Index(None, "app_id"),)

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    """Which statements: a kind of intake.operations.read_again."""
    value: Mapped[str]
    """Whose or which, as the kind wants it."""
    app_id: Mapped[UUID]
    """Whose statements."""
    school_id: Mapped[UUID | None]
    """Only records of this school; None for every school."""
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)


class QuarantinedStatement(OfficeOnly, DistrictOwned, Base):
    """A statement that waits, because it could not become a learning record."""

    __tablename__ = "quarantined_statements"
    __table_args__ = (
        Index(None, "district_id", "reason", "app_id"),
        Index(None, "district_id", "name"),
    )

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Our own id of it (see StoredStatement)."""
    app_id: Mapped[UUID]
    reason: Mapped[str]
    """A key of intake.matching: `unknown_actor`, `ambiguous_actor`, `not_a_student` …"""
    issuer: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    """Under which name whom the app knows the learner (see xapi.statements.ActorKey)."""
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]


class RecordDispute(ReadByOwnTeachers, Base):
    """これは ちがう: a student doubts a record, and a teacher decides."""

    __tablename__ = "record_disputes"
    __table_args__ = (
        Index(None, "school_id", "student_id", "decided_at"),
        Index(None, "school_id", "record_id"),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
    )
    dated_by = "made_at"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    record_id: Mapped[UUID]
    """The first record of the line that is doubted; the others of the line go with it."""
    reason: Mapped[str] = mapped_column(default="")
    """`not_mine`, `wrong_time`, `wrong_count`, `other`, or empty."""
    made_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(default="")
    """`voided`, `upheld`, or empty while it waits."""
    explanation: Mapped[str] = mapped_column(default="")
    """The teacher's words to the student."""
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When the student saw the decision."""


class LearningRecord(MeasuredByApps, Base):
    """きろく: one thing a student did; corrections are new records."""

    __tablename__ = "learning_records"
    __table_args__ = (
        # Also for whether a question was answered before. What comes in today lies together: an
        # index by question would be written all over.
        Index(
            "ix_learning_records_of_a_day",
            "school_id",
            "student_id",
            "day",
            "ended_at",
            "answer_key",
        ),
        Index(None, "school_id", "cycle_id"),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
        ForeignKeyConstraint(["school_id", "unit_id"], ["units.school_id", "units.id"]),
        ForeignKeyConstraint(
            ["school_id", "cycle_id"], ["learning_cycles.school_id", "learning_cycles.id"]
        ),
    )
    dated_by = "day"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    """Our own id of the statement it came from, or a new one for work reported by hand."""
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
    activity_id: Mapped[str] = mapped_column(default="")
    """What was acted on, as the app names it."""
    unit_title: Mapped[str] = mapped_column(default="")
    """The unit as the app calls it; empty when it says none."""
    verb: Mapped[str]
    """Normalised verb (see action.vocabulary)."""
    question_id: Mapped[str] = mapped_column(default="")
    attempt_id: Mapped[str] = mapped_column(default="")
    answer_key: Mapped[int | None] = mapped_column(BigInteger)
    """Question and attempt as one number (see intake.answers); None without a question."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    day: Mapped[date]
    """The day at school on which it ended."""
    active_seconds: Mapped[int]
    """What this record adds to the day (see action.activity_time)."""
    own_duration: Mapped[int | None]
    """Seconds that the app itself reported; None when time is taken from the gaps."""
    has_time: Mapped[bool] = mapped_column(default=True)
    """Whether the time of day is known; if not, `ended_at` is noon and says the day alone."""
    items: Mapped[int] = mapped_column(default=0)
    first_attempt_items: Mapped[int] = mapped_column(default=0)
    first_attempt_correct: Mapped[int] = mapped_column(default=0)
    retry_items: Mapped[int] = mapped_column(default=0)
    retry_correct: Mapped[int] = mapped_column(default=0)
    self_reported: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    """See cycle.loop.states.RecordState."""
    received_at: Mapped[datetime]
    link_id: Mapped[UUID | None]
    """The identity link that said whose it is; None when the roster did."""
    merge_id: Mapped[UUID | None]
    """The merge of two persons through which it came to this one."""


class DayRollup(MeasuredByApps, Base):
    """Sums of a student's day, by subject, unit and app: what pages read instead of records.

    Derived from `learning_records` alone; `aarportal rebuild-rollups` makes it anew. No foreign
    keys, because an unknown unit and paper work are part of the key as all zeros.
    """

    __tablename__ = "day_rollups"
    dated_by = "day"

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
