"""The class as it is now: a fixed number of questions, whatever the size of the class."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.anticipation.store import STANDING_GOAL
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import CLOSED_CYCLE
from aarportal.cycle.loop.store import of_lap
from aarportal.cycle.reflection import store as reflection
from aarportal.cycle.reflection.models import Reflection, SelfRating, TeacherFeedback
from aarportal.cycle.units.models import Unit
from aarportal.insight.home.phases import NOT_BEGUN, Phases, phases_of
from aarportal.insight.teaching.signals import Seen, Signal, is_at_work, signals
from aarportal.people.accounts.locks.models import PupilLock
from aarportal.people.attendance import store as attendance
from aarportal.people.attendance.models import AbsentDay
from aarportal.people.roster import store as roster
from aarportal.people.roster.models import Class, Enrollment
from aarportal.people.roster.store import Classmate

#: How many ratings a card shows.
RATINGS = 5
#: Ratings made longer ago say nothing about now.
RATED_DAYS = 28
#: The share of a class that is most of it.
MOST = 0.8
#: How many laps of a pupil the side panel shows.
LAPS = 3


class UnitNow(NamedTuple):
    """What a class works on."""

    id: UUID
    class_id: UUID
    subject: str
    title: str


@dataclass(frozen=True)
class Pupil:
    """One card of the class."""

    mate: Classmate
    phases: Phases = NOT_BEGUN
    ratings: Sequence[int] = ()
    signals: Sequence[Signal] = ()
    absent: str = ""

    @property
    def has_reflected(self) -> bool:
        """Whether the lap that is shown was looked back on."""
        return self.phases.reflection == "done"


@dataclass(frozen=True)
class Counts:
    """How far the class is; absent pupils are in neither number."""

    present: int
    goal: int
    acted: int
    reflected: int
    signals: int
    calls: int
    """Those of `signals` who tapped the call themselves."""

    @property
    def phase(self) -> str:
        """What most of the class turns to now; a few who are not as far never hold it back."""
        if self.goal < self.present * MOST:
            return "anticipation"
        return "action" if self.acted < self.present * MOST else "reflection"


@dataclass(frozen=True)
class ClassNow:
    """A class at this moment."""

    group: Class
    day: date
    as_of: datetime
    pupils: Sequence[Pupil]
    unit: UnitNow | None
    """The unit that most laps of today are about; for a class of one subject only its own."""
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        """Count once."""
        here = [pupil for pupil in self.pupils if not pupil.absent]
        counts = Counts(
            present=len(here),
            goal=sum(pupil.phases.anticipation == "done" for pupil in here),
            acted=sum(pupil.phases.action == "done" for pupil in here),
            reflected=sum(pupil.has_reflected for pupil in here),
            signals=sum(bool(pupil.signals) for pupil in here),
            calls=sum(any(it.kind == "talk" for it in pupil.signals) for pupil in here),
        )
        object.__setattr__(self, "counts", counts)


@dataclass(frozen=True)
class Lap:
    """One lap of a pupil in the side panel."""

    cycle: LearningCycle
    goal: Goal | None
    rating: SelfRating | None
    reflection: Reflection | None
    adjustment: Adjustment | None
    answers: Sequence[TeacherFeedback]


@dataclass(frozen=True)
class _Today:
    """The lap of today that a card shows."""

    cycle_id: UUID
    state: str
    mid: str
    items: int
    acts: bool
    has_goal: bool
    planned: int | None
    """Items that the goal plans; None if it plans none, or counts something else."""
    unit: UnitNow | None


@dataclass(frozen=True)
class _Rated:
    value: int
    met: bool | None
    on: date


class Version(NamedTuple):
    """What the page of a class depends on."""

    day: date
    changed_at: datetime | None
    """When a lap of its pupils changed last today."""
    away: frozenset[UUID]
    locked: frozenset[UUID]
    """Pupils of the class who cannot come in just now."""

    def __str__(self) -> str:
        """The same text for the same page."""
        ids = (sorted(it.hex for it in each) for each in (self.away, self.locked))
        return "|".join((str(self.day), str(self.changed_at), *map(",".join, ids)))


# The questions are made once: putting one together costs as much as asking it.


def _last_change() -> Select[Any]:
    members = select(Enrollment.user_id).where(
        Enrollment.class_id == bindparam("class_id"), Enrollment.role == "student"
    )
    classes = select(Enrollment.class_id).where(Enrollment.user_id.in_(members))
    changed = (
        select(func.max(LearningCycle.updated_at).label("at"))
        .where(LearningCycle.class_id.in_(classes), LearningCycle.updated_at >= bindparam("begins"))
        .subquery()
    )
    rests = and_(PupilLock.ends_at > bindparam("now"), PupilLock.student_id.in_(members))
    return (
        select(changed.c.at, AbsentDay.student_id, PupilLock.student_id)
        .select_from(changed)
        .outerjoin(AbsentDay, AbsentDay.day == bindparam("day"))
        .outerjoin(PupilLock, rests)
    )


_LAST_CHANGE = _last_change()


def version(scope: Scope, class_id: UUID) -> Version:
    """What tells whether the page of the class is as it was; one question, answered from indexes.

    Pupils work in laps of several classes (homeroom, science), and all of them show here.
    """
    day = clock.today()
    begins, _ends = clock.day_bounds(day)
    asked = {"class_id": class_id, "begins": begins, "day": day, "now": clock.now()}
    rows = scope.session.execute(_LAST_CHANGE, asked).all()
    away = frozenset(student_id for _at, student_id, _locked in rows if student_id)
    locked = frozenset(student_id for _at, _away, student_id in rows if student_id)
    return Version(day, rows[0][0], away, locked)


def check_in_class(scope: Scope, class_id: UUID, student_id: UUID) -> None:
    """Let pass only a student of the class.

    Raises:
        NotFoundError: If the student is not in the class today.
    """
    mates = roster.class_list(scope, class_id, clock.today())
    if all(mate.id != student_id for mate in mates):
        raise NotFoundError("student")


def class_now(scope: Scope, group: Class) -> ClassNow:
    """The class with every pupil's lap of today."""
    day = clock.today()
    mates = roster.class_list(scope, group.id, day)
    ids = [mate.id for mate in mates]
    todays = _todays(scope, ids, day)
    ratings = _ratings(scope, ids)
    absent = attendance.absent_on(scope, ids, day)
    here = [todays[mate.id] for mate in mates if mate.id in todays and mate.id not in absent]
    at_work = is_at_work(sum(it.acts for it in here), len(ids) - len(absent))
    pupils = [
        _pupil(mate, todays.get(mate.id), ratings.get(mate.id, ()), absent, class_acts=at_work)
        for mate in mates
    ]
    return ClassNow(group, day, clock.now(), pupils, _unit(group, list(todays.values())))


