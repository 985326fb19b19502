"""What stands in the database about pupils, whatever the table is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import func, inspect, select

from aarportal.care.school_data.kinds import Fact
from aarportal.care.school_data.models import SchoolDataChange
from aarportal.core.ownership import FromSchoolOffice
from aarportal.core.scope import Scope
from aarportal.core.sealing import SealedText

#: (name of the table, student, the other parts of the key in the order of the table).
Place: TypeAlias = tuple[str, UUID, tuple[Any, ...]]


def model_of(table: str) -> Any:
    """The class of a table that imports of school data write."""
    return _models()[table]


def _models() -> dict[str, Any]:
    return {each.__tablename__: each for each in FromSchoolOffice.__subclasses__()}  # type: ignore[attr-defined] # each is a table


def key_names(table: str) -> tuple[str, ...]:
    """Its key besides school and student."""
    keys = [column.key for column in inspect(model_of(table)).primary_key]
    return tuple(name for name in keys if name not in {"school_id", "student_id"})


def place_of(student_id: UUID, fact: Fact) -> Place:
    """Where a fact stands."""
    return fact.table, student_id, tuple(fact.key[name] for name in key_names(fact.table))


def standing(scope: Scope, places: Iterable[Place]) -> dict[Place, Any]:
    """The rows that stand in these places."""
    by_table: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_table[place[0]].append(place)
    return {
        place: row for table, wanted in by_table.items() for place, row in _in(scope, table, wanted)
    }


def _in(scope: Scope, table: str, wanted: Sequence[Place]) -> list[tuple[Place, Any]]:
    """The rows of one table in some places: more are fetched, because a key has several parts."""
    model, names, sought = model_of(table), key_names(table), set(wanted)
    parts = [
        getattr(model, name).in_({key[at] for _, _, key in wanted}) for at, name in enumerate(names)
    ]
    rows = scope.session.scalars(
        select(model).where(model.student_id.in_({place[1] for place in wanted}), *parts)
    )
    found = (
        ((table, row.student_id, tuple(getattr(row, name) for name in names)), row) for row in rows
    )
    return [(place, row) for place, row in found if place in sought]


def changes(scope: Scope, import_id: UUID, limit: int) -> Sequence[SchoolDataChange]:
    """What an import wrote, the latest first."""
    return scope.session.scalars(
        select(SchoolDataChange)
        .where(SchoolDataChange.import_id == import_id)
        .order_by(SchoolDataChange.place.desc())
        .limit(limit)
    ).all()


def overwritten(scope: Scope, import_id: UUID, tables: Collection[str]) -> int:
    """How many rows that an import wrote somebody has changed, or taken away, since."""
    mine = SchoolDataChange.import_id == import_id
    written = scope.session.scalar(
        select(func.count(SchoolDataChange.place)).where(mine, SchoolDataChange.is_gone.is_(False))
    )
    still = sum(
        scope.session.scalar(
            select(func.count(model.student_id)).where(model.import_id == import_id)
        )
        or 0
        for model in map(model_of, tables)
    )
    taken_away = scope.session.scalars(
        select(SchoolDataChange).where(mine, SchoolDataChange.is_gone)
    ).all()
    back = standing(scope, map(place_of_change, taken_away)) if taken_away else {}
    return (written or 0) - still + len(back)


def place_of_change(change: SchoolDataChange) -> Place:
    """Where an import wrote."""
    model = model_of(change.table_name)
    names = key_names(change.table_name)
    key = tuple(_python(model, name, change.key[name]) for name in names)
    return change.table_name, change.student_id, key


def as_json(row: Any) -> dict[str, Any]:
    """The columns of a row as plain values, without its key."""
    keys = {column.key for column in inspect(type(row)).primary_key}
    names = [each.key for each in inspect(type(row)).column_attrs if each.key not in keys]
    return {name: plain(getattr(row, name)) for name in names}


def of_json(table: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values as the columns of a table take them."""
    return {name: _python(model_of(table), name, value) for name, value in kept.items()}


def plain(value: Any) -> Any:
    """A value of a column as JSON takes it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _python(model: Any, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    column = inspect(model).columns[name].type
    if isinstance(column, SealedText):
        return value
    kind = getattr(column, "impl_instance", column).python_type
    if kind is bytes:
        return UUID(value)
    return kind.fromisoformat(value) if issubclass(kind, date) else value
