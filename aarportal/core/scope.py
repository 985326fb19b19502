"""Who is asking, and therefore which rows exist for them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Executable, Table, and_, event, false, or_, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause

from aarportal.core.database import Base, GuardedSession, db, writing
from aarportal.core.errors import NotFoundError, UnauditedError, UnscopedError
from aarportal.core.ownership import (
    AuditRecord,
    DistrictOwned,
    OfficeOnly,
    OfRoster,
    Relation,
    SchoolOwned,
    SeenWithRecords,
    Shared,
    StudentOwned,
    SystemOnly,
    Untraced,
)
from aarportal.core.permissions import GRANTS, OFFICE, Permission, Role

#: Statement -> what `_mentioned` found, as long as the statement lives.
_MENTIONS: WeakKeyDictionary[Executable, tuple[list[type[Base]], set[str]]] = WeakKeyDictionary()

Row = TypeVar("Row")
AnyScope = TypeVar("AnyScope", bound="Scope | AppScope | SystemScope")


@dataclass(frozen=True)
class Scope:
    """One person's view of one school; the first argument of every operation.

    Attributes:
        actor_id: The person (a OneRoster user).
        district_id: The district the person belongs to.
        school_id: The school in which the person acts now.
        role: What the person is there.
        students: Which students the person sees by each relation; None instead of the ids means
            every student of the school.
        class_ids: Classes the person belongs to today, the homeroom class first.
        other_school_ids: Further schools whose rows exist for this person: those of the district
            for its board. What is written belongs to `school_id` if nobody says otherwise.
    """

    actor_id: UUID
    district_id: UUID
    school_id: UUID
    role: Role
    students: Mapping[Relation, frozenset[UUID] | None] = field(default_factory=dict)
    class_ids: tuple[UUID, ...] = ()
    other_school_ids: frozenset[UUID] = frozenset()

    @property
    def school_ids(self) -> frozenset[UUID]:
        """The schools whose rows exist in this scope."""
        return self.other_school_ids | {self.school_id}

    @property
    def session(self) -> GuardedSession:
        """The guarded session; there is no other way to reach the database."""
        return _session()

    def allows(self, permission: Permission) -> bool:
        """Whether this person's role grants `permission`."""
        return permission in GRANTS[self.role]

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """Students whose rows of a table with these `readers` exist for this person."""
        seen: frozenset[UUID] = frozenset()
        for relation in readers & self.students.keys():
            ids = self.students[relation]
            if ids is None:
                return None
            seen |= ids
        return seen

    def one(self, model: type[Row], row_id: UUID) -> Row:
        """Return a visible row of this school.

        Raises:
            NotFoundError: If it does not exist or is not visible in this scope.
        """
        row = self.session.get(model, (self.school_id, row_id))
        if row is None and self.other_school_ids:
            elsewhere = model.id == row_id  # type: ignore[attr-defined] # half of every key
            row = self.session.scalar(select(model).where(elsewhere))
        if row is None:
            raise NotFoundError(model.__name__)
        return row


@dataclass(frozen=True)
class AppScope:
    """A learning app that brings records for the students of some schools of one district.

    Attributes:
        actor_id: The app.
        district_id: The district it belongs to.
        school_ids: The schools it writes for and reads about.
        permissions: What its credential grants.
        reads_others: Whether it reads what other apps sent, too.
    """

    actor_id: UUID
    district_id: UUID
    school_ids: frozenset[UUID]
    permissions: frozenset[Permission] = frozenset()
    reads_others: bool = False

    @property
    def session(self) -> GuardedSession:
        """The guarded session."""
        return _session()

    def allows(self, permission: Permission) -> bool:
        """Whether the app's credential grants `permission`."""
        return permission in self.permissions

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """Every student of its schools, in tables that apps may touch; nobody elsewhere."""
        return None if Relation.RECORDS in readers else frozenset()


@dataclass(frozen=True)
class RosterScope(AppScope):
    """Another system that reads the roster of some schools, and nothing else that is here.

    Attributes:
        whole_district: Whether it reads about the board and about people of no school as well.
        scopes: What its token says that it may ask.
    """

    whole_district: bool = False
    scopes: frozenset[str] = frozenset()

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """No student: what they do is not part of a roster."""
        del readers
        return frozenset()


@dataclass(frozen=True)
class SystemScope:
    """Sees everything; needs a reason, which the audit log keeps."""

    reason: str

    @property
    def session(self) -> GuardedSession:
        """The guarded session."""
        return _session()


def _session() -> GuardedSession:
    return db.session()  # type: ignore[return-value]


