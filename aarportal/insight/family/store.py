"""What a family sees: the week's goals, and what the child wants to try next."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import Adjustment
from aarportal.people.roster.models import User

#: Changes that are shown of a child, the latest first.
CHANGES = 3


@dataclass(frozen=True)
class Child:
    """One child of the family; nothing here is counted, measured or compared."""

    id: UUID
    name: str
    goals: list[Goal] = field(default_factory=list)
    """Of this week, the latest first."""
    changes: list[Adjustment] = field(default_factory=list)


def monday_of(day: date) -> date:
    """The first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def children(scope: Scope, day: date) -> list[Child]:
    """The children of whom the person is a guardian, with the week of a day; three questions."""
    ids = scope.students.get(Relation.GUARDS) or frozenset()
    rows = scope.session.execute(
        select(User.id, User.family_name, User.given_name)
        .where(User.id.in_(ids))
        .order_by(User.sort_key, User.id)
    )
    found = {id_: Child(id_, f"{family}\u2009{given}") for id_, family, given in rows}
    begins, _ends = clock.day_bounds(monday_of(day))
    goals = scope.session.scalars(
        select(Goal)
        .where(Goal.student_id.in_(found), Goal.confirmed_at >= begins)
        .order_by(Goal.confirmed_at.desc(), Goal.id)
    )
    for goal in goals:
        found[goal.student_id].goals.append(goal)
    changes = scope.session.scalars(
        select(Adjustment)
        .where(Adjustment.student_id.in_(found))
        .order_by(Adjustment.proposed_at.desc(), Adjustment.id)
    )
    for change in changes:
        of_child = found[change.student_id].changes
        if len(of_child) < CHANGES:
            of_child.append(change)
    return list(found.values())
