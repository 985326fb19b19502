"""Keeping statements: checked, appended to the log, and put into the inbox to be read later."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.errors import ConflictError, NotAllowedError
from aarportal.core.ids import id_at, new_id
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope, Scope
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.models import (
    InboxEntry,
    StatementReference,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi import store, targeting
from aarportal.cycle.action.xapi.statement_comparison import fingerprint, same_fingerprint
from aarportal.cycle.action.xapi.statement_model import VOIDED, StatementRef
from aarportal.cycle.action.xapi.statements import Statement
from aarportal.cycle.action.xapi.store import Reference
from aarportal.cycle.action.xapi.terms import STRETCH, pack, unpack

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class StatementConflictError(ConflictError):
    """A statement with this id is stored and says something else."""

    def __init__(self, statement_id: UUID) -> None:
        """Name the id."""
        super().__init__(f"the id {statement_id} belongs to another statement")


class VoidingError(NotAllowedError):
    """A statement that another app sent cannot be taken back by this one."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A statement that is in the log now and was not before.

    Attributes:
        id: Our own id of it.
        given_id: Its id in xAPI.
        position: Where it stands in the log.
        statement: What it says.
    """

    id: UUID
    given_id: UUID
    position: int
    statement: Statement


@dataclass(frozen=True)
class Receipt:
    """What became of a request.

    Attributes:
        ids: In the order of the statements; made here where the app gave none.
        new: The statements that were not stored before.
    """

    ids: list[UUID]
    new: list[Logged]


class _Positions:
    """Moments of storing: microseconds since 1970 that only ever grow in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._pending: set[int] = set()

    def take(self, count: int, session: Session) -> int:
        """The first of `count` positions in a row, pending until the session's transaction ends."""
        with self._lock:
            first = max(position_of(clock.now()), self._last + 1)
            self._last = first + count - 1
            self._pending.add(first)
        session.info.setdefault("places", []).append(first)
        return first

    def settle(self, firsts: Iterable[int]) -> None:
        """Nothing more will be seen at these positions than is there now."""
        with self._lock:
            self._pending.difference_update(firsts)

    def settled_until(self) -> int:
        with self._lock:
            return min(self._pending, default=max(position_of(clock.now()), self._last + 1)) - 1


_positions = _Positions()


def settled_until() -> int:
    """The place up to which nothing will be added to the log by this process.

    Ask before the transaction that looks at the log begins.
    """
    return _positions.settled_until()


