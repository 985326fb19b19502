"""Everything that is a student's own, read as the rows of an export.

Only the system asks here: what is read goes into a file that the student may have.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.cycle.action.models import (
    LearningApp,
    LearningRecord,
    RecordDispute,
    StoredStatement,
)
from aarportal.cycle.action.xapi.attachments.models import StoredAttachment
from aarportal.cycle.anticipation.models import (
    Goal,
    GoalVersion,
    IfThen,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.drafts.models import Draft
from aarportal.cycle.loop.models import Adjustment, LearningCycle
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.cycle.reflection.models import (
    Attribution,
    Reflection,
    ReflectionVersion,
    SelfRating,
    TeacherFeedback,
)
from aarportal.cycle.units.models import Unit
from aarportal.insight.handover.formats import (
    ROWS,
    ClassRow,
    Contents,
    Name,
    UnitRow,
)
from aarportal.insight.handover.ids import in_draft, in_text
from aarportal.insight.handover.letters import in_evidence
from aarportal.insight.handover.models import CarriedRow
from aarportal.people.identity.models import PersonMerge
from aarportal.people.roster.models import Class, School, User

#: Kind of row -> table, where both have the same columns.
MODELS: dict[str, Any] = {
    "laps": LearningCycle,
    "goals": Goal,
    "goal_versions": GoalVersion,
    "criteria": SuccessCriterion,
    "if_thens": IfThen,
    "plans": PlanSession,
    "predictions": Prediction,
    "reflections": Reflection,
    "reflection_versions": ReflectionVersion,
    "ratings": SelfRating,
    "attributions": Attribution,
    "feedback": TeacherFeedback,
    "adjustments": Adjustment,
    "records": LearningRecord,
    "doubts": RecordDispute,
    "letters": TermLetter,
    "drafts": Draft,
}
#: Table that a student reads -> why it is not in the export.
LEFT_OUT = {
    "absent_days": "the school's own papers say who was there",
    "data_requests": "asked of the school that answers them",
    "day_rollups": "sums, made anew from the records",
    "handover_packages": "the exports themselves",
    "portal_statements": "told in statements.json",
    "school_grades": "the school's own papers (指導要録) hold them",
    "examination_results": "the school's own papers hold them",
    "carried_rows": "says under which ids rows are told again",
}
#: Fields that are no columns of the table.
_MADE = {"statement_id"}
_AT_ONCE = 400

Item = TypeVar("Item")


@dataclass(frozen=True)
class Carried:
    """What an earlier school called rows that are here now: (kind, id here) -> the row."""

    rows: Mapping[tuple[str, UUID], CarriedRow]

    @cached_property
    def back(self) -> dict[UUID, UUID]:
        """Id here -> first id, of whatever kind."""
        return {row_id: row.given_id for (_, row_id), row in self.rows.items()}

    def given(self, kind: str, id_: UUID) -> UUID:
        """The id that a row had first."""
        row = self.rows.get((kind, id_))
        return row.given_id if row else id_


def person_ids(scope: SystemScope, student_id: UUID) -> list[UUID]:
    """The student, and persons of the roster who were found to be the same child."""
    merged = scope.session.scalars(
        select(PersonMerge.merged_id).where(
            PersonMerge.kept_id == student_id, PersonMerge.taken_back_at.is_(None)
        )
    )
    return [student_id, *sorted(merged)]


def contents(scope: SystemScope, student_id: UUID, *, with_drafts: bool) -> Contents:
    """Everything of a student, under the ids of the schools where it was made."""
    ids = person_ids(scope, student_id)
    found = {kind: _rows(scope, kind, ids) for kind in MODELS if kind != "drafts" or with_drafts}
    carried = _carried(scope, ids)
    laps, records = found["laps"], found["records"]
    units = _units(
        scope, {row["unit_id"] for row in (*laps, *records) if row["unit_id"] is not None}
    )
    class_ids = {row["class_id"] for row in laps} | {unit["class_id"] for unit in units}
    told = _statement_ids(scope, ids)
    for row in records:
        row["statement_id"] = told.get(row["id"])
        row["app_id"] = None if row["app_id"] == NOTHING else row["app_id"]
    teacher_ids = {row["teacher_id"] for row in found["feedback"]}
    teacher_ids |= {row["decided_by"] for row in found["doubts"] if row["decided_by"]}
    around = {
        "teachers": _teachers(scope, teacher_ids, carried),
        "apps": _apps(scope, {row["app_id"] for row in records if row["app_id"]}),
        "classes": _classes(scope, class_ids, carried),
        "units": units,
    }
    told_rows: Any = {kind: _told(kind, rows, carried) for kind, rows in (around | found).items()}
    return Contents(student=_name(scope, student_id), **told_rows)


def _rows(scope: SystemScope, kind: str, ids: Collection[UUID]) -> list[dict[str, Any]]:
    row_class = MODELS[kind]
    names = [name for name in ROWS[kind].__struct_fields__ if name not in _MADE]
    query = select(*(getattr(row_class, name) for name in names))
    rows = scope.session.execute(query.where(row_class.student_id.in_(ids)))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _carried(scope: SystemScope, ids: Collection[UUID]) -> Carried:
    rows = scope.session.scalars(select(CarriedRow).where(CarriedRow.student_id.in_(ids)))
    return Carried({(row.kind, row.row_id): row for row in rows})


def _told(kind: str, rows: Iterable[Mapping[str, Any]], carried: Carried) -> list[Any]:
    """Rows under the ids of the schools where they were made, in the order of these."""
    struct, back = ROWS[kind], carried.back
    found = []
    for row in rows:
        values = dict(row)
        for name, referred in struct.refers.items():
            if values[name] is not None:
                values[name] = carried.given(referred, values[name])
        if "id" in values:
            values["id"] = carried.given(kind, values["id"])
        if kind == "drafts":
            values["key"] = in_text(values["key"], back)
            values["content"] = in_draft(values["content"], back)
            values["other"] = in_draft(values["other"], back)
        if kind == "letters":
            values["evidence"] = in_evidence(values["evidence"], back)
        found.append(struct(**values))
    return sorted(found, key=_order)


def _order(row: Any) -> tuple[str, ...]:
    names = [
        name for name in ("id", "goal_id", "reflection_id", "form", "key") if hasattr(row, name)
    ]
    version = f"{getattr(row, 'version', 0):09}"
    return (*(str(getattr(row, name)) for name in names[:2]), version)


def _name(scope: SystemScope, student_id: UUID) -> Name:
    user = scope.session.get(User, student_id)
    assert user is not None
    return Name(**{name: getattr(user, name) for name in Name.__struct_fields__})


def _units(scope: SystemScope, ids: Collection[UUID]) -> list[dict[str, Any]]:
    names = UnitRow.__struct_fields__
    found: list[dict[str, Any]] = []
    for part in slices(ids):
        rows = scope.session.execute(
            select(*(getattr(Unit, name) for name in names)).where(Unit.id.in_(part))
        )
        found += [dict(zip(names, row, strict=True)) for row in rows]
    return found


def _classes(scope: SystemScope, ids: Collection[UUID], carried: Carried) -> list[dict[str, Any]]:
    rows = scope.session.execute(
        select(Class.id, Class.title, Class.grades, School.name)
        .join(School, School.id == Class.school_id)
        .where(Class.id.in_(ids))
    )
    names = ClassRow.__struct_fields__
    found = []
    for id_, title, grades, school in rows:
        values = {"id": id_, "title": title, "grades": grades, "school": school}
        there = carried.rows.get(("classes", id_))
        found.append({name: values[name] for name in names} | (there.details if there else {}))
    return found


def _teachers(scope: SystemScope, ids: Collection[UUID], carried: Carried) -> list[dict[str, Any]]:
    rows = scope.session.execute(
        select(User.id, User.family_name, User.given_name).where(User.id.in_(ids))
    )
    names = {id_: f"{family} {given}".strip() for id_, family, given in rows}
    for id_ in set(ids):
        there = carried.rows.get(("teachers", id_))
        names[id_] = there.details["name"] if there else names.get(id_, "")
    return [{"id": id_, "name": name} for id_, name in names.items()]


def _apps(scope: SystemScope, ids: Collection[UUID]) -> list[dict[str, Any]]:
    rows = scope.session.execute(
        select(LearningApp.id, LearningApp.title).where(LearningApp.id.in_(ids))
    )
    return [{"id": id_, "title": title} for id_, title in rows]


# --- statements -----------------------------------------------------------------------------------


def _statement_ids(scope: SystemScope, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Record -> the xAPI id of the statement it was made of."""
    rows = scope.session.execute(
        select(LearningRecord.id, StoredStatement.given_id)
        .join(StoredStatement, StoredStatement.id == LearningRecord.id)
        .where(LearningRecord.student_id.in_(ids))
    )
    return dict(rows.tuples().all())


