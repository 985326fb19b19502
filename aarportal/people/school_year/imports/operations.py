"""Bringing calendars and timetables as tables, looking at the difference, taking, undoing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import ConflictError, InvalidError, StateError
from aarportal.core.ids import new_id
from aarportal.core.scope import Scope
from aarportal.core.tables.sheets import Sheet, SheetError, sniff
from aarportal.people.attendance.calendar import timetable_on
from aarportal.people.attendance.lessons import Slot
from aarportal.people.school_year import operations as year
from aarportal.people.school_year import store as year_store
from aarportal.people.school_year.imports import calendar_table, columns, timetable_table
from aarportal.people.school_year.imports.columns import Problem, TableKind
from aarportal.people.school_year.imports.differences import (
    Change,
    Look,
    changes_of_days,
    changes_of_weeks,
    day_of,
    plain_day,
    plain_week,
    week_of,
)
from aarportal.people.school_year.models import YearImport
from aarportal.people.school_year.timetables import operations as timetables
from aarportal.people.school_year.timetables import store as classes
from aarportal.people.school_year.years import (
    YEARS,
    PlannedDay,
    cleaned_title,
    days,
    first_day,
    last_day,
    school_year_of,
)

#: The largest file that is taken; a calendar has some 20 kB, timetables of 40 classes some 60.
MOST_BYTES = 1024 * 1024
_MOST_ROWS = 5000
_LONGEST_NAME = 200
#: A file that nobody went on with is let go after this.
_WAITS = timedelta(days=7)


@dataclass(frozen=True)
class BringDraft:
    """A table as somebody brings it.

    Attributes:
        file_name: As its sender calls it.
        starts_on: A day of the school year of a calendar, or the first day of the timetables.
    """

    kind: TableKind
    file_name: str
    starts_on: date


@dataclass(frozen=True)
class ColumnsDraft:
    """How a table is read.

    Attributes:
        columns: Field -> name of its column.
        replaces: Whether days of the year that a calendar does not name become ordinary.
    """

    encoding: str
    columns: Mapping[str, str]
    replaces: bool


def bring(scope: Scope, draft: BringDraft, data: bytes) -> YearImport:
    """Take a table in; nothing of it holds yet.

    Raises:
        InvalidError: If the day lies elsewhere.
        SheetError: If it is no table.
    """
    if school_year_of(draft.starts_on) not in YEARS:
        raise InvalidError("starts_on", "range")
    sheet = _sheet(draft.kind, data, None)
    is_calendar = draft.kind is TableKind.CALENDAR
    _let_go_of_old_ones(scope)
    row = YearImport(
        id=new_id(),
        school_id=scope.school_id,
        kind=draft.kind,
        starts_on=first_day(school_year_of(draft.starts_on)) if is_calendar else draft.starts_on,
        file_name=cleaned_title(draft.file_name)[:_LONGEST_NAME] or "CSV",
        data=data,
        encoding=sheet.encoding,
        columns=columns.guess(draft.kind, sheet.headers),
        state="brought",
        made_by=scope.actor_id,
        made_at=clock.now(),
    )
    scope.session.add(row)
    audit.record(scope, "year_import:brought", row.id, detail=f"{len(data)} bytes")
    return row


def _let_go_of_old_ones(scope: Scope) -> None:
    scope.session.execute(
        delete(YearImport).where(
            YearImport.school_id == scope.school_id,
            YearImport.state == "brought",
            YearImport.made_at < clock.now() - _WAITS,
        )
    )


def _sheet(
    kind: TableKind, data: bytes, encoding: str | None, expected: Iterable[str] = ()
) -> Sheet:
    if len(data) > MOST_BYTES:
        raise SheetError("file_too_large", detail=str(MOST_BYTES))
    sheet = sniff(
        data, list(expected), encoding, is_usual=lambda name: columns.is_known(kind, name)
    )
    if len(sheet.rows) > _MOST_ROWS:
        raise SheetError("file_too_many_rows", detail=str(_MOST_ROWS))
    return sheet


def sheet_of(row: YearImport) -> Sheet:
    """The table of an import that waits.

    Raises:
        StateError: If it was taken.
    """
    if row.data is None:
        raise StateError(f"the file is gone, it is {row.state}")
    return _sheet(TableKind(row.kind), row.data, row.encoding or None, row.columns.values())


def column_problems(row: YearImport) -> list[Problem]:
    """What is wrong with how the columns are read."""
    return columns.check(TableKind(row.kind), row.columns)


def say_columns(scope: Scope, row: YearImport, draft: ColumnsDraft) -> None:
    """Say how the table is read.

    Raises:
        InvalidError: If it cannot be read like this; the field is that of the first problem.
        SheetError: If it is no text in this encoding.
        StateError: If it was taken.
    """
    if row.state != "brought" or row.data is None:
        raise StateError(f"not possible while it is {row.state}")
    kind = TableKind(row.kind)
    sheet = _sheet(kind, row.data, draft.encoding, draft.columns.values())
    if not set(draft.columns) <= set(columns.NAMES[kind]):
        raise InvalidError("columns", "choice")
    if draft.encoding == row.encoding:
        said = dict(draft.columns)
        for field, column in said.items():
            if column not in sheet.headers:
                raise InvalidError(field, "choice")
        if found := columns.check(kind, said):
            raise InvalidError(found[0].column, found[0].rule)
    else:
        # In another encoding the columns have other names.
        said = columns.guess(kind, sheet.headers)
    row.encoding, row.columns, row.replaces = draft.encoding, said, draft.replaces
    audit.record(scope, "year_import:columns_said", row.id)


def look(scope: Scope, row: YearImport) -> Look:
    """What would become of the table as things stand now.

    Raises:
        StateError: If it was taken, or its columns are not said.
    """
    if column_problems(row):
        raise StateError("the columns are not said")
    sheet = sheet_of(row)
    if row.kind == TableKind.CALENDAR:
        return _look_at_calendar(scope, row, sheet)
    return _look_at_timetables(scope, row, sheet)


def _look_at_calendar(scope: Scope, row: YearImport, sheet: Sheet) -> Look:
    number = school_year_of(row.starts_on)
    bells = {it.title: key.hex for key, it in year_store.bells(scope).items()}
    wanted, problems = calendar_table.read(sheet, row.columns, number, bells)
    standing = year_store.planned_year(scope, number)
    if row.replaces:
        every: dict[date, PlannedDay | None] = dict.fromkeys(
            days(first_day(number), last_day(number))
        )
        wanted = every | wanted
    return Look(len(sheet.rows), problems, changes_of_days(standing, wanted))


def _look_at_timetables(scope: Scope, row: YearImport, sheet: Sheet) -> Look:
    people = people_of(scope, row.starts_on)
    wanted, problems = timetable_table.read(sheet, row.columns, people)
    known = year_store.timetables(scope, list(wanted))
    written: dict[UUID, Mapping[tuple[int, int], Slot] | None] = {}
    holding: dict[UUID, Mapping[tuple[int, int], Slot]] = {}
    for class_id, found in known.items():
        now = timetable_on(found, row.starts_on)
        holding[class_id] = now.slots if now else {}
        written[class_id] = now.slots if now and now.starts_on == row.starts_on else None
    return Look(len(sheet.rows), problems, changes_of_weeks(written, holding, wanted))


def people_of(scope: Scope, on: date) -> timetable_table.People:
    """The classes of a day, and whoever teaches then or stands in a timetable of theirs."""
    found = classes.classes(scope, on)
    known = year_store.timetables(scope, [it.id for it in found])
    slots = [slot for each in known.values() for it in each for slot in it.slots.values()]
    return timetable_table.People(
        {it.id: it.title for it in found},
        frozenset(it.id for it in found if classes.is_homeroom(it)),
        [
            timetable_table.Teacher(it.id, it.family_name, it.given_name, it.username)
            for it in classes.teachers_and(scope, on, slots)
        ],
    )


def take(scope: Scope, row: YearImport, seal: str, *, without_problems: bool) -> None:
    """Write what the table changes.

    Args:
        scope: Who says so.
        row: The import.
        seal: `Look.seal` of what somebody has seen.
        without_problems: Whether the good lines are wanted although others have problems.

    Raises:
        ConflictError: If it is not any more what somebody has seen.
        InvalidError: If lines have problems and nobody wants the others alone; if nothing changes.
        StateError: If it was taken.
    """
    found = look(scope, row)
    if found.seal != seal:
        raise ConflictError("the calendar has changed since")
    if found.problems and not without_problems:
        raise InvalidError("without_problems", "choose")
    if not found.changes:
        raise InvalidError("without_problems", "nothing")
    for change in found.changes:
        _write_week(scope, row, change.key, change.after)
    _write_days(scope, row, {change.key: day_of(change.after) for change in found.changes})
    row.changes = [change.as_json() for change in found.changes]
    row.data, row.state, row.taken_at = None, "taken", clock.now()
    audit.record(scope, "year_import:taken", row.id, detail=str(len(found.changes)))


def _write_days(scope: Scope, row: YearImport, wanted: Mapping[str, PlannedDay | None]) -> None:
    if row.kind == TableKind.CALENDAR:
        year.write_days(scope, {date.fromisoformat(key): it for key, it in wanted.items()})


def _write_week(scope: Scope, row: YearImport, key: str, kept: object) -> None:
    if row.kind == TableKind.TIMETABLE:
        week = week_of(kept if isinstance(kept, dict) else None)
        timetables.write_timetable(scope, UUID(key), row.starts_on, week)


def changes_of(row: YearImport) -> list[Change]:
    """What an import has changed."""
    return [Change(*each) for each in row.changes]


def still_there(scope: Scope, row: YearImport) -> list[Change]:
    """What of an import nobody has changed since; only this can be undone."""
    found = changes_of(row)
    if row.kind == TableKind.CALENDAR:
        standing = year_store.planned_year(scope, school_year_of(row.starts_on))
        return [
            it for it in found if plain_day(standing.get(date.fromisoformat(it.key))) == it.after
        ]
    known = year_store.timetables(scope, [UUID(it.key) for it in found])
    now = {
        class_id.hex: plain_week(it.slots)
        for class_id, every in known.items()
        for it in every
        if it.starts_on == row.starts_on
    }
    return [it for it in found if now.get(it.key) == it.after]


def undo(scope: Scope, row: YearImport) -> int:
    """Bring back what was there before, wherever nobody has changed it since.

    Returns:
        How many days or classes were changed since and stay.

    Raises:
        StateError: If it was not taken, or undone already.
    """
    if row.state != "taken":
        raise StateError(f"not possible while it is {row.state}")
    found = still_there(scope, row)
    bells = {key.hex for key in year_store.bells(scope)}
    before = {change.key: _without_lost_bells(day_of(change.before), bells) for change in found}
    for change in found:
        _write_week(scope, row, change.key, change.before)
    _write_days(scope, row, before)
    row.state, row.undone_by, row.undone_at = "undone", scope.actor_id, clock.now()
    audit.record(scope, "year_import:undone", row.id, detail=str(len(found)))
    return len(row.changes) - len(found)


def _without_lost_bells(plan: PlannedDay | None, bells: set[str]) -> PlannedDay | None:
    """A day as it was; lesson times that the school does not have any more are left out."""
    if plan is None or plan.bells in bells:
        return plan
    return PlannedDay(plan.kind, plan.title)


def drop(scope: Scope, row: YearImport) -> None:
    """Let go of a table that was not taken.

    Raises:
        StateError: If it was.
    """
    if row.state != "brought":
        raise StateError(f"not possible while it is {row.state}")
    scope.session.delete(row)
    audit.record(scope, "year_import:dropped", row.id)
