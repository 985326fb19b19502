"""What becomes of the rows of one kind, pure: wanted rows against the rows that stand."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

Values = dict[str, Any]
#: What ends a row; None if it has ended already.
Retire = Callable[[Values], Values | None]

ACTIVE, TO_BE_DELETED = "active", "tobedeleted"
#: Rows that are compared, and held in memory, at once.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as a file has it.

    Attributes:
        values: Its columns without the id, `sourced_id` and owner among them.
        is_ended: Whether a delta says `tobedeleted`.
        sent_modified_at: dateLastModified of a delta; None in a bulk file.
    """

    values: Values
    is_ended: bool = False
    sent_modified_at: datetime | None = None


class StandingRows(Protocol):
    """The rows of one kind that stand; there may be more than the memory should hold."""

    def called(self, names: Sequence[tuple[UUID, str]]) -> Iterable[Values]:
        """Columns of those that have one of these owners and sourcedIds."""
        ...

    def others(self, known: Container[UUID]) -> Iterable[Values]:
        """Columns of those whose id is not known, in any order."""
        ...


class Ids(Protocol):
    """A set of ids, of any size."""

    def add(self, id_: UUID, /) -> None:
        """Take an id in."""
        ...

    def __contains__(self, id_: object, /) -> bool:
        """Whether it was taken in."""
        ...


class RowFate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    """It ends: nobody lists it any more, or a delta says so."""
    STALE = "stale"
    """A delta has an older word on it than the one that stands."""
    KEPT = "kept"
    """Nothing was said of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one row.

    Attributes:
        was: All its columns; None for a new row.
        will: The same afterwards.
        before: Columns that change, as they were; None for a new row.
        after: The same columns afterwards, of a new row all; empty if nothing changes.
    """

    fate: RowFate
    was: Values | None
    will: Values
    before: Values | None
    after: Values


@dataclass(frozen=True, slots=True)
class Manner:
    """How the rows of one kind are compared.

    Attributes:
        owner: Name of the column that with `id` makes the key.
        make_id: Makes the ids of new rows.
        now: When rows that change were modified.
        retire: What ends a row; None where only the state of a row says that it ended.
        leaves: Whether a row of which the file says nothing ends; asked of each.
        keeps: Columns that a file cannot make blank once they say something.
    """

    owner: str
    make_id: Callable[[], UUID]
    now: datetime
    retire: Retire | None = None
    leaves: Callable[[Values], bool] | None = None
    keeps: frozenset[str] = frozenset()


def compare(
    wanted: Iterable[Wanted], standing: StandingRows, manner: Manner, met: Ids
) -> Iterator[Outcome]:
    """Compare rows by owner and sourcedId, some at a time.

    A row that has gone over to another owner (a class to another school) is a new row there, and
    the old one ends: what was written beside it stays where it was written.

    Args:
        wanted: No two of one owner and sourcedId.
        standing: What stands.
        manner: How they are compared.
        met: Takes the ids of standing rows of which something is said.
    """
    rest = iter(wanted)
    while some := list(islice(rest, _AT_ONCE)):
        names = [(one.values[manner.owner], one.values["sourced_id"]) for one in some]
        rows = {(row[manner.owner], row["sourced_id"]): row for row in standing.called(names)}
        for one, name in zip(some, names, strict=True):
            row = rows.get(name)
            if row is not None:
                met.add(row["id"])
                yield _said(one, row, manner)
            elif not one.is_ended:
                yield _new(one, manner)
    for row in standing.others(met):
        if manner.leaves is not None and manner.leaves(row):
            yield _ended(row, manner, None)
        else:
            yield Outcome(RowFate.KEPT, row, row, {}, {})


def _said(one: Wanted, row: Values, manner: Manner) -> Outcome:
    if _is_stale(one, row):
        return Outcome(RowFate.STALE, row, row, {}, {})
    if one.is_ended:
        return _ended(row, manner, one.sent_modified_at)
    return _kept_on(one, row, manner)


def _is_stale(one: Wanted, row: Values) -> bool:
    known = row["sent_modified_at"]
    return bool(one.sent_modified_at and known and one.sent_modified_at < known)


def _new(one: Wanted, manner: Manner) -> Outcome:
    row = {
        **one.values,
        "id": manner.make_id(),
        "status": ACTIVE,
        "last_modified": manner.now,
        "sent_modified_at": one.sent_modified_at,
    }
    return Outcome(RowFate.NEW, None, row, None, row)


def _kept_on(one: Wanted, row: Values, manner: Manner) -> Outcome:
    values = {**one.values, "status": ACTIVE}
    differing = {
        name: value
        for name, value in values.items()
        if row[name] != value and (value or name not in manner.keeps)
    }
    if not differing:
        return Outcome(RowFate.SAME, row, row, {}, {})
    return _changed(RowFate.CHANGED, row, differing, manner.now, one.sent_modified_at)


def _ended(row: Values, manner: Manner, sent_modified_at: datetime | None) -> Outcome:
    ending = manner.retire(row) if manner.retire else {}
    if ending is None or row["status"] == TO_BE_DELETED:
        return Outcome(RowFate.KEPT, row, row, {}, {})
    ending["status"] = TO_BE_DELETED
    return _changed(RowFate.LEFT, row, ending, manner.now, sent_modified_at)


def _changed(
    fate: RowFate, row: Values, differing: Values, now: datetime, sent_modified_at: datetime | None
) -> Outcome:
    after = {**differing, "last_modified": now, "sent_modified_at": sent_modified_at}
    before = {name: row[name] for name in after}
    return Outcome(fate, row, {**row, **after}, before, after)
