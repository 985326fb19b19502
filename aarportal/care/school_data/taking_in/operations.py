"""The work on an import of school data, a slice of rows at a time: looked at, taken, taken back.

A slice is one unit of work: what is written, what stood there before, and how far the import is are
written together or not at all. So whoever is killed can be continued by anybody.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.care.school_data import kinds, operations
from aarportal.care.school_data import store as imports
from aarportal.care.school_data.columns import ColumnsSaid, is_usual
from aarportal.care.school_data.kinds import CellProblem, Fact, Kind
from aarportal.care.school_data.models import SchoolDataChange, SchoolDataImport
from aarportal.care.school_data.persons import Directory
from aarportal.care.school_data.rows import Rows, RowSaid, Whose
from aarportal.care.school_data.taking_in import store
from aarportal.care.school_data.taking_in.store import Place
from aarportal.core import clock
from aarportal.core.scope import Scope
from aarportal.core.tables.heads import shown
from aarportal.core.tables.sheets import sniff
from aarportal.cycle.action.imports.moving import halt, move, where_it_was
from aarportal.cycle.action.imports.states import ImportEvent, ImportState

#: Rows of one unit of work: others who write wait no longer than these take.
AT_ONCE = 500
#: Rows of which the page says how they would be taken, and problems that it lists.
ROWS_SHOWN = 20
PROBLEMS_KEPT = 200


@dataclass(frozen=True)
class Job:
    """What the work on an import needs to know; copied, so that no session holds it.

    Attributes:
        since: Since when the import is in this state; it is another work when this has changed.
    """

    id: UUID
    kind: Kind
    state: ImportState
    since: datetime
    progress: int
    encoding: str
    said: ColumnsSaid


class Effect(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Fate:
    """What a row would do, or did.

    Attributes:
        said: The row.
        problem: Why it is not taken though its cells can be read.
        student_id: Whose it is.
        writes: Where it writes what, and the row that stands there; nothing that is there already.
    """

    said: RowSaid
    problem: CellProblem | None = None
    student_id: UUID | None = None
    writes: tuple[tuple[Place, Fact, Any], ...] = ()

    @property
    def effect(self) -> Effect:
        """What it would do."""
        if not self.writes:
            return Effect.SAME
        is_new = all(row is None for _, _, row in self.writes)
        return Effect.NEW if is_new else Effect.CHANGED

    @property
    def problems(self) -> tuple[CellProblem, ...]:
        """Everything that keeps it from being taken."""
        return (self.problem,) if self.problem else self.said.problems


@dataclass
class Summary:
    """What looking at every row has shown so far."""

    rows: int = 0
    new_rows: int = 0
    changed_rows: int = 0
    same_rows: int = 0
    unknown_rows: int = 0
    left_out_rows: int = 0
    problem_rows: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def add(self, fates: Sequence[Fate]) -> None:
        """Count some rows more."""
        for fate in fates:
            self.rows += 1
            if fate.said.is_left_out:
                self.left_out_rows += 1
            elif fate.problems:
                self._add_problems(fate)
            else:
                name = f"{fate.effect}_rows"
                setattr(self, name, getattr(self, name) + 1)
                self._show(fate)

    def _add_problems(self, fate: Fate) -> None:
        if fate.problem and fate.problem.column == "person":
            self.unknown_rows += 1
        else:
            self.problem_rows += 1
        for problem in fate.problems[: PROBLEMS_KEPT - len(self.problems)]:
            said = {"column": problem.column, "rule": problem.rule, "cell": shown(problem.cell)}
            self.problems.append({"line": fate.said.line, **said})

    def _show(self, fate: Fate) -> None:
        if len(self.preview) >= ROWS_SHOWN or fate.said.reading is None:
            return
        reading = fate.said.reading
        self.preview.append(
            {
                "line": fate.said.line,
                "person": shown(fate.said.person.words),
                "student_id": str(fate.student_id),
                "place": shown(reading.place),
                "said": shown(reading.said),
                "effect": fate.effect.value,
            }
        )


def job_of(scope: Scope, import_id: UUID) -> Job | None:
    """What there is to do for an import; None if it is gone."""
    row = scope.session.get(SchoolDataImport, (scope.school_id, import_id))
    if row is None:
        return None
    return Job(
        row.id,
        kinds.discover()[row.kind],
        ImportState(row.state),
        row.state_since,
        row.progress,
        row.encoding,
        operations.said_of(row),
    )


def everybody(scope: Scope, job: Job) -> Directory:
    """All who ever were pupils of the school: which rows mean the same one."""
    by = job.said.person_kind
    return Directory.of(by, imports.pupils(scope, by, date.min, date.max))


def rows_of(job: Job, data: bytes, whose: Whose) -> Rows:
    """The rows of the job's file, from the first.

    Args:
        job: What is to be done.
        data: The file.
        whose: The pupil that a row means.

    Raises:
        SheetError: If the file is no table any more.
    """
    sheet = sniff(
        data,
        job.said.columns.values(),
        job.encoding,
        is_usual=lambda header: is_usual(job.kind, header),
    )
    return Rows(sheet, job.kind, job.said, whose, not_after=clock.today(), at_once=AT_ONCE)


# --- looking ------------------------------------------------------------------------------------


def look(scope: Scope, job: Job, rows: Sequence[RowSaid]) -> list[Fate]:
    """What these rows would do now; changes nothing."""
    directory = _directory(scope, job, rows)
    found = {id(said): _whose(directory, said) for said in rows if said.reading}
    wanted = {
        store.place_of(student_id, fact)
        for said in rows
        if isinstance(student_id := found.get(id(said)), UUID) and said.reading
        for fact in said.reading.facts
    }
    standing = store.standing(scope, wanted)
    claimed: dict[Place, Fact] = {}
    return [_fate(job, said, found.get(id(said)), standing, claimed) for said in rows]


def _directory(scope: Scope, job: Job, rows: Sequence[RowSaid]) -> Directory:
    readings = [said.reading for said in rows if said.reading]
    if not readings:
        return Directory(job.said.person_kind)
    first_on = min(each.first_on for each in readings)
    ends_before = max(each.ends_before for each in readings)
    by = job.said.person_kind
    return Directory.of(by, imports.pupils(scope, by, first_on, ends_before))


def _whose(directory: Directory, said: RowSaid) -> UUID | str:
    assert said.reading is not None
    return directory.find(said.person, said.reading.first_on, said.reading.ends_before)


def _fate(
    job: Job,
    said: RowSaid,
    whose: UUID | str | None,
    standing: dict[Place, Any],
    claimed: dict[Place, Fact],
) -> Fate:
    if said.reading is None or whose is None:
        return Fate(said)
    if isinstance(whose, str):
        return Fate(said, CellProblem("person", whose, said.person.words))
    writes = []
    for fact in () if said.is_repeated else said.reading.facts:
        place = store.place_of(whose, fact)
        row = standing.get(place)
        if _says_the_same(row, fact) or claimed.get(place) == fact:
            continue
        if place in claimed or (row is not None and row.import_id == job.id):
            # Whose the rows are has changed since the file was read.
            return Fate(said, CellProblem("", "row_twice"))
        writes.append((place, fact, row))
    claimed.update({place: fact for place, fact, _ in writes})
    return Fate(said, None, whose, tuple(writes))


def _says_the_same(row: Any, fact: Fact) -> bool:
    if row is None or fact.values is None:
        return row is None and fact.values is None
    return all(getattr(row, name) == value for name, value in fact.values.items())


def conclude(scope: Scope, job: Job, summary: Summary) -> None:
    """Write down what looking at every row has shown."""
    row = _mine(scope, job)
    if row is None:
        return
    for name in (
        "rows", "new_rows", "changed_rows", "same_rows", "unknown_rows", "left_out_rows",
        "problem_rows", "problems", "preview",
    ):  # fmt: skip
        setattr(row, name, getattr(summary, name))
    _finish(scope, row)


# --- taking, and taking back --------------------------------------------------------------------


def take(scope: Scope, job: Job, rows: Sequence[RowSaid]) -> bool:
    """Take the next rows in; whether it was this work's turn."""
    row = _mine(scope, job)
    if row is None:
        return False
    fates = [fate for fate in look(scope, job, rows) if fate.writes]
    writes = [write for fate in fates for write in fate.writes]
    _keep(scope, row, writes)
    _write(scope, job, writes)
    row.progress += len(rows)
    row.taken += len(fates)
    row.changes += len(writes)
    audit.record(scope, "school_data:rows_taken", row.id, detail=str(len(writes)))
    if row.progress >= row.rows:
        _finish(scope, row)
    return True


