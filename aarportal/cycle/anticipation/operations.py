"""Looking ahead: set, revise and withdraw goals, and say what became of them."""

from datetime import date, datetime
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotFoundError, StateError
from aarportal.core.machines import step
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation import store
from aarportal.cycle.anticipation.amounts import COMPARED_CYCLES, difficulty_ratio
from aarportal.cycle.anticipation.choices import (
    CriterionDraft,
    GoalChange,
    GoalDraft,
    check_change,
    check_goal,
    items_of,
    revised_author,
    words_of,
)
from aarportal.cycle.anticipation.models import (
    Goal,
    GoalVersion,
    IfThen,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.anticipation.plans import operations as plans
from aarportal.cycle.anticipation.strategies import MAX_STRATEGIES, STRATEGIES
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import (
    GOAL,
    AdjustmentState,
    CycleEvent,
    CycleState,
    GoalEvent,
    GoalState,
    rating_event,
)
from aarportal.cycle.units import store as units
from aarportal.cycle.units.models import Unit
from aarportal.people.attendance import store as attendance
from aarportal.people.school_year import store as school_year

#: States in which a lap of today takes a goal that is set now.
_TAKES_GOAL = frozenset({CycleState.ANTICIPATING, CycleState.ACTING, CycleState.PAUSED})
#: Laps looked through for the prompt stage of a subject.
_RECENT_LAPS = 20


def set_goal(scope: Scope, draft: GoalDraft) -> Goal:
    """Look ahead: set today's goal with everything chosen along with it.

    The goal joins the unit's lap of today if there is one, and opens a lap otherwise. Where that
    lap has an active goal, that one is revised instead.

    Raises:
        InvalidError: If a choice is out of range, or there are no words.
        NotFoundError: If the unit is not one that the student's classes work on now, or the card
            or the adjustment is not theirs.
    """
    check_goal(draft)
    today = clock.today()
    unit = _unit_of_today(scope, draft, today)
    calendar = school_year.with_terms(scope, attendance.recent_calendar(scope, today), today)
    loop.pass_days(scope, scope.actor_id, calendar, today)
    end_days(scope, scope.actor_id, today)
    adjustment = _adjustment_to_adopt(scope, draft)
    strategies = _with_adopted(draft, adjustment)
    cycle = _lap_of_today(scope, unit, today)
    standing = store.active_goal(scope, cycle.id) if cycle else None
    if cycle and standing:
        goal = _replace(scope, standing, draft, strategies)
    else:
        cycle = _open_or_join(scope, cycle, unit)
        goal = _new_goal(scope, cycle, draft, strategies)
        audit.record(scope, "goal:set", goal.id, student_id=goal.student_id)
    _attach(scope, cycle, goal, draft)
    if adjustment:
        _adopt(scope, adjustment, cycle, draft, strategies)
    return goal


def goal_to_change(scope: Scope, goal_id: UUID) -> Goal:
    """One's own goal while it can still be changed or taken back.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
        StateError: If it was rated, withdrawn, or its day is over.
    """
    goal = store.goal(scope, goal_id)
    step(GOAL, GoalState(goal.state), GoalEvent.EDIT)
    if goal.due_on < clock.today():
        raise StateError("the day of this goal is over")
    return goal


def revise_goal(scope: Scope, goal: Goal, change: GoalChange) -> Goal:
    """Change an active goal; the earlier version is kept, because revising is good.

    Raises:
        InvalidError: If a choice is out of range.
        StateError: If the goal was rated, withdrawn or is of a day that is over, or its lap is
            being looked back on already.
    """
    check_change(change)
    if goal.due_on < clock.today():
        raise StateError("the day of this goal is over")
    cycle = cycles.cycle(scope, goal.cycle_id)
    _keep_version(scope, goal, change.reason)
    goal.state = step(GOAL, GoalState(goal.state), GoalEvent.EDIT)
    goal.author = revised_author(goal.author, goal.text, change.text.strip())
    goal.text = change.text.strip()
    goal.amount_planned, goal.amount_unit = change.amount, change.amount_unit
    goal.strategies = list(change.strategies)
    goal.difficulty_ratio = _ratio(scope, cycle, goal.amount_planned, goal.amount_unit)
    goal.version += 1
    loop.move(scope, cycle, CycleEvent.GOAL_REVISED)
    audit.record(scope, "goal:revised", goal.id, student_id=goal.student_id, detail=change.reason)
    return goal


def withdraw_goal(scope: Scope, goal: Goal, reason: str) -> Goal:
    """Take a goal back; its lap stays open for another one.

    Raises:
        InvalidError: If there is no such reason.
        StateError: If the goal is not active.
    """
    check_change(GoalChange(reason, goal.text))
    _keep_version(scope, goal, reason)
    goal.state = step(GOAL, GoalState(goal.state), GoalEvent.WITHDRAW)
    goal.version += 1
    loop.touch(cycles.cycle(scope, goal.cycle_id))
    audit.record(scope, "goal:withdrawn", goal.id, student_id=goal.student_id, detail=reason)
    return goal


def rate_goal(scope: Scope, goal: Goal, value: int) -> Goal:
    """Move a goal by the student's rating of it: 0 (まだ) to 3 (じぶんで).

    Raises:
        StateError: If the goal was withdrawn or archived.
    """
    goal.state = step(GOAL, GoalState(goal.state), rating_event(value))
    audit.record(scope, "goal:rated", goal.id, student_id=goal.student_id)
    return goal


def end_days(scope: Scope, student_id: UUID, today: date) -> int:
    """Goals of days gone by that nobody rated become unreviewed, which blames nobody.

    Returns:
        How many goals moved.
    """
    over = store.active_goals_due_before(scope, student_id, today)
    for goal in over:
        goal.state = step(GOAL, GoalState(goal.state), GoalEvent.DAY_ENDED)
    if over:
        audit.record(
            scope, "goal:unreviewed", student_id, student_id=student_id, detail=str(len(over))
        )
    return len(over)


def resolve_prediction(scope: Scope, cycle: LearningCycle) -> Prediction | None:
    """Say whether what the student expected can be compared with the result of the lap.

    It can when it was made before the first item; without any item it stays open.

    Returns:
        The prediction, or None if the lap has none.
    """
    prediction = store.prediction_of(scope, cycle.id)
    if prediction is None or prediction.state == "void":
        return prediction
    state = _prediction_state(prediction.made_at, cycle)
    if state != prediction.state:
        prediction.state = state
        audit.record(scope, f"prediction:{state}", prediction.id, student_id=cycle.student_id)
    return prediction


def _unit_of_today(scope: Scope, draft: GoalDraft, today: date) -> Unit:
    unit = units.unit(scope, draft.unit_id)
    if unit.class_id not in scope.class_ids or not unit.starts_on <= today < unit.ends_before:
        raise NotFoundError("Unit")
    if draft.card and draft.card.card_id:
        cards = units.cards(scope, [unit.id])[unit.id]
        if draft.card.card_id not in {card.id for card in cards}:
            raise NotFoundError("GoalCard")
    return unit


def _adjustment_to_adopt(scope: Scope, draft: GoalDraft) -> Adjustment | None:
    """The adjustment if it still waits: one that was used or lapsed stops no goal."""
    if draft.adjustment_id is None:
        return None
    adjustment = cycles.adjustment(scope, draft.adjustment_id)
    return adjustment if adjustment.state == AdjustmentState.PROPOSED else None


def _with_adopted(draft: GoalDraft, adjustment: Adjustment | None) -> list[str]:
    """The chosen ways, with the one that the adopted adjustment names."""
    chosen = list(draft.strategies)
    if adjustment is None or adjustment.what != "method" or draft.adjustment_change is not None:
        return chosen
    way = adjustment.to_value
    if way in STRATEGIES and way not in chosen and len(chosen) < MAX_STRATEGIES:
        chosen.insert(0, way)
    return chosen


def _adopt(
    scope: Scope,
    adjustment: Adjustment,
    cycle: LearningCycle,
    draft: GoalDraft,
    strategies: list[str],
) -> None:
    """Take the adjustment over, as it was or as the student changed it now."""
    loop.adopt(scope, adjustment, cycle)
    is_way = adjustment.what == "method"
    changed = draft.adjustment_change
    if changed is None:
        value = adjustment.to_value or (strategies[0] if is_way and strategies else "")
    else:
        value = changed.strip() or (strategies[0] if is_way and strategies else "")
        adjustment.kind = "change"
    adjustment.to_value = value or adjustment.to_value


def _lap_of_today(scope: Scope, unit: Unit, today: date) -> LearningCycle | None:
    return next(
        (
            cycle
            for cycle in cycles.open_cycles(scope, scope.actor_id)
            if cycle.unit_id == unit.id and cycle.opened_on == today and cycle.state in _TAKES_GOAL
        ),
        None,
    )


def _open_or_join(scope: Scope, cycle: LearningCycle | None, unit: Unit) -> LearningCycle:
    if cycle is None:
        lap = loop.Lap(
            student_id=scope.actor_id,
            school_id=scope.school_id,
            class_id=unit.class_id,
            subject=unit.subject,
            unit_id=unit.id,
            prompt_stage=_prompt_stage(scope, unit.subject),
        )
        return loop.open_cycle(scope, lap, CycleEvent.GOAL_CONFIRMED)
    # A lap that still looks ahead has lost its goal (withdrawn) and is given another one.
    looks_ahead = cycle.state == CycleState.ANTICIPATING
    event = CycleEvent.GOAL_REVISED if looks_ahead else CycleEvent.GOAL_CONFIRMED
    loop.move(scope, cycle, event)
    return cycle


def _prompt_stage(scope: Scope, subject: str) -> int:
    """Prompts go on where the last lap of the subject left them."""
    recent = cycles.recent_cycles(scope, scope.actor_id, _RECENT_LAPS)
    return next((cycle.prompt_stage for cycle in recent if cycle.subject == subject), 1)


def _new_goal(scope: Scope, cycle: LearningCycle, draft: GoalDraft, strategies: list[str]) -> Goal:
    text, author = words_of(draft)
    goal = Goal(
        student_id=scope.actor_id,
        cycle_id=cycle.id,
        level="today",
        text=text,
        author=author,
        card_id=draft.card.card_id if draft.card else None,
        reach=draft.reach,
        amount_planned=draft.amount,
        amount_unit=draft.amount_unit,
        strategies=strategies,
        due_on=plans.day_of(draft.when, clock.today()),
        version=1,
        confirmed_at=clock.now(),
        state=step(GOAL, GoalState.DRAFT, GoalEvent.CONFIRM),
        difficulty_ratio=_ratio(scope, cycle, draft.amount, draft.amount_unit),
    )
    scope.session.add(goal)
    scope.session.flush()  # its id goes into the rows that hang on it
    return goal


def _replace(scope: Scope, goal: Goal, draft: GoalDraft, strategies: list[str]) -> Goal:
    """A second goal for a lap that has one revises it."""
    text, author = words_of(draft)
    change = GoalChange("other_task", text, draft.amount, draft.amount_unit, tuple(strategies))
    revise_goal(scope, goal, change)
    goal.author, goal.reach = author, draft.reach or goal.reach
    goal.card_id = draft.card.card_id if draft.card else None
    if draft.when:
        goal.due_on = plans.day_of(draft.when, clock.today())
    return goal


def _attach(scope: Scope, cycle: LearningCycle, goal: Goal, draft: GoalDraft) -> None:
    """What hangs on a goal: criterion, if-then plan, plan session, prediction."""
    _set_criterion(scope, goal, draft)
    if draft.if_then and draft.if_then.is_begun:
        scope.session.add(
            IfThen(
                student_id=goal.student_id,
                goal_id=goal.id,
                cue=draft.if_then.cue,
                obstacle=draft.if_then.obstacle,
                response=draft.if_then.response,
            )
        )
    if draft.when:
        plans.plan_session(scope, cycle, draft.when, _items_planned(goal))
    if draft.prediction and store.prediction_of(scope, cycle.id) is None:
        prediction = Prediction(
            student_id=goal.student_id,
            cycle_id=cycle.id,
            predicted_correct=draft.prediction.correct,
            of_items=items_of(draft),
            confidence=draft.prediction.confidence,
            made_at=clock.now(),
            # What is already known is no prediction.
            state="void" if cycle.items else "open",
        )
        scope.session.add(prediction)


def _set_criterion(scope: Scope, goal: Goal, draft: GoalDraft) -> None:
    """The criterion as chosen; else the card's; else that the student can do it."""
    standing = store.criterion_of(scope, goal.id)
    if standing and draft.criterion is None:
        return
    row = standing or SuccessCriterion(student_id=goal.student_id, goal_id=goal.id)
    chosen, row.source = draft.criterion or CriterionDraft(), "pupil"
    if draft.criterion is None and draft.card:
        chosen = CriterionDraft(draft.card.criterion_type, draft.card.criterion_target)
        row.source = "teacher" if draft.card.card_id else "pupil"
    row.type, row.target, row.text = chosen.type, chosen.target, chosen.text
    if standing is None:
        scope.session.add(row)


def _keep_version(scope: Scope, goal: Goal, reason: str) -> None:
    scope.session.add(
        GoalVersion(
            student_id=goal.student_id,
            goal_id=goal.id,
            version=goal.version,
            text=goal.text,
            amount_planned=goal.amount_planned,
            strategies=list(goal.strategies),
            reason=reason,
            replaced_at=clock.now(),
        )
    )


def _items_planned(goal: Goal) -> int | None:
    """Records count items; an amount of pages or minutes cannot be held against them."""
    return goal.amount_planned if goal.amount_unit == "items" else None


def _ratio(
    scope: Scope, cycle: LearningCycle, amount: int | None, amount_unit: str
) -> float | None:
    if amount is None or amount_unit != "items":
        return None
    amounts = cycles.recent_amounts(scope, cycle.student_id, cycle.subject, COMPARED_CYCLES + 1)
    # The lap itself is no comparison, when it began with doing.
    earlier = amounts[1:] if cycle.items else amounts
    return difficulty_ratio(amount, earlier[:COMPARED_CYCLES])


def _prediction_state(made_at: datetime, cycle: LearningCycle) -> str:
    if not cycle.items or cycle.acted_first_at is None:
        return "open"
    return "resolved" if made_at < cycle.acted_first_at else "void"
