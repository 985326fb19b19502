"""What laps say that other systems may be told; `told` is what they were told already."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select

from aarportal.core.scope import AppScope, SystemScope
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.anticipation.models import (
    Goal,
    GoalVersion,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import GoalState
from aarportal.cycle.reflection.models import Reflection, SelfRating, TeacherFeedback
from aarportal.cycle.units.models import Unit
from aarportal.insight.sharing.laps import (
    GoalReflected,
    GoalSet,
    Kind,
    Lap,
    MessageSent,
    ProgressNoted,
    Said,
    TasksOrdered,
    WayForeseen,
    WayReflected,
)
from aarportal.insight.sharing.models import PublishedThrough
from aarportal.people.roster.models import Class, School, User

#: Goals that nobody may be told of: they were not set yet, or taken back.
_UNTOLD = (GoalState.DRAFT, GoalState.WITHDRAWN)


# --- who is told, and how far ---------------------------------------------------------------------


def read_districts(scope: SystemScope) -> list[UUID]:
    """Districts in which an app may read what others sent."""
    return list(
        scope.session.scalars(
            select(LearningApp.district_id)
            .where(LearningApp.may_read, LearningApp.revoked_at.is_(None))
            .distinct()
        )
    )


def through(scope: SystemScope | AppScope, district_id: UUID) -> PublishedThrough | None:
    """How far the changes of a district were looked at; None before the first look."""
    return scope.session.get(PublishedThrough, district_id)


# --- which laps have changed ----------------------------------------------------------------------


class Moved(NamedTuple):
    """A lap that something happened in, and what is around it."""

    school_id: UUID
    id: UUID
    student_id: UUID
    subject: str
    unit_id: UUID | None
    mid: str
    opened_at: datetime
    reflected_at: datetime | None
    updated_at: datetime
    grades: list[str]
    unit_title: str | None
    unit_code: str | None
    master_identifier: str


#: School by school and class by class: that is how the index of the laps is made.
_MOVED: Select[Any] = (
    select(
        LearningCycle.school_id,
        LearningCycle.id,
        LearningCycle.student_id,
        LearningCycle.subject,
        LearningCycle.unit_id,
        LearningCycle.mid,
        LearningCycle.opened_at,
        LearningCycle.reflected_at,
        LearningCycle.updated_at,
        Class.grades,
        Unit.title,
        Unit.code,
        User.master_identifier,
    )
    .select_from(School)
    .join(Class, Class.school_id == School.id)
    .join(
        LearningCycle,
        and_(LearningCycle.school_id == Class.school_id, LearningCycle.class_id == Class.id),
    )
    .join(User, User.id == LearningCycle.student_id)
    .outerjoin(
        Unit, and_(Unit.school_id == LearningCycle.school_id, Unit.id == LearningCycle.unit_id)
    )
    .order_by(LearningCycle.updated_at, LearningCycle.id)
)


def moved_laps(
    scope: SystemScope,
    district_id: UUID,
    after: tuple[datetime, UUID],
    until: datetime | None,
    limit: int,
) -> list[Moved]:
    """Laps of a district in which something happened, the earliest change first.

    Args:
        scope: The system's.
        district_id: The district.
        after: Only laps changed later than this, or at the same moment and with a greater id.
        until: Only laps changed no later; None for all.
        limit: How many at most.
    """
    query = _MOVED.where(
        School.district_id == district_id,
        LearningCycle.updated_at >= after[0],
        or_(LearningCycle.updated_at > after[0], LearningCycle.id > after[1]),
    ).limit(limit)
    if until is not None:
        query = query.where(LearningCycle.updated_at <= until)
    return [Moved(*row) for row in scope.session.execute(query)]


def laps_of(scope: SystemScope, student_ids: Collection[UUID]) -> list[Moved]:
    """Every lap of one student, who may be several persons of the roster, the earliest first."""
    rows = scope.session.execute(_MOVED.where(LearningCycle.student_id.in_(student_ids)))
    return [Moved(*row) for row in rows]


# --- what they say --------------------------------------------------------------------------------


_GOALS: Select[Any] = (
    select(
        Goal.cycle_id,
        Goal.id,
        Goal.text,
        Goal.author,
        Goal.due_on,
        Goal.amount_planned,
        Goal.amount_unit,
        Goal.strategies,
        Goal.confirmed_at,
        SuccessCriterion.type,
        SuccessCriterion.target,
        SuccessCriterion.text.label("criterion_text"),
        select(func.max(GoalVersion.replaced_at))
        .where(GoalVersion.school_id == Goal.school_id, GoalVersion.goal_id == Goal.id)
        .scalar_subquery()
        .label("changed_at"),
    )
    .outerjoin(
        SuccessCriterion,
        and_(SuccessCriterion.school_id == Goal.school_id, SuccessCriterion.goal_id == Goal.id),
    )
    .where(Goal.state.not_in(_UNTOLD))
    .order_by(Goal.cycle_id, Goal.confirmed_at.desc(), Goal.id, SuccessCriterion.id)
)
_PREDICTIONS: Select[Any] = select(
    Prediction.cycle_id,
    Prediction.predicted_correct,
    Prediction.of_items,
    Prediction.confidence,
    Prediction.state,
).order_by(Prediction.made_at)
_PLANS: Select[Any] = select(
    PlanSession.cycle_id, PlanSession.planned_on, PlanSession.slot, PlanSession.planned_amount
).order_by(PlanSession.cycle_id, PlanSession.planned_on, PlanSession.id)
_REFLECTIONS: Select[Any] = select(
    Reflection.cycle_id, Reflection.id, Reflection.text, Reflection.lang, Reflection.submitted_at
)
_RATINGS: Select[Any] = select(SelfRating.cycle_id, SelfRating.value, SelfRating.made_at).order_by(
    SelfRating.made_at
)
_ADJUSTMENTS: Select[Any] = select(
    Adjustment.from_cycle_id,
    Adjustment.to_cycle_id,
    Adjustment.kind,
    Adjustment.what,
    Adjustment.to_value,
    Adjustment.verdict,
).order_by(Adjustment.proposed_at, Adjustment.id)
_ANSWERS: Select[Any] = (
    select(
        TeacherFeedback.reflection_id,
        TeacherFeedback.id,
        TeacherFeedback.kind,
        TeacherFeedback.text,
        TeacherFeedback.sent_at,
        TeacherFeedback.teacher_id,
        User.master_identifier,
    )
    .join(User, User.id == TeacherFeedback.teacher_id)
    .order_by(TeacherFeedback.sent_at, TeacherFeedback.id)
)


class _Around:
    """The rows that hang on some laps, by lap; one question a table."""

    def __init__(self, scope: SystemScope, moved: Sequence[Moved]) -> None:
        self._scope = scope
        self._school_ids = {lap.school_id for lap in moved}
        self._ids = [lap.id for lap in moved]
        self._student_ids = {lap.student_id for lap in moved}
        self.goals = self._goals()
        self.predictions = _one_each(self._of_laps(_PREDICTIONS, Prediction))
        # The index of the plans begins with the student.
        plans = _PLANS.where(PlanSession.student_id.in_(self._student_ids))
        self.plans = _by_lap(self._of_laps(plans, PlanSession))
        self.reflections = _one_each(self._of_laps(_REFLECTIONS, Reflection))
        self.ratings = _one_each(self._of_laps(_RATINGS, SelfRating))
        self.proposed, self.tried = self._adjustments()
        self.answers = self._answers()

    def _of_laps(self, query: Select[Any], row_class: Any) -> Sequence[Row[Any]]:
        """The rows of one table that belong to the laps."""
        return self._scope.session.execute(
            query.where(
                row_class.school_id.in_(self._school_ids), row_class.cycle_id.in_(self._ids)
            )
        ).all()

    def _goals(self) -> dict[UUID, list[Row[Any]]]:
        """Goals with their first criterion and the moment of their last change, the last first."""
        found: dict[UUID, list[Row[Any]]] = {}
        for row in self._of_laps(_GOALS, Goal):
            of_lap = found.setdefault(row.cycle_id, [])
            if not of_lap or of_lap[-1].id != row.id:
                of_lap.append(row)
        return found

    def _adjustments(self) -> tuple[dict[UUID, Row[Any]], dict[UUID, Row[Any]]]:
        """What was decided in the laps, and what was tried in them."""
        rows = self._scope.session.execute(
            _ADJUSTMENTS.where(
                Adjustment.school_id.in_(self._school_ids),
                Adjustment.student_id.in_(self._student_ids),
                or_(Adjustment.from_cycle_id.in_(self._ids), Adjustment.to_cycle_id.in_(self._ids)),
            )
        ).all()
        tried = {row.to_cycle_id: row for row in rows if row.to_cycle_id is not None}
        return {row.from_cycle_id: row for row in rows}, tried

    def _answers(self) -> dict[UUID, list[Row[Any]]]:
        """Teachers' answers that were sent, by reflection."""
        rows = self._scope.session.execute(
            _ANSWERS.where(
                TeacherFeedback.school_id.in_(self._school_ids),
                TeacherFeedback.reflection_id.in_([row.id for row in self.reflections.values()]),
            )
        )
        found: dict[UUID, list[Row[Any]]] = {}
        for row in rows:
            found.setdefault(row.reflection_id, []).append(row)
        return found


