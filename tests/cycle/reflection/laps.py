"""What the tests of looking back have in common: laps with goals and facts, and what is sent."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal, Prediction, SuccessCriterion
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection import operations
from aarportal.cycle.reflection.models import Reflection
from aarportal.cycle.reflection.operations import FeedbackDraft, ReflectionDraft
from tests.cast import (
    AOI,
    CHIBA,
    HANA,
    KEN,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    scope_of,
)

#: Each reader's own subject and unit.
_AT_WORK = {
    AOI.name: ("sansu", UNIT_DIVISION),
    HANA.name: ("sansu", UNIT_ADDING),
    KEN.name: ("sugaku", UNIT_EQUATIONS),
}
FACTS = {
    "records": 2, "items": 10, "first_attempt_items": 10, "first_attempt_correct": 8,
    "retry_items": 2, "retry_correct": 2, "active_seconds": 900,
}  # fmt: skip
NO_FACTS = dict.fromkeys(FACTS, 0)


def enter_lap(
    member=AOI,
    *,
    state="acting",
    days_ago=0,
    criterion=("accuracy", 70),
    goal="ひっ算を まちがえずに する",
    expects=None,
    strategies=("picture",),
    **values,
) -> UUID:
    """A lap with a goal and the facts of two records; a goal of None leaves it out."""
    at = clock.now() - timedelta(days=days_ago)
    subject, unit = _AT_WORK.get(member.name, _AT_WORK[AOI.name])
    with unit_of_work(SystemScope("test")) as scope:
        cycle = LearningCycle(
            **{
                "school_id": member.school_id, "student_id": member.id,
                "class_id": member.classes[0], "subject": subject, "unit_id": unit,
                "state": state, "state_since": at, "opened_at": at, "updated_at": at,
                "opened_on": clock.school_day_of(at), "acted_first_at": at, **FACTS, **values,
            }
        )  # fmt: skip
        scope.session.add(cycle)
        scope.session.flush()
        if goal:
            _enter_goal(scope, cycle, goal, criterion, strategies)
        if expects:
            scope.session.add(
                Prediction(
                    school_id=member.school_id, student_id=member.id, cycle_id=cycle.id,
                    predicted_correct=expects, of_items=10, made_at=at - timedelta(minutes=5),
                    state="open",
                )
            )  # fmt: skip
        audit.record(scope, "test:entered", cycle.id)
        return cycle.id


def _enter_goal(scope, cycle, text, criterion, strategies) -> None:
    owner = {"school_id": cycle.school_id, "student_id": cycle.student_id}
    goal = Goal(
        **owner, cycle_id=cycle.id, level="today", text=text, author="pupil",
        due_on=cycle.opened_on, confirmed_at=cycle.opened_at, state="active",
        strategies=list(strategies),
    )  # fmt: skip
    scope.session.add(goal)
    scope.session.flush()
    if criterion:
        scope.session.add(
            SuccessCriterion(
                **owner, goal_id=goal.id, type=criterion[0], target=criterion[1], source="pupil"
            )
        )


def enter_carried(cycle_id: UUID, member=AOI, **chosen) -> UUID:
    """An adjustment of an earlier lap that this lap has taken over."""
    before = enter_lap(member, state="closed_carried", days_ago=1, goal=None)
    at = clock.now() - timedelta(days=1)
    with unit_of_work(SystemScope("test")) as scope:
        row = Adjustment(
            **{
                "school_id": member.school_id, "student_id": member.id, "from_cycle_id": before,
                "to_cycle_id": cycle_id, "kind": "change", "what": "method",
                "to_value": "picture", "state": "in_effect", "proposed_at": at, **chosen,
            }
        )  # fmt: skip
        scope.session.add(row)
        scope.session.flush()
        audit.record(scope, "test:entered", "adjustment")
        return row.id


def draft(cycle_id: UUID, **more) -> ReflectionDraft:
    return ReflectionDraft(**{"cycle_id": cycle_id, "rating": 2, "next_what": "same", **more})


def submit(cycle_id: UUID, member=AOI, **more) -> UUID:
    """Hand a reflection in; the id of it."""
    with unit_of_work(scope_of(member)) as scope:
        return operations.submit(scope, draft(cycle_id, **more)).id


def answer(
    reflection_id: UUID, kind="process", text="図が よく かけています。", teacher=CHIBA
) -> UUID:
    """A teacher reads a reflection and answers it; the id of the answer."""
    with unit_of_work(scope_of(teacher)) as scope:
        row = operations.give_feedback(scope, FeedbackDraft(reflection_id, kind, text))
        scope.session.flush()
        return row.id


def read_by_teacher(reflection_id: UUID, teacher=CHIBA) -> None:
    with unit_of_work(scope_of(teacher)) as scope:
        operations.open_by_teacher(scope, [scope.one(Reflection, reflection_id)])


def rows(model, **having) -> list:
    """Every row of a table, whoever owns it, as they came."""
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.scalars(select(model)).all()
        return [row for row in found if all(getattr(row, name) == v for name, v in having.items())]


def the(model, **having):
    (row,) = rows(model, **having)
    return row


def traces(verb: str) -> list[AuditEntry]:
    return rows(AuditEntry, verb=verb)
