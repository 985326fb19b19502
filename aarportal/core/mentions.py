"""Which classes a statement reads without saying so: the guard cannot narrow those.

SQLAlchemy narrows what stands in the columns, the FROM and the joins of a SELECT. A class that
stands in its conditions alone, as in `exists().where(Goal.text == "…")`, is read whole.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Executable, Select
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement

Entities = frozenset[Any]


def read_beside(statement: Executable) -> Entities:
    """Mapped entities that a SELECT of the statement, at any depth, has in its conditions alone."""
    if isinstance(statement, Select):
        return _of_select(statement, frozenset())
    assert isinstance(statement, ClauseElement)
    parts = list(statement.get_children())
    if not isinstance(statement, UpdateBase):
        return _of_parts(parts, frozenset())
    own = _entities([statement.table])
    return _entities(parts) - own | _of_parts(parts, own)


def _of_select(select: Select[Any], around: Entities) -> Entities:
    """The same of one SELECT; what the SELECTs around it read, its conditions may name.

    Unless it says itself what it shares with them: then it may read a table anew, and whole.
    """
    if select._correlate or select._correlate_except is not None or not select._auto_correlate:  # noqa: SLF001 - no public name
        around = frozenset()
    joined = [join[0] for join in select._setup_joins]  # noqa: SLF001 - no public name
    on = [join[1] for join in select._setup_joins if join[1] is not None]  # noqa: SLF001 - no public name
    tables = [*select._from_obj, *joined]  # noqa: SLF001 - no public name
    columns = list(select._raw_columns)  # noqa: SLF001 - no public name
    own = around | _entities([*tables, *columns])
    conditions: list[Any] = [
        *select._where_criteria,  # noqa: SLF001 - no public name
        *select._having_criteria,  # noqa: SLF001 - no public name
        *select._order_by_clauses,  # noqa: SLF001 - no public name
        *select._group_by_clauses,  # noqa: SLF001 - no public name
        *on,
    ]
    beside = _entities(conditions) - own
    # What stands in FROM sees nothing of its neighbours.
    return beside | _of_parts(tables, around) | _of_parts([*columns, *conditions], own)


def _of_parts(parts: Iterable[Any], around: Entities) -> Entities:
    found: Entities = frozenset()
    for part in parts:
        for element in _walk(part):
            if isinstance(element, Select):
                found |= _of_select(element, around)
    return found


def _entities(parts: Iterable[Any]) -> Entities:
    """Entities that stand in these parts themselves, not in a SELECT within them."""
    annotations = (element._annotations for part in parts for element in _walk(part))  # noqa: SLF001 - no public name
    return frozenset(each["parententity"] for each in annotations if "parententity" in each)


def _walk(element: ClauseElement) -> Iterator[ClauseElement]:
    yield element
    if not isinstance(element, Select):
        for child in element.get_children():
            yield from _walk(child)