def statements(scope: SystemScope, student_id: UUID) -> Iterator[tuple[UUID, int, bytes]]:
    """(xAPI id, place in the log, JSON as it came) of statements that became the records."""
    ids = person_ids(scope, student_id)
    query = (
        select(StoredStatement.given_id, StoredStatement.position, StoredStatement.body)
        .join(LearningRecord, LearningRecord.id == StoredStatement.id)
        .where(LearningRecord.student_id.in_(ids))
        .order_by(StoredStatement.position)
    )
    yield from scope.session.execute(query.execution_options(yield_per=500)).tuples()


def kept_attachments(
    scope: SystemScope, district_id: UUID, hashes: Collection[str]
) -> dict[str, int]:
    """Which of these a district keeps, and how many bytes each has."""
    found: dict[str, int] = {}
    for part in slices(sorted(hashes)):
        rows = scope.session.execute(
            select(StoredAttachment.sha2, StoredAttachment.length).where(
                StoredAttachment.district_id == district_id, StoredAttachment.sha2.in_(part)
            )
        )
        found.update(rows.tuples().all())
    return found


def student(scope: SystemScope, student_id: UUID) -> User | None:
    """The student of the roster."""
    return scope.session.get(User, student_id)


def school(scope: SystemScope, school_id: UUID) -> School:
    """The school."""
    row = scope.session.scalar(select(School).where(School.id == school_id))
    assert row is not None
    return row


def slices(items: Iterable[Item], size: int = _AT_ONCE) -> Iterator[list[Item]]:
    """The same in parts that one question can ask for."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part