@event.listens_for(Session, "after_transaction_end")
def _settle(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None and "places" in session.info:
        _positions.settle(session.info.pop("places"))


def position_of(moment: datetime) -> int:
    """The place of a moment in the log."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(position: int) -> datetime:
    """When the statement at this place was stored."""
    return _EPOCH + position * _MICROSECOND


def receive(
    scope: AppScope,
    statements: Sequence[Statement],
    *,
    all_new: bool = False,
    version: str = "1.0.0",
    to_be_read: bool = True,
) -> Receipt:
    """Append a batch of statements to the log and the inbox: every one of them, or none.

    A statement that is stored already and says the same is taken as sent again and changes nothing.

    Args:
        scope: The app that sent them.
        statements: Checked statements; no id stands twice.
        all_new: Whether to trust that none is stored yet. It costs one question less, and where
            it is wrong the database refuses the whole batch with an IntegrityError.
        version: What statements that name no version are taken for.
        to_be_read: Whether they go into the inbox; those that do not become no learning records,
            and whoever keeps them puts them into the index.

    Raises:
        StatementConflictError: If an id is stored with another content.
        VoidingError: If one takes back a statement of another app.
    """
    named = [(statement.id or new_id(), statement) for statement in statements]
    prints = [(id_, statement, fingerprint(statement)) for id_, statement in named]
    new = prints if all_new else _not_stored(scope, prints)
    logged = _append(scope, new, version, to_be_read=to_be_read) if new else []
    if len(new) < len(named):
        apps.count(scope, repeated=len(named) - len(new))
    return Receipt([id_ for id_, _ in named], logged)


def _not_stored(
    scope: AppScope, prints: Sequence[tuple[UUID, Statement, bytes]]
) -> list[tuple[UUID, Statement, bytes]]:
    given = [id_ for id_, statement, _ in prints if statement.id is not None]
    known = store.stored_fingerprints(scope, given)
    new = []
    for id_, statement, print_ in prints:
        if id_ not in known:
            new.append((id_, statement, print_))
        elif not same_fingerprint(known[id_], print_):
            raise StatementConflictError(id_)
    return new


def _append(
    scope: AppScope,
    new: Sequence[tuple[UUID, Statement, bytes]],
    version: str,
    *,
    to_be_read: bool,
) -> list[Logged]:
    first = _positions.take(len(new), scope.session)
    rows: list[dict[str, object]] = []
    logged: list[Logged] = []
    for position, (given_id, statement, print_) in enumerate(new, first):
        id_ = id_at(position)
        rows.append({
            "district_id": scope.district_id, "id": id_, "given_id": given_id,
            "app_id": scope.actor_id, "position": position, "fingerprint": print_,
            "voided": False, "version": version, "body": statement.raw,
        })  # fmt: skip
        logged.append(Logged(id_, given_id, position, statement))
    append(scope, StoredStatement, rows)
    last = first + len(new) - 1
    if to_be_read:
        put_into_inbox(scope, scope.actor_id, first, last)
    referring = [each for each in logged if isinstance(each.statement.object, StatementRef)]
    if referring:
        _refer(scope, referring)
    return logged


def put_into_inbox(
    scope: Scope | AppScope, app_id: UUID, first: int, last: int, *, again: bool = False
) -> None:
    """Let the statements of an app at these places be read.

    Args:
        scope: Whose doing it is.
        app_id: The app that sent them.
        first: The first place.
        last: The last place (inclusive); nothing of another app lies between.
        again: Whether they were read before.
    """
    entry = {
        "district_id": scope.district_id, "position": first, "last_position": last,
        "app_id": app_id, "again": again,
    }  # fmt: skip
    append(scope, InboxEntry, [entry])


def index(scope: AppScope, placed: Iterable[tuple[int, Statement]]) -> None:
    """Let statements be found under their terms, and under those of what they refer to.

    Args:
        scope: The app that sent them.
        placed: (position, statement), in any order; what is in the index already stays there once.
    """
    statements = list(placed)
    terms = {
        position: targeting.own_terms(statement, scope.actor_id)
        for position, statement in statements
    }
    inherited = targeting.inherited(scope, statements, terms)
    for position, more in inherited.items():
        terms[position] = terms.get(position, set()) | more
    rows = rows_of_index(scope, terms)
    if inherited:
        rows = _not_there(scope, rows, inherited.keys())
    if rows:
        append(scope, StatementTerm, rows)


def rows_of_index(scope: AppScope, terms: Mapping[int, set[int]]) -> list[dict[str, Any]]:
    """Statements by the terms under which they are found: rows of StatementTerm.

    Args:
        scope: The app that sent the statements.
        terms: Place in the log -> terms.
    """
    return [
        {
            "district_id": scope.district_id,
            "term": term,
            "last_position": max(positions),
            "first_position": min(positions),
            "positions": pack(positions),
        }
        for _, stretch in groupby(sorted(terms), lambda position: position // STRETCH)
        for term, positions in _by_term(terms, stretch).items()
    ]


def _by_term(terms: Mapping[int, set[int]], positions: Iterable[int]) -> dict[int, list[int]]:
    by_term: dict[int, list[int]] = {}
    for position in positions:
        for term in terms[position]:
            by_term.setdefault(term, []).append(position)
    return by_term


def _not_there(
    scope: AppScope, rows: Sequence[dict[str, Any]], inheriting: Collection[int]
) -> list[dict[str, Any]]:
    """Rows that are new; what others hold is added to the row that ends at the same place.

    Only what is inherited can be there before: it came with whichever statement was read last.
    """
    ends = [
        (row["term"], row["last_position"]) for row in rows if row["last_position"] in inheriting
    ]
    known = store.rows_that_end(scope, ends)
    new = []
    for row in rows:
        there = known.get((row["term"], row["last_position"]))
        if there is None:
            new.append(row)
        else:
            positions = {*unpack(there.positions), *unpack(row["positions"])}
            there.first_position, there.positions = min(positions), pack(positions)
    return new


def void_late(scope: AppScope, ids: Collection[UUID]) -> set[UUID]:
    """Void those of these new statements that their app took back before they arrived.

    Args:
        scope: The app.
        ids: The statements, as xAPI names them.

    Returns:
        Those that were voided.
    """
    found = store.voided_beforehand(scope, ids)
    for row in store.targets(scope, found) if found else ():
        row.voided = True
    return found


def keep_references(scope: AppScope, references: Iterable[tuple[Reference, bool]]) -> None:
    """Keep which statements of an app are about others, and whether they take them back."""
    rows = [
        {
            "district_id": scope.district_id,
            "target_id": reference.target_id,
            "position": reference.position,
            "statement_id": reference.id,
            "app_id": scope.actor_id,
            "is_voiding": is_voiding,
        }
        for reference, is_voiding in references
    ]
    append(scope, StatementReference, rows)


def _refer(scope: AppScope, referring: Sequence[Logged]) -> None:
    keep_references(
        scope,
        [
            (Reference(_target(each), each.given_id, each.position), each.statement.is_voiding)
            for each in referring
        ],
    )
    _void(scope, {_target(each) for each in referring if each.statement.is_voiding})


def _target(each: Logged) -> UUID:
    assert isinstance(each.statement.object, StatementRef)
    return UUID(each.statement.object.id)


def _void(scope: AppScope, ids: set[UUID]) -> None:
    """Mark statements as taken back; their records go when the inbox is read.

    A statement that takes another one back stays: xAPI knows no way to void it.
    """
    if not ids:
        return
    for row in store.targets(scope, ids):
        if row.app_id != scope.actor_id:
            raise VoidingError(Permission.STATEMENTS_WRITE)
        row.voided = _SPOKEN.decode(row.body).verb.id != VOIDED


class _Verb(msgspec.Struct):
    id: str


class _Spoken(msgspec.Struct):
    """As much of a stored statement as says whether it takes another one back."""

    verb: _Verb


_SPOKEN = msgspec.json.Decoder(_Spoken)
