"""What a teacher reads: the desk of a class."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select

from aarportal.core import clock
from aarportal.core.scope import Scope
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import ReflectionState
from aarportal.cycle.loop.store import of_lap
from aarportal.cycle.reflection.models import Reflection, TeacherFeedback
from aarportal.insight.reading import queue_order
from aarportal.insight.reading.cards import store as cards
from aarportal.insight.reading.cards.store import Card
from aarportal.insight.reading.queue_order import Waiting, in_reading_order, minutes_left
from aarportal.insight.reading.rotation import words_today
from aarportal.people.roster import store as roster
from aarportal.people.roster.store import Classmate

UNREAD = (ReflectionState.SUBMITTED, ReflectionState.REVISED)
CALLS = ("ask", "stuck")
#: How far back unread reflections wait on the desk; holidays lie in between.
LISTED_DAYS = 30
#: How many a list shows at most; who called and what is unread come first.
LISTED = 100
#: Words given longer ago than this count as never: the round is over many times.
WORDS_DAYS = 90


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
    """Whether this pupil is one of those who get a written line today and has none yet."""


@dataclass(frozen=True)
class Turn:
    """A pupil who gets a written line today."""

    mate: Classmate
    done: bool


@dataclass(frozen=True)
class Desk:
    """The reading desk: everything unread, and what was read today."""

    lines: Sequence[Line]
    card: Card | None
    read: int
    total: int
    minutes_left: int
    turns: Sequence[Turn]
    previous: UUID | None
    following: UUID | None


@dataclass(frozen=True)
class _Written:
    """A reflection as the list needs it."""

    id: UUID
    student_id: UUID
    text: str
    submitted_at: datetime
    state: str
    mid: str

    @property
    def is_read(self) -> bool:
        return self.state not in UNREAD


@dataclass(frozen=True)
class _List:
    lines: Sequence[Line]
    read: int
    total: int
    turns: Sequence[Turn]


def desk(scope: Scope, class_id: UUID, at: UUID | None, student: UUID | None) -> Desk:
    """The reading desk of a class.

    Args:
        scope: The teacher's.
        class_id: One of the teacher's classes.
        at: The reflection to show; the first one to read if None.
        student: Show this pupil's first one instead.
    """
    mates = _mates(scope, class_id)
    found = _list(scope, mates)
    lines = found.lines
    card = _chosen_card(scope, mates, lines, at, student)
    shown = card.lap.reflection.id if card else None
    place = next((n for n, line in enumerate(lines) if line.reflection_id == shown), None)
    following = lines[place + 1 : place + 2] if place is not None else ()
    return Desk(
        lines=lines,
        card=card,
        read=found.read,
        total=found.total,
        minutes_left=minutes_left(
            found.total - found.read, len({line.mate.id for line in lines if line.words_due})
        ),
        turns=found.turns,
        previous=lines[place - 1].reflection_id if place else None,
        following=following[0].reflection_id if following else None,
    )


def next_to_read(scope: Scope, class_id: UUID, after: UUID) -> UUID | None:
    """The reflection that the desk shows once `after` is answered; None at the end."""
    lines = _list(scope, _mates(scope, class_id)).lines
    return queue_order.following_unread(
        [line.reflection_id for line in lines],
        [line.reflection_id for line in lines if not line.done],
        after,
    )


def _mates(scope: Scope, class_id: UUID) -> dict[UUID, Classmate]:
    return {mate.id: mate for mate in roster.class_list(scope, class_id, clock.today())}


def _list(scope: Scope, mates: Mapping[UUID, Classmate]) -> _List:
    rows, total, unread = _written(scope, mates)
    before, given = _words(scope, mates)
    turns = words_today(list(mates), before, {row.student_id for row in rows})
    due = set(turns) - given
    waiting = [
        Waiting(row.id, row.student_id, row.submitted_at, row.mid in CALLS,
                before.get(row.student_id))
        for row in rows
        if not row.is_read
    ]  # fmt: skip
    by_id = {row.id: row for row in rows}
    order = [by_id[it.reflection_id] for it in in_reading_order(waiting)]
    return _List(
        lines=[_line(row, mates, due) for row in (*order, *(r for r in rows if r.is_read))],
        read=total - unread,
        total=total,
        turns=[Turn(mates[key], key in given) for key in turns],
    )


def _line(row: _Written, mates: Mapping[UUID, Classmate], due: Collection[UUID]) -> Line:
    return Line(
        reflection_id=row.id,
        mate=mates[row.student_id],
        text=row.text,
        calls=row.mid if row.mid in CALLS else "",
        done=row.is_read,
        words_due=row.student_id in due and not row.is_read,
    )


def _written(scope: Scope, student_ids: Collection[UUID]) -> tuple[list[_Written], int, int]:
    """What lies on the desk, and how many there are in all and unread if a list is too short."""
    today, _ends = clock.day_bounds(clock.today())
    is_unread = Reflection.state.in_(UNREAD)
    rows = scope.session.execute(
        select(
            Reflection.id, Reflection.student_id, Reflection.text, Reflection.submitted_at,
            Reflection.state, LearningCycle.mid, func.count().over(),
            func.sum(case((is_unread, 1), else_=0)).over(),
        )
        .join(LearningCycle, of_lap(Reflection))
        .where(
            Reflection.student_id.in_(student_ids),
            Reflection.submitted_at >= today - timedelta(days=LISTED_DAYS),
            or_(is_unread, Reflection.read_at >= today),
        )
        .order_by(
            case((and_(is_unread, LearningCycle.mid.in_(CALLS)), 0), (is_unread, 1), else_=2),
            Reflection.submitted_at.desc(),
        )
        .limit(LISTED)
    ).all()  # fmt: skip
    total, unread = (rows[0][6], int(rows[0][7])) if rows else (0, 0)
    return [_Written(*row[:6]) for row in rows], total, unread


def _words(scope: Scope, student_ids: Collection[UUID]) -> tuple[dict[UUID, datetime], set[UUID]]:
    """When each pupil got written words before today, and who got some today.

    A stamp alone is no words.
    """
    today, _ends = clock.day_bounds(clock.today())
    rows = scope.session.execute(
        select(
            TeacherFeedback.student_id,
            func.max(case((TeacherFeedback.sent_at < today, TeacherFeedback.sent_at))),
            func.max(TeacherFeedback.sent_at),
        )
        .where(
            TeacherFeedback.student_id.in_(student_ids),
            TeacherFeedback.sent_at >= today - timedelta(days=WORDS_DAYS),
            TeacherFeedback.text != "",
        )
        .group_by(TeacherFeedback.student_id)
    ).all()
    before = {student_id: at for student_id, at, _last in rows if at}
    return before, {student_id for student_id, _at, last in rows if last >= today}


def _chosen_card(
    scope: Scope,
    mates: Mapping[UUID, Classmate],
    lines: Sequence[Line],
    at: UUID | None,
    student: UUID | None,
) -> Card | None:
    """What was asked for, also when it was read long ago; else the first one to read."""
    of_student = next((it.reflection_id for it in lines if it.mate.id == student), None)
    if at is not None and (card := cards.card(scope, mates, at)):
        return card
    if student is not None and student in mates and of_student is None:
        return cards.latest_card(scope, mates, student)
    first = next((line.reflection_id for line in lines if not line.done), None)
    shown = of_student or first
    return cards.card(scope, mates, shown) if shown else None
