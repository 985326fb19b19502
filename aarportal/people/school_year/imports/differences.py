"""What a table would change in a calendar or in timetables; pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from aarportal.people.attendance.lessons import Slot
from aarportal.people.school_year.imports.columns import Problem
from aarportal.people.school_year.years import PlannedDay

Slots = Mapping[tuple[int, int], Slot]
#: A planned day or the week of a class as plain values; None for nothing.
Plain = list[Any] | dict[str, Any] | None


@dataclass(frozen=True)
class Change:
    """One day, or the week of one class.

    Attributes:
        key: The day, or the id of the class.
        before: What is written under this key; None for nothing.
        after: What will be.
        held: What holds there now: the week of a class may go on from an earlier timetable.
    """

    key: str
    before: Plain
    after: Plain
    held: Plain

    def as_json(self) -> list[Any]:
        """The change as plain values."""
        return [self.key, self.before, self.after, self.held]


@dataclass(frozen=True)
class Look:
    """What becomes of a table.

    Attributes:
        rows: Lines below the header.
        problems: What is wrong with them.
        changes: What the others would change.
    """

    rows: int
    problems: Sequence[Problem] = ()
    changes: Sequence[Change] = field(default_factory=list)

    @property
    def seal(self) -> str:
        """Tells whether it still is what somebody has seen."""
        seen = [[it.line, it.rule] for it in self.problems], [it.as_json() for it in self.changes]
        return blake2b(json.dumps(seen, sort_keys=True).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class DayLine:
    """Days that follow each other and change in the same way."""

    first_on: date
    last_on: date
    before: PlannedDay | None
    after: PlannedDay | None


@dataclass(frozen=True)
class LessonLine:
    """A lesson that changes."""

    weekday: int
    period: int
    before: Slot | None
    after: Slot | None


def plain_day(plan: PlannedDay | None) -> Plain:
    """A planned day as plain values."""
    return [plan.kind, plan.title, plan.bells] if plan else None


def day_of(kept: Plain) -> PlannedDay | None:
    """The planned day again."""
    return PlannedDay(*kept) if isinstance(kept, list) else None


def plain_week(slots: Slots | None) -> Plain:
    """The week of a class as plain values."""
    if slots is None:
        return None
    return {
        f"{weekday}-{period}": [slot.subject, slot.teacher_id.hex if slot.teacher_id else ""]
        for (weekday, period), slot in sorted(slots.items())
    }


def week_of(kept: Plain) -> dict[tuple[int, int], Slot] | None:
    """The week again."""
    if not isinstance(kept, dict):
        return None
    return {
        (int(at[0]), int(at[2:])): Slot(subject, UUID(teacher) if teacher else None)
        for at, (subject, teacher) in kept.items()
    }


def changes_of_days(
    standing: Mapping[date, PlannedDay], wanted: Mapping[date, PlannedDay | None]
) -> list[Change]:
    """The days that become something else."""
    return [
        Change(day.isoformat(), before, plain_day(after), before)
        for day, after in sorted(wanted.items())
        if (before := plain_day(standing.get(day))) != plain_day(after)
    ]


def changes_of_weeks(
    written: Mapping[UUID, Slots | None],
    holding: Mapping[UUID, Slots],
    wanted: Mapping[UUID, Slots],
) -> list[Change]:
    """The classes whose week becomes another.

    Args:
        written: What begins on just this day.
        holding: What a class has on this day.
        wanted: What it shall have.
    """
    return [
        Change(
            class_id.hex,
            plain_week(written.get(class_id)),
            plain_week(slots),
            plain_week(holding.get(class_id, {})),
        )
        for class_id, slots in wanted.items()
        if dict(holding.get(class_id, {})) != dict(slots)
    ]


def day_lines(changes: Iterable[Change]) -> list[DayLine]:
    """Changes of days as people read them, put together where they follow each other."""
    found: list[DayLine] = []
    for change in changes:
        day, before, after = (
            date.fromisoformat(change.key),
            day_of(change.held),
            day_of(change.after),
        )
        last = found[-1] if found else None
        if (
            last
            and (last.before, last.after) == (before, after)
            and last.last_on + timedelta(days=1) == day
        ):
            found[-1] = DayLine(last.first_on, day, before, after)
        else:
            found.append(DayLine(day, day, before, after))
    return found


def lesson_lines(change: Change) -> list[LessonLine]:
    """The lessons of a class that change, in the order of the week."""
    before, after = week_of(change.held) or {}, week_of(change.after) or {}
    return [
        LessonLine(*at, before.get(at), after.get(at))
        for at in sorted(before.keys() | after.keys())
        if before.get(at) != after.get(at)
    ]


def counts(pairs: Iterable[tuple[object, object]]) -> dict[str, int]:
    """How many are new, changed and gone, of (before, after) each."""
    found = {"new": 0, "changed": 0, "gone": 0}
    for before, after in pairs:
        found["new" if before is None else "gone" if after is None else "changed"] += 1
    return found
