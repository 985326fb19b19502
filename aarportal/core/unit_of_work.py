"""One scope, one transaction, and the guard over everything that is read and written in it."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Executable, event, false
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption

from aarportal.core import clock
from aarportal.core.database import (
    GUARDS_OWN,
    Base,
    GuardedSession,
    db,
    guarded_session,
    writing,
)
from aarportal.core.errors import NotAllowedError, NotProvedError, UnauditedError, UnscopedError
from aarportal.core.looking import visit_of
from aarportal.core.mentions import guarded_tables, mentioned
from aarportal.core.ownership import (
    AppendOnly,
    AuditRecord,
    DistrictOwned,
    OfRoster,
    SchoolOwned,
    StudentOwned,
    Untraced,
    is_grave,
)
from aarportal.core.permissions import Role
from aarportal.core.scope import AppScope, RetentionScope, RosterScope, Scope, SystemScope
from aarportal.core.visibility import visible

#: Statement -> what `mentioned` found, as long as the statement lives.
_MENTIONS: WeakKeyDictionary[Executable, tuple[list[type[Base]], set[str]]] = WeakKeyDictionary()

#: Of how many sights the conditions are kept. Those of a teacher of forty are 150 kB after the
#: usual pages, those of a head 1.8 MB if every table was asked for.
_SIGHTS = 96

AnyScope = TypeVar("AnyScope", bound=Scope | AppScope | SystemScope)


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
    visit = visit_of(scope)
    leaves_trace = visit is not None and visit.writes
    # A page that only reads writes its trace first, and nothing after it.
    token = writing.set(not read_only or leaves_trace)
    session = guarded_session()
    info = session.info
    if "scope" in info:
        writing.reset(token)
        raise UnscopedError("the scope of a session never changes")
    info["scope"] = scope
    info["visit"] = visit
    try:
        if visit is not None and leaves_trace:
            visit.leave(scope)
            session.connection()
            session.flush()
            writing.set(not read_only)
        yield scope
        session.flush()
        if "changed" in info and "audited" not in info:
            raise UnauditedError(info["changed"])
        info["ending"] = True
        session.commit()
        if visit is not None and leaves_trace:
            visit.committed(scope)
    finally:
        db.session.remove()
        writing.reset(token)


def sight_of(scope: Scope | AppScope) -> Hashable:
    """All that a scope is, and the day: which rows exist for it depends on nothing else.

    It takes every attribute, so that none that is added to a scope can be forgotten here.
    """
    said = (frozenset(it.items()) if isinstance(it, Mapping) else it for it in vars(scope).values())
    return (type(scope), clock.today(), *said)


@lru_cache(_SIGHTS)
def criteria_in(_sight: Hashable) -> dict[type[Base], ORMOption]:
    """The conditions that were made for a sight, by class; whoever misses one adds it.

    A class of forty asks the same again with every page, and making them took a tenth of it.
    """
    return {}


def _known_criteria(info: dict[str, Any], scope: Scope | AppScope) -> dict[type[Base], ORMOption]:
    """Those of a unit of work, or those of its changes if they reach fewer rows."""
    name = "criteria" if scope is info["scope"] else "criteria_of_changes"
    if name not in info:
        # There are many students, theirs are made in no time, and they would put out the others.
        is_student = isinstance(scope, Scope) and scope.role is Role.STUDENT
        info[name] = {} if is_student else criteria_in(sight_of(scope))
    known: dict[type[Base], ORMOption] = info[name]
    return known


def _criterion(scope: Scope | AppScope, row_class: type[Base]) -> ORMOption:
    """The condition under which rows of this class exist for `scope`.

    A plain expression, not a lambda: SQLAlchemy takes the closure values of a lambda shared by
    several classes from the first of them, and then rows leak.
    """
    condition = visible(scope, row_class, guarded_tables())
    if isinstance(scope, RosterScope) and not issubclass(row_class, OfRoster):
        condition = false()
    return with_loader_criteria(row_class, condition, include_aliases=True)


def _criteria_for(
    state: ORMExecuteState, scope: Scope | AppScope, known: dict[type[Base], ORMOption]
) -> list[ORMOption]:
    """Criteria of just the guarded classes that the statement mentions, made once a sight.

    Models have no relationships (a test holds that), so a statement names every table it reads.

    Raises:
        UnscopedError: If it reads a table past its class: no criterion could narrow that.
        NotProvedError: If it reads what harms a child if it gets out, and it is not proved in two
            ways who asks.
    """
    classes, past = _known_mentions(state.statement)
    if past:
        raise UnscopedError(f"{sorted(past)} are asked for past their classes")
    is_weak = isinstance(scope, Scope) and not scope.is_strong
    for row_class in classes:
        if is_weak and is_grave(row_class):
            raise NotProvedError("strong")
        if row_class not in known:
            known[row_class] = _criterion(scope, row_class)
    return [known[row_class] for row_class in classes]


def _known_mentions(statement: Executable) -> tuple[list[type[Base]], set[str]]:
    """Look through a statement once: those made once for a module come again and again.

    A statement never changes; what is added to one makes another.
    """
    found = _MENTIONS.get(statement)
    if found is None:
        found = _MENTIONS[statement] = mentioned(statement, guarded_tables())
    return found


@event.listens_for(GuardedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    info = state.session.info
    scope = info.get("scope")
    if scope is not None and state.execution_options.get("asked_by") is GUARDS_OWN:
        return
    if scope is None or not state.is_orm_statement:
        raise UnscopedError(str(state.statement))
    if not state.is_select:
        row_class = state.bind_mapper.class_ if state.bind_mapper else object
        _note_change(info, row_class)
        if not state.is_insert:
            _check_stays(scope, row_class)
    if isinstance(scope, SystemScope):
        return
    if state.is_insert or isinstance(state.parameters, list):
        _check_bulk_rows(state, scope)
        return
    if not state.is_select and isinstance(scope, Scope):
        # What somebody only reads, no change reaches.
        scope = scope.as_writer()
    criteria = _criteria_for(state, scope, _known_criteria(info, scope))
    _note_reading(state)
    if criteria:
        state.statement = state.statement.options(*criteria)


def _note_reading(state: ORMExecuteState) -> None:
    """Tell a visit that rows about students are read (see `core.looking`)."""
    visit = state.session.info.get("visit")
    if visit is not None and not visit.has_read:
        classes, _past = _known_mentions(state.statement)
        about = (each.__name__ for each in classes if issubclass(each, StudentOwned))
        visit.has_read = next(about, "")


def _check_stays(scope: Scope | AppScope | SystemScope, row_class: type) -> None:
    """Traces are added, and never changed; when their time is over, retention lets them go.

    Raises:
        UnscopedError: If somebody else tries.
    """
    if issubclass(row_class, AppendOnly) and not isinstance(scope, RetentionScope):
        raise UnscopedError(f"{row_class.__name__} is only added to")


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
    if not rows:
        # What is to be written was put together before: it may change rows.
        _check_stays(scope, row_class)
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
            # That somebody looked is no trace of what they changed beside it.
            if row.is_of_change:
                session.info["audited"] = True
        else:
            _note_change(session.info, type(row))
        if scope is None:
            raise UnscopedError(repr(row))
        if row not in session.new:
            _check_stays(scope, type(row))
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
