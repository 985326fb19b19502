"""Kinds of tables that come from the school office: what their columns are and what a row says.

One file a kind, found by its name. A file holds `KIND = Kind(key, label, …)` with its own name as
the key; how it reads a row is a pure function. Files whose names begin with an underscore are what
the kinds share.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from aarportal.care.school_data.kinds._cells import CellProblem, Cells
from aarportal.care.school_data.kinds._kind import Column, Fact, Kind, Reading

__all__ = ["CellProblem", "Cells", "Column", "Fact", "Kind", "Reading", "discover"]


@cache
def discover() -> dict[str, Kind]:
    """Key -> kind, in the order in which a page offers them."""
    found: list[Kind] = [
        import_module(f"{__name__}.{module.name}").KIND
        for module in iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return {kind.key: kind for kind in sorted(found, key=lambda kind: (kind.order, kind.key))}
