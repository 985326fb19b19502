"""Bringing a table of the school office, saying what its columns hold, starting it, taking it back.

Here somebody decides; `taking_in` does the work afterwards, slice by slice.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.care.school_data import columns, store
from aarportal.care.school_data.columns import ColumnsSaid
from aarportal.care.school_data.kinds import Kind
from aarportal.care.school_data.models import SchoolDataImport, SchoolDataMapping
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import new_id
from aarportal.core.scope import Scope
from aarportal.core.tables.heads import heads, shown
from aarportal.core.tables.sheets import SheetError
from aarportal.cycle.action.imports.moving import carry_on, halt, move, move_to, only_in
from aarportal.cycle.action.imports.states import (
    BEFORE_START,
    OPEN_COLUMNS,
    ImportEvent,
    ImportState,
)

#: The largest table that is taken: a year of daily attendance of a school of 700.
MOST_BYTES = 8 * 1024 * 1024


def bring(scope: Scope, kind: Kind, file_name: str, data: bytes) -> SchoolDataImport:
    """Take a file in; nothing of it is kept about anybody yet.

    Raises:
        SheetError: If it is no table.
    """
    if len(data) > MOST_BYTES:
        raise SheetError("file_too_large", detail=str(MOST_BYTES))
    kept = store.mapping(scope, kind.key)
    said = ColumnsSaid.of_json(kept.columns) if kept else None
    usual = said.columns.values() if said else ()
    found = heads(data, usual, lambda header: columns.is_usual(kind, header))
    row = SchoolDataImport(
        id=new_id(),
        school_id=scope.school_id,
        kind=kind.key,
        file_name=shown(file_name),
        file_sha256=sha256(data).hexdigest(),
        heads=found,
        columns=ColumnsSaid().as_json(),
        made_by=scope.actor_id,
        made_at=clock.now(),
        state=ImportState.UPLOADED,
        state_since=clock.now(),
    )
    if len(found) == 1:
        _read_as(row, kind, next(iter(found)), said)
    scope.session.add(row)
    audit.record(scope, "school_data:brought", row.id, detail=f"{kind.key}, {len(data)} bytes")
    return row


def _read_as(row: SchoolDataImport, kind: Kind, encoding: str, said: ColumnsSaid | None) -> None:
    """Settle the encoding, and propose columns: those that were kept, where the file has them."""
    headers = row.heads[encoding]["headers"]
    within = said.within(headers) if said else None
    if within is None or columns.problems(kind, within, headers):
        within = columns.guess(kind, headers)
        if said:
            within = ColumnsSaid(
                within.columns, within.person_kind, said.choices, said.spreadsheet_days
            )
    row.encoding, row.columns = encoding, within.as_json()


def choose_encoding(scope: Scope, row: SchoolDataImport, encoding: str) -> None:
    """Say in which encoding the file is text, where it may be several.

    Raises:
        InvalidError: If it is not one of them.
        StateError: If the import has begun.
    """
    only_in(row, OPEN_COLUMNS)
    if encoding not in row.heads:
        raise InvalidError("encoding", "choice")
    kept = store.mapping(scope, row.kind)
    said = ColumnsSaid.of_json(kept.columns) if kept else None
    _read_as(row, store.kind(scope, row.kind), encoding, said)
    move_to(row, ImportState.UPLOADED)
    audit.record(scope, "school_data:encoding_chosen", row.id, detail=encoding)


def with_open_columns(scope: Scope, import_id: UUID) -> SchoolDataImport:
    """An import of which it can be said how it is read.

    Raises:
        NotFoundError: If this school has no such import.
        StateError: If it has begun.
    """
    row = store.school_data_import(scope, import_id)
    only_in(row, OPEN_COLUMNS)
    return row


def column_problems(
    scope: Scope, row: SchoolDataImport, said: ColumnsSaid
) -> Sequence[tuple[str, str]]:
    """What is wrong with what was said about the columns: (key of the column, rule)."""
    headers = row.heads[row.encoding]["headers"]
    return columns.problems(store.kind(scope, row.kind), said, headers)


def say_columns(scope: Scope, row: SchoolDataImport, said: ColumnsSaid) -> None:
    """Say which column holds what; whoever works on imports then looks at every row.

    The school keeps it for the next table of the kind.

    Raises:
        InvalidError: If the table cannot be read so.
        StateError: If the import has begun.
    """
    only_in(row, OPEN_COLUMNS)
    if not row.encoding or column_problems(scope, row, said):
        raise InvalidError("columns", "problems")
    row.columns = said.as_json()
    kept = store.mapping(scope, row.kind)
    if kept is None:
        kept = SchoolDataMapping(school_id=row.school_id, kind=row.kind)
        scope.session.add(kept)
    kept.columns, kept.made_by, kept.made_at = said.as_json(), scope.actor_id, clock.now()
    move(row, ImportEvent.COLUMNS_SAID)
    audit.record(scope, "school_data:columns_said", row.id)


def start(scope: Scope, row: SchoolDataImport, *, without_others: bool) -> None:
    """Let the rows be taken.

    Args:
        scope: Who says so.
        row: The import, as it was looked through.
        without_others: Whether the good rows are wanted although others are left out.

    Raises:
        InvalidError: If rows would be left out and nobody has agreed; if none would be taken.
        StateError: If it was not looked through, or has begun.
    """
    only_in(row, {ImportState.CHECKED})
    if not row.new_rows + row.changed_rows:
        raise InvalidError("without_others", "nothing_new")
    if row.problem_rows + row.unknown_rows and not without_others:
        raise InvalidError("without_others", "choose")
    row.confirmed_by = scope.actor_id
    move(row, ImportEvent.STARTED)
    detail = f"{row.new_rows} new, {row.changed_rows} changed of {row.rows}"
    audit.record(scope, "school_data:started", row.id, detail=detail)


def go(scope: Scope, row: SchoolDataImport, step: str) -> None:
    """Go a step that needs nothing said but its name.

    Args:
        scope: Who says so.
        row: The import.
        step: `stop` its work for now, `continue` it, or `undo`: restore all that it wrote over.

    Raises:
        NotFoundError: If there is no such step.
        StateError: If it cannot be gone from where the import is.
    """
    if step not in _STEPS:
        raise NotFoundError("step")
    act, verb = _STEPS[step]
    if step == "undo":
        # The work goes on in the name of whoever asked for it last.
        row.confirmed_by = scope.actor_id
        row.forget_cells()
    act(row)
    audit.record(scope, verb, row.id)


_STEPS: dict[str, tuple[Callable[[SchoolDataImport], None], str]] = {
    "stop": (lambda row: halt(row, "asked"), "school_data:stopped"),
    "continue": (carry_on, "school_data:continued"),
    "undo": (lambda row: move(row, ImportEvent.UNDO_ASKED), "school_data:taking_back"),
}


def drop(scope: Scope, row: SchoolDataImport) -> None:
    """Let go of a table of which nothing was taken.

    Raises:
        StateError: If something was.
    """
    only_in(row, BEFORE_START)
    scope.session.delete(row)
    audit.record(scope, "school_data:dropped", row.id)


def said_of(row: SchoolDataImport) -> ColumnsSaid:
    """What was said about its columns, or is proposed."""
    return ColumnsSaid.of_json(row.columns)
