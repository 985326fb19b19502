"""What this process remembers so as not to make it twice, and how all of it is forgotten."""

import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

_KIND = type(lru_cache(lambda: None))
#: Caches that stand in no module by their name.
_named_nowhere: list["Cache"] = []


class Cache(Protocol):
    """What `functools.lru_cache` makes."""

    def cache_clear(self) -> None:
        """Forget everything."""


def add(cache: Cache) -> None:
    """Know of a cache that is made inside a function."""
    _named_nowhere.append(cache)


def caches() -> Iterator[Cache]:
    """Every cache of the portal's own code."""
    yield from _named_nowhere
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "aarportal":
            yield from (each for each in list(vars(module).values()) if isinstance(each, _KIND))


def forget() -> None:
    """Forget everything; what is needed again is made again."""
    for cache in caches():
        cache.cache_clear()
