"""Work on texts that come again and again is done once: a class works on the same questions."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from aarportal.core import memory

Made = TypeVar("Made")

#: How many results of one kind are kept, and for texts of how many bytes at most.
KEPT, LONGEST = 2048, 4096


def remembering(make: Callable[[bytes], Made]) -> Callable[[bytes], Made]:
    """Keep what was made of short texts; what is made is shared, so nobody may change it."""
    remembered = lru_cache(maxsize=KEPT)(make)
    memory.add(remembered)

    def made(text: bytes) -> Made:
        return remembered(text) if len(text) <= LONGEST else make(text)

    return made