@contextmanager
def unit_of_work(scope: AnyScope, *, read_only: bool = False) -> Iterator[AnyScope]:
    """One scope, one transaction: commit when the block ends, roll back when it raises.

    Args:
        scope: Whose eyes the block looks through.
        read_only: The block promises to change nothing; on SQLite it then never waits for a
            writer.

    Raises:
        UnscopedError: If a unit of work is already open, or a read-only one changed rows.
        UnauditedError: If rows changed and no audit entry was written beside them.
    """
    token = writing.set(not read_only)
    session = _session()
    info = session.info
    if "scope" in info:
        writing.reset(token)
        raise UnscopedError("the scope of a session never changes")
    info["scope"] = scope
    info["criteria"] = {}
    try:
        yield scope
        session.flush()
        if "changed" in info and "audited" not in info:
            raise UnauditedError(info["changed"])
        info["ending"] = True
        session.commit()
    finally:
        db.session.remove()
        writing.reset(token)


@cache
def _owned_tables() -> dict[str, type[Base]]:
    """Table name -> the guarded class behind it."""
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Base.registry.mappers
        if not issubclass(mapper.class_, Shared)
    }


def _criterion(scope: Scope | AppScope, row_class: type[Base]) -> ORMOption:
    """The condition under which rows of this class exist for `scope`.

    A plain expression, not a lambda: SQLAlchemy takes the closure values of a lambda shared by
    several classes from the first of them, and then rows leak.
    """
    return with_loader_criteria(row_class, _visible(scope, row_class), include_aliases=True)


def _visible(scope: Scope | AppScope, row_class: type[Base]) -> ColumnElement[bool]:
    if isinstance(scope, RosterScope) and not issubclass(row_class, OfRoster):
        return false()
    if issubclass(row_class, (SystemOnly, OfficeOnly, SeenWithRecords)):
        return _visible_to_few(scope, row_class)
    if issubclass(row_class, SchoolOwned):
        ids = sorted(scope.school_ids)
        visible = row_class.school_id == ids[0] if len(ids) == 1 else row_class.school_id.in_(ids)
        if issubclass(row_class, StudentOwned):
            student_ids = scope.visible(row_class.readers)
            if student_ids is not None:
                return and_(visible, _is_one_of(row_class, student_ids))
        return visible
    if issubclass(row_class, DistrictOwned):
        return row_class.district_id == scope.district_id
    raise UnscopedError(f"{row_class.__name__} has no owner")


def _visible_to_few(scope: Scope | AppScope, row_class: type[Base]) -> ColumnElement[bool]:
    if not issubclass(row_class, DistrictOwned):
        return false()
    in_district = row_class.district_id == scope.district_id
    if isinstance(scope, AppScope):
        return in_district
    if issubclass(row_class, OfficeOnly):
        return in_district if scope.role in OFFICE else false()
    if issubclass(row_class, SeenWithRecords):
        return and_(in_district, or_(*_made_of_it(scope, row_class)))
    return false()


def _made_of_it(scope: Scope, row_class: type[SeenWithRecords]) -> list[ColumnElement[bool]]:
    """That one of the rows made of a row is visible."""
    found = []
    for table, name in row_class.seen_through:
        made = _owned_tables()[table]
        ids = select(getattr(made, name)).where(_visible(scope, made))
        found.append(row_class.id.in_(ids))  # type: ignore[attr-defined] # its models have an id
    return found


def _is_one_of(row_class: type[StudentOwned], ids: frozenset[UUID]) -> ColumnElement[bool]:
    """One student is the common case, and an equality is half the price of an IN."""
    if len(ids) == 1:
        return row_class.student_id == next(iter(ids))
    return row_class.student_id.in_(sorted(ids))


def _criteria_for(state: ORMExecuteState, scope: Scope | AppScope) -> list[ORMOption]:
    """Criteria of just the guarded classes that the statement mentions, made once a scope.

    Models have no relationships (a test holds that), so a statement names every table it reads.

    Raises:
        UnscopedError: If it reads a table past its class: no criterion could narrow that.
    """
    known: dict[type[Base], ORMOption] = state.session.info["criteria"]
    classes, past = _known_mentions(state.statement)
    if past:
        raise UnscopedError(f"{sorted(past)} are asked for past their classes")
    for row_class in classes:
        if row_class not in known:
            known[row_class] = _criterion(scope, row_class)
    return [known[row_class] for row_class in classes]


def _known_mentions(statement: Executable) -> tuple[list[type[Base]], set[str]]:
    """Look through a statement once: those made once for a module come again and again.

    A statement never changes; what is added to one makes another.
    """
    found = _MENTIONS.get(statement)
    if found is None:
        found = _MENTIONS[statement] = _mentioned(statement)
    return found


