"""Ordering that a leaver's own is deleted, holding that back, and doing it."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import delete

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import new_id
from aarportal.core.machines import step
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action.imports.models import ImportedRow
from aarportal.cycle.action.models import (
    QuarantinedStatement,
    Rereading,
    StatementReference,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi.attachments.models import StoredAttachment
from aarportal.cycle.action.xapi.documents.models import StoredDocument
from aarportal.cycle.action.xapi.statements import ActorKey
from aarportal.cycle.action.xapi.targeting import stored_terms
from aarportal.cycle.action.xapi.terms import pack, unpack
from aarportal.insight.handover import store as contents
from aarportal.insight.handover.deleting import store
from aarportal.insight.handover.deleting.persons import Kept, Persons
from aarportal.insight.handover.leaving import store as leaving
from aarportal.insight.handover.models import DeletionOrder, HandoverRule
from aarportal.insight.handover.states import DELETION, DeletionEvent, DeletionState

#: What routes call a row.
Order: TypeAlias = DeletionOrder
KINDS = ("graduate", "transfer_out", "request")
LONGEST_REASON = 200
#: What a board may choose: nothing is deleted before the new school had a month to ask.
LEAST_DAYS, MOST_DAYS = 30, 3650
#: How an attachment is named in a statement.
_SHA2 = re.compile(rb'"sha2"\s*:\s*"([0-9a-fA-F]{56,128})"')
#: Count of statements of others in which the child was named.
REDACTED = "redacted"
#: Names of so many letters stand in no text by chance.
_TELLING_LENGTH = 12
_ERASED: dict[str, Any] = {"synchronize_session": False}


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
class Erased:
    """What was deleted.

    Attributes:
        counts: Rows by table.
        attachments: Hashes of data that nothing points at any more.
    """

    counts: dict[str, int]
    attachments: list[str]


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
            audit.record(scope, "deletion:waits", row.id, detail=trouble)
        return None
    ids = contents.person_ids(scope, row.student_id)
    files = store.files_of(scope, ids)
    erased = erase(scope, row.district_id, ids)
    row.state = step(DELETION, DeletionState(row.state), DeletionEvent.CARRIED_OUT)
    row.done_at, row.counts, row.trouble = clock.now(), erased.counts, ""
    audit.record(
        scope, "deletion:done", row.id, student_id=row.student_id,
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
        audit.record(scope, "deletion:waits", row.id, detail=trouble)


def erase(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> Erased:
    """Delete a student from every table.

    Args:
        scope: The system's.
        district_id: The student's.
        ids: The student, and persons of the roster who are the same child.
    """
    names = store.names(scope, ids)
    persons = store.persons(scope, district_id, ids, names)
    counts: Counter[str] = Counter()
    attachments = _erase_statements(scope, district_id, ids, names, persons, counts)
    counts["xapi_documents"] = _erase_documents(scope, district_id, persons)
    counts["rereadings"] = _erase(
        scope, Rereading, Rereading.value, set(map(str, ids)), Rereading.district_id == district_id
    )
    telling = _Telling(names, store.words(scope, ids))
    for row_class, columns in store.reports():
        for row in store.rows_saying(scope, district_id, row_class, columns, telling.all):
            changed = False
            for name in columns:
                before = getattr(row, name)
                after = telling.without(before)
                if after != before:
                    setattr(row, name, after)
                    changed = True
            counts[row_class.__tablename__] += changed
    scope.session.flush()
    for place in store.places():
        for name in place.columns:
            column = getattr(place.row_class, name)
            counts[place.name] += _erase(scope, place.row_class, column, ids)
    return Erased({name: n for name, n in sorted(counts.items()) if n}, sorted(attachments))


def _erase_statements(  # noqa: PLR0913, PLR0917 - whose, under which names, and what was done
    scope: SystemScope,
    district_id: UUID,
    ids: Collection[UUID],
    names: Collection[str],
    persons: Persons,
    counts: Counter[str],
) -> set[str]:
    """Delete the child's statements and redact those of others; attachments nobody names now."""
    terms = store.agent_terms(scope, district_id, ids, names)
    near = list(store.statements_at(scope, district_id, store.positions(scope, district_id, terms)))
    waiting = store.waiting_under(scope, district_id, names)
    candidates = [*near, *store.statements_with(scope, district_id, waiting)]
    mine = {each.id for each in candidates if persons.does(each)}
    statement_ids = store.statements_of(scope, district_id, ids, mine)
    others = [each for each in near if each.id not in statement_ids and persons.is_named(each)]
    hashes = _attached(scope, district_id, {*statement_ids, *(each.id for each in others)})
    counts["statements"] = forget_statements(scope, district_id, statement_ids)
    _redact(scope, district_id, persons, others)
    counts[REDACTED] = len(others)
    alone = {sha2 for sha2 in hashes if not store.is_attached(scope, district_id, sha2)}
    counts["attachments"] = _erase(
        scope, StoredAttachment, StoredAttachment.sha2, alone,
        StoredAttachment.district_id == district_id,
    )  # fmt: skip
    # A name that somebody else has, too, goes on leading to what is theirs.
    own_terms = store.agent_terms(scope, district_id, ids, set(names) - persons.shared)
    counts["statement_terms"] = _erase(
        scope, StatementTerm, StatementTerm.term, own_terms,
        StatementTerm.district_id == district_id,
    )  # fmt: skip
    return alone


