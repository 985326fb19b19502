"""Keeping learning records and the sums that pages read, always in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import delete, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.ids import NOTHING, new_id
from aarportal.core.machines import step
from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.cycle.action import store
from aarportal.cycle.action.activity_time import Clock
from aarportal.cycle.action.models import DayRollup, LearningRecord
from aarportal.cycle.action.rollups import (
    COUNTS,
    Entry,
    Group,
    Refolded,
    Sums,
    fold,
    refold,
    sums_by_cycle,
)
from aarportal.cycle.anticipation.plans import operations as plans
from aarportal.cycle.anticipation.plans.matching import DayWork
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import RECORD, CycleEvent, CycleState, RecordEvent, RecordState
from aarportal.cycle.loop.store import AnyLap
from aarportal.people.attendance import store as attendance

#: Connector key of work that a student reports by hand.
BY_HAND = "by_hand"
#: How it goes half way, as the student says it.
MID_ANSWERS = ("smooth", "ok", "stuck", "ask")
#: How long before a late record those are looked at that it may change. A burst that began earlier
#: has mostly reached its cap since; where it has not, the whole day is looked at.
_BEFORE_LATE = timedelta(minutes=75)


@dataclass(frozen=True)
class PaperWork:
    """What a student did away from any app."""

    title: str
    amount: int
    unit: str
    """`items`, `pages`, `minutes` or `times`; only items count as items."""
    minutes: int | None = None


def book(
    scope: Scope | AppScope,
    entries: Sequence[Entry],
    cycles: Mapping[UUID, AnyLap],
) -> None:
    """Add new records to the sums of their days and cycles, and set their `active_seconds`.

    A record that lies before one counted already makes the time of those around it be counted
    again; every other one is added to what is there.

    Args:
        scope: Whose doing it is; the records themselves are not written here.
        entries: The new records.
        cycles: The cycles they are linked to, by id.
    """
    if not entries:
        return
    by_group: dict[Group, list[Entry]] = {}
    for entry in entries:
        by_group.setdefault(entry.group, []).append(entry)
    kept = _kept_sums(scope, by_group)
    rows = _Rows()
    added: dict[Group, dict[tuple[str, UUID], Sums]] = {}
    late: dict[Group, list[Entry]] = {}
    for group, new in by_group.items():
        in_time = fold(new, _clock_of(kept[group].values()))
        if in_time is None:
            late[group] = new
        else:
            added[group] = in_time
    moved: list[tuple[Entry, int]] = []
    if late:
        for group, each in _fold_late(scope, late).items():
            added[group] = each.sums
            moved += each.moved
    for group, by_key in added.items():
        for key, sums in by_key.items():
            rows.put(group, key, _together(kept[group].get(key), sums), kept[group])
    for cycle_id, sums in sums_by_cycle(entries).items():
        _add_to_cycle(cycles[cycle_id], sums)
    _move_time(scope, moved, cycles)
    rows.write(scope)


def take_out(
    scope: Scope | AppScope, records: Sequence[LearningRecord], *, forget: bool = False
) -> None:
    """Let records count no more, in the sums of their days and of their laps.

    Args:
        scope: Whose doing it is.
        records: Records that count until now.
        forget: Whether the rows go altogether, because others will take their place; otherwise
            they stay as taken back.
    """
    if not records:
        return
    store.lock_persons(scope, {row.student_id for row in records})
    sums = _sums_with(records)
    for row in records:
        if forget:
            scope.session.delete(row)
        else:
            row.state = step(RECORD, RecordState(row.state), RecordEvent.VOID)
            audit.record(scope, "record:voided", row.id, student_id=row.student_id)
    # The sums are made anew from what is in the database.
    scope.session.flush()
    _recount(scope, *sums)


def put_in_again(scope: Scope, records: Sequence[LearningRecord]) -> None:
    """Let records that were voided count again, in the sums of their days and of their laps.

    Args:
        scope: Whose doing it is.
        records: Records that count no more; none of them may have been voided by its own app.

    Raises:
        StateError: If one of them counts already.
    """
    if not records:
        return
    store.lock_persons(scope, {row.student_id for row in records})
    for row in records:
        restored = step(RECORD, RecordState(row.state), RecordEvent.RESTORE)
        row.state = restored if row.cycle_id else RecordState.VALID
        audit.record(scope, "record:restored", row.id, student_id=row.student_id)
    scope.session.flush()
    _recount(scope, *_sums_with(records))


def _sums_with(
    records: Sequence[LearningRecord],
) -> tuple[set[Group], set[tuple[UUID, UUID]]]:
    """The groups and the laps whose sums these records are in."""
    return (
        {Group(row.school_id, row.student_id, row.day, row.app_id) for row in records},
        {(row.school_id, row.cycle_id) for row in records if row.cycle_id},
    )


def _recount(
    scope: Scope | AppScope, groups: Collection[Group], cycles: Collection[tuple[UUID, UUID]]
) -> None:
    """Make the sums of whole groups and laps anew from their records."""
    kept = store.entries_of_groups(scope, groups)
    rows: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for group, entries in kept.items():
        before = {entry.id: entry.active_seconds for entry in entries}
        folded = fold(entries)
        assert folded is not None, "a group folded from the beginning is never late"
        rows += [_row_values(group, key, sums) for key, sums in folded.items()]
        moved += [_time_values(e) for e in entries if before[e.id] != e.active_seconds]
        # The time of other laps changes with the time of their records.
        cycles = {*cycles, *((group.school_id, e.cycle_id) for e in entries if e.cycle_id)}
    store.forget_sums(scope, groups)
    if rows:
        append(scope, DayRollup, rows)
    if moved:
        scope.session.execute(update(LearningRecord), moved)
    sums = store.sums_of_cycles(scope, [cycle_id for _, cycle_id in cycles])
    for key in cycles:
        cycle = scope.session.get(LearningCycle, key)
        assert cycle is not None
        for name in COUNTS:
            setattr(cycle, name, getattr(sums.get(key[1]), name, 0))
        loop.touch(cycle)
    scope.session.flush()


def record_by_hand(scope: Scope, cycle: LearningCycle, work: PaperWork) -> LearningRecord:
    """Keep what a student did on paper; it is marked as self-reported wherever it is shown.

    Raises:
        StateError: If the lap is of a school before.
    """
    loop.check_is_here(scope, cycle.school_id)
    cycle = store.locked_cycle(scope, cycle)
    now = clock.now()
    items = work.amount if work.unit == "items" else 0
    minutes = work.amount if work.unit == "minutes" else work.minutes
    entry = Entry(
        id=new_id(),
        group=Group(scope.school_id, scope.actor_id, clock.school_day_of(now), NOTHING),
        subject=cycle.subject,
        unit_id=cycle.unit_id,
        cycle_id=cycle.id,
        ended_at=now,
        own_duration=None if minutes is None else minutes * 60,
        items=items,
    )
    book(scope, [entry], {cycle.id: cycle})
    row = LearningRecord(
        **record_values(entry),
        connector=BY_HAND,
        title=work.title,
        verb="completed",
        started_at=now - timedelta(minutes=minutes or 0),
        self_reported=True,
        state=RecordState.LINKED,
        received_at=now,
    )
    scope.session.add(row)
    if loop.is_open(cycle):
        loop.move(scope, cycle, CycleEvent.RECORD_ARRIVED, at=now)
    audit.record(scope, "record:made_by_hand", row.id, student_id=scope.actor_id)
    return row


def record_values(entry: Entry) -> dict[str, object]:
    """The columns of a learning record that its entry knows."""
    return {
        "id": entry.id,
        "school_id": entry.group.school_id,
        "student_id": entry.group.student_id,
        "day": entry.group.day,
        "app_id": entry.group.app_id,
        "subject": entry.subject,
        "unit_id": entry.unit_id,
        "cycle_id": entry.cycle_id,
        "ended_at": entry.ended_at,
        "own_duration": entry.own_duration,
        "has_time": entry.has_time,
        "items": entry.items,
        "first_attempt_items": entry.first_attempt_items,
        "first_attempt_correct": entry.first_attempt_correct,
        "retry_items": entry.retry_items,
        "retry_correct": entry.retry_correct,
        "active_seconds": entry.active_seconds,
    }


def start(scope: Scope, cycle: LearningCycle) -> None:
    """はじめる: the student goes to work."""
    loop.move(scope, cycle, CycleEvent.STARTED)
    audit.record(scope, "cycle:started", cycle.id, student_id=cycle.student_id)


def settle_plans(scope: Scope) -> int:
    """Let what the student did, or that they were away, answer their plans of the last weeks.

    Returns:
        How many plans moved.
    """
    today = clock.today()
    first = today - timedelta(days=plans.SETTLED_AFTER_DAYS + 1)
    items: dict[tuple[date, str, UUID | None], int] = defaultdict(int)
    for row in store.rollups(scope, scope.actor_id, first, today):
        unit_id = None if row.unit_id == NOTHING else row.unit_id
        items[row.day, row.subject, unit_id] += row.items
    works = [DayWork(*key, done) for key, done in items.items()]
    away = attendance.absent_days(scope, scope.actor_id, first, today)
    calendar = attendance.calendar(scope, first, today)
    days = (first + timedelta(days=n) for n in range((today - first).days))
    without_lessons = {day for day in days if not calendar.counts(day)}
    return plans.settle_plans(
        scope, scope.actor_id, works, today, away, without_lessons=without_lessons
    )


def lap_to_check(laps: Iterable[LearningCycle]) -> LearningCycle | None:
    """The lap of which いまどう？ is asked: once a lap, while it is going on."""
    return next((lap for lap in laps if lap.state == CycleState.ACTING and not lap.mid), None)


def check_midway(scope: Scope, cycle: LearningCycle, answer: str) -> None:
    """いまどう？ Keep how it is going; `ask` calls the teacher.

    Args:
        scope: The student's.
        cycle: The lap they are in.
        answer: One of `MID_ANSWERS`.
    """
    if cycle.state == CycleState.ANTICIPATING:
        loop.move(scope, cycle, CycleEvent.STARTED)
    loop.move(scope, cycle, CycleEvent.MID_CHECKED)
    cycle.mid = answer
    audit.record(scope, "cycle:checked_midway", cycle.id, student_id=cycle.student_id)


def rebuild(scope: SystemScope, school_id: UUID) -> int:
    """Make the sums of a school anew from its learning records alone.

    Returns:
        How many records were counted.
    """
    session = scope.session
    store.lock_students(scope, school_id)
    session.execute(delete(DayRollup).where(DayRollup.school_id == school_id))
    session.execute(
        update(LearningCycle)
        .where(LearningCycle.school_id == school_id)
        .values(dict.fromkeys(COUNTS, 0))
    )
    counted = 0
    for student_id in store.students_with_records(scope, school_id):
        entries = store.entries_of_student(scope, school_id, student_id)
        counted += len(entries)
        _rebuild_student(scope, entries)
    audit.record(scope, "rollups:rebuilt", school_id, detail=f"{counted} records")
    return counted


def _rebuild_student(scope: SystemScope, entries: list[Entry]) -> None:
    entries.sort(key=lambda entry: entry.group)
    rows: list[dict[str, object]] = []
    changed: list[dict[str, object]] = []
    for group, members in groupby(entries, key=lambda entry: entry.group):
        kept = list(members)
        before = {entry.id: entry.active_seconds for entry in kept}
        sums = fold(kept)
        assert sums is not None, "a group folded from the beginning is never late"
        rows += [_row_values(group, key, added) for key, added in sums.items()]
        changed += [_time_values(e) for e in kept if before[e.id] != e.active_seconds]
    if rows:
        append(scope, DayRollup, rows)
    if changed:
        scope.session.execute(update(LearningRecord), changed)
    by_cycle = [
        {"school_id": entries[0].group.school_id, "id": cycle_id}
        | {name: getattr(sums, name) for name in COUNTS}
        for cycle_id, sums in sums_by_cycle(entries).items()
    ]
    if by_cycle:
        scope.session.execute(update(LearningCycle), by_cycle)


def _kept_sums(
    scope: Scope | AppScope, groups: Iterable[Group]
) -> dict[Group, dict[tuple[str, UUID], Sums]]:
    """The kept rows of each group, in one query."""
    found: dict[Group, dict[tuple[str, UUID], Sums]] = {group: {} for group in groups}
    students = {group.student_id for group in found}
    days = {group.day for group in found}
    for group, key, sums in store.sums_of_students(scope, students, days):
        if group in found:
            found[group][key] = sums
    return found


def _clock_of(rows: Iterable[Sums]) -> Clock:
    # A row of records that all stand apart has no burst.
    counted = [row for row in rows if row.last_event_at and row.burst_seconds]
    ends = [(row.last_event_at, row.burst_seconds) for row in counted]
    return Clock(*max(ends)) if ends else Clock()


def _together(before: Sums | None, added: Sums) -> Sums:
    if before is not None:
        for name in COUNTS:
            setattr(added, name, getattr(before, name) + getattr(added, name))
        if not added.burst_seconds:
            # All that is new stands apart: the burst is where it was.
            ends = before if before.burst_seconds else max(before, added, key=_last_event)
            added.last_event_at, added.burst_seconds = ends.last_event_at, ends.burst_seconds
    return added


def _last_event(sums: Sums) -> datetime:
    assert sums.last_event_at is not None
    return sums.last_event_at


@dataclass
class _Rows:
    """Rows of sums to write: all new ones at once, and all others at once."""

    new: list[dict[str, object]] = field(default_factory=list)
    changed: list[dict[str, object]] = field(default_factory=list)

    def put(
        self,
        group: Group,
        key: tuple[str, UUID],
        sums: Sums,
        known: Collection[tuple[str, UUID]],
    ) -> None:
        """Take one row; `known` are the keys of the group's rows that are kept already."""
        rows = self.changed if key in known else self.new
        rows.append(_row_values(group, key, sums))

    def write(self, scope: Scope | AppScope) -> None:
        """Write them."""
        if self.new:
            append(scope, DayRollup, self.new)
        if self.changed:
            scope.session.execute(update(DayRollup), self.changed)


