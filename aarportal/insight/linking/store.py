"""What links of other systems open, and whom they lead where."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select

from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.loop import store as loop
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.reflection.models import Reflection
from aarportal.cycle.units import store as units
from aarportal.cycle.units.models import Unit
from aarportal.people.lti.completing.operations import Done
from aarportal.people.lti.models import LtiCompletion
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


def handed_in(scope: SystemScope, since: datetime) -> list[Done]:
    """Reflections on units that were handed in, and to which places links may have led.

    Only of students who opened a link: all others are nobody else's business.
    """
    query = (
        select(Reflection.student_id, LearningCycle.unit_id, Reflection.submitted_at)
        .join(
            LearningCycle,
            and_(
                LearningCycle.school_id == Reflection.school_id,
                LearningCycle.id == Reflection.cycle_id,
            ),
        )
        .where(
            Reflection.submitted_at >= since,
            LearningCycle.unit_id.is_not(None),
            select(LtiCompletion.id)
            .where(LtiCompletion.user_id == Reflection.student_id, LtiCompletion.state == "opened")
            .exists(),
        )
        .order_by(Reflection.submitted_at, Reflection.id)
    )
    return [
        Done(student_id, frozenset(f"/places/{kind}/{unit_id}" for kind in KINDS), moment)
        for student_id, unit_id, moment in scope.session.execute(query)
    ]


def open_lap(scope: Scope, unit_id: UUID) -> UUID | None:
    """The lap on a unit that a student is in."""
    laps = loop.open_cycles(scope, scope.actor_id)
    return next((lap.id for lap in laps if lap.unit_id == unit_id), None)