def _keep(scope: Scope, row: SchoolDataImport, writes: Sequence[tuple[Place, Fact, Any]]) -> None:
    """Write down what stands where something is going to be written."""
    kept = [
        {
            "school_id": row.school_id,
            "student_id": student_id,
            "import_id": row.id,
            "place": row.changes + number,
            "table_name": table,
            "key": {name: store.plain(value) for name, value in fact.key.items()},
            "before": None if standing is None else store.as_json(standing),
            "is_gone": fact.values is None,
        }
        for number, ((table, student_id, _), fact, standing) in enumerate(writes)
    ]
    if kept:
        scope.session.execute(insert(SchoolDataChange), kept)


def _write(scope: Scope, job: Job, writes: Sequence[tuple[Place, Fact, Any]]) -> None:
    new: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (table, student_id, _), fact, row in writes:
        if fact.values is None:
            scope.session.delete(row)
            continue
        values = {**fact.values, "import_id": job.id}
        if hasattr(store.model_of(table), "came_at"):
            values["came_at"] = clock.now()
        if row is None:
            key = {"school_id": scope.school_id, "student_id": student_id, **fact.key}
            new[table].append({**key, **values})
        else:
            _set(row, values)
    for table, rows in new.items():
        scope.session.execute(insert(store.model_of(table)), rows)


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def void(scope: Scope, job: Job) -> bool:
    """Restore what stood where the import wrote last; whether it was this work's turn.

    Nothing is restored where somebody has changed, since, what the import brought: another import
    has to be taken back before, or a person has said something newer by hand.
    """
    row = _mine(scope, job)
    if row is None:
        return False
    if job.progress == 0 and store.overwritten(scope, row.id, job.kind.tables):
        give_up(scope, job, "overwritten")
        return True
    found = store.changes(scope, row.id, AT_ONCE)
    standing = store.standing(scope, map(store.place_of_change, found))
    for change in found:
        _restore(scope, change, standing.get(store.place_of_change(change)))
        scope.session.delete(change)
    row.progress += len(found)
    audit.record(scope, "school_data:rows_taken_back", row.id, detail=str(len(found)))
    if row.progress >= row.changes:
        _finish(scope, row)
    return True


