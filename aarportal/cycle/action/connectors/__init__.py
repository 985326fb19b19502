"""Connectors: how the statements of one kind of learning app become learning records.

One file a shape, found by its name. A file holds `CONNECTOR = Connector(key, label, …)` with its
own name as the key, and brings samples under `tests/cycle/action/connectors/samples/`. Files whose
names begin with an underscore are what the connectors share.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules

from aarportal.cycle.action.connectors._record import Record
from aarportal.cycle.action.connectors._signs import LookedFor, Signs, signs_of
from aarportal.cycle.action.xapi.statements import Statement

__all__ = ["Connector", "LookedFor", "Record", "Signs", "discover", "read", "signs"]


@dataclass(frozen=True, slots=True)
class Connector:
    """How one shape of statement is read.

    Attributes:
        key: The name of the connector's file.
        label: Its name for people, to be translated.
        specificity: 0 for any statement, 1 for a profile that many apps share, 2 for one product;
            the highest that reads a statement gets it, among equals the first by name.
        reads: Whether a statement with these signs has this shape. Signs hold no other words than
            what some connector looks for.
        record: The learning in it; None when it carries none, such as signing in.
        looked_for: The words among its signs.
    """

    key: str
    label: str
    specificity: int
    reads: Callable[[Signs], bool]
    record: Callable[[Statement], Record | None]
    looked_for: LookedFor = field(default_factory=LookedFor)


@cache
def discover() -> tuple[Connector, ...]:
    """Every connector of this folder, most specific first."""
    found: list[Connector] = [
        import_module(f"{__name__}.{module.name}").CONNECTOR
        for module in iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    return tuple(sorted(found, key=lambda connector: (-connector.specificity, connector.key)))


def signs(statement: Statement) -> Signs:
    """What tells the shape of a statement."""
    return signs_of(statement, _looked_for())


def read(statement: Statement) -> tuple[Connector, Record | None]:
    """The first connector that reads a statement, and what it makes of it."""
    connector = _connector(signs_of(statement, _looked_for()))
    return connector, connector.record(statement)


@cache
def _looked_for() -> LookedFor:
    return LookedFor.together(connector.looked_for for connector in discover())


@lru_cache(maxsize=4096)
def _connector(found: Signs) -> Connector:
    return next(each for each in discover() if each.reads(found))
