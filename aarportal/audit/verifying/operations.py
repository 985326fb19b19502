"""Whether the chain of traces is whole, by itself and against an export of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aarportal.audit.chain import store
from aarportal.audit.chain.hashing import BEGINNING, COLUMNS, digest, next_hash
from aarportal.audit.chain.models import AuditChain
from aarportal.audit.chain.operations import LET_GO, anchor
from aarportal.audit.chain.store import GRACE, Linked
from aarportal.core.scope import SystemScope

_SLICE = 500


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes:
        sequence: How far the chain reaches.
        hash: Its last hash.
        waiting: Entries that are still to be linked.
        broken_at: The first link at which it is broken; None if it is whole.
        why: What is wrong there; empty if it is whole.
    """

    sequence: int
    hash: str
    waiting: int
    broken_at: int | None = None
    why: str = ""


class _BrokenError(Exception):
    def __init__(self, sequence: int, why: str) -> None:
        super().__init__(why)
        self.sequence, self.why = sequence, why


def verify(scope: SystemScope, export: Iterable[str] = (), *, in_order: bool = True) -> Report:
    """Walk the whole chain.

    Args:
        scope: The system's.
        export: Lines of an earlier export, to find a tail that was cut off.
        in_order: Whether entries have to be as old as their place says; not where the clock is
            shifted, as in the demo.
    """
    chain = store.chain(scope)
    waiting = store.count_unlinked(scope)
    try:
        walked = _walk(scope, in_order=in_order)
        _check_end(scope, chain, walked, in_order=in_order)
        _compare(scope, export, walked.anchored)
    except _BrokenError as error:
        return Report(chain.sequence, chain.hash, waiting, error.sequence, error.why)
    return Report(chain.sequence, chain.hash, waiting)


@dataclass
class _Walked:
    """How far somebody has come."""

    sequence: int = 0
    hash: str = BEGINNING
    anchored: int = 0
    newest_at: datetime | None = None


def _walk(scope: SystemScope, *, in_order: bool) -> _Walked:
    at = _Walked()
    for link in store.links(scope):
        # Even the first link may be an anchor: one trace alone was let go.
        if at.sequence == 0 and (link.sequence != 1 or link.entry is None):
            _check_anchor(scope, link)
            at.sequence, at.hash, at.anchored = link.sequence, link.hash, link.sequence
            continue
        _check_link(link, at, in_order=in_order)
        at.sequence, at.hash = link.sequence, link.hash
    return at


def _check_end(scope: SystemScope, chain: AuditChain, at: _Walked, *, in_order: bool) -> None:
    if (at.sequence, at.hash) != (chain.sequence, chain.hash):
        raise _BrokenError(at.sequence + 1, "the chain does not end where it ended")
    newest = at.newest_at if in_order else None
    slipped_in = store.slipped_in(scope, chain.newest_id, newest)
    if slipped_in is not None:
        raise _BrokenError(at.sequence + 1, f"entry {slipped_in} stands outside of it")


def _check_anchor(scope: SystemScope, link: Linked) -> None:
    """What came before was let go, and a trace says so."""
    if not store.is_named(scope, LET_GO, anchor(link.sequence, link.hash)):
        raise _BrokenError(link.sequence, "what came before is gone, and no trace says so")


def _check_link(link: Linked, at: _Walked, *, in_order: bool) -> None:
    if link.sequence != at.sequence + 1:
        raise _BrokenError(at.sequence + 1, "a link is gone")
    if link.entry is None:
        raise _BrokenError(link.sequence, f"entry {link.entry_id} is gone")
    if digest(link.entry) != link.digest:
        raise _BrokenError(link.sequence, f"entry {link.entry_id} was changed")
    if next_hash(at.hash, link.digest) != link.hash:
        raise _BrokenError(link.sequence, "the link does not follow from the one before")
    moment: datetime = link.entry["at"]
    if in_order and at.newest_at is not None and moment < at.newest_at - GRACE:
        raise _BrokenError(link.sequence, f"entry {link.entry_id} was put in later")
    at.newest_at = max(moment, at.newest_at or moment)


# --- against an export ----------------------------------------------------------------------------


def _compare(scope: SystemScope, export: Iterable[str], anchored: int) -> None:
    """Every line of an export has to be where it was, as it was."""
    waiting: dict[int, str] = {}
    for text in export:
        sequence, found = _line(json.loads(text))
        if sequence > anchored:
            waiting[sequence] = found
        if len(waiting) >= _SLICE:
            _compare_some(scope, waiting)
            waiting.clear()
    _compare_some(scope, waiting)


def _line(line: dict[str, Any]) -> tuple[int, str]:
    if "head" in line:
        return line["head"]["sequence"], line["head"]["hash"]
    if digest(_entry(line["entry"])) != line["digest"]:
        raise _BrokenError(line["sequence"], "the export itself was changed")
    return line["sequence"], line["hash"]


def _entry(plain: dict[str, Any]) -> dict[str, Any]:
    """An entry of an export: its texts are those that were hashed."""
    return {name: plain[name] for name in COLUMNS}


def _compare_some(scope: SystemScope, wanted: dict[int, str]) -> None:
    there = store.hashes(scope, [it for it in wanted if it > 0])
    for sequence, found in sorted(wanted.items()):
        if sequence > 0 and there.get(sequence) != found:
            raise _BrokenError(sequence, "it is not what the export says")
