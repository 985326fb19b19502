"""Looking statements up in posting lists: what stands in all of them, in order, as far as needed.

Everything here counts in keys that only grow: the place of a statement in the log when the oldest
come first, and its negative when the latest do. A list is read in slices that are fetched when they
are needed, and parts in which nothing can be found are skipped: so the cost follows the answer, not
the number of statements stored.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeAlias

from aarportal.cycle.action.xapi.terms import STRETCH, unpack

_BEFORE_ALL = -(2**63)
#: Rows in the first slice of a list; each following slice is twice as large, up to the most.
_FIRST_ROWS, _MOST_ROWS = 8, 512


@dataclass(frozen=True)
class Query:
    """Which statements somebody wants.

    Attributes:
        wanted: Sets of terms; a statement has at least one of each set.
        first: Place in the log of the first that may be in the answer.
        last: Place of the last that may.
        ascending: Whether the oldest come first.
        limit: How many at most; at least 1.
    """

    wanted: tuple[frozenset[int], ...]
    first: int
    last: int
    ascending: bool
    limit: int

    def key(self, position: int) -> int:
        """The key of a place, and the place of a key."""
        return position if self.ascending else -position

    def until(self, place: int) -> "Query":
        """The same, and nothing after a place in the log."""
        return replace(self, last=min(self.last, place))

    @property
    def start(self) -> int:
        """The first key that may be in the answer."""
        return self.first if self.ascending else -self.last

    @property
    def end(self) -> int:
        """The last key that may."""
        return self.last if self.ascending else -self.first


class Slice(NamedTuple):
    """A part of a list.

    Attributes:
        keys: Growing.
        horizon: Every key of the list below it, from where the slice begins, is in `keys`; None
            when there are no more.
    """

    keys: Sequence[int]
    horizon: int | None


#: (first key, about how many rows) -> the slice that begins there.
Source: TypeAlias = Callable[[int, int], Slice]


class Keys(Protocol):
    """Keys that grow."""

    def seek(self, key: int) -> int | None:
        """The first key that is not below `key`, which never goes back; None if there is none."""


class Effort:
    """How much may be read for one answer; what is not found by then is found by the next."""

    def __init__(self, rows: int) -> None:
        """So many rows."""
        self._left = rows

    def spend(self, rows: int) -> None:
        """Say what was read."""
        self._left -= rows

    @property
    def is_spent(self) -> bool:
        """Whether it is time to answer."""
        return self._left <= 0


class SpentError(Exception):
    """The effort is spent; everything below `key` was looked at.

    Attributes:
        key: Where to go on.
    """

    def __init__(self, key: int) -> None:
        """Keep the place."""
        super().__init__(key)
        self.key = key


class Postings:
    """One list."""

    def __init__(self, source: Source) -> None:
        """Nothing is read until it is needed."""
        self._source = source
        self._keys: Sequence[int] = ()
        self._horizon: int | None = _BEFORE_ALL
        self._rows = _FIRST_ROWS

    def seek(self, key: int) -> int | None:
        """The first key that is not below `key`."""
        while True:
            at = bisect_left(self._keys, key)
            if at < len(self._keys):
                return self._keys[at]
            if self._horizon is None:
                return None
            start = max(key, self._horizon)
            self._keys, self._horizon = self._source(start, self._rows)
            # A slice that gets nowhere has to be longer, however many rows that takes.
            stuck = self._horizon is not None and self._horizon <= start
            self._rows = 2 * self._rows if stuck else min(2 * self._rows, _MOST_ROWS)


class AnyOf:
    """What stands in at least one of several lists."""

    def __init__(self, lists: Sequence[Keys]) -> None:
        """Of one list or more."""
        self._lists = lists

    def seek(self, key: int) -> int | None:
        """The first key that is not below `key`."""
        found = [at for each in self._lists if (at := each.seek(key)) is not None]
        return min(found, default=None)


class AllOf:
    """What stands in every one of several lists."""

    def __init__(self, lists: Sequence[Keys], effort: Effort) -> None:
        """Of one list or more."""
        self._lists = lists
        self._effort = effort

    def seek(self, key: int) -> int | None:
        """The first key that is not below `key`.

        Raises:
            SpentError: If the effort is spent before one is found.
        """
        while True:
            reached = key
            for each in self._lists:
                found = each.seek(reached)
                if found is None:
                    return None
                reached = found
            if reached == key or len(self._lists) == 1:
                return reached
            key = reached
            if self._effort.is_spent:
                raise SpentError(key)


class Search:
    """Walks through what is found.

    Attributes:
        rest: The key with which to go on; None when there is nothing more.
        is_spent: Whether the effort is spent.
    """

    def __init__(self, keys: AllOf, start: int, end: int) -> None:
        """Between two keys, both of which may be found."""
        self._keys = keys
        self._end = end
        self.rest: int | None = start
        self.is_spent = False

    def take(self, count: int) -> list[int]:
        """So many more keys; fewer if there are no more, or the effort is spent."""
        found: list[int] = []
        while len(found) < count and self.rest is not None and not self.is_spent:
            try:
                key = self._keys.seek(self.rest) if self.rest <= self._end else None
            except SpentError as spent:
                self.rest, self.is_spent = spent.key, True
                break
            if key is None or key > self._end:
                self.rest = None
            else:
                found.append(key)
                self.rest = key + 1
        return found


# --- rows of the index ----------------------------------------------------------------------------

#: A row: the last of its places, and all of them, packed.
Posting: TypeAlias = tuple[int, bytes]


def end_of_stretch(position: int) -> int:
    """The last place of the stretch of the log in which a place lies."""
    return position // STRETCH * STRETCH + STRETCH - 1


def slice_up(rows: Sequence[Posting], start: int, count: int) -> Slice:
    """A slice with the oldest first.

    Args:
        rows: Those that end at `start` or after it, as they end, at most `count`.
        start: The first key.
        count: How many rows were asked for; if there were fewer, there are no more.
    """
    horizon = None
    if len(rows) >= count:
        # The next rows end after these, but may begin before: as early as their stretch does.
        horizon = rows[-1][0] // STRETCH * STRETCH
    return Slice(
        [at for at in _positions(rows) if at >= start and (horizon is None or at < horizon)],
        horizon,
    )


def slice_down(rows: Sequence[Posting], start: int, count: int) -> Slice:
    """A slice with the latest first.

    Args:
        rows: Those that end at or before the end of the stretch of `-start`, the last that ends
            first, at most `count`.
        start: The first key.
        count: How many rows were asked for; if there were fewer, there are no more.
    """
    lowest = None
    if len(rows) >= count:
        # Whatever the next rows hold ends before these do.
        lowest = rows[-1][0]
    keys = [-at for at in _positions(rows) if at <= -start and (lowest is None or at >= lowest)]
    return Slice(keys[::-1], None if lowest is None else 1 - lowest)


def _positions(rows: Sequence[Posting]) -> list[int]:
    """Places of all rows, growing, each once."""
    return sorted({*unpack(b"".join([packed for _, packed in rows]))})
