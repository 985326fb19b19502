"""Rows of tables that grow by thousands: written past the ORM, under the same guard."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Table, bindparam, insert, inspect, update
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler

from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.core.unit_of_work import admit_rows

#: What a name of a key's column begins with, beside the columns that change.
_KEY = "key_"


class Batch(NamedTuple):
    """Rows that are written with one statement, as the driver takes them.

    It can be made, and laid down in a file, before the transaction begins that writes it.
    """

    row_class: type[DeclarativeBase]
    sql: str
    values: list[Any]


class _Statement(NamedTuple):
    """A statement that is put together once."""

    sql: str
    names: tuple[str, ...]
    writers: tuple[Callable[[Any], Any] | None, ...]
    """How each value becomes one of the driver."""
    is_positional: bool

    def values(self, row: Mapping[str, Any]) -> Any:
        """A row as the driver takes it."""
        found = [
            write(row[name]) if write else row[name]
            for name, write in zip(self.names, self.writers, strict=True)
        ]
        return tuple(found) if self.is_positional else dict(zip(self.names, found, strict=True))


def append(
    scope: Scope | AppScope | SystemScope,
    row_class: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Insert rows. It costs a third of what the ORM takes for the same.

    Args:
        scope: Whose doing it is.
        row_class: The table.
        rows: Column -> value; all with the same columns, and none left out that has a default in
            Python only.

    Raises:
        UnscopedError: If a row belongs to somebody out of sight, or nothing may be written.
        TypeError: If a column is missing that has a default, or there is none of that name.
    """
    admit_rows(scope, row_class, rows)
    _flush(scope)
    if rows:
        _execute(scope, new_rows(scope, row_class, rows))


def new_rows(
    scope: Scope | AppScope | SystemScope,
    row_class: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
) -> Batch:
    """Rows that are to be inserted, at least one; arguments and errors are those of `append`."""
    made = _insert(row_class, frozenset(rows[0]), _dialect(scope))
    return Batch(row_class, made.sql, [made.values(row) for row in rows])


def changed_rows(
    scope: SystemScope,
    row_class: type[DeclarativeBase],
    rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> Batch:
    """Rows that are to be changed, at least one: the key of each, and its columns that change.

    Raises:
        TypeError: If there is no column of that name, or one is kept by the table itself.
    """
    key, columns = rows[0]
    made = _update(row_class, tuple(key), tuple(columns), _dialect(scope))
    values = [
        made.values({**columns, **{_KEY + name: value for name, value in key.items()}})
        for key, columns in rows
    ]
    return Batch(row_class, made.sql, values)


def write(scope: SystemScope, batch: Batch) -> None:
    """Write a batch; only the system can, because nobody can see any more whose rows they are.

    Raises:
        UnscopedError: If nothing may be written.
    """
    admit_rows(scope, batch.row_class, ())
    _flush(scope)
    _execute(scope, batch)


def _flush(scope: Scope | AppScope | SystemScope) -> None:
    if scope.session.autoflush:
        scope.session.flush()


def _execute(scope: Scope | AppScope | SystemScope, batch: Batch) -> None:
    values = batch.values if len(batch.values) > 1 else batch.values[0]
    scope.session.connection().exec_driver_sql(batch.sql, values)


def _dialect(scope: Scope | AppScope | SystemScope) -> Dialect:
    return scope.session.get_bind().dialect


@cache
def _insert(
    row_class: type[DeclarativeBase], columns: frozenset[str], dialect: Dialect
) -> _Statement:
    table = _table(row_class)
    named = [column for column in table.columns if column.key in columns]
    compiled = insert(table).compile(dialect=dialect, column_keys=[each.key for each in named])
    assert isinstance(compiled, SQLCompiler)
    if len(named) < len(columns) or compiled.insert_prefetch:
        raise TypeError(f"a row of {table.name} names each column, but for defaults of the table")
    order = compiled.positiontup or [each.key for each in named]
    return _statement(compiled, {name: name for name in order}, table)


@cache
def _update(
    row_class: type[DeclarativeBase],
    key: tuple[str, ...],
    columns: tuple[str, ...],
    dialect: Dialect,
) -> _Statement:
    table = _table(row_class)
    if not set(key + columns) <= set(table.columns.keys()):
        raise TypeError(f"{table.name} has no such columns")
    wanted = update(table).where(*(table.columns[name] == bindparam(_KEY + name) for name in key))
    changed = wanted.values({name: bindparam(name) for name in columns})
    compiled = changed.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    if compiled.update_prefetch:
        raise TypeError(f"{table.name} keeps a column by itself")
    binds = {name: name for name in columns} | {_KEY + name: name for name in key}
    order = compiled.positiontup or list(binds)
    return _statement(compiled, {name: binds[name] for name in order}, table)


def _table(row_class: type[DeclarativeBase]) -> Table:
    table = inspect(row_class).local_table
    assert isinstance(table, Table)
    return table


def _statement(compiled: SQLCompiler, binds: Mapping[str, str], table: Table) -> _Statement:
    """A statement whose values have names; each is of the type of a column."""
    writers = (
        table.columns[column].type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)
        for column in binds.values()
    )
    return _Statement(compiled.string, tuple(binds), tuple(writers), compiled.positional)
