"""Giving somebody a relation for a time, and ending it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.scope import Scope
from aarportal.people.relations import store
from aarportal.people.relations.kinds import FURTHEST, LONGEST, MAX_REASON, Kind
from aarportal.people.relations.models import HeldRelation


@dataclass(frozen=True)
class RelationDraft:
    """What the office or the head means to give; what a kind does not ask for stays empty."""

    kind: Kind
    holder_id: UUID
    starts_on: date
    last_on: date | None
    class_id: UUID | None = None
    grade: str = ""
    student_id: UUID | None = None
    reason: str = ""


def give(scope: Scope, draft: RelationDraft) -> HeldRelation:
    """Give somebody a relation.

    Raises:
        InvalidError: If the person cannot hold it, there is no such class, grade or student here,
            the days are none, a reason is missing, or the person holds it already.
    """
    today = clock.today()
    holders = {id_ for id_, _name in store.holders(scope, draft.kind, today)}
    if draft.holder_id not in holders:
        raise InvalidError("holder_id", "choice")
    _check_object(scope, draft, today)
    _check_days(draft, today)
    _check_reason(draft)
    row = HeldRelation(
        school_id=scope.school_id,
        holder_id=draft.holder_id,
        kind=draft.kind.value,
        class_id=draft.class_id,
        grade=draft.grade,
        student_id=draft.student_id,
        reason=draft.reason.strip(),
        starts_on=draft.starts_on,
        ends_before=draft.last_on + timedelta(days=1) if draft.last_on else None,
        given_by=scope.actor_id,
        given_at=clock.now(),
    )
    if store.standing(scope, row):
        raise InvalidError("holder_id", "standing")
    scope.session.add(row)
    scope.session.flush()
    audit.record(
        scope, "relation:given", row.id, student_id=draft.student_id, detail=draft.kind.value
    )
    return row


def end(scope: Scope, relation_id: UUID) -> None:
    """Take a relation back, from this moment on; one that was ended stays so.

    Raises:
        NotFoundError: If the school has no such one.
    """
    row = store.relation(scope, relation_id)
    if row.ended_at is not None:
        return
    row.ended_at, row.ended_by = clock.now(), scope.actor_id
    audit.record(scope, "relation:ended", row.id, student_id=row.student_id, detail=row.kind)


def _check_object(scope: Scope, draft: RelationDraft, today: date) -> None:
    """That what the relation is about is here, and is what the kind asks for."""
    found: dict[str, bool] = {"class_id": True, "grade": True, "student_id": True}
    if draft.kind is Kind.COVER:
        found["class_id"] = draft.class_id in {row.id for row in store.classes(scope, today)}
    elif draft.kind is Kind.LEADS_GRADE:
        found["grade"] = draft.grade in store.grades(scope, today)
    elif draft.kind is not Kind.HEALTH_ROOM:
        known = {id_ for some in store.students(scope, today).values() for id_, _name in some}
        found["student_id"] = draft.student_id in known
    for field, is_there in found.items():
        if not is_there:
            raise InvalidError(field, "choice")


def _check_days(draft: RelationDraft, today: date) -> None:
    longest, furthest = LONGEST[draft.kind], today + timedelta(days=FURTHEST)
    if draft.starts_on < today:
        raise InvalidError("starts_on", "past")
    if draft.starts_on > furthest:
        raise InvalidError("starts_on", "far")
    if draft.last_on is None:
        if longest is not None:
            raise InvalidError("last_on", "needed")
        return
    if draft.last_on < draft.starts_on:
        raise InvalidError("last_on", "order")
    if draft.last_on > furthest:
        raise InvalidError("last_on", "far")
    if longest is not None and (draft.last_on - draft.starts_on).days >= longest:
        raise InvalidError("last_on", f"longest_{draft.kind.value}")


def _check_reason(draft: RelationDraft) -> None:
    if draft.kind is Kind.CASE and not draft.reason.strip():
        raise InvalidError("reason", "needed")
    if len(draft.reason) > MAX_REASON:
        raise InvalidError("reason", "length")
