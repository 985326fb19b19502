"""What a student takes along, what another school brought, and what is deleted afterwards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import (
    DistrictOwned,
    DistrictRow,
    KeptByOffice,
    OfficeOnly,
    ReadByOwnTeachers,
)


class HandoverPackage(KeptByOffice, Base):
    """わたしのきろく: one export of what is a student's own; the file lies in a folder."""

    __tablename__ = "handover_packages"
    dated_by = "made_at"
    __table_args__ = (
        Index(None, "school_id", "student_id", "made_at"),
        Index(None, "state"),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-20)
    for_student: Mapped[bool]
    """Whether the student asked for it. What the office makes holds no drafts: no adult reads
    them."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str]
    """See handover.states.PackageState."""
    progress: Mapped[int] = mapped_column(default=0)
    """Files that are done."""
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """Rows by kind."""
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    file_sha256: Mapped[str] = mapped_column(default="")
    """In lower-case hex."""
    ready_at: Mapped[datetime | None]
    kept_until: Mapped[date | None]
    """The last day on which the file can be fetched."""
    fetched_by: Mapped[UUID | None]
    fetched_at: Mapped[datetime | None]
    """When the file was fetched last."""


class CarriedRow(ReadByOwnTeachers, Base):
    """A row that came from an earlier school, and what it was called there.

    Whoever moves on again takes it along under its first id, so that nothing is doubled by a way
    back.
    """

    __tablename__ = "carried_rows"
    dated_by = "carried_at"
    __table_args__ = (
        Index(None, "school_id", "import_id"),
        Index(None, "school_id", "student_id", "given_id"),
        ForeignKeyConstraint(["student_id"], ["users.id"]),
    )

    student_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """A field of formats.Contents."""
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Its id here."""
    given_id: Mapped[UUID]
    """Its id where it was made first."""
    import_id: Mapped[UUID]
    carried_at: Mapped[datetime] = mapped_column(default=clock.now)
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What has no row of its own here: the name of a teacher, a class as its school calls it, a
    letter that became part of another (`into`; `before`: what that one said, as JSON)."""


class HandoverImport(OfficeOnly, DistrictRow, Base):
    """An export of another installation that the office brought, and how far it is."""

    __tablename__ = "handover_imports"
    __table_args__ = (
        Index(None, "district_id", "school_id", "made_at"),
        Index(None, "state"),
        Index(None, "student_id"),
    )

    school_id: Mapped[UUID]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A `formats.Manifest` as JSON."""
    fingerprint: Mapped[str]
    """Of the key that signed it."""
    student_id: Mapped[UUID | None]
    """Whose it becomes here; None until that is known."""
    preview: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The name as the file has it, counts by kind and by school year, first and last day."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str]
    """See handover.states.IntakeState."""
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """Rows that were made, by kind."""
    trouble: Mapped[str] = mapped_column(default="")
    """Key of the reason why it stopped; empty while it did not."""
    confirmed_by: Mapped[UUID | None]
    written_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]


class TrustedIssuer(OfficeOnly, DistrictRow, Base):
    """An installation whose key somebody compared with the office there."""

    __tablename__ = "trusted_issuers"
    __table_args__ = (UniqueConstraint("district_id", "fingerprint"),)

    fingerprint: Mapped[str]
    title: Mapped[str]
    """District and school, as its first package said."""
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]


class HandoverRule(OfficeOnly, DistrictOwned, Base):
    """How long a board of education keeps what is a leaver's own."""

    __tablename__ = "handover_rules"

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    keep_days: Mapped[int]
    """Days after the last day at school."""


class DeletionOrder(OfficeOnly, DistrictRow, Base):
    """That everything of a student is to be deleted, and afterwards that it was: a certificate.

    It holds no name: what is left of the student is an id that says nothing.
    """

    __tablename__ = "deletion_orders"
    __table_args__ = (
        Index(None, "district_id", "school_id", "state", "due_on"),
        Index(None, "state", "due_on"),
        Index(None, "student_id"),
    )

    school_id: Mapped[UUID]
    student_id: Mapped[UUID]
    kind: Mapped[str]
    """`graduate`, `transfer_out` or `request`."""
    left_on: Mapped[date | None]
    """The last day at school."""
    due_on: Mapped[date]
    without_export: Mapped[bool] = mapped_column(default=False)
    """Whether the office said that nobody needs an export."""
    ordered_by: Mapped[UUID]
    ordered_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str]
    """See handover.states.DeletionState."""
    held_because: Mapped[str] = mapped_column(default="")
    """In the office's words; gone with the hold."""
    held_by: Mapped[UUID | None]
    trouble: Mapped[str] = mapped_column(default="")
    """Key of the reason why it waits although it is due."""
    done_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """Rows that were deleted, by table."""
