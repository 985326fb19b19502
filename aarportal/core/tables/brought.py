"""What every table has that somebody brings: the file, how far it is, and what was found in it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock


class BroughtTable:
    """Columns of a row about a table that was brought."""

    if TYPE_CHECKING:
        # Whoever owns the row says where it comes from (see core.ownership).
        id: Mapped[UUID]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    """In lower-case hex. The bytes lie in a folder until they are not needed any more."""
    encoding: Mapped[str] = mapped_column(default="")
    """One of `core.tables.sheets.ENCODINGS`; empty until somebody has chosen between several."""
    heads: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Encoding in which the file is text -> its `headers` and first `rows`; gone with the file."""
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Which column holds what, as JSON."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str]
    """See cycle.action.imports.states."""
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    progress: Mapped[int] = mapped_column(default=0)
    """Rows that are done in this state."""
    rows: Mapped[int] = mapped_column(default=0)
    unknown_rows: Mapped[int] = mapped_column(default=0)
    """Rows of which nobody knows whose they are."""
    left_out_rows: Mapped[int] = mapped_column(default=0)
    """Rows that only sum up others."""
    problem_rows: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The first of them: line, column, rule, cell."""
    preview: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The first rows as they would be taken; gone with the file."""
    trouble: Mapped[str] = mapped_column(default="")
    """Key of the reason why it stopped; empty while it did not."""

    def forget_cells(self) -> None:
        """Nothing of the file stays here that was not kept elsewhere."""
        self.heads, self.preview = {}, []
        self.problems = [{**problem, "cell": ""} for problem in self.problems]