def _latest_laps() -> Select[Any]:
    last = (
        select(LearningCycle.id)
        .where(LearningCycle.student_id == bindparam("student_id"))
        .order_by(LearningCycle.opened_at.desc())
        .limit(LAPS)
        .subquery()
    )
    return (
        select(LearningCycle, Goal, SelfRating, Reflection, Adjustment)
        .join(last, last.c.id == LearningCycle.id)
        .outerjoin(Goal, STANDING_GOAL)
        .outerjoin(SelfRating, of_lap(SelfRating))
        .outerjoin(Reflection, of_lap(Reflection))
        .outerjoin(
            Adjustment,
            and_(
                Adjustment.school_id == LearningCycle.school_id,
                Adjustment.from_cycle_id == LearningCycle.id,
            ),
        )
        .order_by(LearningCycle.opened_at, Goal.confirmed_at, Adjustment.proposed_at)
    )


_LATEST_LAPS = _latest_laps()


def laps(scope: Scope, student_id: UUID) -> list[Lap]:
    """The pupil's last laps, the latest first; two questions."""
    rows = scope.session.execute(_LATEST_LAPS, {"student_id": student_id})
    # Of several goals or changes of a lap the last one counts.
    by_cycle = {row[0].id: row for row in rows}
    written = [row[3].id for row in by_cycle.values() if row[3]]
    answers = reflection.feedback_of(scope, written)
    found = [
        Lap(cycle, goal, rating, reflected, change, answers[reflected.id] if reflected else ())
        for cycle, goal, rating, reflected, change in by_cycle.values()
    ]
    return found[::-1]