def _mentioned(statement: Executable) -> tuple[list[type[Base]], set[str]]:
    """Guarded classes in a statement, and names of tables whose columns stand without a class."""
    owned = _owned_tables()
    classes: dict[type[Base], None] = {}
    bare: set[str] = set()
    for element in visitors.iterate(statement):  # type: ignore[arg-type]
        entity = element._annotations.get("parententity")  # noqa: SLF001
        if entity is not None:
            row_class = entity.mapper.class_
            if not issubclass(row_class, Shared):
                classes[row_class] = None
        elif isinstance(element, ColumnClause):
            table = getattr(element.table, "element", element.table)
            if isinstance(table, Table) and table.name in owned:
                bare.add(table.name)
    return list(classes), bare - {row_class.__tablename__ for row_class in classes}


@event.listens_for(GuardedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    info = state.session.info
    scope = info.get("scope")
    if scope is None or not state.is_orm_statement:
        raise UnscopedError(str(state.statement))
    if not state.is_select:
        _note_change(info, state.bind_mapper.class_ if state.bind_mapper else object)
    if isinstance(scope, SystemScope):
        return
    if state.is_insert or isinstance(state.parameters, list):
        _check_bulk_rows(state, scope)
        return
    criteria = _criteria_for(state, scope)
    if criteria:
        state.statement = state.statement.options(*criteria)


def _note_change(info: dict[str, object], row_class: type) -> None:
    if not writing.get():
        raise UnscopedError(f"{row_class.__name__} was changed in a read-only unit of work")
    if not issubclass(row_class, Untraced):
        info["changed"] = row_class.__name__


def _check_bulk_rows(state: ORMExecuteState, scope: Scope | AppScope) -> None:
    """Bulk inserts, and updates by key, skip the flush, so their rows are checked here."""
    if not isinstance(state.parameters, list) or state.bind_mapper is None:
        raise UnscopedError("rows in bulk come as a list")
    _check_owners(scope, state.bind_mapper.class_, state.parameters)


def admit_rows(
    scope: Scope | AppScope | SystemScope,
    row_class: type,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Say that these rows may be made by whoever is at work, and that something changes.

    Raises:
        UnscopedError: If they may not.
    """
    info = scope.session.info
    if info.get("scope") != scope:
        raise UnscopedError(row_class.__name__)
    _note_change(info, row_class)
    if not isinstance(scope, SystemScope):
        _check_owners(scope, row_class, rows)


def _check_owners(
    scope: Scope | AppScope, row_class: type, rows: Sequence[Mapping[str, Any]]
) -> None:
    for row in rows:
        _check_owner(
            scope, row_class, row.get("district_id"), row.get("school_id"), row.get("student_id")
        )


@event.listens_for(GuardedSession, "before_flush")
def _check_rows(session: GuardedSession, *_: object) -> None:
    scope = session.info.get("scope")
    for row in (*session.new, *session.dirty, *session.deleted):
        if row in session.dirty and not session.is_modified(row):
            continue
        if isinstance(row, AuditRecord):
            session.info["audited"] = True
        else:
            _note_change(session.info, type(row))
        if scope is None:
            raise UnscopedError(repr(row))
        if isinstance(scope, SystemScope):
            continue
        if isinstance(row, SchoolOwned) and row.school_id is None and isinstance(scope, Scope):
            row.school_id = scope.school_id
        _check_owner(
            scope,
            type(row),
            getattr(row, "district_id", None),
            getattr(row, "school_id", None),
            getattr(row, "student_id", None),
        )


def _check_owner(
    scope: Scope | AppScope,
    row_class: type,
    district_id: UUID | None,
    school_id: UUID | None,
    student_id: UUID | None,
) -> None:
    if issubclass(row_class, DistrictOwned) and district_id != scope.district_id:
        raise UnscopedError(f"{row_class.__name__} of another district")
    if issubclass(row_class, SchoolOwned) and school_id not in scope.school_ids:
        raise UnscopedError(f"{row_class.__name__} of another school")
    if issubclass(row_class, StudentOwned):
        visible = scope.visible(row_class.readers)
        if visible is not None and student_id not in visible:
            raise UnscopedError(f"{row_class.__name__} of a student out of sight")


@event.listens_for(GuardedSession, "before_commit")
def _only_at_the_end(session: GuardedSession) -> None:
    if "ending" not in session.info:
        raise UnscopedError("operations never commit; unit_of_work does")
