"""Questions about reflections, ratings and what teachers answered."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import aliased

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal, Prediction, SuccessCriterion
from aarportal.cycle.anticipation.store import STANDING_GOAL
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import OPEN_CYCLE, AdjustmentState, CycleState, ReflectionState
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    SelfRating,
    TeacherFeedback,
)
from aarportal.cycle.reflection.prompts import COMPARED_TEXTS, WINDOW, Lap
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
        first_lesson: Whether this is the student's first lap of the unit.
        tried: The adjustment that this lap took over from an earlier one.
        proposed: What the student chose to keep or change after it.
        is_here: Whether it is of the school where the student is now.
    """

    cycle: LearningCycle
    first_lesson: bool
    unit: Unit | None
    goal: Goal | None
    criterion: SuccessCriterion | None
    prediction: Prediction | None
    rating: SelfRating | None
    reflection: Reflection | None
    attribution: Attribution | None
    tried: Adjustment | None
    proposed: Adjustment | None
    is_here: bool = True

    @property
    def can_change(self) -> bool:
        """Whether it can be written, or changed freely: nobody has read it yet."""
        if not self.is_here:
            return False
        if self.reflection is None:
            return self.cycle.state in OPEN_CYCLE
        return self.reflection.state in {ReflectionState.SUBMITTED, ReflectionState.REVISED}

    @property
    def next_is_settled(self) -> bool:
        """Whether the next step went into a goal already: then it stays as it is."""
        return self.proposed is not None and self.proposed.state != AdjustmentState.PROPOSED


def _is_first_lesson() -> ColumnElement[bool]:
    """Whether a lap is its student's first one of the unit."""
    earlier = aliased(LearningCycle)
    return and_(
        LearningCycle.unit_id.is_not(None),
        ~select(earlier.id)
        .where(
            earlier.school_id == LearningCycle.school_id,
            earlier.student_id == LearningCycle.student_id,
            earlier.unit_id == LearningCycle.unit_id,
            earlier.opened_at < LearningCycle.opened_at,
        )
        .exists(),
    )


# Putting these together costs more than asking them, so they are made once.

_REASON = and_(
    Attribution.school_id == Reflection.school_id, Attribution.reflection_id == Reflection.id
)
_LOOKBACK = (
    select(
        LearningCycle, _is_first_lesson(), Unit, Goal, SuccessCriterion, Prediction,
        SelfRating, Reflection, Attribution,
    )
    .outerjoin(
        Unit, and_(Unit.school_id == LearningCycle.school_id, Unit.id == LearningCycle.unit_id)
    )
    .outerjoin(Goal, STANDING_GOAL)
    .outerjoin(
        SuccessCriterion,
        and_(SuccessCriterion.school_id == Goal.school_id, SuccessCriterion.goal_id == Goal.id),
    )
    .outerjoin(Prediction, cycles.of_lap(Prediction))
    .outerjoin(SelfRating, cycles.of_lap(SelfRating))
    .outerjoin(Reflection, cycles.of_lap(Reflection))
    .outerjoin(Attribution, _REASON)
    .where(LearningCycle.id == bindparam("cycle_id"))
    .order_by(Goal.confirmed_at.desc())
)  # fmt: skip
_FINISHED_LAPS = (
    select(Reflection, LearningCycle, _is_first_lesson(), SelfRating.id, Attribution)
    .join(LearningCycle, cycles.of_lap(Reflection))
    .outerjoin(SelfRating, cycles.of_lap(SelfRating))
    .outerjoin(Attribution, _REASON)
    .where(
        Reflection.student_id == bindparam("student_id"),
        LearningCycle.subject == bindparam("subject"),
    )
    .order_by(LearningCycle.opened_at.desc())
    .limit(bindparam("most"))
)
_LATEST_FEEDBACK = (
    select(TeacherFeedback)
    .where(TeacherFeedback.student_id == bindparam("student_id"))
    .order_by(TeacherFeedback.sent_at.desc())
    .limit(1)
)


