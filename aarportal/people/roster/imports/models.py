"""Rosters that somebody brought, and every row that they change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import DistrictOwned, DistrictRow, OfficeOnly, Untraced


class RosterImport(OfficeOnly, DistrictRow, Base):
    """One roster that somebody brought or that was fetched, and how far it is."""

    __tablename__ = "roster_imports"
    __table_args__ = (
        Index(None, "district_id", "made_at"),
        Index(None, "state"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    school_id: Mapped[UUID | None]
    """The one school that it speaks of; None for a whole district."""
    source_id: Mapped[UUID | None]
    """The system it was fetched from; None for a file."""
    file_name: Mapped[str]
    file_sha256: Mapped[str] = mapped_column(default="")
    """In lower-case hex. The bytes lie in a folder until the roster is written or dropped."""
    mode: Mapped[str] = mapped_column(default="strict")
    """`strict`, or `tolerant`: what is on the published list of repairs is repaired."""
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str]
    """See imports.states."""
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    progress: Mapped[int] = mapped_column(default=0)
    """Rows that are done in this state."""
    total: Mapped[int] = mapped_column(default=0)
    """Out of how many; 0 while nobody knows."""
    roster_version: Mapped[int] = mapped_column(default=0)
    """The version of the district's roster that the difference was made for."""
    findings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the file says of itself, and problems, warnings, repairs and refused data."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Counts of rows by kind and of people by fate, doubts, codes of new schools."""
    worked_on_by: Mapped[UUID | None]
    """The process that works on it, until `worked_on_until` at the latest."""
    worked_on_until: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    """Key of the reason why it stopped; empty while it did not."""
    confirmed_by: Mapped[UUID | None]
    written_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]


class RosterChange(OfficeOnly, Untraced, DistrictOwned, Base):
    """One row of the roster that an import makes, changes or ends; the import leaves the trace."""

    __tablename__ = "roster_changes"
    __table_args__ = (Index(None, "district_id", "user_id", "import_id"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("roster_imports.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """Changes are written in this order, and taken back in the reverse."""
    kind: Mapped[str]
    """One of `planning.KINDS`, or `identity_links`."""
    row_id: Mapped[UUID]
    school_id: Mapped[UUID | None]
    """The other half of the key of a school's row."""
    user_id: Mapped[UUID | None]
    """The person the row is or belongs to."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Columns as they were; None for a new row."""
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The same columns afterwards; of a new row all."""


class PersonFate(OfficeOnly, Untraced, DistrictOwned, Base):
    """What an import means for one person: a line of the difference."""

    __tablename__ = "person_fates"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("roster_imports.id"), primary_key=True)
    fate: Mapped[str] = mapped_column(primary_key=True)
    """See difference.Fate."""
    place: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
