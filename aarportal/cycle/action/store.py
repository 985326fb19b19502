"""Questions about learning records and their sums."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, tuple_

from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.cycle.action.models import DayRollup, LearningApp, LearningRecord
from aarportal.cycle.action.rollups import COUNTS, Entry, Group, Sums
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import COUNTED_RECORD
from aarportal.people.roster.models import District, Enrollment, School, User


def record(scope: Scope, record_id: UUID) -> LearningRecord:
    """One visible record.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    return scope.one(LearningRecord, record_id)


def locked_cycle(scope: Scope, cycle: LearningCycle) -> LearningCycle:
    """The cycle as it is once nobody else is adding to the sums of its student.

    Everybody who adds to sums locks the student's row first (PostgreSQL; SQLite has one writer).
    """
    lock_persons(scope, [cycle.student_id])
    scope.session.refresh(cycle)
    return cycle


def lock_students(scope: SystemScope, school_id: UUID) -> None:
    """Wait until nobody adds to the sums of this school's students, and let nobody begin.

    In the order of their ids, as the intake does it.
    """
    seats = select(Enrollment.user_id).where(Enrollment.school_id == school_id)
    scope.session.execute(
        select(User.id).where(User.id.in_(seats)).order_by(User.id).with_for_update(key_share=True)
    ).all()


def lock_persons(scope: Scope | AppScope, person_ids: Collection[UUID]) -> None:
    """Wait for others who add to the sums of these students, and let them wait.

    In one order for everybody, so that two batches about the same students take turns and sums are
    never written over each other. SQLite has one writer anyway.
    """
    if scope.session.get_bind().dialect.name != "sqlite":
        scope.session.execute(_LOCKED, {"ids": list(person_ids)}).all()


_LOCKED = (
    select(User.id)
    .where(User.id.in_(bindparam("ids", expanding=True)))
    .order_by(User.id)
    .with_for_update(key_share=True)
)


def forget_sums(scope: Scope | AppScope, groups: Collection[Group]) -> None:
    """Remove every row of sums of these groups."""
    for group in groups:
        scope.session.execute(
            delete(DayRollup).where(
                DayRollup.school_id == group.school_id,
                DayRollup.student_id == group.student_id,
                DayRollup.day == group.day,
                DayRollup.app_id == group.app_id,
            )
        )


def sums_of_cycles(scope: Scope | AppScope, cycle_ids: Collection[UUID]) -> dict[UUID, Sums]:
    """What the counted records of these laps add up to; laps without any are left out."""
    if not cycle_ids:
        return {}
    counted = [name for name in COUNTS if name != "records"]
    rows = scope.session.execute(
        select(
            LearningRecord.cycle_id,
            func.count(),
            *(func.sum(getattr(LearningRecord, name)) for name in counted),
        )
        .where(LearningRecord.cycle_id.in_(cycle_ids), LearningRecord.state.in_(COUNTED_RECORD))
        .group_by(LearningRecord.cycle_id)
    )
    found: dict[UUID, Sums] = {}
    for cycle_id, records, *sums in rows:
        added = found[cycle_id] = Sums(records)
        for name, value in zip(counted, sums, strict=True):
            setattr(added, name, int(value))
    return found


def day_records(scope: Scope, student_id: UUID, day: date) -> Sequence[LearningRecord]:
    """What the student did on `day`, in order; records that were taken back are left out."""
    return scope.session.scalars(
        select(LearningRecord)
        .where(
            LearningRecord.student_id == student_id,
            LearningRecord.day == day,
            LearningRecord.state.in_(COUNTED_RECORD),
        )
        .order_by(LearningRecord.ended_at, LearningRecord.id)
    ).all()


def days_with_records(
    scope: Scope, student_id: UUID, before: date, after: date
) -> tuple[date | None, date | None]:
    """The last day with records before `before`, and the first one after `after`."""
    earlier = scope.session.scalar(
        select(DayRollup.day)
        .where(DayRollup.student_id == student_id, DayRollup.day < before)
        .order_by(DayRollup.day.desc())
        .limit(1)
    )
    later = scope.session.scalar(
        select(DayRollup.day)
        .where(DayRollup.student_id == student_id, DayRollup.day > after)
        .order_by(DayRollup.day)
        .limit(1)
    )
    return earlier, later


def rollups(scope: Scope, student_id: UUID, first: date, last: date) -> Sequence[DayRollup]:
    """Sums of the student's days from `first` to `last` (inclusive), in order."""
    return scope.session.scalars(
        select(DayRollup)
        .where(DayRollup.student_id == student_id, DayRollup.day.between(first, last))
        .order_by(DayRollup.day)
    ).all()


def sums_of_students(
    scope: Scope | AppScope, student_ids: Collection[UUID], days: Collection[date]
) -> Iterable[tuple[Group, tuple[str, UUID], Sums]]:
    """Sums of these students on these days: group, (subject, unit id or zeros), sums."""
    rows = scope.session.execute(_SUMS, {"student_ids": list(student_ids), "days": list(days)})
    for school_id, student_id, day, app_id, subject, unit_id, *sums in rows:
        yield Group(school_id, student_id, day, app_id), (subject, unit_id), Sums(*sums)


