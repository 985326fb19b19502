"""Who is asking, and therefore which rows exist for them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Executable, Select, event, false, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from aarportal.core.database import Base, GuardedSession, db, writing
from aarportal.core.errors import NotAllowedError, NotFoundError, UnauditedError, UnscopedError
from aarportal.core.mentions import mentioned
from aarportal.core.ownership import (
    READ_ONLY,
    AuditRecord,
    DistrictOwned,
    OfRoster,
    Relation,
    SchoolOwned,
    Shared,
    StudentOwned,
    Untraced,
)
from aarportal.core.permissions import GRANTS, NOT_IN_A_VIEW, OFFICE, Permission, Role
from aarportal.core.visibility import gone_elsewhere, visible

#: Marks a statement of the guard itself, which nothing narrows.
_OWN = object()
#: Statement -> what `mentioned` found, as long as the statement lives.
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
            for its board, those before for a student. What is written belongs to `school_id` if
            nobody says otherwise.
        since: The first day from which rows about students exist; None for all.
        lent_class_ids: Further classes that the person looks at by a relation, for a time.
        viewer_id: Whoever looks through the eyes of the person, and changes nothing; else None.
    """

    actor_id: UUID
    district_id: UUID
    school_id: UUID
    role: Role
    students: Mapping[Relation, frozenset[UUID] | None] = field(default_factory=dict)
    class_ids: tuple[UUID, ...] = ()
    other_school_ids: frozenset[UUID] = frozenset()
    since: date | None = None
    lent_class_ids: tuple[UUID, ...] = ()
    viewer_id: UUID | None = None

    @property
    def is_person(self) -> bool:
        """Whether it is a person who looks, and not a machine."""
        return True

    @property
    def is_office(self) -> bool:
        """Whether rows of the office alone exist."""
        return self.role in OFFICE

    @property
    def is_school_office(self) -> bool:
        """Whether the person gives relations of the school, and sees who holds them."""
        return self.role in {Role.ADMINISTRATOR, Role.PRINCIPAL}

    @property
    def is_apart(self) -> bool:
        """Whether nothing about other people exists: whoever runs the system."""
        return self.role is Role.SYSTEM_ADMINISTRATOR

    @property
    def seen_class_ids(self) -> tuple[UUID, ...]:
        """Classes whose pages the person opens: their own first."""
        return self.class_ids + self.lent_class_ids

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
        if self.viewer_id is not None and permission in NOT_IN_A_VIEW:
            return False
        return permission in GRANTS[self.role]

    def writes_to(self, school_id: UUID | None) -> bool:
        """Whether new rows may belong to a school: a student leaves none at a school before."""
        if self.role is Role.STUDENT:
            return school_id == self.school_id
        return school_id in self.school_ids

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """Students whose rows of a table with these `readers` exist for this person."""
        seen: frozenset[UUID] = frozenset()
        for relation in readers & self.students.keys():
            ids = self.students[relation]
            if ids is None:
                return None
            seen |= ids
        return seen

    def writable(self, row_class: type[StudentOwned]) -> frozenset[UUID] | None:
        """Students about whom this person may write rows of a table; None for every student."""
        return self.visible(row_class.readers - (READ_ONLY - row_class.written_by))

    def as_writer(self) -> "Scope":
        """The same without those about whom the person only reads."""
        if not self.students.keys() & READ_ONLY:
            return self
        writes = {key: ids for key, ids in self.students.items() if key not in READ_ONLY}
        return replace(self, students=writes)

    def has_lost(self, student_id: UUID) -> bool:
        """Whether a student left these schools for another one, which looks after them now."""
        return student_id in self.lost([student_id])

    def lost(self, student_ids: Collection[UUID]) -> frozenset[UUID]:
        """Those of some students who left these schools for another one."""
        query = gone_elsewhere(self.school_ids, _owned_tables())
        found = query.where(query.selected_columns[0].in_(student_ids))
        return frozenset(self.session.scalars(found, execution_options={"asked_by": _OWN}))

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
    def since(self) -> date | None:
        """An app goes on with what it began, whatever year it is."""
        return None

    @property
    def is_person(self) -> bool:
        """A machine is none."""
        return False

    @property
    def is_office(self) -> bool:
        """The rows of the office that machines of the district read, too."""
        return True

    @property
    def is_school_office(self) -> bool:
        """A machine holds no relation, and asks for none."""
        return False

    @property
    def is_apart(self) -> bool:
        """Not so."""
        return False

    @property
    def session(self) -> GuardedSession:
        """The guarded session."""
        return _session()

    def allows(self, permission: Permission) -> bool:
        """Whether the app's credential grants `permission`."""
        return permission in self.permissions

    def writes_to(self, school_id: UUID | None) -> bool:
        """Whether new rows may belong to a school."""
        return school_id in self.school_ids

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """Every student of its schools, in tables that apps may touch; nobody elsewhere."""
        return None if Relation.RECORDS in readers else frozenset()

    def writable(self, row_class: type[StudentOwned]) -> frozenset[UUID] | None:
        """The same: what an app may touch, it adds to."""
        return self.visible(row_class.readers)


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


