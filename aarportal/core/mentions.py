"""What a statement reads, and what of it the guard cannot narrow.

SQLAlchemy narrows what stands in the columns, the FROM and the joins of a SELECT. A class that
stands in its conditions alone, as in `exists().where(Goal.text == "…")`, is read whole.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Executable, Select, Table
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement, ColumnClause, TextClause
from sqlalchemy.sql.selectable import AliasedReturnsRows, FromClause

from aarportal.core.database import Base
from aarportal.core.ownership import Shared, SystemOnly

Entities = frozenset[Any]


@cache
def guarded_tables() -> dict[str, type[Base]]:
    """Table name -> the guarded class behind it."""
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Base.registry.mappers
        if _is_guarded(mapper.class_)
    }


def _is_guarded(row_class: type) -> bool:
    return not issubclass(row_class, Shared) or issubclass(row_class, SystemOnly)


def mentioned(statement: Executable, owned: Collection[str]) -> tuple[list[type[Base]], set[str]]:
    """Guarded classes in a statement, and names of tables that no criterion of theirs narrows.

    Args:
        statement: Of whatever kind.
        owned: Names of every guarded table.
    """
    classes: dict[type[Base], None] = {}
    past: set[str] = set()
    own = _narrowed_itself(statement)
    for element in _elements(statement):
        entity = element._annotations.get("parententity")  # noqa: SLF001 - no public name
        if entity is not None:
            row_class = entity.mapper.class_
            if _is_guarded(row_class):
                classes[row_class] = None
        elif isinstance(element, TextClause) or _is_written_out(element):
            past.add("raw SQL")
        elif isinstance(element, ColumnClause):
            table = _table_of(element)
            if table is not None and table.name in owned and element.table not in own:
                past.add(table.name)
    for entity in read_beside(statement):
        if _is_guarded(entity.mapper.class_):
            past.add(entity.mapper.class_.__tablename__)
    return list(classes), past


def _elements(statement: Executable) -> Iterator[ClauseElement]:
    """Everything in a statement but the columns that a table only has."""
    left: list[Any] = [statement]
    while left:
        element = left.pop()
        yield element
        if isinstance(element, Table):
            continue
        left.extend(element.get_children())
        if isinstance(element, Select):
            # A whole table among them is read like its columns.
            whole = (each for each in element._raw_columns if isinstance(each, FromClause))  # noqa: SLF001 - no public name
            left.extend(c for each in whole if not each._annotations for c in each.columns)  # noqa: SLF001 - no public name


def _is_written_out(element: ClauseElement) -> bool:
    """Whether it is SQL that nobody can look into; the asterisk of COUNT is none."""
    return isinstance(element, ColumnClause) and element.is_literal and element.name != "*"


def _narrowed_itself(statement: Executable) -> list[Any]:
    """Tables of which bare columns are narrowed, too: those that the statement itself is about.

    An UPDATE sets such columns, and `Session.get` asks for them.
    """
    parts = statement._raw_columns if isinstance(statement, Select) else []  # noqa: SLF001 - no public name
    if isinstance(statement, UpdateBase):
        parts = [statement.table]
    entities = (part._annotations.get("parententity") for part in parts)  # noqa: SLF001 - no public name
    return [entity.local_table for entity in entities if entity is not None and entity.is_mapper]


def _table_of(element: ColumnClause[Any]) -> Table | None:
    """The table of which a column stands there, however often it was given another name."""
    table: Any = element.table
    while isinstance(table, AliasedReturnsRows):
        table = table.element
    return table if isinstance(table, Table) else None


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
