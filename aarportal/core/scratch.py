"""Tables and sets that may be larger than the memory: what is at hand lies there, the rest on disk.

They live as long as the process works on something and are seen by nobody else, so that they are
files of SQLite without a name, which vanish with the last word of them, whatever happens.
"""

import sqlite3
from collections.abc import Iterator
from itertools import chain, count
from typing import Any
from uuid import UUID

Key = str | bytes
Value = str | bytes | int | float | None
Values = tuple[Value, ...]
#: Values as they were laid down; whoever laid them down knows of which types they are.
Found = tuple[Any, ...]

#: Memory for pages, in KiB.
_PAGES_KIB = 4096
_TURNED_OFF = ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_PAGES_KIB}")


class Scratch:
    """Where tables, sets and piles of one piece of work lie; for one thread.

    It needs as much room in the folder for temporary files as the rows are large. When the disk is
    full, `sqlite3.OperationalError` says so.
    """

    def __init__(self, at_hand: int = 2000) -> None:
        """Begin with nothing.

        Args:
            at_hand: How many rows of each table are at hand before they are laid down together.
        """
        self._at_hand = at_hand
        self._db = sqlite3.connect("", isolation_level=None)
        for pragma in _TURNED_OFF:
            self._db.execute(f"PRAGMA {pragma}")
        # One transaction for all: nothing of it is ever to be kept.
        self._db.execute("BEGIN")
        self._names = map("t{}".format, count())

    def table(self, width: int) -> "Table":
        """An empty table whose rows have so many values."""
        return Table(self._db, next(self._names), self._at_hand, width)

    def ids(self) -> "IdSet":
        """An empty set of ids."""
        return IdSet(self.table(0))

    def pile(self, sorted_by: int, width: int) -> "Pile":
        """An empty pile of rows of so many values, to be sorted by the first of them."""
        return Pile(self._db, next(self._names), self._at_hand, sorted_by, width)


class Table:
    """Key -> values; keys are all of one type."""

    def __init__(self, db: sqlite3.Connection, name: str, at_hand: int, width: int) -> None:
        """Make it in a scratch."""
        columns = [f"v{number}" for number in range(width)]
        declared = ", ".join(("k PRIMARY KEY", *columns))
        db.execute(f"CREATE TABLE {name} ({declared}) WITHOUT ROWID")
        marks = ", ".join("?" * (width + 1))
        self._put = f"REPLACE INTO {name} VALUES ({marks})"  # noqa: S608 # names of our own
        self._get = f"SELECT {', '.join(columns) or '1'} FROM {name} WHERE k = ?"  # noqa: S608 # the same
        self._all = f"SELECT * FROM {name}"  # noqa: S608 # the same
        self._db = db
        self._most = at_hand
        self._at_hand: dict[Key, Values] = {}

    def __setitem__(self, key: Key, values: Values) -> None:
        """Lay down the values of a key, whatever lay there."""
        self._at_hand[key] = values
        if len(self._at_hand) >= self._most:
            self._lay_down()

    def get(self, key: Key) -> Found | None:
        """The values of a key; None for one that was never set."""
        found: Found | None = self._at_hand.get(key)
        if found is None:
            found = self._db.execute(self._get, (key,)).fetchone()
        return found

    def __contains__(self, key: Key) -> bool:
        """Whether the key was set."""
        return self.get(key) is not None

    def items(self) -> Iterator[tuple[Any, Found]]:
        """Keys and values in the order of the keys; nothing may be set meanwhile."""
        self._lay_down()
        for key, *values in self._db.execute(self._all):
            yield key, tuple(values)

    def _lay_down(self) -> None:
        rows = ((key, *values) for key, values in self._at_hand.items())
        self._db.executemany(self._put, rows)
        self._at_hand = {}


class IdSet:
    """A set of ids."""

    def __init__(self, table: Table) -> None:
        """Keep them in a table without values."""
        self._table = table

    def add(self, id_: UUID) -> None:
        """Take an id in."""
        self._table[id_.bytes] = ()

    def __contains__(self, id_: object) -> bool:
        """Whether it was taken in."""
        return isinstance(id_, UUID) and id_.bytes in self._table


class Pile:
    """Rows that are heaped up and then gone through in their order."""

    def __init__(
        self, db: sqlite3.Connection, name: str, at_hand: int, sorted_by: int, width: int
    ) -> None:
        """Make it in a scratch."""
        columns = [f"v{number}" for number in range(width)]
        # The number of the row keeps rows apart that are alike, and those of one rank in order.
        key = ", ".join((*columns[:sorted_by], "n"))
        declared = ", ".join(("n", *columns))
        db.execute(f"CREATE TABLE {name} ({declared}, PRIMARY KEY ({key})) WITHOUT ROWID")
        marks = ", ".join("?" * (width + 1))
        order = ", ".join(chain(columns[:sorted_by], ("n",)))
        self._put = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 # names of our own
        self._all = f"SELECT {', '.join(columns)} FROM {name} ORDER BY {order}"  # noqa: S608 # the same
        self._db = db
        self._most = at_hand
        self._at_hand: list[Values] = []
        self._count = 0

    def add(self, *values: Value) -> None:
        """Put a row on the pile; of the values that it is sorted by none is None."""
        self._at_hand.append((self._count, *values))
        self._count += 1
        if len(self._at_hand) >= self._most:
            self._lay_down()

    def __iter__(self) -> Iterator[Found]:
        """The rows in their order: numbers as such, text by its characters."""
        self._lay_down()
        yield from self._db.execute(self._all)

    def _lay_down(self) -> None:
        self._db.executemany(self._put, self._at_hand)
        self._at_hand = []
