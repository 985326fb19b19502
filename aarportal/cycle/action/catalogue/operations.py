"""Saying what the activities of learning apps belong to, for the records that are there as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.scope import Scope
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.catalogue import store
from aarportal.cycle.action.catalogue.offers import Offer, offers
from aarportal.cycle.action.intake import operations as intake
from aarportal.cycle.units import store as units
from aarportal.cycle.units.catalogue import operations as catalogue
from aarportal.cycle.units.catalogue import store as entries
from aarportal.cycle.units.catalogue import table
from aarportal.cycle.units.catalogue.choosing import CatalogueIndex, Choice
from aarportal.cycle.units.catalogue.operations import Affected, Comparison, EntryDraft
from aarportal.cycle.units.catalogue.table import Sheet
from aarportal.cycle.units.models import Unit

#: How far back a teacher is asked about.
LOOK_BACK = timedelta(days=30)
#: From so many changed lines on, everything of the app is read again at once.
_MANY = 50


@dataclass(frozen=True)
class Decision:
    """What a teacher says about the activities of an offer.

    Attributes:
        app_id: Whose activities.
        kind: How the line knows them.
        value: What the kind looks at.
        belongs: `unit:` and the id of a unit of one of the teacher's classes, or `subject:` and the
            key of a subject.
    """

    app_id: UUID
    kind: str
    value: str
    belongs: str


def undecided(scope: Scope) -> Sequence[Offer]:
    """What the apps of this teacher's students sent of late that nobody knows the unit of."""
    rows = store.unknown(scope, clock.today() - LOOK_BACK)
    lines = entries.entries(scope, {row.app_id for row in rows}) if rows else ()
    return offers(rows, CatalogueIndex.of(lines), scope.school_id)


def decide(scope: Scope, decision: Decision) -> None:
    """Say for this school what activities belong to.

    Raises:
        InvalidError: If a value cannot be taken.
        NotFoundError: If the district has no such app.
    """
    if store.app(scope, decision.app_id) is None:
        raise NotFoundError("app")
    choice = _choice(scope, decision.belongs)
    draft = EntryDraft(decision.app_id, decision.kind, decision.value, *choice)
    _read_again(scope, [catalogue.add_entry(scope, draft)], school_id=scope.school_id)


def change(scope: Scope, entry_id: UUID, belongs: str) -> None:
    """Say otherwise what the activities of a line belong to.

    Raises:
        InvalidError: If `belongs` cannot be taken.
        NotFoundError: If this school keeps no such line.
    """
    affected = catalogue.change_entry(scope, entry_id, _choice(scope, belongs))
    _read_again(scope, [affected], school_id=scope.school_id)


def remove(scope: Scope, entry_id: UUID) -> None:
    """Take a line of this school away.

    Raises:
        NotFoundError: If this school keeps no such line.
    """
    _read_again(scope, [catalogue.remove_entry(scope, entry_id)], school_id=scope.school_id)


def read_sheet(data: bytes) -> Sheet:
    """Read the catalogue that somebody brought."""
    return table.read(data, vocabulary.subject_key)


def load(scope: Scope, app_id: UUID, sheet: Sheet, *, really: bool) -> Comparison:
    """Replace an app's own catalogue by a sheet, or only say what that would change.

    Raises:
        InvalidError: If there is a problem in the sheet and it is meant in earnest.
        NotFoundError: If the district has no such app.
    """
    if store.app(scope, app_id) is None:
        raise NotFoundError("app")
    if not really:
        return catalogue.compare_app_catalogue(scope, app_id, sheet.lines)
    if sheet.problems or not sheet.lines:
        raise InvalidError("file", "problems")
    comparison = catalogue.load_app_catalogue(scope, app_id, sheet.lines)
    _read_again(scope, comparison.affected, school_id=None)
    return comparison


def _choice(scope: Scope, belongs: str) -> Choice:
    kind, _, name = belongs.partition(":")
    if kind == "subject":
        return Choice(name, "", "")
    try:
        unit = _own_unit(scope, UUID(name)) if kind == "unit" else None
    except (ValueError, NotFoundError):
        unit = None
    if unit is None:
        raise InvalidError("belongs", "choice")
    return Choice(unit.subject, unit.code, unit.title)


def _own_unit(scope: Scope, unit_id: UUID) -> Unit | None:
    unit = units.unit(scope, unit_id)
    return unit if unit.class_id in scope.class_ids else None


def _read_again(scope: Scope, affected: Sequence[Affected], *, school_id: UUID | None) -> None:
    if len(affected) > _MANY:
        # Every id begins with nothing.
        affected = [Affected(app_id, "prefix", "") for app_id in {it.app_id for it in affected}]
    for each in affected:
        intake.read_again(scope, each.kind, each.value, app_id=each.app_id, school_id=school_id)
