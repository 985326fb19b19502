"""What a family sees: the week's goals, and what the child wants to try next."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop.models import Adjustment
from aarportal.cycle.loop.states import AdjustmentState, GoalState
from aarportal.people.roster.models import User

#: Changes that are shown of a child, the latest first.
CHANGES = 3
#: What a child took back, or has not said yet, and what was put aside, no other list shows either.
_UNTOLD = (GoalState.DRAFT, GoalState.WITHDRAWN)
_PUT_ASIDE = (AdjustmentState.LAPSED, AdjustmentState.CARRIED)


@dataclass(frozen=True)
class Meant:
    """A goal in the child's words; nothing of how it came out."""

    text: str
    author: str
    confirmed_at: datetime


@dataclass(frozen=True)
class Change:
    """What a child wants to try next; see `Adjustment`."""

    kind: str
    what: str
    to_value: str
    proposed_at: datetime


@dataclass(frozen=True)
class Child:
    """One child of the family; nothing here is counted, measured or compared."""

    id: UUID
    name: str
    goals: list[Meant] = field(default_factory=list)
    """Of this week, the latest first."""
    changes: list[Change] = field(default_factory=list)


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
    goals = scope.session.execute(
        select(Goal.student_id, Goal.text, Goal.author, Goal.confirmed_at)
        .where(
            Goal.student_id.in_(found),
            Goal.confirmed_at >= begins,
            Goal.state.not_in(_UNTOLD),
        )
        .order_by(Goal.confirmed_at.desc(), Goal.id)
    )
    for student_id, *goal in goals:
        found[student_id].goals.append(Meant(*goal))
    changes = scope.session.execute(
        select(
            Adjustment.student_id,
            Adjustment.kind,
            Adjustment.what,
            Adjustment.to_value,
            Adjustment.proposed_at,
        )
        .where(Adjustment.student_id.in_(found), Adjustment.state.not_in(_PUT_ASIDE))
        .order_by(Adjustment.proposed_at.desc(), Adjustment.id)
    )
    for student_id, *change in changes:
        of_child = found[student_id].changes
        if len(of_child) < CHANGES:
            of_child.append(Change(*change))
    return list(found.values())
