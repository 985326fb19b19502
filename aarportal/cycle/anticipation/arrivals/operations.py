"""Coming from another school: what was left open there ends, and what was decided goes on here.

It happens when the student comes in for the first time, and not when the roster says so: until then
an import that was wrong can be taken back, and nothing has moved.
"""

from collections.abc import Collection
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.machines import step
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.arrivals import store
from aarportal.cycle.drafts import store as drafts
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop.states import GOAL, PLAN, GoalEvent, GoalState, PlanEvent, PlanState

#: The goal that is being written, and those of its fields that mean something at any school.
_GOAL_FORM, _GOAL_KEY = "goal", "new"
_OF_THE_SCHOOL = frozenset({"unit", "card", "carry", "adjustment"})


def arrive(scope: Scope) -> bool:
    """Settle what a student left behind at schools before; doing it again changes nothing.

    Laps that were open are closed without a reflection, which blames nobody; what the student meant
    to change waits for the first goal here; a goal that was being written can be written on.

    Args:
        scope: The student's, at the present school.

    Returns:
        Whether anything was left.
    """
    left = store.schools_left(scope, clock.today())
    if not left:
        return False
    laps = store.open_laps_at(scope, left)
    goals = store.waiting_goals(scope, [lap.id for lap in laps])
    for goal in goals:
        goal.state = step(GOAL, GoalState(goal.state), GoalEvent.DAY_ENDED)
    settled = loop.close_unreviewed(scope, laps)
    for plan in store.standing_plans(scope, left):
        if plan.state == PlanState.PLANNED:
            plan.state = step(PLAN, PlanState.PLANNED, PlanEvent.DAY_PASSED)
        plan.state = step(PLAN, PlanState(plan.state), PlanEvent.DROP)
        settled += 1
    settled += loop.carry_over(scope, store.adjustments_at(scope, left))
    settled += _take_draft_along(scope, left)
    if settled:
        detail = f"{settled} rows of {len(left)} schools"
        audit.record(
            scope, "student:arrived", scope.actor_id, student_id=scope.actor_id, detail=detail
        )
    return settled > 0


def _take_draft_along(scope: Scope, left: Collection[UUID]) -> int:
    """Let the student write on what was begun, unless there is something newer here."""
    begun = store.drafts_at(scope, left, _GOAL_FORM, _GOAL_KEY)
    if not begun or drafts.draft(scope, _GOAL_FORM, _GOAL_KEY) is not None:
        return 0
    last = begun[0]
    content = {name: values for name, values in last.content.items() if name not in _OF_THE_SCHOOL}
    scope.session.add(
        Draft(
            student_id=scope.actor_id,
            form=_GOAL_FORM,
            key=_GOAL_KEY,
            rev=1,
            content=content,
            saved_at=last.saved_at,
        )
    )
    scope.session.delete(last)
    return 1
