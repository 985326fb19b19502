"""What links of other systems open, and whom they lead where."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from aarportal.core.scope import Scope
from aarportal.cycle.loop import store as loop
from aarportal.cycle.units import store as units
from aarportal.cycle.units.models import Unit
from aarportal.people.roster import store as roster

#: What of a unit a link can open.
KINDS = ("unit", "goal", "reflection")


@dataclass(frozen=True)
class Offer:
    """A unit whose parts can be linked."""

    unit: Unit
    class_title: str


def offers(scope: Scope, day: date) -> list[Offer]:
    """Units that the classes of a teacher work on."""
    titles = {row.id: row.title for row in roster.classes(scope)}
    found = units.open_units(scope, scope.class_ids, day)
    return [Offer(unit, titles.get(unit.class_id, "")) for unit in found]


def open_lap(scope: Scope, unit_id: UUID) -> UUID | None:
    """The lap on a unit that a student is in."""
    laps = loop.open_cycles(scope, scope.actor_id)
    return next((lap.id for lap in laps if lap.unit_id == unit_id), None)