def said_in(scope: SystemScope, moved: Sequence[Moved]) -> list[Said]:
    """Everything that stands in some laps, lap by lap; as many questions for one as for all."""
    around = _Around(scope, moved) if moved else None
    return [said for lap in moved if around for said in _said_in_lap(lap, around)]


def _said_in_lap(moved: Moved, around: _Around) -> Iterator[Said]:
    goals = around.goals.get(moved.id, [])
    goal = goals[0] if goals else None
    lap = _lap(moved, goal)
    set_at = goal.confirmed_at if goal else moved.opened_at
    for row in goals:
        at = row.changed_at or row.confirmed_at
        yield Said(lap, Kind.GOAL, row.id, at, at, _goal_set(row))
    plans = around.plans.get(moved.id)
    if plans:
        sessions = tuple((row.planned_on, row.slot, row.planned_amount) for row in plans)
        content = TasksOrdered(sessions, lap.goal_id)
        yield Said(lap, Kind.TASKS, lap.id, set_at, moved.updated_at, content)
    foreseen = _way_foreseen(goal, around.predictions.get(moved.id))
    if foreseen != WayForeseen():
        yield Said(lap, Kind.FORECAST, lap.id, set_at, moved.updated_at, foreseen)
    if moved.mid:
        # Nobody wrote down when: not after looking back, and not after the last change.
        at = min(moved.updated_at, moved.reflected_at or moved.updated_at)
        yield Said(lap, Kind.PROGRESS, lap.id, at, at, ProgressNoted(moved.mid))
    reflection = around.reflections.get(moved.id)
    if reflection is not None:
        yield from _reflected(lap, reflection, around)