_TODAYS = (
    select(
        LearningCycle.student_id,
        LearningCycle.id,
        LearningCycle.state,
        LearningCycle.mid,
        LearningCycle.items,
        LearningCycle.acted_first_at,
        Goal.id,
        Goal.amount_planned,
        Goal.amount_unit,
        Unit.id,
        Unit.class_id,
        Unit.subject,
        Unit.title,
    )
    .outerjoin(Goal, STANDING_GOAL)
    .outerjoin(
        Unit, and_(Unit.school_id == LearningCycle.school_id, Unit.id == LearningCycle.unit_id)
    )
    .where(
        LearningCycle.student_id.in_(bindparam("student_ids", expanding=True)),
        LearningCycle.opened_on == bindparam("day"),
    )
    .order_by(LearningCycle.opened_at, Goal.confirmed_at)
)


def _todays(scope: Scope, student_ids: Sequence[UUID], day: date) -> dict[UUID, _Today]:
    """Pupil -> the lap of today that is going on, else the last one."""
    rows = scope.session.execute(_TODAYS, {"student_ids": student_ids, "day": day})
    found: dict[UUID, _Today] = {}
    for student_id, id_, state, mid, items, acted_at, goal_id, amount, amount_unit, *unit in rows:
        shown = found.get(student_id)
        if shown is None or shown.cycle_id == id_ or shown.state in CLOSED_CYCLE:
            found[student_id] = _Today(
                id_,
                state,
                mid,
                items,
                acts=acted_at is not None,
                has_goal=goal_id is not None,
                planned=amount if amount_unit == "items" else None,
                unit=UnitNow(*unit) if unit[0] else None,
            )
    return found


def _pupil(
    mate: Classmate,
    lap: _Today | None,
    rated: Sequence[_Rated],
    absent: Mapping[UUID, str],
    *,
    class_acts: bool,
) -> Pupil:
    values = tuple(rating.value for rating in rated)
    if mate.id in absent:
        return Pupil(mate, ratings=values, absent=absent[mate.id])
    seen = Seen(
        today=clock.today(),
        mid=lap.mid if lap else "",
        ratings=values,
        rated_on=rated[-1].on if rated else None,
        last_met=rated[-1].met if rated else None,
        has_goal=lap is not None and lap.has_goal,
        acts=lap is not None and lap.acts,
        class_acts=class_acts,
    )
    return Pupil(mate, _phases(lap), values, signals(seen))


def _phases(lap: _Today | None) -> Phases:
    if lap is None:
        return NOT_BEGUN
    return phases_of(lap.state, has_goal=lap.has_goal, items=lap.items, planned=lap.planned)


def _latest_ratings() -> Select[Any]:
    place = (
        func.row_number()
        .over(partition_by=SelfRating.student_id, order_by=SelfRating.made_at.desc())
        .label("place")
    )
    numbered = (
        select(
            SelfRating.student_id, SelfRating.value, SelfRating.fact_met, SelfRating.made_at, place
        )
        .where(
            SelfRating.student_id.in_(bindparam("student_ids", expanding=True)),
            SelfRating.made_at >= bindparam("since"),
        )
        .subquery()
    )
    return (
        select(numbered.c.student_id, numbered.c.value, numbered.c.fact_met, numbered.c.made_at)
        .where(numbered.c.place <= RATINGS)
        .order_by(numbered.c.made_at)
    )


_LATEST_RATINGS = _latest_ratings()


def _ratings(scope: Scope, student_ids: Sequence[UUID]) -> dict[UUID, list[_Rated]]:
    """Pupil -> the last five ratings of the last weeks with their facts, the latest last."""
    since, _ends = clock.day_bounds(clock.today() - timedelta(days=RATED_DAYS))
    rows = scope.session.execute(_LATEST_RATINGS, {"student_ids": student_ids, "since": since})
    found: dict[UUID, list[_Rated]] = {}
    for student_id, value, met, made_at in rows:
        found.setdefault(student_id, []).append(_Rated(value, met, clock.school_day_of(made_at)))
    return found


def _unit(group: Class, todays: Sequence[_Today]) -> UnitNow | None:
    """The unit of most laps; of equals the one with the greater id, so that it stays put.

    A class of one subject is not named after the units of other lessons.
    """
    ours = group.class_type == "homeroom"
    units = [it.unit for it in todays if it.unit and (ours or it.unit.class_id == group.id)]
    laps = Counter(unit.id for unit in units)
    return max(units, key=lambda unit: (laps[unit.id], unit.id.int), default=None)