def lookback(scope: Scope, cycle_id: UUID) -> Lookback:
    """One lap as its writer looks back on it.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    row = scope.session.execute(_LOOKBACK, {"cycle_id": cycle_id}).tuples().first()
    if row is None:
        raise NotFoundError("LearningCycle")
    around = cycles.adjustments_of(scope, [cycle_id])
    tried = next((it for it in around if it.to_cycle_id == cycle_id), None)
    proposed = next((it for it in around if it.decided_in == cycle_id), None)
    return Lookback(*row, tried, proposed, row[0].school_id == scope.school_id)


def last_prompt(scope: Scope, student_id: UUID, *, before: UUID) -> str:
    """Key of the question that the student was asked last, in whatever subject; empty for none.

    Args:
        scope: The student's.
        student_id: The student.
        before: The lap that is looked back on now; its own question does not count.
    """
    found = scope.session.scalar(
        select(Reflection.prompt_id)
        .where(Reflection.student_id == student_id, Reflection.cycle_id != before)
        .order_by(Reflection.submitted_at.desc())
        .limit(1)
    )
    return found or ""


def next_steps(scope: Scope, cycle_ids: Collection[UUID]) -> dict[UUID, Adjustment]:
    """Lap -> what the student chose to keep or change after it."""
    rows = cycles.adjustments_of(scope, cycle_ids)
    return {row.decided_in: row for row in rows if row.decided_in in cycle_ids}


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


def history(scope: Scope, student_id: UUID, page: int) -> list[Entry]:
    """A student's own reflections, the latest first; one more than fits on a page."""
    rows = scope.session.execute(
        select(Reflection, LearningCycle, Goal, SelfRating)
        .join(LearningCycle, cycles.of_lap(Reflection))
        .outerjoin(Goal, STANDING_GOAL)
        .outerjoin(SelfRating, cycles.of_lap(SelfRating))
        .where(Reflection.student_id == student_id)
        .order_by(Reflection.submitted_at.desc(), Reflection.id.desc())
        .limit(PAGE + 1)
        .offset(PAGE * max(page - 1, 0))
    )
    return [Entry(*row) for row in rows]


def begun(scope: Scope, student_id: UUID) -> list[tuple[LearningCycle, str]]:
    """Words that the student began to write about laps which have closed meanwhile; never lost."""
    rows = scope.session.execute(
        select(Draft.key, Draft.content).where(
            Draft.student_id == student_id, Draft.form == "reflection"
        )
    )
    texts = {key: content.get("text", [""])[0] for key, content in rows}
    ids = [UUID(key) for key, text in texts.items() if text.strip()]
    if not ids:
        return []
    closed = scope.session.scalars(
        select(LearningCycle)
        .where(LearningCycle.id.in_(ids), LearningCycle.state == CycleState.CLOSED_UNREVIEWED)
        .order_by(LearningCycle.opened_at.desc())
    )
    return [(cycle, texts[str(cycle.id)]) for cycle in closed]


def rating_of(scope: Scope, cycle_id: UUID) -> SelfRating | None:
    """The rating of a lap's goal; there is one row, which a correction changes."""
    return scope.session.scalar(select(SelfRating).where(SelfRating.cycle_id == cycle_id))


def attribution_of(scope: Scope, reflection_id: UUID) -> Attribution | None:
    """The reasons given in a reflection."""
    return scope.session.scalar(
        select(Attribution).where(Attribution.reflection_id == reflection_id)
    )


def latest_feedback(scope: Scope, student_id: UUID) -> TeacherFeedback | None:
    """The last thing a teacher answered to this student."""
    return scope.session.scalar(_LATEST_FEEDBACK, {"student_id": student_id})


_FEEDBACK_OF = (
    select(TeacherFeedback)
    .where(TeacherFeedback.reflection_id.in_(bindparam("reflection_ids", expanding=True)))
    .order_by(TeacherFeedback.sent_at)
)


def feedback_of(
    scope: Scope, reflection_ids: Collection[UUID]
) -> dict[UUID, list[TeacherFeedback]]:
    """Reflection -> the answers to it, in order."""
    found: dict[UUID, list[TeacherFeedback]] = {key: [] for key in reflection_ids}
    if not reflection_ids:
        return found
    asked = {"reflection_ids": list(reflection_ids)}
    for row in scope.session.scalars(_FEEDBACK_OF, asked):
        found[row.reflection_id].append(row)
    return found


def finished_laps(
    scope: Scope,
    student_id: UUID,
    subject: str,
    limit: int = WINDOW + COMPARED_TEXTS,
) -> list[Lap]:
    """The student's last laps of a subject as fading sees them, in order."""
    wanted = {"student_id": student_id, "subject": subject, "most": limit}
    rows = scope.session.execute(_FINISHED_LAPS, wanted).all()
    stepped = next_steps(scope, [row[1].id for row in rows])
    laps = [
        Lap(
            rated=rating is not None,
            reason=given is not None and bool(given.factors),
            evidence=cycle.records > 0,
            next_step=cycle.id in stepped,
            text=written.text,
            stage=cycle.prompt_stage,
            short=first_lesson,
        )
        for written, cycle, first_lesson, rating, given in rows
    ]
    return laps[::-1]