def students_gone_elsewhere(school_ids: Collection[UUID]) -> Select[tuple[UUID]]:
    """Students who left these schools for another one: part of a question of the system."""
    return gone_elsewhere(frozenset(school_ids), _owned_tables())


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
        NotAllowedError: If somebody would write who only looks through a pupil's eyes.
    """
    if isinstance(scope, Scope) and scope.viewer_id is not None and not read_only:
        raise NotAllowedError("a view changes nothing")
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
    condition = visible(scope, row_class, _owned_tables())
    if isinstance(scope, RosterScope) and not issubclass(row_class, OfRoster):
        condition = false()
    return with_loader_criteria(row_class, condition, include_aliases=True)


def _criteria_for(
    state: ORMExecuteState, scope: Scope | AppScope, known: dict[type[Base], ORMOption]
) -> list[ORMOption]:
    """Criteria of just the guarded classes that the statement mentions, made once a scope.

    Models have no relationships (a test holds that), so a statement names every table it reads.

    Raises:
        UnscopedError: If it reads a table past its class: no criterion could narrow that.
    """
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
        found = _MENTIONS[statement] = mentioned(statement, _owned_tables())
    return found


@event.listens_for(GuardedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    info = state.session.info
    scope = info.get("scope")
    if scope is not None and state.execution_options.get("asked_by") is _OWN:
        return
    if scope is None or not state.is_orm_statement:
        raise UnscopedError(str(state.statement))
    if not state.is_select:
        _note_change(info, state.bind_mapper.class_ if state.bind_mapper else object)
    if isinstance(scope, SystemScope):
        return
    if state.is_insert or isinstance(state.parameters, list):
        _check_bulk_rows(state, scope)
        return
    known = info["criteria"]
    if not state.is_select and isinstance(scope, Scope):
        # What somebody only reads, no change reaches.
        writer = scope.as_writer()
        known = known if writer is scope else info.setdefault("criteria_of_changes", {})
        scope = writer
    criteria = _criteria_for(state, scope, known)
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
    _check_owners(scope, state.bind_mapper.class_, state.parameters, new=state.is_insert)


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
        _check_owners(scope, row_class, rows, new=True)


def _check_owners(
    scope: Scope | AppScope, row_class: type, rows: Sequence[Mapping[str, Any]], *, new: bool
) -> None:
    for row in rows:
        _check_owner(scope, row_class, row.get, new=new)


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
        _check_owner(scope, type(row), partial(getattr, row), new=row in session.new)


def _check_owner(
    scope: Scope | AppScope, row_class: type, value: Callable[[str], Any], *, new: bool
) -> None:
    if issubclass(row_class, DistrictOwned) and value("district_id") != scope.district_id:
        raise UnscopedError(f"{row_class.__name__} of another district")
    if issubclass(row_class, SchoolOwned):
        school_id = value("school_id")
        if not (scope.writes_to(school_id) if new else school_id in scope.school_ids):
            raise UnscopedError(f"{row_class.__name__} of another school")
    if issubclass(row_class, StudentOwned):
        mine, seen = scope.writable(row_class), scope.visible(row_class.readers)
        if mine is None or value("student_id") in mine:
            return
        if seen is None or value("student_id") in seen:
            raise NotAllowedError(f"{row_class.__name__} is only read")
        raise UnscopedError(f"{row_class.__name__} of a student out of sight")


@event.listens_for(GuardedSession, "before_commit")
def _only_at_the_end(session: GuardedSession) -> None:
    if "ending" not in session.info:
        raise UnscopedError("operations never commit; unit_of_work does")
