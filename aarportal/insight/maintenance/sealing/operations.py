"""Sealing everything anew with the first key, so that an older one can be thrown away."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, and_, inspect, or_, select, type_coerce, update

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import SEALED, SealedError, is_fresh, sealed_anew
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.models import User

AT_ONCE = 500


@dataclass(frozen=True)
class SealedColumn:
    """A column that is encrypted, found in the mapping."""

    row_class: Any
    name: str
    use: str

    @property
    def keys(self) -> tuple[Any, ...]:
        """The parts of the table's key."""
        columns = inspect(self.row_class).primary_key
        return tuple(getattr(self.row_class, column.key) for column in columns)

    @property
    def raw(self) -> Any:
        """The column as it lies there."""
        return type_coerce(getattr(self.row_class, self.name), LargeBinary)


@dataclass
class Resealed:
    """What was done to a column: values sealed anew, and those that no key opens."""

    anew: int = 0
    lost: int = 0


def columns() -> Iterator[SealedColumn]:
    """Every sealed column, in a fixed order."""
    for mapper in sorted(User.registry.mappers, key=lambda each: each.class_.__tablename__):
        for attribute in mapper.column_attrs:
            kind = attribute.columns[0].type
            if isinstance(kind, SEALED):
                yield SealedColumn(mapper.class_, attribute.key, kind.use)


def reseal(column: SealedColumn) -> Resealed:
    """Seal every value of a column with the first key, a handful of rows at a time.

    Whoever is stopped begins again: what is fresh is passed over. Opens its units of work itself.
    """
    done, last = Resealed(), None
    while True:
        with unit_of_work(SystemScope("reseal")) as scope:
            rows = _rows(scope, column, last)
            before = done.anew
            for *key, sealed in rows:
                _one(scope, column, tuple(key), bytes(sealed), done)
            if done.anew > before:
                audit.record(scope, "sealing:renewed", column.use, detail=str(done.anew - before))
        if len(rows) < AT_ONCE:
            return done
        last = tuple(rows[-1][:-1])


def _rows(scope: SystemScope, column: SealedColumn, last: tuple[Any, ...] | None) -> list[Any]:
    query = (
        select(*column.keys, column.raw)
        .where(column.raw.is_not(None))
        .order_by(*column.keys)
        .limit(AT_ONCE)
    )
    if last is not None:
        query = query.where(_after(column.keys, last))
    return list(scope.session.execute(query).all())


def _one(
    scope: SystemScope, column: SealedColumn, key: tuple[Any, ...], sealed: bytes, done: Resealed
) -> None:
    if is_fresh(sealed):
        return
    try:
        fresh = sealed_anew(sealed, column.use)
    except SealedError:
        done.lost += 1
        return
    mine = (part == value for part, value in zip(column.keys, key, strict=True))
    # What somebody has said meanwhile is sealed with the first key already.
    scope.session.execute(
        update(column.row_class)
        .where(*mine, column.raw == sealed)
        .values({column.name: type_coerce(fresh, LargeBinary)}),
        execution_options={"synchronize_session": False},
    )
    done.anew += 1


def _after(keys: tuple[Any, ...], last: tuple[Any, ...]) -> Any:
    """Whether a row comes after another in the order of their keys."""
    if len(keys) == 1:
        return keys[0] > last[0]
    return or_(keys[0] > last[0], and_(keys[0] == last[0], _after(keys[1:], last[1:])))