def _restore(scope: Scope, change: SchoolDataChange, row: Any) -> None:
    table = change.table_name
    if (row is None) is not change.is_gone or (row and row.import_id != change.import_id):
        return  # somebody was quicker, and what they said is newer
    if change.before is None:
        scope.session.delete(row)
        return
    before = store.of_json(table, change.before)
    if row is not None:
        _set(row, before)
        return
    key = store.of_json(table, change.key)
    owner = {"school_id": change.school_id, "student_id": change.student_id}
    scope.session.add(store.model_of(table)(**owner, **key, **before))


def give_up(scope: Scope, job: Job, trouble: str) -> None:
    """Stop an import that cannot go on by itself."""
    row = _mine(scope, job)
    if row is not None:
        halt(row, trouble)
        audit.record(scope, "school_data:gave_up", row.id, detail=trouble)


def _mine(scope: Scope, job: Job) -> SchoolDataImport | None:
    """The import, if nobody else works on it and it is where it was."""
    return where_it_was(imports.locked_job(scope, job.id), job)


def _finish(scope: Scope, row: SchoolDataImport) -> None:
    """Say that the work of its state is done."""
    move(row, ImportEvent.FINISHED)
    if row.state == ImportState.DONE:
        row.forget_cells()
    audit.record(scope, f"school_data:{row.state}", row.id)
