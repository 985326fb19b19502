"""Questions about how children are; the guard leaves each reader their own pupils."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from aarportal.care.wellbeing.models import (
    AttendanceEntry,
    HealthObservation,
    HealthRoomVisit,
    SeenObservation,
)
from aarportal.core.scope import Scope
from aarportal.people.roster.models import Class, Enrollment, User


@dataclass(frozen=True)
class Pupil:
    """A pupil as a list shows them.

    Attributes:
        class_title: The homeroom class on that day; empty for whoever was in none.
    """

    name: str
    class_title: str = ""
    number: int | None = None

    @property
    def order(self) -> tuple[str, int, str]:
        """Class and number."""
        return self.class_title, self.number or 99, self.name


@dataclass(frozen=True)
class Told:
    """An observation, and who has taken note of it.

    Attributes:
        seen_by: Name of the person; empty while nobody has.
    """

    observation: HealthObservation
    pupil: Pupil
    seen_by: str = ""
    seen_at: datetime | None = None


@dataclass
class PupilDay:
    """What is known of a pupil's day."""

    student_id: UUID
    pupil: Pupil
    attendance: AttendanceEntry | None = None
    told: list[Told] = field(default_factory=list)
    visits: list[HealthRoomVisit] = field(default_factory=list)

    @property
    def order(self) -> tuple[bool, tuple[str, int, str]]:
        """Who wants to talk to somebody comes first; then class and number."""
        wants = any(each.observation.wants_to_talk for each in self.told)
        return not wants, self.pupil.order


_SEEN = and_(
    SeenObservation.school_id == HealthObservation.school_id,
    SeenObservation.student_id == HealthObservation.student_id,
    SeenObservation.day == HealthObservation.day,
    SeenObservation.time == HealthObservation.time,
    SeenObservation.came_at == HealthObservation.came_at,
)


#: Somebody wants to talk to somebody, and nobody has taken note.
_UNSEEN = (
    HealthObservation.wants_to_talk,
    ~select(SeenObservation.student_id).where(_SEEN).exists(),
)


def count_who_want_to_talk(scope: Scope) -> int:
    """How often somebody wants to talk to somebody while nobody has taken note."""
    query = select(func.count(HealthObservation.student_id)).where(*_UNSEEN)
    return scope.session.scalar(query) or 0


def want_to_talk(scope: Scope, number: int, size: int) -> list[Told]:
    """A page of those who want to talk to somebody while nobody has taken note."""
    rows = scope.session.scalars(
        select(HealthObservation)
        .where(*_UNSEEN)
        .order_by(HealthObservation.day, HealthObservation.time, HealthObservation.student_id)
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    pupils = _pupils_by_day(scope, {(row.student_id, row.day) for row in rows})
    told = [Told(row, pupils[row.student_id, row.day]) for row in rows]
    return sorted(told, key=lambda each: (each.observation.day, each.pupil.order))


def day(scope: Scope, on: date) -> list[PupilDay]:
    """Every pupil of whom something is known on a day besides being there."""
    entries = scope.session.scalars(
        select(AttendanceEntry).where(AttendanceEntry.day == on, AttendanceEntry.mark != "present")
    ).all()
    observations = scope.session.execute(
        select(HealthObservation, SeenObservation.seen_by, SeenObservation.seen_at)
        .outerjoin(SeenObservation, _SEEN)
        .where(HealthObservation.day == on)
        .order_by(HealthObservation.time)
    ).all()
    visits = scope.session.scalars(
        select(HealthRoomVisit).where(HealthRoomVisit.day == on).order_by(HealthRoomVisit.time)
    ).all()
    students = {row.student_id for row in (*entries, *(row[0] for row in observations), *visits)}
    pupils = _pupils_on(scope, students, on)
    found = {student_id: PupilDay(student_id, pupils[student_id]) for student_id in students}
    readers = _names(scope, {seen_by for _, seen_by, _ in observations if seen_by})
    for entry in entries:
        found[entry.student_id].attendance = entry
    for row, seen_by, seen_at in observations:
        told = Told(row, pupils[row.student_id], readers.get(seen_by, ""), seen_at)
        found[row.student_id].told.append(told)
    for visit in visits:
        found[visit.student_id].visits.append(visit)
    return sorted(found.values(), key=lambda each: each.order)


def neighbours(scope: Scope, on: date) -> tuple[date | None, date | None]:
    """The last day before, and the first day after, on which something is known."""
    earlier, later = [], []
    for model in (HealthObservation, HealthRoomVisit, AttendanceEntry):
        known = () if model is not AttendanceEntry else (AttendanceEntry.mark != "present",)
        earlier.append(
            scope.session.scalar(select(func.max(model.day)).where(model.day < on, *known))
        )
        later.append(
            scope.session.scalar(select(func.min(model.day)).where(model.day > on, *known))
        )
    return (
        max((each for each in earlier if each), default=None),
        min((each for each in later if each), default=None),
    )


def _names(scope: Scope, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = scope.session.execute(
        select(User.id, User.family_name, User.given_name).where(User.id.in_(ids))
    )
    return {row[0]: f"{row[1]}\u2009{row[2]}" for row in rows}


def _pupils_by_day(
    scope: Scope, wanted: Iterable[tuple[UUID, date]]
) -> dict[tuple[UUID, date], Pupil]:
    by_day: dict[date, set[UUID]] = {}
    for student_id, on in wanted:
        by_day.setdefault(on, set()).add(student_id)
    return {
        (student_id, on): pupil
        for on, ids in by_day.items()
        for student_id, pupil in _pupils_on(scope, ids, on).items()
    }


def _pupils_on(scope: Scope, ids: Collection[UUID], on: date) -> dict[UUID, Pupil]:
    """Names and homeroom classes of pupils on a day."""
    names = _names(scope, ids)
    rows: Sequence[tuple[UUID, str, int | None]] = (
        scope.session.execute(
            select(Enrollment.user_id, Class.title, Enrollment.attendance_no)
            .join(
                Class,
                and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id),
            )
            .where(
                Enrollment.user_id.in_(ids),
                Class.class_type == "homeroom",
                or_(Enrollment.starts_on.is_(None), Enrollment.starts_on <= on),
                or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > on),
            )
        )
        .tuples()
        .all()
    )
    seats = {student_id: (title, number) for student_id, title, number in rows}
    return {
        student_id: Pupil(names.get(student_id, ""), *seats.get(student_id, ("", None)))
        for student_id in ids
    }
