"""Tables of school-office systems that were brought, and every row that they changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import KeptToTakeBack, SchoolOwned, SchoolRow
from aarportal.core.sealing import SealedJson
from aarportal.core.tables.brought import BroughtTable


class SchoolDataMapping(SchoolOwned, Base):
    """Which column holds what in tables of one kind, as the school said it last."""

    __tablename__ = "school_data_mappings"

    kind: Mapped[str] = mapped_column(primary_key=True)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A `columns.ColumnsSaid` as JSON."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class SchoolDataImport(BroughtTable, SchoolRow, Base):
    """One table that somebody brought, and how far it is."""

    __tablename__ = "school_data_imports"
    __table_args__ = (Index(None, "school_id", "made_at"), Index(None, "state"))

    kind: Mapped[str]
    """The key of one of `kinds`."""
    new_rows: Mapped[int] = mapped_column(default=0)
    changed_rows: Mapped[int] = mapped_column(default=0)
    """Rows that say something else than what stands here."""
    same_rows: Mapped[int] = mapped_column(default=0)
    """Rows that say what stands here already."""
    taken: Mapped[int] = mapped_column(default=0)
    """Rows that wrote something."""
    changes: Mapped[int] = mapped_column(default=0)
    """Rows of the database that they wrote; one row of a table may write several."""
    confirmed_by: Mapped[UUID | None]
    """In whose name the work is done."""


class SchoolDataChange(KeptToTakeBack, Base):
    """One row that an import wrote, and what stood there before."""

    __tablename__ = "school_data_changes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "import_id"], ["school_data_imports.school_id", "school_data_imports.id"]
        ),
        Index(None, "school_id", "student_id"),
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str]
    key: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The key of the row besides school and student."""
    before: Mapped[dict[str, Any] | None] = mapped_column(SealedJson("school_data_changes.before"))
    """Its columns as they were; None where there was no row."""
    is_gone: Mapped[bool] = mapped_column(default=False)
    """The import took the row away."""
