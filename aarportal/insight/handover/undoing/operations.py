"""Deleting the rows that an import made, while the student has not gone on from them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import ConflictError
from aarportal.core.machines import step
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action import operations as action
from aarportal.cycle.action import store as action_store
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.loop.states import COUNTED_RECORD
from aarportal.cycle.units.models import Unit
from aarportal.insight.handover.formats import KINDS, ROWS, LetterRow
from aarportal.insight.handover.jobs import Job
from aarportal.insight.handover.models import CarriedRow
from aarportal.insight.handover.states import INTAKE, IntakeEvent, IntakeState
from aarportal.insight.handover.store import MODELS, slices
from aarportal.insight.handover.taking_in import store as intake
from aarportal.insight.handover.undoing import store
from aarportal.insight.handover.writing.operations import fill_letter
from aarportal.people.roster.models import Class


class BuiltOnError(ConflictError):
    """The student has gone on from what an import made."""


@dataclass(frozen=True)
class Leftovers:
    """What is nobody's own and may be left of an import that was taken back."""

    statement_ids: set[UUID]
    unit_ids: set[UUID]
    class_ids: set[UUID]
    app_ids: set[UUID]


def undo(scope: Scope, job: Job) -> Leftovers | None:
    """Delete every row that an import made; None if nobody waits for it.

    Raises:
        BuiltOnError: If the student has gone on from one of them.
    """
    row = intake.locked(scope, job.id)
    if row is None or row.state != IntakeState.UNDOING:
        return None
    action_store.lock_persons(scope, {job.student_id})
    made: dict[str, set[UUID]] = {kind: set() for kind in KINDS}
    drafts = []
    before: dict[UUID, str] = {}
    for each in store.carried_by(scope, job.id):
        made[each.kind].add(each.row_id)
        if each.kind == "drafts":
            drafts.append((each.details["form"], each.details["key"]))
        elif each.kind == "letters" and "before" in each.details:
            before[UUID(each.details["into"])] = each.details["before"]
    letter_ids = made["letters"] | before.keys()
    if (
        store.grown_on(scope, made)
        or store.touched(scope, made["laps"], row.written_at)
        or store.rewritten(scope, letter_ids, row.written_at)
        or store.joined_since(scope, job.student_id, letter_ids, row.written_at)
    ):
        raise BuiltOnError(str(job.id))
    for letter in store.letters(scope, before.keys()):
        fill_letter(letter, msgspec.json.decode(before[letter.id], type=LetterRow))
    scope.session.flush()
    records = store.records(scope, made["records"])
    action.take_out(scope, [each for each in records if each.state in COUNTED_RECORD], forget=True)
    scope.session.expunge_all()
    for kind in reversed(KINDS):
        if kind in MODELS and kind != "drafts":
            _delete(scope, kind, made)
    for form, key in drafts:
        draft = MODELS["drafts"]
        scope.session.execute(delete(draft).where(draft.form == form, draft.key == key))
    scope.session.execute(delete(CarriedRow).where(CarriedRow.import_id == job.id))
    row = intake.locked(scope, job.id)
    assert row is not None
    row.state = step(INTAKE, IntakeState(row.state), IntakeEvent.FINISHED)
    row.undone_at = clock.now()
    audit.record(scope, "handover:undone", row.id, student_id=job.student_id)
    return Leftovers(made["records"], made["units"], made["classes"], made["apps"])


def _delete(scope: Scope, kind: str, made: Mapping[str, set[UUID]]) -> None:
    row_class, struct = MODELS[kind], ROWS[kind]
    if "id" in struct.__struct_fields__:
        column, ids = row_class.id, made[kind]
    else:
        name, referred = next(iter(struct.refers.items()))
        column, ids = getattr(row_class, name), made[referred]
    for part in slices(sorted(ids)):
        scope.session.execute(
            delete(row_class).where(column.in_(part)),
            execution_options={"synchronize_session": False},
        )


def forget_unused(scope: SystemScope, job: Job, left: Leftovers) -> None:
    """Delete apps, classes and units of an earlier school that nobody's row names any more."""
    unused = store.unused_units(scope, job.school_id, left.unit_ids)
    _forget(scope, Unit, unused)
    _forget(scope, Class, store.unused_classes(scope, job.school_id, left.class_ids))
    _forget(scope, LearningApp, store.unused_apps(scope, left.app_ids))
    audit.record(scope, "handover:tidied", job.id)


def _forget(scope: SystemScope, row_class: Any, ids: Collection[UUID]) -> None:
    scope.session.execute(delete(row_class).where(row_class.id.in_(ids)))
