"""Tables that were brought, and which column of an app's tables holds what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import SchoolOwned, SchoolRow
from aarportal.core.tables.brought import BroughtTable


class TableMapping(SchoolRow, Base):
    """Which column holds what, kept under a name for the next table of the same app."""

    __tablename__ = "table_mappings"

    app_id: Mapped[UUID] = mapped_column(ForeignKey("learning_apps.id"))
    title: Mapped[str]
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A `translators.columns.ColumnMapping` as JSON."""
    home_page: Mapped[str] = mapped_column(default="")
    """Where the names of persons are from; empty for what is usual (see operations.home_page)."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class TableImport(BroughtTable, SchoolRow, Base):
    """One table that somebody brought, and how far it is."""

    __tablename__ = "table_imports"
    __table_args__ = (Index(None, "school_id", "made_at"), Index(None, "state"))

    app_id: Mapped[UUID] = mapped_column(ForeignKey("learning_apps.id"))
    home_page: Mapped[str] = mapped_column(default="")
    """As in `TableMapping`."""
    good_rows: Mapped[int] = mapped_column(default=0)
    """Rows that can be taken, whether or not it is known whose they are."""
    taken: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    """Rows that were there already."""


class ImportedRow(SchoolOwned, Base):
    """Which statement a row of a table became, so that the whole import can be taken back."""

    __tablename__ = "imported_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "import_id"], ["table_imports.school_id", "table_imports.id"]
        ),
        Index(None, "school_id", "statement_id"),
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    """Where the row begins, as an editor counts."""
    statement_id: Mapped[UUID]
