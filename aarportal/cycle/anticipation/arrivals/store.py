"""What a student who came from another school left open there."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal, PlanSession
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import OPEN_CYCLE, AdjustmentState, GoalState, PlanState
from aarportal.people.roster.models import UserRole


def schools_left(scope: Scope, today: date) -> frozenset[UUID]:
    """Schools where the student who asks was a student and is none any more.

    Nobody has left before the place at the present school has begun, and a child of two schools
    at once (通級) has left neither.
    """
    roles = scope.session.execute(
        select(UserRole.school_id, UserRole.starts_on, UserRole.ends_before).where(
            UserRole.user_id == scope.actor_id, UserRole.role == "student"
        )
    ).all()
    is_here = any(
        school_id == scope.school_id and (starts_on is None or starts_on <= today)
        for school_id, starts_on, _ends in roles
    )
    if not is_here:
        return frozenset()
    stays = {school_id for school_id, _starts, ends in roles if ends is None or ends > today}
    return frozenset({role.school_id for role in roles} - stays - {scope.school_id})


def open_laps_at(scope: Scope, school_ids: Collection[UUID]) -> Sequence[LearningCycle]:
    """Laps that the student left open at these schools."""
    return scope.session.scalars(
        select(LearningCycle)
        .where(
            LearningCycle.student_id == scope.actor_id,
            LearningCycle.school_id.in_(school_ids),
            LearningCycle.state.in_(OPEN_CYCLE),
        )
        .order_by(LearningCycle.opened_at)
    ).all()


def adjustments_at(scope: Scope, school_ids: Collection[UUID]) -> Sequence[Adjustment]:
    """What the student decided at these schools and has not taken up."""
    return scope.session.scalars(
        select(Adjustment)
        .where(
            Adjustment.student_id == scope.actor_id,
            Adjustment.school_id.in_(school_ids),
            Adjustment.state == AdjustmentState.PROPOSED,
        )
        .order_by(Adjustment.proposed_at)
    ).all()


def waiting_goals(scope: Scope, cycle_ids: Collection[UUID]) -> Sequence[Goal]:
    """Goals of these laps that wait for a rating."""
    return scope.session.scalars(
        select(Goal).where(Goal.cycle_id.in_(cycle_ids), Goal.state == GoalState.ACTIVE)
    ).all()


def standing_plans(scope: Scope, school_ids: Collection[UUID]) -> Sequence[PlanSession]:
    """Plans of the student at these schools that wait for their day, or for a word."""
    return scope.session.scalars(
        select(PlanSession).where(
            PlanSession.student_id == scope.actor_id,
            PlanSession.school_id.in_(school_ids),
            or_(PlanSession.state == PlanState.PLANNED, PlanSession.state == PlanState.OPEN_PAST),
        )
    ).all()


def drafts_at(scope: Scope, school_ids: Collection[UUID], form: str, key: str) -> Sequence[Draft]:
    """Copies of a form that the student began at these schools, the last one first."""
    return scope.session.scalars(
        select(Draft)
        .where(
            Draft.student_id == scope.actor_id,
            Draft.school_id.in_(school_ids),
            Draft.form == form,
            Draft.key == key,
        )
        .order_by(Draft.saved_at.desc())
    ).all()