def _redact(
    scope: SystemScope, district_id: UUID, persons: Persons, others: Iterable[Kept]
) -> None:
    """Put nobody in place of the child in statements of others.

    The fingerprint stays that of what was sent: so an app that sends it again changes nothing.
    """
    for part in contents.slices(others):
        bodies = {each.id: persons.redacted(each) for each in part}
        places: dict[int, set[int]] = {}
        for row in store.kept(scope, district_id, bodies.keys()):
            before = stored_terms(row.body, row.app_id)
            row.body = bodies[row.id]
            places[row.position] = before - stored_terms(row.body, row.app_id)
        _take_out_of_index(scope, district_id, places)


def _attached(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> set[str]:
    """Hashes of what came with statements and is kept, such as a photo of a notebook."""
    found: set[str] = set()
    for part in contents.slices(sorted(ids)):
        for kept in store.kept(scope, district_id, part):
            found |= {sha2.decode().lower() for sha2 in _SHA2.findall(kept.body)}
    return store.kept_attachments(scope, district_id, found)


def forget_statements(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> int:
    """Delete statements from the log, with what hangs on them; how many there were."""
    found = 0
    for part in contents.slices(sorted(ids)):
        rows = store.kept(scope, district_id, part)
        places = {row.position: stored_terms(row.body, row.app_id) for row in rows}
        _take_out_of_index(scope, district_id, places)
        given = store.given_ids(scope, district_id, part)
        _erase(scope, StatementReference, StatementReference.target_id, given,
               StatementReference.district_id == district_id)  # fmt: skip
        _erase(scope, StatementReference, StatementReference.statement_id, given,
               StatementReference.district_id == district_id)  # fmt: skip
        _erase(scope, QuarantinedStatement, QuarantinedStatement.statement_id, part,
               QuarantinedStatement.district_id == district_id)  # fmt: skip
        _erase(scope, ImportedRow, ImportedRow.statement_id, part)
        found += _erase(scope, StoredStatement, StoredStatement.id, part,
                        StoredStatement.district_id == district_id)  # fmt: skip
    return found


def _take_out_of_index(
    scope: SystemScope, district_id: UUID, terms: Mapping[int, Collection[int]]
) -> None:
    """Let statements be found under terms no more: place in the log -> terms."""
    every = {each for some in terms.values() for each in some}
    for row in store.rows_of_index(scope, district_id, every, terms.keys()):
        there = set(unpack(row.positions))
        left = {place for place in there if row.term not in terms.get(place, ())}
        if left == there:
            continue
        if left:
            # The row is called by its last place, whether or not a statement stands there.
            row.positions, row.first_position = pack(left), min(left)
        else:
            scope.session.delete(row)
    scope.session.flush()


def _erase_documents(scope: SystemScope, district_id: UUID, persons: Persons) -> int:
    """What apps kept for themselves about the student."""
    found, now = 0, clock.now()
    for app_id, agent in store.document_agents(scope, district_id):
        issuer, _, name = agent.partition("\n")
        if persons.is_child(ActorKey(issuer, name), app_id, now):
            found += _erase(
                scope, StoredDocument, StoredDocument.agent, [agent],
                StoredDocument.district_id == district_id, StoredDocument.app_id == app_id,
            )  # fmt: skip
    return found


def _erase(
    scope: SystemScope, row_class: Any, column: Any, values: Collection[Any], *more: Any
) -> int:
    found = 0
    for part in contents.slices(values):
        result = scope.session.execute(
            delete(row_class).where(column.in_(part), *more), execution_options=_ERASED
        )
        found += result.rowcount  # type: ignore[attr-defined] # of a DELETE
    return found


class _Telling:
    """Texts of reports that tell of somebody: by a full name in them, or by a name that is one."""

    def __init__(self, names: Collection[str], words: Collection[str]) -> None:
        self.all = {*names, *words}
        self._names = frozenset(names)
        # A short login name may stand in any text by chance, and means nobody there.
        self._words = {*words, *(name for name in names if len(name) >= _TELLING_LENGTH)}

    def without(self, value: Any) -> Any:
        """JSON with nothing in place of these texts."""
        if isinstance(value, str):
            tells = value in self._names or any(word in value for word in self._words)
            return "" if tells else value
        if isinstance(value, list):
            return [self.without(each) for each in value]
        if isinstance(value, dict):
            return {self._key(name): self.without(each) for name, each in value.items()}
        return value

    def _key(self, name: str) -> str:
        return "" if any(word in name for word in self._words) else name
