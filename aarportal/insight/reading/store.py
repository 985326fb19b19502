"""What a teacher reads: the queue of a class, and one card of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from aarportal.core import clock
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal, Prediction, SuccessCriterion
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import GoalState, ReflectionState
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    SelfRating,
    TeacherFeedback,
)
from aarportal.cycle.units.models import Unit
from aarportal.insight.reading.differences import Differences, Snapshot, differences
from aarportal.insight.reading.queue import (
    Waiting,
    in_reading_order,
    minutes_left,
    words_today,
)
from aarportal.people.roster import store as roster
from aarportal.people.roster.store import Classmate

#: How far back reflections are listed; older ones are read on the pupil's own lines.
LISTED_DAYS = 7
#: How many a list shows at most, those still to read first.
LISTED = 60


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    reflection_id: UUID
    mate: Classmate
    text: str
    calls: str
    """`ask` or `stuck` when the pupil called; else empty."""
    done: bool
    words_due: bool
    """Whether this pupil is one of those who get a written line today."""


@dataclass(frozen=True)
class Card:
    """One reflection with the lap it closes, and the one before."""

    mate: Classmate
    reflection: Reflection
    cycle: LearningCycle
    unit: Unit | None
    goal: Goal | None
    criterion: SuccessCriterion | None
    prediction: Prediction | None
    rating: SelfRating | None
    attribution: Attribution | None
    adjustment: Adjustment | None
    answers: Sequence[TeacherFeedback]
    before: "Earlier | None"


@dataclass(frozen=True)
class Earlier:
    """The lap before, and what differs since."""

    cycle: LearningCycle
    text: str
    rating: int | None
    differences: Differences


@dataclass(frozen=True)
class Queue:
    """The reading desk."""

    lines: Sequence[Line]
    card: Card | None
    read: int
    total: int
    minutes_left: int
    words_today: Sequence[Classmate]
    previous: UUID | None
    following: UUID | None


def queue(scope: Scope, class_id: UUID, at: UUID | None, student: UUID | None) -> Queue:
    """The reading desk of a class.

    Args:
        scope: The teacher's.
        class_id: One of the teacher's classes.
        at: The reflection to show; the first one to read if None.
        student: Show this pupil's latest one instead.
    """
    day = clock.today()
    mates = {mate.id: mate for mate in roster.class_list(scope, class_id, day)}
    rows = _handed_in(scope, list(mates), day)
    last_words = _last_words(scope, list(mates))
    due = words_today(
        list(mates), last_words, {row.student_id for row, _cycle in rows if not _is_done(row)}
    )
    lines = _lines(rows, mates, last_words, set(due))
    shown = _shown(lines, at, student)
    place = next((n for n, line in enumerate(lines) if line.reflection_id == shown), None)
    unread = [line for line in lines if not line.done]
    return Queue(
        lines=lines,
        card=_card(scope, mates, shown) if shown else None,
        read=len(lines) - len(unread),
        total=len(lines),
        minutes_left=minutes_left(len(unread), sum(line.words_due for line in unread)),
        words_today=[mates[student_id] for student_id in due],
        previous=lines[place - 1].reflection_id if place else None,
        following=lines[place + 1].reflection_id
        if place is not None and place + 1 < len(lines)
        else None,
    )


def next_to_read(scope: Scope, class_id: UUID) -> UUID | None:
    """The reflection that the desk shows next."""
    found = queue(scope, class_id, None, None)
    return next((line.reflection_id for line in found.lines if not line.done), None)


def class_of(scope: Scope, reflection: Reflection) -> UUID:
    """The class in whose lap a reflection was written."""
    found = scope.session.scalar(
        select(LearningCycle.class_id).where(LearningCycle.id == reflection.cycle_id)
    )
    assert found is not None
    return found


def _handed_in(
    scope: Scope, student_ids: Sequence[UUID], today: date
) -> list[tuple[Reflection, LearningCycle]]:
    since, _ = clock.day_bounds(today - timedelta(days=LISTED_DAYS))
    rows = scope.session.execute(
        select(Reflection, LearningCycle)
        .join(
            LearningCycle,
            and_(
                LearningCycle.school_id == Reflection.school_id,
                LearningCycle.id == Reflection.cycle_id,
            ),
        )
        .where(Reflection.student_id.in_(student_ids), Reflection.submitted_at >= since)
        .order_by(Reflection.read_at.is_not(None), Reflection.submitted_at.desc())
        .limit(LISTED)
    )
    return [(reflection, cycle) for reflection, cycle in rows]


def _last_words(scope: Scope, student_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each pupil last got written words; a stamp alone is no words."""
    rows = scope.session.execute(
        select(TeacherFeedback.student_id, func.max(TeacherFeedback.sent_at))
        .where(TeacherFeedback.student_id.in_(student_ids), TeacherFeedback.text != "")
        .group_by(TeacherFeedback.student_id)
    )
    return {student_id: at for student_id, at in rows}  # noqa: C416 - rows are not pairs to mypy


