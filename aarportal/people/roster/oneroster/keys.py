"""Keys of very many rows in little memory: who came first, without keeping who it was."""

from array import array
from collections.abc import Hashable, Iterator

_FIRST_SLOTS = 1 << 10
_MASK = (1 << 64) - 1


class KeyTable:
    """Keys and a number for each, in about 30 bytes a key whatever its length.

    Only 64 bits of a key are kept, as this process hashes it. That two of a million keys agree in
    them happens once in some ten million bundles: one is then refused for an id that comes twice,
    and reads well on the next try, when the process hashes otherwise.
    """

    __slots__ = ("_hashes", "_last", "_numbers", "_used")

    def __init__(self) -> None:
        """Start without any key."""
        self._hashes = array("Q", [0]) * _FIRST_SLOTS
        self._numbers = array("I", [0]) * _FIRST_SLOTS
        self._last = _FIRST_SLOTS - 1
        self._used = 0

    def __len__(self) -> int:
        """How many keys there are."""
        return self._used

    def __contains__(self, key: Hashable) -> bool:
        """Whether the key was set."""
        return self._hashes[self._slot(digest(key))] != 0

    def get(self, key: Hashable) -> int:
        """The number of a key; 0 when it was never set."""
        return self._numbers[self._slot(digest(key))]

    def number(self, hashed: int) -> int:
        """The number of a key of which only the digest is known."""
        return self._numbers[self._slot(hashed)]

    def setdefault(self, key: Hashable, number: int) -> int:
        """The number under which the key stands already, or this one (not 0), which it gets."""
        hashed = digest(key)
        slot = self._slot(hashed)
        if self._hashes[slot]:
            return self._numbers[slot]
        self._hashes[slot] = hashed
        self._numbers[slot] = number
        self._used += 1
        if self._used * 3 > len(self._hashes) * 2:
            self._grow()
        return number

    def items(self) -> Iterator[tuple[int, int]]:
        """The digest of each key and its number, in no order."""
        slots = zip(self._hashes, self._numbers, strict=True)
        return ((hashed, number) for hashed, number in slots if hashed)

    def _slot(self, hashed: int) -> int:
        """Where the digest stands, or the free place where it belongs."""
        hashes, last = self._hashes, self._last
        slot = hashed & last
        while (found := hashes[slot]) and found != hashed:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        items, slots = self.items(), 2 * len(self._hashes)
        self._hashes, self._numbers = array("Q", [0]) * slots, array("I", [0]) * slots
        self._last = slots - 1
        for hashed, number in items:
            slot = self._slot(hashed)
            self._hashes[slot] = hashed
            self._numbers[slot] = number


def digest(key: Hashable) -> int:
    """64 bits of a key, never 0; the same only within this process."""
    return hash(key) & _MASK or 1
