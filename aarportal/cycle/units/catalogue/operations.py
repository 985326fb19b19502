"""Keeping catalogues: the lines of a school, and an app's own as a whole.

Records that were made before a change have to be read again: each operation says what it changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError
from aarportal.core.ids import NOTHING, new_id
from aarportal.core.scope import Scope
from aarportal.cycle.units.catalogue import store
from aarportal.cycle.units.catalogue.choosing import KINDS, Choice
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from aarportal.cycle.units.catalogue.table import MAX_UNIT_TITLE, MAX_VALUE, Line
from aarportal.cycle.units.curriculum import store as curriculum
from aarportal.cycle.units.curriculum.codes import is_code
from aarportal.cycle.units.subjects import SUBJECTS

#: How many rows go with one statement: databases take only so many values in one.
_AT_ONCE = 500


class Affected(NamedTuple):
    """Records about these activities are understood differently from now on."""

    app_id: UUID
    kind: str
    value: str


@dataclass(frozen=True)
class EntryDraft:
    """A line as a teacher wants it."""

    app_id: UUID
    kind: str
    value: str
    subject: str
    code: str = ""
    unit_title: str = ""


@dataclass(frozen=True)
class Comparison:
    """How an app's own catalogue differs from the lines that are to replace it."""

    added: int
    changed: int
    gone: int
    same: int
    affected: tuple[Affected, ...]


def add_entry(scope: Scope, draft: EntryDraft) -> Affected:
    """Say for this school what an activity belongs to; what it said before is replaced.

    Raises:
        InvalidError: If a value cannot be taken.
    """
    _check(draft)
    entry = store.same_entry(scope, draft.app_id, draft.kind, draft.value)
    verb = "catalogue:changed" if entry else "catalogue:added"
    if entry is None:
        entry = CatalogueEntry(
            id=new_id(),
            district_id=scope.district_id,
            school_id=scope.school_id,
            app_id=draft.app_id,
            kind=draft.kind,
            value=draft.value,
        )
        scope.session.add(entry)
    _fill(entry, Choice(draft.subject, draft.code, draft.unit_title))
    audit.record(scope, verb, entry.id)
    return _about(entry)


def change_entry(scope: Scope, entry_id: UUID, choice: Choice) -> Affected:
    """Say otherwise what the activity of a line belongs to.

    Raises:
        InvalidError: If a value cannot be taken.
        NotFoundError: If this school keeps no such line.
    """
    entry = store.own_entry(scope, entry_id)
    _check(EntryDraft(entry.app_id, entry.kind, entry.value, *choice))
    _fill(entry, choice)
    audit.record(scope, "catalogue:changed", entry.id)
    return _about(entry)


def remove_entry(scope: Scope, entry_id: UUID) -> Affected:
    """Take a line of this school away.

    Raises:
        NotFoundError: If this school keeps no such line.
    """
    entry = store.own_entry(scope, entry_id)
    affected = _about(entry)
    scope.session.delete(entry)
    audit.record(scope, "catalogue:removed", entry_id)
    return affected


def compare_app_catalogue(scope: Scope, app_id: UUID, lines: Sequence[Line]) -> Comparison:
    """What `load_app_catalogue` would change; changes nothing.

    Args:
        scope: Of an administrator.
        app_id: Whose catalogue.
        lines: All of it, each thing once.
    """
    return _compared(_known(scope, app_id), _wanted(scope, lines), app_id)


def load_app_catalogue(scope: Scope, app_id: UUID, lines: Sequence[Line]) -> Comparison:
    """Replace an app's own catalogue as a whole; the tables of schools stay as they are.

    A line that names a code and no subject has the subject that the code belongs to.

    Args:
        scope: Of an administrator; the route asks for the permission.
        app_id: Whose catalogue.
        lines: All of it, each thing once.
    """
    wanted = _wanted(scope, lines)
    comparison = _compared(_known(scope, app_id), wanted, app_id)
    if not comparison.affected:
        return comparison
    scope.session.execute(
        delete(CatalogueEntry).where(
            CatalogueEntry.district_id == scope.district_id,
            CatalogueEntry.school_id == NOTHING,
            CatalogueEntry.app_id == app_id,
        )
    )
    rows = [
        {
            "id": new_id(),
            "district_id": scope.district_id,
            "school_id": NOTHING,
            "app_id": app_id,
            "kind": kind,
            "value": value,
            **choice._asdict(),
        }
        for (kind, value), choice in wanted.items()
    ]
    for start in range(0, len(rows), _AT_ONCE):
        scope.session.execute(insert(CatalogueEntry), rows[start : start + _AT_ONCE])
    audit.record(scope, "app_catalogue:loaded", app_id, detail=f"{len(rows)}")
    return comparison


def _known(scope: Scope, app_id: UUID) -> dict[tuple[str, str], Choice]:
    return {
        (entry.kind, entry.value): Choice(entry.subject, entry.code, entry.unit_title)
        for entry in store.own_catalogue(scope, app_id)
    }


def _wanted(scope: Scope, lines: Sequence[Line]) -> dict[tuple[str, str], Choice]:
    bare = {line.code for line in lines if line.code and not line.subject}
    found: dict[str, str] = {}
    for start in range(0, len(bare), _AT_ONCE):
        found |= curriculum.subjects_of(scope, sorted(bare)[start : start + _AT_ONCE])
    complete = [
        line if line.subject else replace(line, subject=found.get(line.code, "")) for line in lines
    ]
    return {
        (line.kind, line.value): Choice(line.subject, line.code, line.unit_title)
        for line in complete
    }


def _compared(
    known: dict[tuple[str, str], Choice], wanted: dict[tuple[str, str], Choice], app_id: UUID
) -> Comparison:
    added = wanted.keys() - known.keys()
    gone = known.keys() - wanted.keys()
    changed = {key for key in wanted.keys() & known.keys() if wanted[key] != known[key]}
    return Comparison(
        len(added),
        len(changed),
        len(gone),
        len(wanted) - len(added) - len(changed),
        tuple(Affected(app_id, *key) for key in sorted(added | gone | changed)),
    )


def _about(entry: CatalogueEntry) -> Affected:
    return Affected(entry.app_id, entry.kind, entry.value)


def _fill(entry: CatalogueEntry, choice: Choice) -> None:
    entry.subject, entry.code, entry.unit_title = choice


def _check(draft: EntryDraft) -> None:
    if draft.kind not in KINDS:
        raise InvalidError("kind", "choice")
    if not 0 < len(draft.value) <= MAX_VALUE or not draft.value.isprintable():
        raise InvalidError("value", "length")
    if draft.subject not in SUBJECTS:
        raise InvalidError("subject", "choice")
    if draft.code and not is_code(draft.code):
        raise InvalidError("code", "form")
    if len(draft.unit_title) > MAX_UNIT_TITLE:
        raise InvalidError("unit_title", "length")