def _is_done(row: Reflection) -> bool:
    return row.state not in {ReflectionState.SUBMITTED, ReflectionState.REVISED}


def _lines(
    rows: Sequence[tuple[Reflection, LearningCycle]],
    mates: dict[UUID, Classmate],
    last_words: dict[UUID, datetime],
    due: set[UUID],
) -> list[Line]:
    by_id = {row.id: (row, cycle) for row, cycle in rows}
    calls = {row.id: cycle.mid if cycle.mid in {"ask", "stuck"} else "" for row, cycle in rows}
    waiting = [
        Waiting(
            row.id,
            row.student_id,
            row.submitted_at,
            bool(calls[row.id]),
            last_words.get(row.student_id),
        )
        for row, _cycle in rows
        if not _is_done(row)
    ]
    done = [row.id for row, _cycle in rows if _is_done(row)]
    order = [it.reflection_id for it in in_reading_order(waiting)] + done
    return [
        Line(
            reflection_id=key,
            mate=mates[by_id[key][0].student_id],
            text=by_id[key][0].text,
            calls=calls[key],
            done=_is_done(by_id[key][0]),
            words_due=by_id[key][0].student_id in due and not _is_done(by_id[key][0]),
        )
        for key in order
    ]


def _shown(lines: Sequence[Line], at: UUID | None, student: UUID | None) -> UUID | None:
    if at is not None and any(line.reflection_id == at for line in lines):
        return at
    if student is not None:
        of_student = [line for line in lines if line.mate.id == student]
        if of_student:
            return of_student[0].reflection_id
    return next((line.reflection_id for line in lines if not line.done), None)


def _card(scope: Scope, mates: dict[UUID, Classmate], reflection_id: UUID) -> Card:
    row = _laps(scope, Reflection.id == reflection_id, limit=1)[0]
    written, cycle = row[0], row[1]
    earlier = _laps(
        scope,
        and_(
            Reflection.student_id == written.student_id, LearningCycle.opened_at < cycle.opened_at
        ),
        limit=1,
    )
    answers = scope.session.scalars(
        select(TeacherFeedback)
        .where(TeacherFeedback.reflection_id == reflection_id)
        .order_by(TeacherFeedback.sent_at)
    ).all()
    return Card(
        mate=mates[written.student_id],
        reflection=written,
        cycle=cycle,
        unit=row[8],
        goal=row[2],
        criterion=row[3],
        prediction=row[4],
        rating=row[5],
        attribution=row[6],
        adjustment=row[7],
        answers=answers,
        before=_earlier(earlier[0], row) if earlier else None,
    )


def _earlier(before: Sequence[object], now: Sequence[object]) -> Earlier:
    written, cycle, _goal, _criterion, _prediction, rating, *_ = before
    assert isinstance(written, Reflection)
    assert isinstance(cycle, LearningCycle)
    return Earlier(
        cycle=cycle,
        text=written.text,
        rating=rating.value if isinstance(rating, SelfRating) else None,
        differences=differences(_snapshot(before), _snapshot(now)),
    )


def _snapshot(row: Sequence[object]) -> Snapshot:
    _written, cycle, goal, _criterion, _prediction, rating, _reasons, change, *_ = row
    assert isinstance(cycle, LearningCycle)
    return Snapshot(
        rating=rating.value if isinstance(rating, SelfRating) else None,
        strategies=tuple(goal.strategies) if isinstance(goal, Goal) else (),
        next_what=change.what if isinstance(change, Adjustment) else "",
        items=cycle.items,
    )


def _laps(scope: Scope, condition: ColumnElement[bool], *, limit: int) -> list[tuple[Any, ...]]:
    """Reflections with everything of their laps, the latest first, in one question."""
    rows = scope.session.execute(
        select(
            Reflection, LearningCycle, Goal, SuccessCriterion, Prediction, SelfRating, Attribution,
            Adjustment, Unit,
        )
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
                Goal.state != GoalState.WITHDRAWN,
            ),
        )
        .outerjoin(
            SuccessCriterion,
            and_(
                SuccessCriterion.school_id == Goal.school_id, SuccessCriterion.goal_id == Goal.id
            ),
        )
        .outerjoin(
            Prediction,
            and_(
                Prediction.school_id == Reflection.school_id,
                Prediction.cycle_id == Reflection.cycle_id,
            ),
        )
        .outerjoin(
            SelfRating,
            and_(
                SelfRating.school_id == Reflection.school_id,
                SelfRating.cycle_id == Reflection.cycle_id,
            ),
        )
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
        .order_by(Reflection.submitted_at.desc())
        .limit(limit)
    )  # fmt: skip
    return [tuple(row) for row in rows]
