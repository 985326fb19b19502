"""Tables that were brought, and which column of an app's tables holds what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import SchoolOwned, SchoolRow


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


class TableImport(SchoolRow, Base):
    """One table that somebody brought, and how far it is."""

    __tablename__ = "table_imports"
    __table_args__ = (Index(None, "school_id", "made_at"), Index(None, "state"))

    app_id: Mapped[UUID] = mapped_column(ForeignKey("learning_apps.id"))
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    """In lower-case hex. The bytes lie in a folder until they are not needed any more."""
    encoding: Mapped[str] = mapped_column(default="")
    """One of `translators.sheets.ENCODINGS`; empty until somebody has chosen between several."""
    heads: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Encoding in which the file is text -> its `headers` and first `rows`; gone with the file."""
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A `translators.columns.ColumnMapping` as JSON."""
    home_page: Mapped[str] = mapped_column(default="")
    """As in `TableMapping`."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str]
    """See imports.states."""
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    progress: Mapped[int] = mapped_column(default=0)
    """Rows that are done in this state."""
    rows: Mapped[int] = mapped_column(default=0)
    good_rows: Mapped[int] = mapped_column(default=0)
    """Rows that can be taken, whether or not it is known whose they are."""
    unknown_rows: Mapped[int] = mapped_column(default=0)
    """Those of them that have to wait until somebody says whose they are."""
    left_out_rows: Mapped[int] = mapped_column(default=0)
    """Rows that only sum up others."""
    problem_rows: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The first of them: line, column, rule, cell."""
    preview: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The first rows as they would be taken; gone with the file."""
    taken: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    """Rows that were there already."""
    trouble: Mapped[str] = mapped_column(default="")
    """Key of the reason why it stopped; empty while it did not."""


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
