"""What an import made, and what grew on it since."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action.models import LearningRecord, StoredStatement
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.cycle.units.models import Unit
from aarportal.insight.handover.formats import ROWS
from aarportal.insight.handover.models import CarriedRow
from aarportal.insight.handover.store import MODELS, slices


def carried_by(scope: Scope, import_id: UUID) -> Sequence[CarriedRow]:
    """Rows that an import made."""
    return scope.session.scalars(
        select(CarriedRow).where(
            CarriedRow.school_id == scope.school_id, CarriedRow.import_id == import_id
        )
    ).all()


def grown_on(scope: Scope, made: Mapping[str, set[UUID]]) -> bool:
    """Whether rows that an import did not make name rows that it made."""
    for kind, struct in ROWS.items():
        if kind not in MODELS or "id" not in struct.__struct_fields__:
            continue
        for name, referred in struct.refers.items():
            if referred in MODELS and _names_from_outside(scope, kind, name, made, referred):
                return True
    return False


def _names_from_outside(
    scope: Scope, kind: str, name: str, made: Mapping[str, set[UUID]], referred: str
) -> bool:
    row_class = MODELS[kind]
    column = getattr(row_class, name)
    for part in slices(sorted(made[referred])):
        if set(scope.session.scalars(select(row_class.id).where(column.in_(part)))) - made[kind]:
            return True
    return False


def touched(scope: Scope, ids: Collection[UUID], since: datetime | None) -> bool:
    """Whether laps that an import made have moved since."""
    for part in slices(ids):
        found = scope.session.scalar(
            select(LearningCycle.id)
            .where(LearningCycle.id.in_(part), LearningCycle.updated_at > since)
            .limit(1)
        )
        if found is not None:
            return True
    return False


def letters(scope: Scope, ids: Collection[UUID]) -> Sequence[TermLetter]:
    """Letters by their ids: a student has few of them."""
    return scope.session.scalars(select(TermLetter).where(TermLetter.id.in_(ids))).all()


def rewritten(scope: Scope, ids: Collection[UUID], since: datetime | None) -> bool:
    """Whether the student has written on a letter since."""
    return since is not None and any(row.changed_at > since for row in letters(scope, ids))


def joined_since(
    scope: Scope, student_id: UUID, ids: Collection[UUID], since: datetime | None
) -> bool:
    """Whether a later import has brought words that became part of one of these letters."""
    rows = scope.session.scalars(
        select(CarriedRow).where(
            CarriedRow.student_id == student_id,
            CarriedRow.kind == "letters",
            CarriedRow.carried_at > since,
        )
    )
    return any(UUID(row.details["into"]) in ids for row in rows if "into" in row.details)


def records(scope: Scope, ids: Collection[UUID]) -> list[LearningRecord]:
    """Learning records by their ids."""
    found: list[LearningRecord] = []
    for part in slices(ids):
        found += scope.session.scalars(
            select(LearningRecord).where(LearningRecord.id.in_(part))
        ).all()
    return found


# --- what is nobody's own -------------------------------------------------------------------------


def unused_units(scope: SystemScope, school_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Units among these of which no lap and no record tells."""
    return set(ids) - _named(scope, ids, school_id, LearningCycle.unit_id, LearningRecord.unit_id)


def unused_classes(scope: SystemScope, school_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Classes among these in which no lap was and that have no unit."""
    return set(ids) - _named(scope, ids, school_id, LearningCycle.class_id, Unit.class_id)


def unused_apps(scope: SystemScope, ids: Collection[UUID]) -> set[UUID]:
    """Apps among these of which there is neither record nor statement."""
    return set(ids) - _named(scope, ids, None, LearningRecord.app_id, StoredStatement.app_id)


def _named(
    scope: SystemScope, ids: Collection[UUID], school_id: UUID | None, *columns: Any
) -> set[UUID]:
    found: set[UUID] = set()
    for column in columns:
        for part in slices(sorted(ids)):
            query = select(column).where(column.in_(part)).distinct()
            if school_id is not None:
                query = query.where(column.class_.school_id == school_id)
            found |= set(scope.session.scalars(query))
    return found
