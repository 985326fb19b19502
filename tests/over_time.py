"""Rows of a student's life at any moment, for tests that look back over years."""

from dataclasses import replace

from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import (
    DayRollup,
    LearningRecord,
    PortalStatement,
    RecordDispute,
)
from aarportal.cycle.anticipation.models import (
    Goal,
    GoalVersion,
    IfThen,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    ReflectionVersion,
    SelfRating,
    TeacherFeedback,
)
from aarportal.people.attendance.models import AbsentDay
from aarportal.people.roster.models import Enrollment, UserRole
from tests.cast import CHIBA, key


def a_lap(member, name, at, school_id=None, class_id=None, **values):
    """A lap that began at a moment."""
    return LearningCycle(
        **{
            "id": key(f"{name} {member.name}"),
            "school_id": school_id or member.school_id,
            "student_id": member.id,
            "class_id": class_id or member.classes[0],
            "subject": "sansu",
            "state": "closed_open_adjust",
            "state_since": at,
            "opened_at": at,
            "opened_on": clock.school_day_of(at),
            "updated_at": at,
            **values,
        }
    )


def lived_rows(scope, member, name, at, school_id=None, class_id=None):
    """A whole lap of a student at one moment: one row in every table that hangs on a lap."""
    add, day = scope.session.add, clock.school_day_of(at)
    lap = a_lap(member, name, at, school_id, class_id)
    owner = {"school_id": lap.school_id, "student_id": member.id}

    def its(what):
        return {"id": key(f"{what} {name} {member.name}"), **owner}

    add(lap)
    scope.session.flush()
    goal = Goal(
        **its("goal"), cycle_id=lap.id, text="やってみる", author="pupil", due_on=day,
        confirmed_at=at, state="achieved",
    )  # fmt: skip
    reflection = Reflection(
        **its("reflection"), cycle_id=lap.id, state="read", text="できた", submitted_at=at
    )
    add(goal)
    add(reflection)
    scope.session.flush()
    add(
        GoalVersion(
            **owner, goal_id=goal.id, version=1, text="もっと", reason="too_big", replaced_at=at
        )
    )
    add(SuccessCriterion(**its("criterion"), goal_id=goal.id, type="can_do", source="pupil"))
    add(IfThen(**its("if then"), goal_id=goal.id, cue="stuck", obstacle="noise", response="ask"))
    add(PlanSession(**its("plan"), cycle_id=lap.id, planned_on=day, slot="lesson", state="planned"))
    add(
        Prediction(
            **its("prediction"), cycle_id=lap.id, predicted_correct=1, of_items=2, made_at=at,
            state="open",
        )
    )  # fmt: skip
    add(SelfRating(**its("rating"), cycle_id=lap.id, value=3, made_at=at))
    add(
        ReflectionVersion(
            **owner, reflection_id=reflection.id, version=1, text="まえ", replaced_at=at
        )
    )
    add(
        Attribution(
            **its("reason"), reflection_id=reflection.id, direction="went_well", factors=["method"]
        )
    )
    add(
        TeacherFeedback(
            **its("answer"), reflection_id=reflection.id, teacher_id=CHIBA.id, kind="read",
            state="sent", sent_at=at,
        )
    )  # fmt: skip
    add(
        Adjustment(
            **its("adjustment"), from_cycle_id=lap.id, kind="change", what="time",
            state="worked", proposed_at=at,
        )
    )  # fmt: skip
    record = LearningRecord(
        **its("record"), app_id=NOTHING, connector="by_hand", cycle_id=lap.id, subject="sansu",
        title="ドリル", verb="completed", started_at=at, ended_at=at, day=day, active_seconds=60,
        state="linked", received_at=at,
    )  # fmt: skip
    add(record)
    add(RecordDispute(**its("doubt"), record_id=record.id, made_at=at))
    # Of a day there is one of each.
    scope.session.merge(
        DayRollup(
            **owner, day=day, app_id=NOTHING, subject="sansu", unit_id=NOTHING, records=1,
            last_event_at=at,
        )
    )  # fmt: skip
    scope.session.merge(AbsentDay(**owner, day=day))
    add(
        PortalStatement(
            school_id=lap.school_id, statement_id=key(f"told {name} {member.name}"),
            student_id=member.id, cycle_id=lap.id, kind="goal", source_id=goal.id, version=1,
            fingerprint=b"",
        )
    )  # fmt: skip
    add(
        TermLetter(
            **its("letter"), year=day.year, term=key(name).int % 10**6, text="わたしへ",
            made_at=at, changed_at=at, read_until=day,
        )
    )  # fmt: skip
    add(Draft(**owner, form="goal", key=name, rev=1, content={}, saved_at=at))
    scope.session.flush()
    return lap


def move_school(member, to, class_id, on=None):
    """The roster says that a student left their school and began at another one on a day."""
    on = on or clock.today()
    with unit_of_work(SystemScope("roster")) as scope:
        for row_class in (UserRole, Enrollment):
            scope.session.execute(
                update(row_class)
                .where(row_class.user_id == member.id, row_class.ends_before.is_(None))
                .values(ends_before=on)
            )
        number = len(scope.session.scalars(select(UserRole.id)).all())
        what = {
            "school_id": to,
            "user_id": member.id,
            "role": "student",
            "starts_on": on,
        }
        name = f"{member.name} comes, {number}"
        scope.session.add(
            UserRole(**what, id=key(f"role {name}"), sourced_id=name, role_type="primary")
        )
        scope.session.add(
            Enrollment(**what, id=key(f"seat {name}"), sourced_id=name, class_id=class_id)
        )
        audit.record(scope, "roster:changed", "")
    return replace(member, school_id=to, classes=(class_id,))
