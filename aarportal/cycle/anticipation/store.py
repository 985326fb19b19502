"""Questions about goals, criteria, if-then plans, plan sessions and predictions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select

from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.amounts import COMPARED_CYCLES, usual_amount
from aarportal.cycle.anticipation.choices import HOME, Card, same
from aarportal.cycle.anticipation.models import (
    Goal,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.anticipation.plans.matching import Planned
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import OPEN_CYCLE, GoalState, PlanState
from aarportal.cycle.units import store as units
from aarportal.cycle.units.models import GoalCard, Unit

#: Joins the goals of a lap that count; one that was taken back never does.
STANDING_GOAL = and_(cycles.of_lap(Goal), Goal.state != GoalState.WITHDRAWN)

#: States of a goal that the student has rated.
RATED = frozenset(
    {GoalState.ACHIEVED, GoalState.ACHIEVED_WITH_HELP, GoalState.PARTLY, GoalState.NOT_YET}
)

#: Cards shown for one unit: more would have to be read instead of chosen.
MAX_CARDS = 3
#: Laps in which usual amounts and today's goals are looked for.
_RECENT_LAPS = 40


@dataclass(frozen=True)
class UnitOffer:
    """One unit of today and what it offers to begin with.

    Attributes:
        title: May carry readings.
        cards: The teacher's cards and the student's own last goal, at most three.
        usual: The student's own median of items in the last laps of the subject.
        standing: The goal that the unit's lap of today has already.
    """

    id: UUID
    title: str
    subject: str
    cards: tuple[Card, ...]
    usual: int | None
    standing: Goal | None


@dataclass(frozen=True)
class Outlook:
    """All that a student looks ahead from.

    Attributes:
        units: The units of the student's classes, the one begun last first.
        preferred: The unit used last if it is still open, else the first.
        adjustment: What the student's earlier self decided to keep or change.
    """

    units: tuple[UnitOffer, ...]
    preferred: UUID | None
    adjustment: Adjustment | None


def outlook(scope: Scope, today: date) -> Outlook:
    """What the signed-in student can choose from today; six questions, however many units."""
    student_id = scope.actor_id
    open_units = units.open_units(scope, scope.class_ids, today)
    cards = units.cards(scope, [unit.id for unit in open_units])
    last = last_goal_and_unit(scope, student_id)
    laps = cycles.recent_cycles(scope, student_id, _RECENT_LAPS)
    todays = {
        lap.id: lap.unit_id for lap in laps if lap.opened_on == today and lap.state in OPEN_CYCLE
    }
    standing = {
        todays[cycle_id]: row
        for cycle_id, row in goals_of(scope, todays).items()
        if row.state == GoalState.ACTIVE
    }
    offers = tuple(
        UnitOffer(
            unit.id,
            unit.title,
            unit.subject,
            _cards(unit, cards[unit.id], last, standing.get(unit.id)),
            _usual(laps, unit.subject),
            standing.get(unit.id),
        )
        for unit in open_units
    )
    ids = [offer.id for offer in offers]
    used = (lap.unit_id for lap in laps if lap.unit_id in ids)
    return Outlook(
        units=offers,
        preferred=next(used, next(iter(ids), None)),
        adjustment=cycles.proposed_adjustment(scope, student_id),
    )


def _cards(
    unit: Unit,
    of_teacher: Sequence[GoalCard],
    last: tuple[Goal, UUID | None] | None,
    standing: Goal | None,
) -> tuple[Card, ...]:
    offered = [
        Card(card.id.hex, card.text, card.id, "teacher", card.criterion_type, card.criterion_target)
        for card in of_teacher
    ]
    if last is None or last[1] != unit.id or last[0] is standing:
        return tuple(offered[:MAX_CARDS])
    own = Card(f"last-{unit.id.hex}", last[0].text, author="pupil")
    if any(same(own.text, card.text) for card in offered):
        return tuple(offered[:MAX_CARDS])
    return (*offered[: MAX_CARDS - 1], own)


def _usual(laps: Sequence[LearningCycle], subject: str) -> int | None:
    amounts = [lap.items for lap in laps if lap.subject == subject and lap.items > 0]
    return usual_amount(amounts[:COMPARED_CYCLES])


def goal(scope: Scope, goal_id: UUID) -> Goal:
    """One visible goal.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    return scope.one(Goal, goal_id)


