"""Questions about reflections, ratings and what teachers answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal, Prediction, SuccessCriterion
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import GoalState, ReflectionState
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    SelfRating,
    TeacherFeedback,
)
from aarportal.cycle.reflection.prompts import Lap
from aarportal.cycle.units.models import Unit

PAGE = 20


@dataclass(frozen=True)
class Entry:
    """A reflection with the lap it closes."""

    reflection: Reflection
    cycle: LearningCycle
    goal: Goal | None
    rating: SelfRating | None


@dataclass(frozen=True)
class Lookback:
    """All that one lap is looked back on with.

    Attributes:
        tried: The adjustment that this lap took over from an earlier one.
        proposed: What the student chose to keep or change after it.
        last_prompt: Key of the question that was asked last.
        first_lesson: Whether this is the student's first lap of the unit.
    """

    cycle: LearningCycle
    unit: Unit | None
    goal: Goal | None
    criterion: SuccessCriterion | None
    prediction: Prediction | None
    rating: SelfRating | None
    reflection: Reflection | None
    attribution: Attribution | None
    tried: Adjustment | None
    proposed: Adjustment | None
    last_prompt: str
    first_lesson: bool

    @property
    def can_change(self) -> bool:
        """Whether the reflection is still open: handed in, and read by nobody."""
        return self.reflection is None or self.reflection.state in {
            ReflectionState.SUBMITTED,
            ReflectionState.REVISED,
        }


def lookback(scope: Scope, cycle_id: UUID) -> Lookback:
    """One lap as its writer looks back on it.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    cycle = cycles.cycle(scope, cycle_id)
    row = scope.session.execute(
        select(Goal, SuccessCriterion, Prediction, SelfRating, Reflection, Unit)
        .select_from(LearningCycle)
        .outerjoin(Goal, and_(_of_lap(Goal), Goal.state != GoalState.WITHDRAWN))
        .outerjoin(
            SuccessCriterion,
            and_(SuccessCriterion.school_id == Goal.school_id, SuccessCriterion.goal_id == Goal.id),
        )
        .outerjoin(Prediction, _of_lap(Prediction))
        .outerjoin(SelfRating, _of_lap(SelfRating))
        .outerjoin(Reflection, _of_lap(Reflection))
        .outerjoin(
            Unit, and_(Unit.school_id == LearningCycle.school_id, Unit.id == LearningCycle.unit_id)
        )
        .where(LearningCycle.id == cycle_id)
    ).first()
    assert row is not None
    goal, criterion, prediction, rating, written, unit = row
    around = cycles.adjustments_of(scope, [cycle_id])
    earlier = [it for it in recent_prompts(scope, cycle.student_id) if it.cycle_id != cycle_id]
    return Lookback(
        cycle=cycle,
        unit=unit,
        goal=goal,
        criterion=criterion,
        prediction=prediction,
        rating=rating,
        reflection=written,
        attribution=attribution_of(scope, written.id) if written else None,
        tried=next((it for it in around if it.to_cycle_id == cycle_id), None),
        proposed=next((it for it in around if it.from_cycle_id == cycle_id), None),
        last_prompt=earlier[0].prompt_id if earlier else "",
        first_lesson=_is_first_lesson(scope, cycle),
    )


def _of_lap(row_class: type) -> ColumnElement[bool]:
    return and_(
        row_class.school_id == LearningCycle.school_id,  # type: ignore[attr-defined]
        row_class.cycle_id == LearningCycle.id,  # type: ignore[attr-defined]
    )


def _is_first_lesson(scope: Scope, cycle: LearningCycle) -> bool:
    if cycle.unit_id is None:
        return False
    earlier = scope.session.scalar(
        select(LearningCycle.id)
        .where(
            LearningCycle.student_id == cycle.student_id,
            LearningCycle.unit_id == cycle.unit_id,
            LearningCycle.opened_at < cycle.opened_at,
        )
        .limit(1)
    )
    return earlier is None


def next_steps(scope: Scope, cycle_ids: Collection[UUID]) -> dict[UUID, Adjustment]:
    """Lap -> what the student chose to keep or change after it."""
    rows = cycles.adjustments_of(scope, cycle_ids)
    return {row.from_cycle_id: row for row in rows}


def reflection(scope: Scope, reflection_id: UUID) -> Reflection:
    """One visible reflection.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    return scope.one(Reflection, reflection_id)


def feedback(scope: Scope, feedback_id: UUID) -> TeacherFeedback:
    """One visible answer of a teacher.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    return scope.one(TeacherFeedback, feedback_id)


def reflection_of(scope: Scope, cycle_id: UUID) -> Reflection | None:
    """The reflection that closes a lap."""
    return scope.session.scalar(select(Reflection).where(Reflection.cycle_id == cycle_id))


def entries(scope: Scope, reflection_ids: Collection[UUID]) -> list[Entry]:
    """These reflections with their laps, goals and ratings, in one query."""
    return _entries(scope, Reflection.id.in_(reflection_ids), limit=len(reflection_ids) or 1)


