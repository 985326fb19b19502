"""Deleting a student from every table, and statements with all that hangs on them."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from aarportal.core import clock
from aarportal.core.scope import SystemScope
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
from aarportal.insight.handover.erasing import store
from aarportal.insight.handover.erasing.persons import Kept, Persons
from aarportal.insight.handover.erasing.telling import Telling
from aarportal.insight.handover.store import slices

#: How an attachment is named in a statement.
_SHA2 = re.compile(rb'"sha2"\s*:\s*"([0-9a-fA-F]{56,128})"')
#: Count of statements of others in which the child was named.
_REDACTED = "redacted"
_ERASED: dict[str, Any] = {"synchronize_session": False}


@dataclass(frozen=True)
class Erased:
    """What was deleted.

    Attributes:
        counts: Rows by table.
        attachments: Hashes of data that nothing points at any more.
    """

    counts: dict[str, int]
    attachments: list[str]


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
    telling = Telling(names, store.words(scope, ids))
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
    counts[_REDACTED] = len(others)
    alone = _erase_attachments(scope, district_id, hashes)
    counts["attachments"] = len(alone)
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
    for part in slices(others):
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
    for part in slices(sorted(ids)):
        for kept in store.kept(scope, district_id, part):
            found |= {sha2.decode().lower() for sha2 in _SHA2.findall(kept.body)}
    return set(contents.kept_attachments(scope, district_id, found))


def _erase_attachments(scope: SystemScope, district_id: UUID, hashes: Collection[str]) -> set[str]:
    """Let go of those of some attachments that no statement names any more; which these were."""
    alone = {sha2 for sha2 in hashes if not store.is_attached(scope, district_id, sha2)}
    mine = StoredAttachment.district_id == district_id
    _erase(scope, StoredAttachment, StoredAttachment.sha2, alone, mine)
    return alone


def forget_with_attachments(
    scope: SystemScope, district_id: UUID, ids: Collection[UUID], more: Collection[str] = ()
) -> set[str]:
    """Delete statements from the log, and attachments that only they named.

    Args:
        scope: The system's.
        district_id: Whose log.
        ids: Our own ids of the statements.
        more: Hashes of attachments whose statements were perhaps never stored.

    Returns:
        Hashes of data that nothing points at any more.
    """
    hashes = _attached(scope, district_id, ids)
    hashes |= contents.kept_attachments(scope, district_id, more).keys()
    forget_statements(scope, district_id, ids)
    return _erase_attachments(scope, district_id, hashes)


def forget_statements(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> int:
    """Delete statements from the log, with what hangs on them; how many there were."""
    found = 0
    for part in slices(sorted(ids)):
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
    for part in slices(values):
        result = scope.session.execute(
            delete(row_class).where(column.in_(part), *more), execution_options=_ERASED
        )
        found += result.rowcount  # type: ignore[attr-defined] # of a DELETE
    return found
