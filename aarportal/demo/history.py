"""Laps as rows: what pupils and teachers wrote, each state where the machines have led it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from aarportal.core import clock
from aarportal.cycle.anticipation.models import (
    Goal,
    GoalVersion,
    IfThen,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import (
    REST_AFTER_SCHOOL_DAYS,
    AdjustmentState,
    CycleState,
    FeedbackState,
    GoalState,
    PlanEvent,
    PlanState,
    ReflectionState,
    plan_event,
)
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    ReflectionVersion,
    SelfRating,
    TeacherFeedback,
)
from aarportal.demo.laps import Answer, GoalPlan, Lap, LookBack, Next, id_at
from aarportal.demo.simulation import Learner
from aarportal.people.attendance.calendar import Calendar
from aarportal.people.attendance.models import AbsentDay

#: Tables in the order that their foreign keys ask for.
TABLES: tuple[type[Any], ...] = (
    AbsentDay,
    LearningCycle,
    Adjustment,
    Goal,
    GoalVersion,
    SuccessCriterion,
    IfThen,
    PlanSession,
    Prediction,
    SelfRating,
    Reflection,
    ReflectionVersion,
    Attribution,
    TeacherFeedback,
)

#: Rating -> state of the goal.
_RATED = (
    GoalState.NOT_YET,
    GoalState.PARTLY,
    GoalState.ACHIEVED_WITH_HELP,
    GoalState.ACHIEVED,
)
#: How much larger a goal was before it was made smaller.
_SHRUNK_BY = 4


_READ_AGAIN = timedelta(hours=7, minutes=20)


@dataclass(frozen=True)
class Place:
    """Where a class is in the database.

    Attributes:
        users: sourcedId -> person.
        units: Key of a planned unit -> unit.
        cards: Key of a planned unit -> its goal cards in order.
    """

    school_id: UUID
    class_id: UUID
    teacher_id: UUID
    users: dict[str, UUID]
    units: dict[str, UUID]
    cards: dict[str, list[UUID]]


@dataclass
class HistoryRows:
    """Rows of one class, by table."""

    rng: Random
    place: Place
    calendar: Calendar
    today: date
    rows: dict[type[Any], list[dict[str, Any]]] = field(
        default_factory=lambda: {table: [] for table in TABLES}
    )

    def add_learner(self, learner: Learner) -> None:
        """Everything that one pupil wrote, and what was written to them."""
        student_id = self.place.users[learner.pupil.sourced_id]
        for day, kind in learner.absent.items():
            self._add(AbsentDay, student_id, day=day, kind=kind)
        for lap in learner.laps:
            self._add_lap(student_id, lap)

    def _add(self, table: type[Any], student_id: UUID, **values: Any) -> None:
        self.rows[table].append(
            {"school_id": self.place.school_id, "student_id": student_id, **values}
        )

    def _add_lap(self, student_id: UUID, lap: Lap) -> None:
        self._add_cycle(student_id, lap)
        if lap.next:
            self._add_adjustment(student_id, lap, lap.next)
        criterion_id = self._add_goal(student_id, lap, lap.goal) if lap.goal else None
        if lap.look_back:
            self._add_look_back(student_id, lap, lap.look_back, criterion_id)

    def _add_cycle(self, student_id: UUID, lap: Lap) -> None:
        state, since = self._cycle_state(lap)
        closed_at = lap.look_back.at if lap.look_back else None
        adopted_by = lap.next.adopted_by if lap.next else None
        self._add(
            LearningCycle,
            student_id,
            id=lap.id,
            class_id=self.place.class_id,
            subject=lap.unit.subject,
            unit_id=self.place.units[lap.unit.key],
            kind="today",
            state=state,
            state_since=since,
            opened_at=lap.opened_at,
            opened_on=lap.day,
            # A lap that nobody looked back on is moved by its records when they arrive.
            acted_first_at=lap.acted_at if state is not CycleState.ANTICIPATING else None,
            reflected_at=closed_at,
            closed_at=closed_at,
            updated_at=since,
            goal_before=lap.goal is not None,
            mid=lap.mid,
            prompt_stage=lap.prompt_stage,
            prev_cycle_id=lap.adopts.id if lap.adopts else None,
            next_cycle_id=adopted_by.id if adopted_by else None,
        )

    def _cycle_state(self, lap: Lap) -> tuple[CycleState, datetime]:
        if lap.look_back is None:
            if lap.mid and lap.acted_at:
                return CycleState.ACTING, lap.acted_at
            return CycleState.ANTICIPATING, lap.opened_at
        if lap.next and lap.next.adopted_by:
            return CycleState.CLOSED_CARRIED, lap.next.adopted_by.opened_at
        lapsed_on = self._lapsed_on(lap.look_back.at)
        if lapsed_on:
            return CycleState.CLOSED, clock.day_bounds(lapsed_on)[0]
        return CycleState.CLOSED_OPEN_ADJUST, lap.look_back.at

    def _lapsed_on(self, moment: datetime) -> date | None:
        """The day on which an adjustment proposed at a moment was over; None if it still waits."""
        day = clock.school_day_of(moment)
        left = REST_AFTER_SCHOOL_DAYS
        while day < self.today and left:
            day += timedelta(days=1)
            left -= self.calendar.is_school_day(day)
        return None if left else day

    def _add_adjustment(self, student_id: UUID, lap: Lap, change: Next) -> None:
        assert lap.look_back is not None, "an adjustment comes out of looking back"
        adopted_by = change.adopted_by
        if adopted_by is None:
            lapsed = self._lapsed_on(lap.look_back.at) is not None
            state = AdjustmentState.LAPSED if lapsed else AdjustmentState.PROPOSED
        elif change.worked_before:
            state = AdjustmentState.SAVED
        else:
            state = AdjustmentState(change.verdict or AdjustmentState.IN_EFFECT)
        self._add(
            Adjustment,
            student_id,
            id=change.id,
            from_cycle_id=lap.id,
            to_cycle_id=adopted_by.id if adopted_by else None,
            kind=change.kind,
            what=change.what,
            to_value=change.to_value,
            state=state,
            proposed_at=lap.look_back.at,
            decided_at=adopted_by.opened_at if adopted_by else None,
            verdict=change.verdict,
        )

    def _add_goal(self, student_id: UUID, lap: Lap, goal: GoalPlan) -> UUID:
        is_smaller = goal.revised_at is not None and goal.amount is not None
        self._add(
            Goal,
            student_id,
            id=goal.id,
            cycle_id=lap.id,
            level="today",
            parent_goal_id=None,
            text=goal.text,
            author=goal.author,
            card_id=self._card_id(lap, goal),
            reach=goal.reach,
            why_text="",
            amount_planned=goal.amount,
            amount_unit="items",
            strategies=goal.strategies,
            due_on=lap.day,
            version=2 if is_smaller else 1,
            confirmed_at=goal.at,
            state=self._goal_state(lap),
            difficulty_ratio=goal.difficulty_ratio,
        )
        if is_smaller and goal.amount:
            self._add(
                GoalVersion,
                student_id,
                goal_id=goal.id,
                version=1,
                text=goal.text,
                amount_planned=goal.amount + _SHRUNK_BY,
                strategies=goal.strategies,
                reason="too_big",
                replaced_at=goal.revised_at,
            )
        self._add_plans(student_id, lap, goal)
        criterion_id = id_at(self.rng, goal.at)
        by_teacher = goal.card is not None and goal.author == "card"
        self._add(
            SuccessCriterion,
            student_id,
            id=criterion_id,
            goal_id=goal.id,
            type=goal.criterion.type,
            target=goal.criterion.target,
            text="",
            source="teacher" if by_teacher else "pupil",
        )
        return criterion_id

    def _card_id(self, lap: Lap, goal: GoalPlan) -> UUID | None:
        if goal.card is None:
            return None
        return self.place.cards[lap.unit.key][lap.unit.cards.index(goal.card)]

    def _goal_state(self, lap: Lap) -> GoalState:
        if lap.look_back:
            return _RATED[lap.look_back.rating]
        return GoalState.ACTIVE if lap.day == self.today else GoalState.UNREVIEWED

    def _add_plans(self, student_id: UUID, lap: Lap, goal: GoalPlan) -> None:
        if goal.if_then:
            self._add(
                IfThen,
                student_id,
                id=id_at(self.rng, goal.at),
                goal_id=goal.id,
                cue=goal.if_then.cue,
                obstacle=goal.if_then.obstacle,
                response=goal.if_then.response,
                state="active",
            )
        if goal.is_planned:
            self._add(
                PlanSession,
                student_id,
                id=id_at(self.rng, goal.at),
                cycle_id=lap.id,
                planned_on=lap.day,
                slot="lesson",
                planned_amount=goal.amount,
                state=self._plan_state(lap, goal),
                moved_count=0,
            )
        if goal.prediction:
            predicted, of_items, sure = goal.prediction
            acted_at = lap.acted_at
            is_known = lap.look_back is not None and acted_at is not None
            self._add(
                Prediction,
                student_id,
                id=id_at(self.rng, goal.at),
                cycle_id=lap.id,
                predicted_correct=predicted,
                of_items=of_items,
                confidence=sure,
                made_at=goal.at,
                state="resolved" if is_known else "open",
            )

    def _plan_state(self, lap: Lap, goal: GoalPlan) -> PlanState:
        if lap.day == self.today:
            return PlanState.PLANNED
        items = lap.facts_until(clock.day_bounds(lap.day)[1]).items
        if not items:
            return PlanState.OPEN_PAST
        is_enough = plan_event(items, goal.amount) is PlanEvent.RECORD_ENOUGH
        return PlanState.DONE if is_enough else PlanState.PARTLY

    def _add_look_back(
        self, student_id: UUID, lap: Lap, back: LookBack, criterion_id: UUID | None
    ) -> None:
        self._add(
            SelfRating,
            student_id,
            id=id_at(self.rng, back.at),
            cycle_id=lap.id,
            criterion_id=criterion_id,
            value=back.rating,
            fact_met=back.fact_met,
            made_at=back.at,
        )
        answer = back.answer
        revised = answer.revised_text if answer else ""
        revised_at = answer.seen_at if answer and revised else None
        self._add(
            Reflection,
            student_id,
            id=back.id,
            cycle_id=lap.id,
            state=_reflection_state(back),
            prompt_id=back.prompt_id if back.text else "",
            text=revised or back.text,
            lang="ja",
            version=2 if revised else 1,
            submitted_at=revised_at or back.at,
            # The teacher goes through all that is new, so a revised one is opened again.
            read_at=revised_at + _READ_AGAIN if revised_at else back.read_at,
        )
        self._add(
            Attribution,
            student_id,
            id=id_at(self.rng, back.at),
            reflection_id=back.id,
            direction=back.direction,
            factors=back.factors,
        )
        if answer:
            self._add_answer(student_id, back, answer)

    def _add_answer(self, student_id: UUID, back: LookBack, answer: Answer) -> None:
        state = FeedbackState.SEEN if answer.seen_at else FeedbackState.SENT
        self._add(
            TeacherFeedback,
            student_id,
            id=answer.id,
            reflection_id=back.id,
            teacher_id=self.place.teacher_id,
            kind=answer.kind,
            text=answer.text,
            state=FeedbackState.ANSWERED if answer.reply else state,
            sent_at=answer.at,
            seen_at=answer.seen_at,
            reply=answer.reply,
        )
        if answer.revised_text:
            self._add(
                ReflectionVersion,
                student_id,
                reflection_id=back.id,
                version=1,
                text=back.text,
                rating=back.rating,
                replaced_at=answer.seen_at,
            )


def _reflection_state(back: LookBack) -> ReflectionState:
    if back.read_at is None:
        return ReflectionState.SUBMITTED
    if back.answer is None:
        return ReflectionState.READ
    if back.answer.revised_text:
        return ReflectionState.READ
    is_done = back.answer.is_acknowledged or back.answer.reply
    return ReflectionState.DONE if is_done else ReflectionState.RESPONDED


def paper_laps(learners: Sequence[Learner]) -> list[Lap]:
    """Laps whose work was done on paper and is reported by hand."""
    return [lap for learner in learners for lap in learner.laps if lap.paper_at]
