"""Which rows of a table exist for whom, as conditions of SQL.

The tables say whose they are and who reads them (core.ownership); the session guard
(core.unit_of_work) puts these conditions on every statement.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    exists,
    false,
    inspect,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapper, class_mapper
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from aarportal.core import clock
from aarportal.core.errors import UnscopedError
from aarportal.core.ownership import (
    DistrictOwned,
    KnownToHolder,
    OfficeOnly,
    PlacesStudents,
    Relation,
    SchoolOwned,
    SeenWithRecords,
    StudentOwned,
    SystemOnly,
)

#: Table name -> the guarded class behind it.
Tables = Mapping[str, type[Any]]

#: By which ids are put in order: they compare in Python otherwise, at every step of the sorting.
_AS_NUMBER = attrgetter("int")
#: Columns that say whose alone a row is.
_OWNERS = ("user_id", "holder_id", "actor_id")


class Onlooker(Protocol):
    """What has to be known of a scope to say which rows exist in it."""

    @property
    def actor_id(self) -> UUID:
        """Who looks."""

    @property
    def district_id(self) -> UUID:
        """The district it belongs to."""

    @property
    def school_ids(self) -> frozenset[UUID]:
        """The schools whose rows exist."""

    @property
    def since(self) -> date | None:
        """The first day from which rows about students exist; None for all."""

    @property
    def is_person(self) -> bool:
        """Whether it is a person who looks, and not a machine."""

    @property
    def is_office(self) -> bool:
        """Whether rows of the office alone exist."""

    @property
    def is_school_office(self) -> bool:
        """Whether it is the office or the head of the school."""

    @property
    def is_apart(self) -> bool:
        """Whether of all that is about people only what is about the person exists."""

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """Students whose rows of a table with these `readers` exist; None for every student."""


def visible(scope: Onlooker, row_class: type, tables: Tables) -> ColumnElement[bool]:
    """The condition under which rows of a class exist in a scope.

    Args:
        scope: Who looks.
        row_class: What they look at.
        tables: Every guarded table.

    Raises:
        UnscopedError: If the class does not say enough about its rows.
    """
    if scope.is_apart:
        return _own_alone(scope, row_class)
    if issubclass(row_class, (SystemOnly, OfficeOnly, SeenWithRecords)):
        return _visible_to_few(scope, row_class, tables)
    if issubclass(row_class, SchoolOwned):
        ids = sorted(scope.school_ids)
        at_school = row_class.school_id == ids[0] if len(ids) == 1 else row_class.school_id.in_(ids)
        if issubclass(row_class, StudentOwned):
            return and_(at_school, *_of_students_in_sight(scope, row_class, tables))
        if issubclass(row_class, KnownToHolder) and not scope.is_school_office:
            return and_(at_school, row_class.holder_id == scope.actor_id)
        return at_school
    if issubclass(row_class, DistrictOwned):
        return row_class.district_id == scope.district_id
    raise UnscopedError(f"{row_class.__name__} has no owner")


def _own_alone(scope: Onlooker, row_class: type) -> ColumnElement[bool]:
    """That a row is the person's own: an account, a role, a form that was taken; of most, none."""
    if issubclass(row_class, (StudentOwned, SystemOnly, OfficeOnly, SeenWithRecords)):
        return false()
    columns = class_mapper(row_class).column_attrs
    name = next((it for it in _OWNERS if it in columns), None)
    if name is None and row_class.__name__ == "User":
        name = "id"
    if name is None or not issubclass(row_class, (SchoolOwned, DistrictOwned)):
        return false()
    own: ColumnElement[bool] = getattr(row_class, name) == scope.actor_id
    return own


def _visible_to_few(scope: Onlooker, row_class: type, tables: Tables) -> ColumnElement[bool]:
    if not issubclass(row_class, DistrictOwned):
        return false()
    in_district = row_class.district_id == scope.district_id
    if not scope.is_person:
        return in_district
    if issubclass(row_class, OfficeOnly):
        return in_district if scope.is_office else false()
    if issubclass(row_class, SeenWithRecords):
        return and_(in_district, or_(*_made_of_it(scope, row_class, tables)))
    return false()


def _made_of_it(
    scope: Onlooker, row_class: type[SeenWithRecords], tables: Tables
) -> list[ColumnElement[bool]]:
    """That one of the rows made of a row is visible."""
    found = []
    for table, name in row_class.seen_through:
        made = tables[table]
        ids = select(getattr(made, name)).where(visible(scope, made, tables))
        found.append(row_class.id.in_(ids))  # type: ignore[attr-defined] # its models have an id
    return found


