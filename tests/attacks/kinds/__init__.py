"""Ways to try: one file a kind, found by its name.

A file holds `ATTACKERS`, the names of those who try this (see sight.py), and `one(ground, name)`, a
strategy for one attempt of one of them. `ANSWERS`, if there, are refusals that come after a look at
what is brought: to a forged credential they are the right answer.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from hypothesis import strategies as st

from tests.attacks.tries import Ground


def batches(way: ModuleType, ground: Ground, size: int) -> st.SearchStrategy:
    """(attacker, attempts of theirs)."""
    found = []
    for name in way.ATTACKERS:
        tries = st.lists(way.one(ground, name), min_size=size, max_size=size)
        found.append(st.tuples(st.just(name), tries))
    return st.one_of(found)


@cache
def discover() -> dict[str, ModuleType]:
    """Name -> kind."""
    return {
        module.name: import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)
    }


def answers_of(way: ModuleType) -> frozenset[int]:
    """Refusals of a kind that come after a look at what it brings."""
    return getattr(way, "ANSWERS", frozenset())