def apps_by_id(scope: Scope, app_ids: Collection[UUID]) -> dict[UUID, LearningApp]:
    """The learning apps with these ids."""
    if not app_ids:
        return {}
    rows = scope.session.scalars(select(LearningApp).where(LearningApp.id.in_(app_ids)))
    return {row.id: row for row in rows}


def app_by_key(scope: SystemScope, access_key: str) -> LearningApp | None:
    """The app that signs its requests with this key."""
    return scope.session.scalar(select(LearningApp).where(LearningApp.access_key == access_key))


def district_of(scope: SystemScope, code: str) -> tuple[UUID, list[UUID] | None] | None:
    """District and schools that `code` means: one school, or (None) every school of a district."""
    school = scope.session.scalar(select(School).where(School.code == code))
    if school:
        return school.district_id, [school.id]
    district = scope.session.scalar(select(District).where(District.code == code))
    return (district.id, None) if district else None


def schools(scope: SystemScope, code: str = "") -> list[tuple[UUID, str]]:
    """Id and name of the school with this code, or of every school."""
    query = select(School.id, School.name).order_by(School.code)
    return [
        (school_id, name)
        for school_id, name in scope.session.execute(
            query.where(School.code == code) if code else query
        )
    ]


# Made once: putting a question together costs as much as asking it.
_SUMS = select(
    DayRollup.school_id,
    DayRollup.student_id,
    DayRollup.day,
    DayRollup.app_id,
    DayRollup.subject,
    DayRollup.unit_id,
    *(getattr(DayRollup, each.name) for each in fields(Sums)),
).where(
    DayRollup.student_id.in_(bindparam("student_ids", expanding=True)),
    DayRollup.day.in_(bindparam("days", expanding=True)),
)

_ENTRY = (
    LearningRecord.id,
    LearningRecord.school_id,
    LearningRecord.student_id,
    LearningRecord.day,
    LearningRecord.app_id,
    LearningRecord.subject,
    LearningRecord.unit_id,
    LearningRecord.cycle_id,
    LearningRecord.ended_at,
    LearningRecord.own_duration,
    LearningRecord.has_time,
    LearningRecord.items,
    LearningRecord.first_attempt_items,
    LearningRecord.first_attempt_correct,
    LearningRecord.retry_items,
    LearningRecord.retry_correct,
    LearningRecord.active_seconds,
)


def entries_of_groups(
    scope: Scope | AppScope | SystemScope, groups: Collection[Group]
) -> dict[Group, list[Entry]]:
    """Every counted record of these groups, as sums see it."""
    found: dict[Group, list[Entry]] = {group: [] for group in groups}
    rows = scope.session.execute(
        select(*_ENTRY).where(
            tuple_(
                LearningRecord.school_id,
                LearningRecord.student_id,
                LearningRecord.day,
                LearningRecord.app_id,
            ).in_([tuple(group) for group in groups]),
            LearningRecord.state.in_(COUNTED_RECORD),
        )
    )
    for entry in _entries(rows):
        found[entry.group].append(entry)
    return found


_SINCE = select(*_ENTRY).where(
    LearningRecord.student_id.in_(bindparam("student_ids", expanding=True)),
    LearningRecord.day.in_(bindparam("days", expanding=True)),
    LearningRecord.ended_at >= bindparam("since"),
    LearningRecord.state.in_(COUNTED_RECORD),
)


def entries_since(
    scope: Scope | AppScope, groups: Collection[Group], since: datetime
) -> dict[Group, list[Entry]]:
    """Counted records of these groups from a moment on, as sums see them."""
    found: dict[Group, list[Entry]] = {group: [] for group in groups}
    rows = scope.session.execute(
        _SINCE,
        {
            "student_ids": list({group.student_id for group in groups}),
            "days": list({group.day for group in groups}),
            "since": since,
        },
    )
    for entry in _entries(rows):
        if entry.group in found:
            found[entry.group].append(entry)
    return found


def entries_of_student(scope: SystemScope, school_id: UUID, student_id: UUID) -> list[Entry]:
    """Every counted record of a student at a school."""
    rows = scope.session.execute(
        select(*_ENTRY).where(
            LearningRecord.school_id == school_id,
            LearningRecord.student_id == student_id,
            LearningRecord.state.in_(COUNTED_RECORD),
        )
    )
    return list(_entries(rows))


def students_with_records(scope: SystemScope, school_id: UUID) -> list[UUID]:
    """Students of a school who have records."""
    return list(
        scope.session.scalars(
            select(LearningRecord.student_id)
            .where(LearningRecord.school_id == school_id)
            .distinct()
            .order_by(LearningRecord.student_id)
        )
    )


def _entries(rows: Iterable[Any]) -> Iterable[Entry]:
    for row in rows:
        (id_, school_id, student_id, day, app_id, subject, unit_id, cycle_id, ended_at, own,
         has_time, items, first, first_correct, retry, retry_correct, seconds) = row  # fmt: skip
        yield Entry(
            id=id_, group=Group(school_id, student_id, day, app_id),
            subject=subject, unit_id=unit_id, cycle_id=cycle_id, ended_at=ended_at,
            own_duration=own, has_time=has_time, items=items, first_attempt_items=first,
            first_attempt_correct=first_correct, retry_items=retry,
            retry_correct=retry_correct, active_seconds=seconds,
        )  # fmt: skip
