"""Linking traces, and letting those go whose time is over."""

from datetime import datetime

from aarportal.audit import operations as audit
from aarportal.audit.chain import store
from aarportal.audit.chain.hashing import digest, next_hash
from aarportal.audit.chain.models import AuditLink
from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.scope import RetentionScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work

#: So many entries are linked in one transaction.
SLICE = 1000
#: The trace of what was let go; its object is the link that stays, and its hash.
LET_GO = "audit:let_go"


def link_some() -> bool:
    """Link traces that are not linked yet, and say whether there were any.

    Whoever leaves a trace never waits for this: only those who link wait for each other.
    """
    with unit_of_work(SystemScope("traces are chained"), read_only=True) as scope:
        after = store.floor(store.chain(scope).newest_id)
        if not store.unlinked(scope, after, 1):
            return False
    with unit_of_work(SystemScope("traces are chained")) as scope:
        chain = store.chain(scope, lock=True)
        rows, links = store.unlinked(scope, store.floor(chain.newest_id), SLICE), []
        for row in rows:
            entry = row._asdict()
            found = digest(entry)
            chain.sequence += 1
            chain.hash = next_hash(chain.hash, found)
            links.append(
                {
                    "sequence": chain.sequence,
                    "entry_id": row.id,
                    "digest": found,
                    "hash": chain.hash,
                }
            )
            chain.newest_id = max(row.id, chain.newest_id or row.id)
        append(scope, AuditLink, links)
        return bool(rows)


def link_all() -> None:
    """Link every trace that there is."""
    while link_some():
        pass


def let_go(years: int) -> int:
    """Delete traces that are older than so many years; says how many.

    The last link that goes stays as the anchor of the rest, and a new trace names it.
    """
    before = years_ago(clock.now(), years)
    with unit_of_work(SystemScope("traces are kept for a time"), read_only=True) as system:
        last = store.last_to_let_go(system, before)
        if last is None or not store.count_before(system, last.sequence):
            return 0
    with unit_of_work(RetentionScope("traces are kept for a time")) as scope:
        chain = store.chain(scope, lock=True)
        last = store.last_to_let_go(scope, before)
        count = store.count_before(scope, last.sequence) if last else 0
        if last is None or not count:
            return 0
        chain.let_go_before = before
        scope.session.flush()
        store.let_go(scope, last.sequence)
        audit.record(scope, LET_GO, anchor(last.sequence, last.hash), detail=str(count))
        chain.let_go_before = None
    return count


def anchor(sequence: int, found: str) -> str:
    """How a trace names the link that anchors what is left."""
    return f"{sequence}:{found}"


def years_ago(now: datetime, years: int) -> datetime:
    """The same day so many years before; of a 29 February the 28th."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)
