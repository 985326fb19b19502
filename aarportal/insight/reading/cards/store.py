"""One reflection with the lap it closes, as a teacher reads it, beside the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal, Prediction, SuccessCriterion
from aarportal.cycle.anticipation.store import STANDING_GOAL
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.store import of_lap
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    SelfRating,
    TeacherFeedback,
)
from aarportal.cycle.reflection.store import feedback_of
from aarportal.cycle.units.models import Unit
from aarportal.insight.reading.differences import Differences, Snapshot, differences
from aarportal.people.roster.store import Classmate


@dataclass(frozen=True)
class Lap:
    """A reflection and everything of the lap that it closes."""

    reflection: Reflection
    cycle: LearningCycle
    goal: Goal | None
    criterion: SuccessCriterion | None
    prediction: Prediction | None
    rating: SelfRating | None
    attribution: Attribution | None
    adjustment: Adjustment | None
    unit: Unit | None


@dataclass(frozen=True)
class Earlier:
    """The pupil's lap of the subject before, and what differs since."""

    lap: Lap
    differences: Differences


@dataclass(frozen=True)
class Card:
    """What stands before the teacher."""

    mate: Classmate
    lap: Lap
    answers: Sequence[TeacherFeedback]
    before: Earlier | None


def card(scope: Scope, mates: Mapping[UUID, Classmate], reflection_id: UUID) -> Card | None:
    """The card of a reflection, if one of `mates` wrote it."""
    return _card(scope, mates, Reflection.id == reflection_id)


def latest_card(scope: Scope, mates: Mapping[UUID, Classmate], student_id: UUID) -> Card | None:
    """The card of the last reflection of one of `mates`, if there is any."""
    return _card(scope, mates, Reflection.student_id == student_id)


def _card(
    scope: Scope, mates: Mapping[UUID, Classmate], condition: ColumnElement[bool]
) -> Card | None:
    lap = _lap(scope, condition)
    if lap is None or lap.reflection.student_id not in mates:
        return None
    before = _lap(
        scope,
        and_(
            Reflection.student_id == lap.reflection.student_id,
            LearningCycle.subject == lap.cycle.subject,
            LearningCycle.opened_at < lap.cycle.opened_at,
        ),
    )
    return Card(
        mate=mates[lap.reflection.student_id],
        lap=lap,
        answers=feedback_of(scope, [lap.reflection.id])[lap.reflection.id],
        before=Earlier(before, differences(_snapshot(before), _snapshot(lap))) if before else None,
    )


def _snapshot(lap: Lap) -> Snapshot:
    return Snapshot(
        rating=lap.rating.value if lap.rating else None,
        strategies=tuple(lap.goal.strategies) if lap.goal else (),
        next_what=lap.adjustment.what if lap.adjustment else "",
        items=lap.cycle.items,
    )


def _lap(scope: Scope, condition: ColumnElement[bool]) -> Lap | None:
    """The latest reflection of these with everything of its lap, in one question.

    Of several goals, changes or predictions of the lap the last one counts.
    """
    row = scope.session.execute(
        select(
            Reflection, LearningCycle, Goal, SuccessCriterion, Prediction, SelfRating, Attribution,
            Adjustment, Unit,
        )
        .join(LearningCycle, of_lap(Reflection))
        .outerjoin(Goal, STANDING_GOAL)
        .outerjoin(
            SuccessCriterion,
            and_(
                SuccessCriterion.school_id == Goal.school_id, SuccessCriterion.goal_id == Goal.id
            ),
        )
        .outerjoin(Prediction, and_(of_lap(Prediction), Prediction.state != "void"))
        .outerjoin(SelfRating, of_lap(SelfRating))
        .outerjoin(
            Attribution,
            and_(
                Attribution.school_id == Reflection.school_id,
                Attribution.reflection_id == Reflection.id,
            ),
        )
        .outerjoin(
            Adjustment,
            and_(
                Adjustment.school_id == Reflection.school_id,
                Adjustment.from_cycle_id == Reflection.cycle_id,
            ),
        )
        .outerjoin(
            Unit, and_(Unit.school_id == LearningCycle.school_id, Unit.id == LearningCycle.unit_id)
        )
        .where(condition)
        .order_by(
            LearningCycle.opened_at.desc(), Goal.confirmed_at.desc(),
            Adjustment.proposed_at.desc(), Prediction.made_at.desc(),
        )
        .limit(1)
    ).first()  # fmt: skip
    return Lap(*row) if row else None
