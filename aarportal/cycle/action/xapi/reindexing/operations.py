"""Putting statements into the index that should be in it, and are not.

They were stored before there was an index, or the index was damaged. Nothing is taken out, so the
server may go on meanwhile, and whoever stops half-way or does it twice does no harm.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aarportal.audit import operations as audit
from aarportal.core.bulk import append
from aarportal.core.scope import AppScope
from aarportal.cycle.action.models import StatementTerm
from aarportal.cycle.action.xapi import targeting
from aarportal.cycle.action.xapi.operations import keep_references, rows_of_index
from aarportal.cycle.action.xapi.reindexing import store
from aarportal.cycle.action.xapi.store import Kept, Reference
from aarportal.cycle.action.xapi.targeting import Found

#: How many statements are looked at in one transaction.
AT_ONCE = 500


@dataclass(frozen=True)
class Reindexed:
    """What became of some statements.

    Attributes:
        last: The place of the last one; whoever goes on begins after it.
        looked_at: How many there were.
        put_in: How many were not found under one of their terms, and are now.
    """

    last: int
    looked_at: int
    put_in: int


def reindex(scope: AppScope, after: int = 0) -> Reindexed | None:
    """Look whether the next statements of an app are in the index, and put in what is missing.

    What waits to be read is left to whoever reads it.

    Args:
        scope: The app that sent them.
        after: The place in the log after which to begin.

    Returns:
        What became of them; None when there are no more.
    """
    kept = store.log(scope, after, AT_ONCE)
    if not kept:
        return None
    # In this order: what is read between the two questions is in the index by now.
    waiting = store.unread(scope, kept[-1].position)
    found = targeting.found_by(scope, [row for row in kept if not _is_in(row.position, waiting)])
    missing = _missing(scope, {place: each.terms for place, each in found.items()})
    if missing:
        append(scope, StatementTerm, rows_of_index(scope, missing))
    referring = _refer(scope, kept, found)
    put_in = set(missing) | referring
    if put_in:
        audit.record(scope, "statements:reindexed", scope.actor_id, detail=f"{len(put_in)}")
    return Reindexed(kept[-1].position, len(kept), len(put_in))


def _is_in(position: int, places: Collection[range]) -> bool:
    return any(position in each for each in places)


def _missing(scope: AppScope, wanted: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """Terms under which statements are not found, by place."""
    if not wanted:
        return {}
    every = set().union(*wanted.values())
    missing = {place: set(terms) for place, terms in wanted.items()}
    for term, place in store.indexed(scope, every, min(wanted), max(wanted)):
        if place in missing:
            missing[place].discard(term)
    return {place: terms for place, terms in missing.items() if terms}


def _refer(scope: AppScope, kept: Sequence[Kept], found: Mapping[int, Found]) -> set[int]:
    """Keep which statements are about others, where that is not kept; answers with their places."""
    wanted = {place for place, each in found.items() if each.target_id is not None}
    wanted -= store.referring(scope, wanted)
    keep_references(
        scope,
        [
            (Reference(each.target_id, row.id, row.position), each.is_voiding)
            for row in kept
            if row.position in wanted and (each := found[row.position]).target_id is not None
        ],
    )
    return wanted