def _add_to_cycle(cycle: AnyLap, sums: Sums) -> None:
    for name in COUNTS:
        if added := getattr(sums, name):
            setattr(cycle, name, getattr(cycle, name) + added)
    loop.touch(cycle)


def _fold_late(
    scope: Scope | AppScope, late: Mapping[Group, Sequence[Entry]]
) -> dict[Group, Refolded]:
    """Count groups again from where something came that belongs before what was counted."""
    first = min(entry.ended_at for new in late.values() for entry in new)
    since = first.replace(microsecond=0) - _BEFORE_LATE
    kept = store.entries_since(scope, late, since)
    folded = {group: refold(kept[group], new, since) for group, new in late.items()}
    found = {group: each for group, each in folded.items() if each is not None}
    if len(found) < len(late):
        left = late.keys() - found.keys()
        for group, entries in store.entries_of_groups(scope, left).items():
            whole = refold(entries, late[group], None)
            assert whole is not None, "the whole group is there"
            found[group] = whole
    return found


def _move_time(
    scope: Scope | AppScope, moved: Sequence[tuple[Entry, int]], cycles: Mapping[UUID, AnyLap]
) -> None:
    """Bring records and laps in line whose share of the time changed."""
    if not moved:
        return
    scope.session.execute(update(LearningRecord), [_time_values(entry) for entry, _ in moved])
    for entry, change in moved:
        if entry.cycle_id is None:
            continue
        cycle = cycles.get(entry.cycle_id) or scope.session.get(
            LearningCycle, (entry.group.school_id, entry.cycle_id)
        )
        assert cycle is not None
        cycle.active_seconds += change
        loop.touch(cycle)


def _row_values(group: Group, key: tuple[str, UUID], sums: Sums) -> dict[str, object]:
    subject, unit_id = key
    return {
        **group._asdict(),
        "subject": subject,
        "unit_id": unit_id,
        **{name: getattr(sums, name) for name in COUNTS},
        "last_event_at": sums.last_event_at,
        "burst_seconds": sums.burst_seconds,
    }


def _time_values(entry: Entry) -> dict[str, object]:
    return {
        "school_id": entry.group.school_id,
        "student_id": entry.group.student_id,
        "id": entry.id,
        "active_seconds": entry.active_seconds,
    }
