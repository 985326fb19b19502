"""Bringing a table, saying what its columns hold, starting its import and taking it back.

Here somebody decides; `taking` does the work afterwards, slice by slice.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.ids import new_id
from aarportal.core.scope import AppScope, Scope
from aarportal.core.tables.heads import heads, shown
from aarportal.core.tables.sheets import Sheet, SheetError
from aarportal.cycle.action.imports import store
from aarportal.cycle.action.imports.models import TableImport, TableMapping
from aarportal.cycle.action.imports.moving import carry_on, halt, move, move_to, only_in
from aarportal.cycle.action.imports.states import (
    BEFORE_START,
    OPEN_COLUMNS,
    ImportEvent,
    ImportState,
)
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.action.translators import tables
from aarportal.cycle.action.translators.columns import ColumnMapping, PersonKind, guess, is_known
from aarportal.cycle.action.translators.rows import CellProblem

#: Under these home pages accounts stand that come with no other one; links know the app as well.
ROSTER_NAMES = "urn:aarportal:table:roster"
OWN_ACCOUNTS = "urn:aarportal:table:accounts"
#: The largest table that is taken.
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class TableDraft:
    """A table as somebody brings it.

    Attributes:
        file_name: As its sender calls it.
        app_id: The app that made it; None for an app of its own.
        app_title: How an app of its own is called; empty for the name of the file.
        mapping_id: The mapping by which it is read; None to guess from the names of its columns.
    """

    file_name: str
    app_id: UUID | None = None
    app_title: str = ""
    mapping_id: UUID | None = None


@dataclass(frozen=True)
class ColumnsDraft:
    """What somebody says about the columns.

    Attributes:
        mapping: Which column holds what.
        home_page: Where the names of persons are from; empty for what is usual.
        keep_as: Name under which the mapping is kept; empty to keep none.
    """

    mapping: ColumnMapping
    home_page: str = ""
    keep_as: str = ""


def bring(scope: Scope, draft: TableDraft, data: bytes) -> TableImport:
    """Take a file in; nothing of it is read as learning yet.

    Raises:
        SheetError: If it is no table.
        NotFoundError: If there is no such app or mapping in this school.
    """
    if len(data) > MOST_BYTES:
        raise SheetError("file_too_large", detail=str(MOST_BYTES))
    kept = scope.one(TableMapping, draft.mapping_id) if draft.mapping_id else None
    columns = ColumnMapping.of_json(kept.columns) if kept else None
    found = heads(data, columns.used().values() if columns else (), is_known)
    app_id = draft.app_id or (kept.app_id if kept and not draft.app_title else None)
    app = store.app(scope, app_id) if app_id else _new_app(scope, draft)
    encoding = next(iter(found)) if len(found) == 1 else ""
    row = TableImport(
        id=new_id(),
        school_id=scope.school_id,
        app_id=app.id,
        file_name=shown(draft.file_name),
        file_sha256=sha256(data).hexdigest(),
        encoding=encoding,
        heads=found,
        columns=_said(columns or _guessed(found, encoding)),
        home_page=kept.home_page if kept else "",
        made_by=scope.actor_id,
        made_at=clock.now(),
        state=ImportState.UPLOADED,
        state_since=clock.now(),
    )
    scope.session.add(row)
    audit.record(scope, "import:brought", row.id, detail=f"{len(data)} bytes")
    return row


def _guessed(found: dict[str, Any], encoding: str) -> ColumnMapping:
    return guess(found[encoding]["headers"]) if encoding else ColumnMapping()


def _new_app(scope: Scope, draft: TableDraft) -> LearningApp:
    """An app of the table's own: nobody knows a secret with which anything could be sent as it."""
    row = LearningApp(
        id=new_id(),
        district_id=scope.district_id,
        title=shown(draft.app_title or draft.file_name.removesuffix(".csv")) or "CSV",
        access_key=secrets.token_hex(12),
        secret_hash=sha256(secrets.token_bytes(32)).digest(),
        school_ids=[str(scope.school_id)],
        home_pages=[ROSTER_NAMES],
    )
    scope.session.add(row)
    scope.session.flush()
    audit.record(scope, "app:added", row.id)
    return row


def with_open_columns(scope: Scope, import_id: UUID) -> TableImport:
    """An import of which it can be said how it is read.

    Raises:
        NotFoundError: If this school has no such import.
        StateError: If it has begun.
    """
    row = store.table_import(scope, import_id)
    only_in(row, OPEN_COLUMNS)
    return row


def choose_encoding(scope: Scope, row: TableImport, encoding: str) -> None:
    """Say in which encoding the file is text, where it may be several.

    Raises:
        InvalidError: If it is not one of them.
        StateError: If the import has begun.
    """
    only_in(row, OPEN_COLUMNS)
    if encoding not in row.heads:
        raise InvalidError("encoding", "choice")
    row.encoding = encoding
    row.columns = _said(guess(row.heads[encoding]["headers"]))
    move_to(row, ImportState.UPLOADED)
    audit.record(scope, "import:encoding_chosen", row.id, detail=encoding)


def column_problems(row: TableImport, mapping: ColumnMapping) -> Sequence[CellProblem]:
    """What is wrong with a mapping for the table of this import."""
    headers = tuple(row.heads[row.encoding]["headers"])
    return tables.check(Sheet(row.encoding, (), ",", 1, headers, ()), mapping)


