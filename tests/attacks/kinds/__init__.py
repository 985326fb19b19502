"""Ways to try: one file a kind, found by its name.

A file holds `ATTACKERS`, the names of those who try this (see sight.py), and `one(ground)`, a
strategy for one attempt.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


@cache
def discover() -> dict[str, ModuleType]:
    """Name -> kind."""
    return {
        module.name: import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)
    }