def plan(scope: Scope, plan_id: UUID) -> PlanSession:
    """One visible plan session.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    return scope.one(PlanSession, plan_id)


def active_goal(scope: Scope, cycle_id: UUID) -> Goal | None:
    """The goal of a lap that still waits for its rating."""
    return scope.session.scalar(
        select(Goal)
        .where(Goal.cycle_id == cycle_id, Goal.state == GoalState.ACTIVE)
        .order_by(Goal.confirmed_at.desc())
        .limit(1)
    )


def goals_of(scope: Scope, cycle_ids: Collection[UUID]) -> dict[UUID, Goal]:
    """Cycle -> the goal that counts there: the one confirmed last and not withdrawn."""
    if not cycle_ids:
        return {}
    rows = scope.session.scalars(
        select(Goal)
        .where(Goal.cycle_id.in_(cycle_ids), Goal.state != GoalState.WITHDRAWN)
        .order_by(Goal.confirmed_at)
    )
    return {row.cycle_id: row for row in rows}


def last_goal_and_unit(scope: Scope, student_id: UUID) -> tuple[Goal, UUID | None] | None:
    """The goal set last and not withdrawn, whatever became of it, with the unit of its lap."""
    row = scope.session.execute(
        select(Goal, LearningCycle.unit_id)
        .join(
            LearningCycle,
            and_(LearningCycle.school_id == Goal.school_id, LearningCycle.id == Goal.cycle_id),
        )
        .where(Goal.student_id == student_id, Goal.state != GoalState.WITHDRAWN)
        .order_by(Goal.confirmed_at.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def active_goals_due_before(scope: Scope, student_id: UUID, day: date) -> Sequence[Goal]:
    """Goals that wait for a rating although their day is over."""
    return scope.session.scalars(
        select(Goal).where(
            Goal.student_id == student_id, Goal.state == GoalState.ACTIVE, Goal.due_on < day
        )
    ).all()


def criterion_of(scope: Scope, goal_id: UUID) -> SuccessCriterion | None:
    """How the student will know that this goal is reached."""
    return criteria_of(scope, [goal_id]).get(goal_id)


def criteria_of(scope: Scope, goal_ids: Collection[UUID]) -> dict[UUID, SuccessCriterion]:
    """Goal -> its criterion."""
    if not goal_ids:
        return {}
    rows = scope.session.scalars(
        select(SuccessCriterion)
        .where(SuccessCriterion.goal_id.in_(goal_ids))
        .order_by(SuccessCriterion.id)
    )
    return {row.goal_id: row for row in rows}


def prediction_of(scope: Scope, cycle_id: UUID) -> Prediction | None:
    """What the student expected of a lap; homeroom teachers and the student can ask."""
    return predictions_of(scope, [cycle_id]).get(cycle_id)


def predictions_of(scope: Scope, cycle_ids: Collection[UUID]) -> dict[UUID, Prediction]:
    """Cycle -> what the student expected; void ones are there too, marked by their state."""
    if not cycle_ids:
        return {}
    rows = scope.session.scalars(
        select(Prediction).where(Prediction.cycle_id.in_(cycle_ids)).order_by(Prediction.made_at)
    )
    return {row.cycle_id: row for row in rows}


def plans_of(scope: Scope, cycle_ids: Collection[UUID]) -> dict[UUID, list[PlanSession]]:
    """Cycle -> its plan sessions by day."""
    found: dict[UUID, list[PlanSession]] = {cycle_id: [] for cycle_id in cycle_ids}
    if not cycle_ids:
        return found
    rows = scope.session.scalars(
        select(PlanSession)
        .where(PlanSession.cycle_id.in_(cycle_ids))
        .order_by(PlanSession.planned_on, PlanSession.id)
    )
    for row in rows:
        found[row.cycle_id].append(row)
    return found


def plans_between(scope: Scope, student_id: UUID, first: date, last: date) -> Sequence[PlanSession]:
    """Plan sessions from `first` to `last` (inclusive), by day."""
    return scope.session.scalars(
        select(PlanSession)
        .where(PlanSession.student_id == student_id, PlanSession.planned_on.between(first, last))
        .order_by(PlanSession.planned_on, PlanSession.id)
    ).all()


def open_past_plans(scope: Scope, student_id: UUID) -> Sequence[PlanSession]:
    """Plans whose day went by without a record: the student says what became of them."""
    return scope.session.scalars(
        select(PlanSession)
        .where(PlanSession.student_id == student_id, PlanSession.state == PlanState.OPEN_PAST)
        .order_by(PlanSession.planned_on)
    ).all()


def plans_to_settle(
    scope: Scope, student_id: UUID, first: date, last: date
) -> list[tuple[PlanSession, Planned]]:
    """Plans from `first` to `last` (inclusive), each with what the matching needs of it."""
    rows = scope.session.execute(
        select(PlanSession, LearningCycle.subject, LearningCycle.unit_id, LearningCycle.opened_on)
        .join(
            LearningCycle,
            and_(
                LearningCycle.school_id == PlanSession.school_id,
                LearningCycle.id == PlanSession.cycle_id,
            ),
        )
        .where(PlanSession.student_id == student_id, PlanSession.planned_on.between(first, last))
    )
    return [
        (
            row,
            Planned(
                row.id, row.planned_on, subject, unit_id, row.planned_amount,
                PlanState(row.state), opened_on, is_at_school=row.slot != HOME,
            ),
        )
        for row, subject, unit_id, opened_on in rows
    ]  # fmt: skip
