"""Putting statements into the index that should be in it, and are not.

They were stored before there was an index, or the index was damaged. Nothing is taken out, so the
server may go on meanwhile, and whoever stops half-way or does it twice does no harm.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import insert

from aarportal.audit import operations as audit
from aarportal.core.scope import AppScope
from aarportal.cycle.action.models import StatementReference, StatementTerm
from aarportal.cycle.action.xapi import targeting
from aarportal.cycle.action.xapi.reindexing import store
from aarportal.cycle.action.xapi.store import Kept
from aarportal.cycle.action.xapi.targeting import Found
from aarportal.cycle.action.xapi.terms import STRETCH, pack

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
        scope.session.execute(insert(StatementTerm), _rows(scope, missing))
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


def _rows(scope: AppScope, missing: Mapping[int, set[int]]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for _, stretch in groupby(sorted(missing), lambda place: place // STRETCH):
        by_term: dict[int, list[int]] = {}
        for place in stretch:
            for term in missing[place]:
                by_term.setdefault(term, []).append(place)
        rows += [
            {
                "district_id": scope.district_id,
                "term": term,
                "last_position": max(places),
                "first_position": min(places),
                "positions": pack(places),
            }
            for term, places in by_term.items()
        ]
    return rows


def _refer(scope: AppScope, kept: Sequence[Kept], found: Mapping[int, Found]) -> set[int]:
    """Keep which statements are about others, where that is not kept; answers with their places."""
    wanted = {place for place, each in found.items() if each.target_id is not None}
    wanted -= store.referring(scope, wanted)
    rows = [
        {
            "district_id": scope.district_id,
            "target_id": found[row.position].target_id,
            "position": row.position,
            "statement_id": row.id,
            "app_id": scope.actor_id,
            "is_voiding": found[row.position].is_voiding,
        }
        for row in kept
        if row.position in wanted
    ]
    if rows:
        scope.session.execute(insert(StatementReference), rows)
    return wanted