def _of_students_in_sight(
    scope: Onlooker, row_class: type[StudentOwned], tables: Tables
) -> list[ColumnElement[bool]]:
    """That a row is about a student whom the person sees, and not older than they see."""
    student_ids = scope.visible(row_class.readers)
    if student_ids is not None and not student_ids:
        return [false()]
    found: list[ColumnElement[bool]] = []
    if student_ids is not None:
        found.append(_is_one_of(row_class, student_ids))
    elif scope.is_person and not row_class.stays_with_school:
        # A machine goes on with what it began at the school; people see those who are theirs.
        found.append(row_class.student_id.not_in(gone_elsewhere(scope.school_ids, tables)))
    if scope.since is not None and not row_class.stays_with_school:
        found.append(_not_before(row_class, scope.since, tables))
    return found


def _is_one_of(row_class: type[StudentOwned], ids: frozenset[UUID]) -> ColumnElement[bool]:
    """One student is the common case, and an equality is half the price of an IN."""
    if len(ids) == 1:
        return row_class.student_id == next(iter(ids))
    return row_class.student_id.in_(sorted(ids, key=_AS_NUMBER))


def _not_before(row_class: type[StudentOwned], day: date, tables: Tables) -> ColumnElement[bool]:
    """That a row is of `day` or later, or is one that goes on from year to year.

    Raises:
        UnscopedError: If the class does not say when its rows are of.
    """
    if row_class.part_of is None:
        return _is_of(row_class, partial(getattr, row_class), day)
    table, name = row_class.part_of
    whole_class = tables[table]
    if not issubclass(whole_class, StudentOwned):
        raise UnscopedError(f"{row_class.__name__} is part of something about no student")
    # A look-up by key for each row, which is less than a list of every whole.
    whole = _table(whole_class).alias()
    is_whole = and_(
        whole.c.school_id == row_class.school_id, whole.c.id == getattr(row_class, name)
    )
    is_of_it = _is_of(whole_class, whole.c.__getitem__, day)
    return exists(select(literal(1)).select_from(whole).where(is_whole, is_of_it))


def _is_of(
    row_class: type[StudentOwned], column: Callable[[str], Any], day: date
) -> ColumnElement[bool]:
    """That a row of a dated class is of `day` or later, where `column` finds its columns."""
    if row_class.dated_by is None:
        raise UnscopedError(f"{row_class.__name__} does not say when its rows are of")
    dated = column(row_class.dated_by)
    is_of_it: ColumnElement[bool] = _Beside(dated) >= _beginning(dated, day)
    if row_class.handed_on is None:
        return is_of_it
    name, value = row_class.handed_on
    return or_(is_of_it, column(name) == value)


def _beginning(dated: ColumnElement[Any], day: date) -> object:
    """The first value of a column that is of `day` or later."""
    if isinstance(dated.type, Integer):
        # A school year (年度) by the year in which it begins.
        return day.year - (day.month < 4)
    return day if isinstance(dated.type, Date) else clock.day_bounds(day)[0]


class _Beside(FunctionElement[Any]):
    """A column that is looked at beside the others, and leads to no index of its own.

    Nearly every row is of this year. SQLite takes "since" for a narrow range all the same, and
    read forty children's goals by it instead of the one goal of each lap.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        """Take the column with its type, by which it is compared."""
        super().__init__(column)
        self.type = column.type


@compiles(_Beside)
def _plainly(element: _Beside, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_Beside, "sqlite")
def _without_index(element: _Beside, compiler: SQLCompiler, **options: Any) -> str:
    """Source: sqlite.org/optoverview.html, section 5: a unary "+" keeps a term from indexes."""
    return "+" + compiler.process(element.clauses, **options)


def gone_elsewhere(school_ids: frozenset[UUID], tables: Tables) -> Select[tuple[UUID]]:
    """Students who were at these schools, are not any more, and went on to another one.

    Where they were before does not count: whoever left the last of several schools stays with it,
    and with a school to which they came back.
    """
    today = clock.today()
    (places,) = (each for each in tables.values() if issubclass(each, PlacesStudents))
    was, still, elsewhere = (_table(places).alias() for _ in range(3))

    def of_student(role: FromClause) -> ColumnElement[bool]:
        return and_(role.c.user_id == was.c.user_id, role.c.role == "student")

    stays = exists(
        select(literal(1))
        .select_from(still)
        .where(
            of_student(still),
            still.c.school_id.in_(school_ids),
            or_(still.c.ends_before.is_(None), still.c.ends_before > was.c.ends_before),
        )
    )
    went_on = exists(
        select(literal(1))
        .select_from(elsewhere)
        .where(
            of_student(elsewhere),
            elsewhere.c.school_id.not_in(school_ids),
            or_(elsewhere.c.starts_on.is_(None), elsewhere.c.starts_on <= today),
            or_(elsewhere.c.ends_before.is_(None), elsewhere.c.ends_before > was.c.ends_before),
        )
    )
    return select(was.c.user_id).where(
        was.c.school_id.in_(school_ids),
        was.c.role == "student",
        was.c.ends_before <= today,
        ~stays,
        went_on,
    )


def _table(row_class: type) -> FromClause:
    """The table itself: what the guard asks of it, it does not narrow again."""
    mapper: Mapper[Any] = inspect(row_class)
    return mapper.local_table
