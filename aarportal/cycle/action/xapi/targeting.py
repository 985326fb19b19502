"""Statements about statements: whoever looks for one finds those that are about it as well.

A statement whose object is a StatementRef gets the terms of the statement that it refers to into
the index as well, and of the one that that refers to, whichever of them comes last. So one term
finds all of them. Of several terms all have to be those of one and the same statement, and that is
looked at when it is found.

Source: xAPI 1.0.3, part three, section 2.1.3 (filter conditions for StatementRefs).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, true

from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi import store
from aarportal.cycle.action.xapi.statement_model import StatementRef
from aarportal.cycle.action.xapi.statements import Statement, StatementError, decode_batch
from aarportal.cycle.action.xapi.store import Kept
from aarportal.cycle.action.xapi.terms import term, terms_of

#: How many statements one is found by, along what it refers to, at most.
DEEPEST = 16
#: When a statement was stored says nothing about its terms.
_WHENEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: No statement refers to another without this word, unless its letters are escaped.
_SIGNS = (b"StatementRef", b"\\u")


class _AnyHash(Collection[str]):
    """The data of attachments was there when the statement was taken."""

    def __contains__(self, _hash: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def own_terms(statement: Statement, app_id: UUID) -> set[int]:
    """Terms under which a statement is found by itself."""
    found = terms_of(statement)
    found.add(_app_term(app_id))
    return found


@lru_cache(maxsize=1024)
def _app_term(app_id: UUID) -> int:
    return term("app", str(app_id))


def target_of(statement: Statement) -> UUID | None:
    """The id of the statement that another is about; None if it is about something else."""
    thing = statement.object
    return UUID(thing.id) if isinstance(thing, StatementRef) else None


# --- when the index is written --------------------------------------------------------------------


def inherited(
    scope: AppScope, placed: Sequence[tuple[int, Statement]], own: Mapping[int, set[int]]
) -> dict[int, set[int]]:
    """Terms that statements get from those that they refer to.

    Args:
        scope: The app that sent the statements which enter the index now.
        placed: Their places, and what they say.
        own: Their places, and their own terms.

    Returns:
        By place, of these statements and of earlier ones that refer to them.
    """
    found = _from_targets(scope, placed)
    if placed:
        _to_referring(scope, own, found)
    return found


def _from_targets(scope: AppScope, placed: Iterable[tuple[int, Statement]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    wanted = {position: id_ for position, said in placed if (id_ := target_of(said))}
    for position in wanted:
        found[position] = set()
    for _ in range(DEEPEST):
        if not wanted:
            break
        known = {
            id_: (own_terms(said, kept.app_id), target_of(said))
            for id_, kept in store.with_ids(scope, set(wanted.values()), true()).items()
            if (said := _decoded(kept)) is not None
        }
        following: dict[int, UUID] = {}
        for position, id_ in wanted.items():
            if id_ in known:
                terms, target = known[id_]
                found[position] |= terms
                if target is not None:
                    following[position] = target
        wanted = following
    return found


def _to_referring(scope: AppScope, own: Mapping[int, set[int]], found: dict[int, set[int]]) -> None:
    """Hand the terms of these statements on to those that refer to them."""
    gains: dict[UUID, set[int]] = {}
    rows = store.referring_to_places(scope, min(own), max(own))
    # What is handed on is what a statement has before anything is handed on to it.
    whole = {place: own[place] | found.get(place, set()) for *_, place in rows if place in own}
    for _, id_, position, place in rows:
        if place in whole:
            found.setdefault(position, set()).update(whole[place])
            gains.setdefault(id_, set()).update(whole[place])
    for _ in range(DEEPEST - 1):
        if not gains:
            break
        following: dict[UUID, set[int]] = {}
        for reference in store.referring_to(scope, gains):
            gain = gains[reference.target_id]
            found.setdefault(reference.position, set()).update(gain)
            following.setdefault(reference.id, set()).update(gain)
        gains = following


@dataclass(frozen=True)
class Found:
    """By what a statement that is stored already has to be found.

    Attributes:
        terms: By itself, and by what it refers to.
        target_id: The statement that it is about; None if it is about something else.
        is_voiding: Whether it takes that one back.
    """

    terms: set[int]
    target_id: UUID | None
    is_voiding: bool


def found_by(scope: AppScope, kept: Iterable[Kept]) -> dict[int, Found]:
    """By what these statements have to be found, by place; unreadable ones are left out.

    Whatever came before or after them: each looks for itself at what it refers to.
    """
    said = {row.position: (row, each) for row in kept if (each := _decoded(row)) is not None}
    inherits = _from_targets(scope, [(place, each) for place, (_, each) in said.items()])
    return {
        place: Found(
            own_terms(each, row.app_id) | inherits.get(place, set()),
            target_of(each),
            each.is_voiding,
        )
        for place, (row, each) in said.items()
    }


# --- when a statement is found --------------------------------------------------------------------


def matching(
    scope: AppScope,
    found: Sequence[Kept],
    wanted: Sequence[frozenset[int]],
    may_read: ColumnElement[bool],
) -> list[Kept]:
    """Those among the found statements that are wanted indeed.

    Args:
        scope: The asking app's.
        found: Statements that the index has under a term of each set, by themselves or inherited.
        wanted: Sets of terms; one statement has to have one of each: it, or one that it refers to
            and that the app may read.
        may_read: See `store.readable`.
    """
    targets: dict[UUID, UUID] = {}
    for kept in found if wanted else ():
        if any(sign in kept.body for sign in _SIGNS) and (said := _decoded(kept)) is not None:
            target = target_of(said)
            if target is not None and not _has(own_terms(said, kept.app_id), wanted):
                targets[kept.id] = target
    left = set(targets)
    for _ in range(DEEPEST):
        if not targets:
            break
        known = store.with_ids(scope, set(targets.values()), may_read)
        following: dict[UUID, UUID] = {}
        for id_, target_id in targets.items():
            kept_target = known.get(target_id)
            said = _decoded(kept_target) if kept_target is not None else None
            if kept_target is None or said is None:
                continue
            if _has(own_terms(said, kept_target.app_id), wanted):
                left.discard(id_)
            elif (target := target_of(said)) is not None:
                following[id_] = target
        targets = following
    return [kept for kept in found if kept.id not in left]


def _has(terms: set[int], wanted: Iterable[frozenset[int]]) -> bool:
    return all(any_of & terms for any_of in wanted)


def stored_terms(body: bytes, app_id: UUID) -> set[int]:
    """Terms under which a stored statement is found by itself; none for an unreadable one."""
    said = _read(body)
    return set() if said is None else own_terms(said, app_id)


def _decoded(kept: Kept) -> Statement | None:
    return _read(kept.body)


def _read(body: bytes) -> Statement | None:
    """What a kept statement says; None if it cannot be read any more."""
    try:
        [statement] = decode_batch(body, _WHENEVER, _AnyHash(), version=None)
    except StatementError:
        return None
    return statement