def history(scope: Scope, student_id: UUID, page: int) -> list[Entry]:
    """A student's own reflections, the latest first; one more than fits on a page."""
    return _entries(
        scope, Reflection.student_id == student_id, limit=PAGE + 1, offset=PAGE * max(page - 1, 0)
    )


def _entries(
    scope: Scope, condition: ColumnElement[bool], *, limit: int, offset: int = 0
) -> list[Entry]:
    rows = scope.session.execute(
        select(Reflection, LearningCycle, Goal, SelfRating)
        .join(
            LearningCycle,
            and_(
                LearningCycle.school_id == Reflection.school_id,
                LearningCycle.id == Reflection.cycle_id,
            ),
        )
        .outerjoin(
            Goal,
            and_(
                Goal.school_id == Reflection.school_id,
                Goal.cycle_id == Reflection.cycle_id,
                Goal.state != "withdrawn",
            ),
        )
        .outerjoin(
            SelfRating,
            and_(
                SelfRating.school_id == Reflection.school_id,
                SelfRating.cycle_id == Reflection.cycle_id,
            ),
        )
        .where(condition)
        .order_by(Reflection.submitted_at.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Entry(*row) for row in rows]


def rating_of(scope: Scope, cycle_id: UUID) -> SelfRating | None:
    """The rating of a lap's goal; there is one row, which a correction changes."""
    return scope.session.scalar(select(SelfRating).where(SelfRating.cycle_id == cycle_id))


def ratings_of(scope: Scope, cycle_ids: Collection[UUID]) -> dict[UUID, SelfRating]:
    """Lap -> its rating."""
    if not cycle_ids:
        return {}
    rows = scope.session.scalars(select(SelfRating).where(SelfRating.cycle_id.in_(cycle_ids)))
    return {row.cycle_id: row for row in rows}


def reflections_of(scope: Scope, cycle_ids: Collection[UUID]) -> dict[UUID, Reflection]:
    """Lap -> the reflection that closes it."""
    if not cycle_ids:
        return {}
    rows = scope.session.scalars(select(Reflection).where(Reflection.cycle_id.in_(cycle_ids)))
    return {row.cycle_id: row for row in rows}


def attribution_of(scope: Scope, reflection_id: UUID) -> Attribution | None:
    """The reasons given in a reflection."""
    return scope.session.scalar(
        select(Attribution).where(Attribution.reflection_id == reflection_id)
    )


def attributions_of(scope: Scope, reflection_ids: Collection[UUID]) -> dict[UUID, Attribution]:
    """Reflection -> the reasons given in it."""
    if not reflection_ids:
        return {}
    rows = scope.session.scalars(
        select(Attribution).where(Attribution.reflection_id.in_(reflection_ids))
    )
    return {row.reflection_id: row for row in rows}


def latest_feedback(scope: Scope, student_id: UUID) -> TeacherFeedback | None:
    """The last thing a teacher answered to this student."""
    return scope.session.scalar(
        select(TeacherFeedback)
        .where(TeacherFeedback.student_id == student_id)
        .order_by(TeacherFeedback.sent_at.desc())
        .limit(1)
    )


def feedback_of(
    scope: Scope, reflection_ids: Collection[UUID]
) -> dict[UUID, list[TeacherFeedback]]:
    """Reflection -> the answers to it, in order."""
    found: dict[UUID, list[TeacherFeedback]] = {key: [] for key in reflection_ids}
    if not reflection_ids:
        return found
    rows = scope.session.scalars(
        select(TeacherFeedback)
        .where(TeacherFeedback.reflection_id.in_(reflection_ids))
        .order_by(TeacherFeedback.sent_at)
    )
    for row in rows:
        found[row.reflection_id].append(row)
    return found


def finished_laps(scope: Scope, student_id: UUID, subject: str, limit: int = 8) -> list[Lap]:
    """The student's last laps of a subject as fading sees them, in order."""
    rows = scope.session.execute(
        select(Reflection, LearningCycle, SelfRating.id, Attribution.id, Adjustment.id)
        .join(
            LearningCycle,
            and_(
                LearningCycle.school_id == Reflection.school_id,
                LearningCycle.id == Reflection.cycle_id,
            ),
        )
        .outerjoin(SelfRating, _of_lap(SelfRating))
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
        .where(Reflection.student_id == student_id, LearningCycle.subject == subject)
        .order_by(Reflection.submitted_at.desc())
        .limit(limit)
    )
    laps = [
        Lap(
            rated=rating is not None,
            reason=reason is not None,
            evidence=cycle.records > 0,
            next_step=change is not None,
            text=written.text,
            stage=cycle.prompt_stage,
        )
        for written, cycle, rating, reason, change in rows
    ]
    return laps[::-1]


def recent_prompts(scope: Scope, student_id: UUID, limit: int = 5) -> Sequence[Reflection]:
    """The student's last reflections, the latest first."""
    return scope.session.scalars(
        select(Reflection)
        .where(Reflection.student_id == student_id)
        .order_by(Reflection.submitted_at.desc())
        .limit(limit)
    ).all()
