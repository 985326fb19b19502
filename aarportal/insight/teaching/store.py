"""The class as it is now: a fixed number of questions, whatever the size of the class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from aarportal.core import clock
from aarportal.core.scope import Scope
from aarportal.cycle.anticipation import store as goals
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.loop import store as loop
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.loop.states import CLOSED_CYCLE
from aarportal.cycle.reflection import store as reflection
from aarportal.cycle.reflection.models import Reflection, SelfRating, TeacherFeedback
from aarportal.cycle.units import store as units
from aarportal.cycle.units.models import Unit
from aarportal.insight.home.phases import NOT_BEGUN, Phases, phases_of
from aarportal.insight.teaching.signals import Seen, Signal, signals
from aarportal.people.attendance import store as attendance
from aarportal.people.roster import store as roster
from aarportal.people.roster.models import Class
from aarportal.people.roster.store import Classmate

#: How many ratings a card shows.
RATINGS = 5
#: How many laps of a pupil the side panel shows.
LAPS = 4


@dataclass(frozen=True)
class Pupil:
    """One card of the class."""

    mate: Classmate
    phases: Phases = NOT_BEGUN
    ratings: Sequence[int] = ()
    signals: Sequence[Signal] = ()
    absent: str = ""
    cycle: LearningCycle | None = None
    reflected: bool = False


@dataclass(frozen=True)
class Counts:
    """How far the class is; absent pupils are in neither number."""

    present: int
    goal: int
    acted: int
    reflected: int
    signals: int


@dataclass(frozen=True)
class ClassNow:
    """A class at this moment."""

    group: Class
    day: date
    as_of: datetime
    pupils: Sequence[Pupil]
    unit: Unit | None
    """The unit that most laps of today are about."""
    counts: Counts = field(init=False)

    def __post_init__(self) -> None:
        """Count once."""
        here = [pupil for pupil in self.pupils if not pupil.absent]
        counts = Counts(
            present=len(here),
            goal=sum(pupil.phases.anticipation == "done" for pupil in here),
            acted=sum(pupil.phases.action == "done" for pupil in here),
            reflected=sum(pupil.reflected for pupil in here),
            signals=sum(bool(pupil.signals) for pupil in here),
        )
        object.__setattr__(self, "counts", counts)


@dataclass(frozen=True)
class Lap:
    """One lap of a pupil in the side panel."""

    cycle: LearningCycle
    goal: Goal | None
    rating: SelfRating | None
    reflection: Reflection | None
    feedback: Sequence[TeacherFeedback]
    adjustment: Adjustment | None


def version(scope: Scope, class_id: UUID) -> str:
    """Changes whenever the page of the class would: two questions, answered from indexes."""
    changed = loop.class_version(scope, class_id)
    away = sorted(attendance.away_on(scope, clock.today()))
    return f"{changed.isoformat() if changed else ''}|{clock.today()}|{away}"


def class_now(scope: Scope, class_id: UUID) -> ClassNow:
    """The class with every pupil's lap of today.

    Raises:
        NotFoundError: If there is no such class in the teacher's school.
    """
    day = clock.today()
    group = roster.one_class(scope, class_id)
    mates = roster.class_list(scope, class_id, day)
    ids = [mate.id for mate in mates]
    cycles = loop.class_cycles(scope, ids, day)
    with_goal = goals.goals_of(scope, [cycle.id for cycle in cycles])
    ratings = _ratings(scope, ids)
    absent = attendance.absent_on(scope, ids, day)
    latest: dict[UUID, LearningCycle] = {}
    for cycle in cycles:
        latest[cycle.student_id] = _leading(latest.get(cycle.student_id), cycle)
    pupils = [
        _pupil(mate, latest.get(mate.id), with_goal, ratings.get(mate.id, ()), absent)
        for mate in mates
    ]
    return ClassNow(group, day, clock.now(), pupils, _unit(scope, cycles))


def laps(scope: Scope, student_id: UUID) -> list[Lap]:
    """The pupil's last laps, the latest first."""
    cycles = loop.recent_cycles(scope, student_id, LAPS)
    ids = [cycle.id for cycle in cycles]
    with_goal = goals.goals_of(scope, ids)
    ratings = reflection.ratings_of(scope, ids)
    written = reflection.reflections_of(scope, ids)
    answers = reflection.feedback_of(scope, [row.id for row in written.values()])
    steps = reflection.next_steps(scope, ids)
    return [
        Lap(
            cycle,
            with_goal.get(cycle.id),
            ratings.get(cycle.id),
            written.get(cycle.id),
            answers[written[cycle.id].id] if cycle.id in written else (),
            steps.get(cycle.id),
        )
        for cycle in cycles
    ]


def _leading(one: LearningCycle | None, other: LearningCycle) -> LearningCycle:
    """Of several laps of a day the one that is going on, else the last one."""
    if one is None or one.state in CLOSED_CYCLE:
        return other
    return one


def _pupil(
    mate: Classmate,
    cycle: LearningCycle | None,
    with_goal: Mapping[UUID, Goal],
    ratings: Sequence[tuple[int, bool | None]],
    absent: Mapping[UUID, str],
) -> Pupil:
    values = [value for value, _met in ratings]
    if mate.id in absent:
        return Pupil(mate, ratings=values, absent=absent[mate.id])
    goal = with_goal.get(cycle.id) if cycle else None
    seen = Seen(
        mid=cycle.mid if cycle else "",
        ratings=values,
        last_met=ratings[-1][1] if ratings else None,
        acts_without_goal=cycle is not None and goal is None and cycle.records > 0,
    )
    return Pupil(
        mate,
        _phases(cycle, goal),
        values,
        signals(seen),
        cycle=cycle,
        reflected=cycle is not None and cycle.state in CLOSED_CYCLE,
    )


def _phases(cycle: LearningCycle | None, goal: Goal | None) -> Phases:
    if cycle is None:
        return NOT_BEGUN
    planned = goal.amount_planned if goal and goal.amount_unit == "items" else None
    return phases_of(cycle.state, has_goal=goal is not None, items=cycle.items, planned=planned)


def _ratings(
    scope: Scope, student_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[int, bool | None]]]:
    """Pupil -> the last five ratings with their facts, the latest last; one question for all."""
    if not student_ids:
        return {}
    place = (
        func.row_number()
        .over(partition_by=SelfRating.student_id, order_by=SelfRating.made_at.desc())
        .label("place")
    )
    numbered = (
        select(
            SelfRating.student_id, SelfRating.value, SelfRating.fact_met, SelfRating.made_at, place
        )
        .where(SelfRating.student_id.in_(student_ids))
        .subquery()
    )
    rows = scope.session.execute(
        select(numbered.c.student_id, numbered.c.value, numbered.c.fact_met)
        .where(numbered.c.place <= RATINGS)
        .order_by(numbered.c.made_at)
    )
    found: dict[UUID, list[tuple[int, bool | None]]] = {}
    for student_id, value, met in rows:
        found.setdefault(student_id, []).append((value, met))
    return found


def _unit(scope: Scope, cycles: Sequence[LearningCycle]) -> Unit | None:
    ids = [cycle.unit_id for cycle in cycles if cycle.unit_id]
    if not ids:
        return None
    most = max(set(ids), key=lambda unit_id: (ids.count(unit_id), str(unit_id)))
    return units.units_by_id(scope, [most]).get(most)