def _reflected(lap: Lap, reflection: Row[Any], around: _Around) -> Iterator[Said]:
    rated = around.ratings.get(lap.id)
    rating = rated.value if rated else None
    at = reflection.submitted_at
    changed_at = max(at, rated.made_at) if rated else at
    yield Said(
        lap, Kind.GOAL_REFLECTION, reflection.id, at, changed_at,
        GoalReflected(reflection.text, reflection.lang, rating, lap.goal_id),
    )  # fmt: skip
    proposed, tried = around.proposed.get(lap.id), around.tried.get(lap.id)
    next_step = (proposed.kind, proposed.what, proposed.to_value) if proposed else None
    content = WayReflected(rating, next_step, tried.verdict if tried else "")
    yield Said(lap, Kind.WAY_REFLECTION, reflection.id, at, changed_at, content)
    for answer in around.answers.get(reflection.id, ()):
        name = answer.master_identifier or str(answer.teacher_id)
        sent = MessageSent(name, answer.kind, answer.text, reflection.id)
        yield Said(lap, Kind.MESSAGE, answer.id, answer.sent_at, answer.sent_at, sent)


def _lap(moved: Moved, goal: Row[Any] | None) -> Lap:
    return Lap(
        school_id=moved.school_id,
        id=moved.id,
        student_id=moved.student_id,
        student_name=moved.master_identifier or str(moved.student_id),
        subject=moved.subject,
        unit_id=moved.unit_id,
        unit_title=moved.unit_title or "",
        unit_code=moved.unit_code or "",
        grades=tuple(moved.grades),
        goal_id=goal.id if goal else None,
        ways=tuple(goal.strategies) if goal else (),
    )


def _goal_set(goal: Row[Any]) -> GoalSet:
    known = (goal.type, goal.target, goal.criterion_text) if goal.type else None
    return GoalSet(goal.text, goal.author, goal.due_on, known)


def _way_foreseen(goal: Row[Any] | None, prediction: Row[Any] | None) -> WayForeseen:
    expected = amount = None
    # What was guessed when the result was known is no forecast.
    if prediction is not None and prediction.state != "void":
        expected = prediction.predicted_correct, prediction.of_items, prediction.confidence
    if goal is not None and goal.amount_planned is not None:
        amount = goal.amount_planned, goal.amount_unit
    return WayForeseen(expected, amount, tuple(goal.strategies) if goal else ())


def _by_lap(rows: Iterable[Row[Any]]) -> dict[UUID, list[Row[Any]]]:
    """Rows that are sorted by lap, lap by lap."""
    return {id_: list(of_lap) for id_, of_lap in groupby(rows, attrgetter("cycle_id"))}


def _one_each(rows: Iterable[Row[Any]]) -> dict[UUID, Row[Any]]:
    """The last row of each lap."""
    return {row.cycle_id: row for row in rows}