def say_columns(scope: Scope, row: TableImport, draft: ColumnsDraft) -> None:
    """Say which column holds what; whoever works on imports then looks at every row.

    Raises:
        InvalidError: If the table cannot be read by this mapping.
        StateError: If the import has begun.
    """
    only_in(row, OPEN_COLUMNS)
    if not row.encoding:
        raise InvalidError("encoding", "choice")
    if column_problems(row, draft.mapping):
        raise InvalidError("columns", "problems")
    _check_home_page(store.app(scope, row.app_id), draft)
    row.columns, row.home_page = _said(draft.mapping), draft.home_page
    if draft.keep_as:
        _keep(scope, row.app_id, draft)
    move(row, ImportEvent.COLUMNS_SAID)
    audit.record(scope, "import:columns_said", row.id)


def _check_home_page(app: LearningApp, draft: ColumnsDraft) -> None:
    if not draft.home_page:
        return
    is_rosters = draft.home_page in [*app.home_pages, ROSTER_NAMES]
    if draft.mapping.person_kind is PersonKind.USERNAME and not is_rosters:
        raise InvalidError("home_page", "not_the_rosters")
    if draft.mapping.person_kind is PersonKind.APP_ACCOUNT and is_rosters:
        raise InvalidError("home_page", "the_rosters")


def _keep(scope: Scope, app_id: UUID, draft: ColumnsDraft) -> None:
    """Keep a mapping; one of the same name is replaced."""
    kept = store.mapping_called(scope, app_id, draft.keep_as)
    if kept is None:
        kept = TableMapping(
            id=new_id(), school_id=scope.school_id, app_id=app_id, title=draft.keep_as
        )
        scope.session.add(kept)
    kept.columns, kept.home_page = _said(draft.mapping), draft.home_page
    kept.made_by, kept.made_at = scope.actor_id, clock.now()
    audit.record(scope, "mapping:kept", kept.id)


def home_page(app: LearningApp, mapping: ColumnMapping, said: str) -> str:
    """Where the names of persons of a table are from.

    Args:
        app: The app that made the table.
        mapping: What its column of persons holds.
        said: What somebody said; empty for what is usual.
    """
    if said:
        return said
    if mapping.person_kind is PersonKind.APP_ACCOUNT:
        return OWN_ACCOUNTS
    return app.home_pages[0] if app.home_pages else ROSTER_NAMES


def start(scope: Scope, row: TableImport, *, without_problems: bool) -> None:
    """Let the rows be taken.

    Args:
        scope: Who says so.
        row: The import, as it was looked through.
        without_problems: Whether the good rows are wanted although others have problems.

    Raises:
        InvalidError: If rows have problems and nobody wants the others alone; if no row is good.
        StateError: If it was not looked through, or has begun.
    """
    only_in(row, {ImportState.CHECKED})
    if not row.good_rows:
        raise InvalidError("without_problems", "no_good_rows")
    if row.problem_rows and not without_problems:
        raise InvalidError("without_problems", "choose")
    mapping = ColumnMapping.of_json(row.columns)
    app = store.app(scope, row.app_id)
    if mapping.person_kind is PersonKind.USERNAME:
        used = home_page(app, mapping, row.home_page)
        if used not in app.home_pages:
            # Somebody said that these are login names of the roster.
            app.home_pages = [*app.home_pages, used]
            audit.record(scope, "app:home_page_added", app.id)
    move(row, ImportEvent.STARTED)
    audit.record(scope, "import:started", row.id, detail=f"{row.good_rows} of {row.rows}")


def stop(scope: Scope, row: TableImport) -> None:
    """Let nobody work on it any more for now.

    Raises:
        StateError: If nobody does.
    """
    halt(row, "asked")
    audit.record(scope, "import:stopped", row.id)


def go_on(scope: Scope, row: TableImport) -> None:
    """Go on where it stopped.

    Raises:
        StateError: If it did not.
    """
    carry_on(row)
    audit.record(scope, "import:continued", row.id)


def take_back(scope: Scope, row: TableImport) -> None:
    """Take everything back that the import brought.

    Raises:
        StateError: If it brought nothing, or is being taken back.
    """
    move(row, ImportEvent.UNDO_ASKED)
    row.forget_cells()
    audit.record(scope, "import:taking_back", row.id)


def drop(scope: Scope, row: TableImport) -> None:
    """Let go of a table of which nothing was taken.

    Raises:
        StateError: If something was.
    """
    only_in(row, BEFORE_START)
    scope.session.delete(row)
    audit.record(scope, "import:dropped", row.id)


# --- also for whoever works on it ---------------------------------------------------------------


def finish(scope: Scope | AppScope, row: TableImport) -> None:
    """Say that the work of its state is done."""
    move(row, ImportEvent.FINISHED)
    if row.state == ImportState.DONE:
        row.forget_cells()
    audit.record(scope, f"import:{row.state}", row.id)


def _said(mapping: ColumnMapping) -> dict[str, Any]:
    return {name: value for name, value in mapping.as_json().items() if value is not None}


def mapping_of(row: TableImport) -> ColumnMapping:
    """Which column holds what, as somebody said or as it is guessed."""
    return ColumnMapping.of_json(row.columns)


def cleared(mapping: ColumnMapping, headers: Sequence[str]) -> ColumnMapping:
    """A mapping without the columns that a table does not have."""
    gone = {name for name, column in mapping.used().items() if column not in headers}
    return ColumnMapping.of_json(
        {name: value for name, value in mapping.as_json().items() if name not in gone}
    )
