"""Ordering that a leaver's own is deleted, holding that back, and doing it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import new_id
from aarportal.core.machines import step
from aarportal.core.scope import Scope, SystemScope
from aarportal.insight.handover import store as contents
from aarportal.insight.handover.deleting import store
from aarportal.insight.handover.erasing import operations as erasing
from aarportal.insight.handover.leaving import store as leaving
from aarportal.insight.handover.models import DeletionOrder, HandoverRule
from aarportal.insight.handover.states import DELETION, DeletionEvent, DeletionState

#: What routes call a row.
Order: TypeAlias = DeletionOrder
KINDS = ("graduate", "transfer_out", "request")
LONGEST_REASON = 200
#: What a board may choose: nothing is deleted before the new school had a month to ask.
LEAST_DAYS, MOST_DAYS = 30, 3650


@dataclass(frozen=True)
class OrderDraft:
    """What the office says when it orders a deletion.

    Attributes:
        kind: One of `KINDS`.
        without_export: Whether nobody needs an export.
    """

    student_id: UUID
    kind: str
    without_export: bool = False


def order(scope: Scope, draft: OrderDraft) -> DeletionOrder:
    """Plan that everything of a leaver is deleted when the board's time is over.

    Raises:
        NotFoundError: If nobody of that id has left this school.
        InvalidError: If there is an order already, or the kind is none.
    """
    left_on = leaving.former_student(scope, draft.student_id)
    if draft.kind not in KINDS:
        raise InvalidError("kind", "choose")
    if store.standing(scope, draft.student_id) is not None:
        raise InvalidError("student", "ordered")
    row = DeletionOrder(
        id=new_id(),
        district_id=scope.district_id,
        school_id=leaving.school_of(scope, draft.student_id),
        student_id=draft.student_id,
        kind=draft.kind,
        left_on=left_on,
        due_on=due_on(scope, left_on),
        without_export=draft.without_export,
        ordered_by=scope.actor_id,
        ordered_at=clock.now(),
        state=DeletionState.PLANNED,
    )
    scope.session.add(row)
    audit.record(scope, "deletion:ordered", row.id, student_id=draft.student_id)
    return row


def due_on(scope: Scope, left_on: date | None) -> date:
    """The day on which what a leaver left behind is deleted."""
    days = leaving.keep_days(scope, scope.district_id)
    return (left_on or clock.today()) + timedelta(days=days)


def the_order(scope: Scope, order_id: UUID, *, to_change: bool = False) -> DeletionOrder:
    """One order of this school; to be changed, as nobody else changes it meanwhile.

    Raises:
        NotFoundError: If there is none.
    """
    row = store.order(scope, order_id, to_change=to_change)
    if row is None:
        raise NotFoundError(DeletionOrder.__name__)
    return row


def hold(scope: Scope, row: DeletionOrder, reason: str) -> None:
    """Keep everything until somebody lets go: a reason of law.

    Raises:
        InvalidError: Without a reason, or with too long a one.
        StateError: If it is held, done or called off.
    """
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidError("reason", "needed" if not reason else "long")
    row.state = step(DELETION, DeletionState(row.state), DeletionEvent.HELD)
    row.held_because, row.held_by = reason, scope.actor_id
    audit.record(scope, "deletion:held", row.id, student_id=row.student_id)


def release(scope: Scope, row: DeletionOrder) -> None:
    """Let the schedule count again.

    Raises:
        StateError: If it is not held.
    """
    row.state = step(DELETION, DeletionState(row.state), DeletionEvent.RELEASED)
    row.held_because, row.held_by = "", None
    audit.record(scope, "deletion:released", row.id, student_id=row.student_id)


def cancel(scope: Scope, row: DeletionOrder) -> None:
    """Call an order off.

    Raises:
        StateError: If it is held or done.
    """
    row.state = step(DELETION, DeletionState(row.state), DeletionEvent.CANCELLED)
    audit.record(scope, "deletion:cancelled", row.id, student_id=row.student_id)


def allow_without_export(scope: Scope, row: DeletionOrder) -> None:
    """Say that nobody needs an export."""
    row.without_export, row.trouble = True, ""
    audit.record(scope, "deletion:without_export", row.id, student_id=row.student_id)


def set_keep_days(scope: Scope, days: int) -> None:
    """Keep how long the board keeps what leavers have left; orders that stand keep their day.

    Raises:
        InvalidError: If it is shorter or longer than a board may choose.
    """
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise InvalidError("keep_days", "range")
    row = scope.session.get(HandoverRule, scope.district_id)
    if row is None:
        scope.session.add(HandoverRule(district_id=scope.district_id, keep_days=days))
    else:
        row.keep_days = days
    audit.record(scope, "deletion:rule_set", scope.district_id, detail=f"{days} days")


# --- of the system --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """An order that was carried out, and the files that have to go as well."""

    district_id: UUID
    made_files: list[UUID]
    brought_files: list[UUID]
    attachments: list[str]


def carry_out(scope: SystemScope, order_id: UUID, today: date) -> Done | None:
    """Delete everything of the student of an order that is due; None if it waits, and says why."""
    row = store.locked(scope, order_id)
    if row is None or row.state != DeletionState.PLANNED or row.due_on > today:
        return None
    trouble = _trouble(scope, row, today)
    if trouble:
        if row.trouble != trouble:
            row.trouble = trouble
            audit.record(
                scope, "deletion:waits", row.id, district_id=row.district_id, detail=trouble
            )
        return None
    ids = contents.person_ids(scope, row.student_id)
    files = store.files_of(scope, ids)
    erased = erasing.erase(scope, row.district_id, ids)
    row.state = step(DELETION, DeletionState(row.state), DeletionEvent.CARRIED_OUT)
    row.done_at, row.counts, row.trouble = clock.now(), erased.counts, ""
    audit.record(
        scope, "deletion:done", row.id, student_id=row.student_id, district_id=row.district_id,
        detail=f"{sum(erased.counts.values())} rows",
    )  # fmt: skip
    return Done(row.district_id, *files, erased.attachments)


def _trouble(scope: SystemScope, row: DeletionOrder, today: date) -> str:
    if leaving.goes_on(scope, row.student_id, today):
        return "at_school"
    if not row.without_export and not leaving.has_export(scope, row.student_id):
        return "no_export"
    return ""


def note_trouble(scope: SystemScope, order_id: UUID, trouble: str) -> None:
    """Keep why an order could not be carried out."""
    row = store.locked(scope, order_id)
    if row is not None:
        row.trouble = trouble
        audit.record(scope, "deletion:waits", row.id, district_id=row.district_id, detail=trouble)
