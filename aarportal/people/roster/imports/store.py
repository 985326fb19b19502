"""Questions about rosters that were brought."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from aarportal.core.errors import NotFoundError, StateError
from aarportal.core.ownership import StudentOwned
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.roster.imports.models import PersonFate, RosterChange, RosterImport
from aarportal.people.roster.imports.states import WITH_FILE, WORKING
from aarportal.people.roster.imports.values import decode
from aarportal.people.roster.models import School, User, UserRole
from aarportal.people.roster.planning import Change

Import = RosterImport

#: Changes that are read at once.
_AT_ONCE = 2000
#: Tables that belong to the imports themselves.
_OF_THE_IMPORT = frozenset({"roster_changes", "person_fates", "roster_imports"})
#: Column that others point at -> kind of the row.
_POINTED_AT = {"users.id": "users", "classes.id": "classes", "courses.id": "courses"}


def roster_import(scope: Scope, import_id: UUID) -> RosterImport:
    """An import that this office brought or may confirm.

    Raises:
        NotFoundError: If there is none, or it is of another school.
    """
    query = select(RosterImport).where(RosterImport.id == import_id, _mine(scope))
    row = scope.session.scalar(query)
    if row is None:
        raise NotFoundError("RosterImport")
    return row


def to_change(scope: Scope, import_id: UUID) -> RosterImport:
    """The same, of which nobody else takes hold until this transaction ends.

    Raises:
        NotFoundError: If there is none, or it is of another school.
        StateError: If somebody is at it: it is not waited for, a large one takes a minute.
    """
    roster_import(scope, import_id)
    query = select(RosterImport).where(RosterImport.id == import_id, _mine(scope))
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    row = scope.session.scalar(query)
    if row is None:
        raise StateError("somebody works on it")
    return row


def _mine(scope: Scope) -> ColumnElement[bool]:
    """A school sees what speaks of it alone, the board everything of its district."""
    if scope.role is Role.DISTRICT_ADMINISTRATOR:
        return RosterImport.district_id == scope.district_id
    return RosterImport.school_id == scope.school_id


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[RosterImport], int]:
    """One page of the imports, the latest first, and how many there are."""
    count = scope.session.scalar(select(func.count(RosterImport.id)).where(_mine(scope))) or 0
    query = select(RosterImport).where(_mine(scope))
    query = query.order_by(RosterImport.made_at.desc(), RosterImport.id.desc())
    return scope.session.scalars(query.limit(size).offset((number - 1) * size)).all(), count


def people(scope: Scope, ids: Collection[UUID | None]) -> dict[UUID, User]:
    """Who brought or confirmed something."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    return {row.id: row for row in scope.session.scalars(select(User).where(User.id.in_(wanted)))}


def school_names(scope: Scope, ids: Collection[UUID | None]) -> dict[UUID, str]:
    """What schools are called."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    rows = scope.session.execute(select(School.id, School.name).where(School.id.in_(wanted)))
    return dict(rows.tuples().all())


def fates(scope: Scope, import_id: UUID, fate: str, first: int, size: int) -> Sequence[PersonFate]:
    """Some of the people of one fate, from place `first` on."""
    return scope.session.scalars(
        select(PersonFate)
        .where(
            PersonFate.import_id == import_id,
            PersonFate.fate == fate,
            PersonFate.place >= first,
            PersonFate.place < first + size,
        )
        .order_by(PersonFate.place)
    ).all()


# --- for whoever works on them ------------------------------------------------------------------


def waiting(scope: SystemScope, now: datetime, worker: UUID) -> Sequence[UUID]:
    """Imports that somebody has to work on, and nobody else does."""
    free = or_(
        RosterImport.worked_on_until.is_(None),
        RosterImport.worked_on_until < now,
        RosterImport.worked_on_by == worker,
    )
    return scope.session.scalars(
        select(RosterImport.id)
        .where(RosterImport.state.in_(WORKING), free)
        .order_by(RosterImport.state_since)
    ).all()


def locked(scope: SystemScope, import_id: UUID) -> RosterImport | None:
    """An import of which nobody else can take hold; None if somebody has."""
    query = select(RosterImport).where(RosterImport.id == import_id)
    return scope.session.scalar(query.with_for_update(skip_locked=True))


def needing_their_file(scope: SystemScope, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the imports that are not at their end."""
    query = select(RosterImport.id).where(
        RosterImport.id.in_(ids), RosterImport.state.in_(WITH_FILE)
    )
    return frozenset(scope.session.scalars(query))


def changes(scope: SystemScope, import_id: UUID, *, backwards: bool = False) -> Iterator[Change]:
    """Every row that an import changes, in its order or the reverse."""
    order = RosterChange.place.desc() if backwards else RosterChange.place.asc()
    asked = (
        select(
            RosterChange.kind,
            RosterChange.row_id,
            RosterChange.school_id,
            RosterChange.user_id,
            RosterChange.before,
            RosterChange.after,
            RosterChange.place,
        )
        .where(RosterChange.import_id == import_id)
        .order_by(order)
        .limit(_AT_ONCE)
    )
    rows = scope.session.execute(asked).all()
    while rows:
        for row in rows:
            before = None if row.before is None else decode(row.before)
            yield Change(
                row.kind, row.row_id, row.school_id, row.user_id, before, decode(row.after)
            )
        last = rows[-1].place
        beyond = RosterChange.place < last if backwards else RosterChange.place > last
        rows = scope.session.execute(asked.where(beyond)).all()


def built_on(scope: SystemScope, import_id: UUID) -> str | None:
    """A table in which somebody has built on a row that an import made, if there is one.

    Rows point at people and classes by keys, and about a student by a bare id: both are looked for
    in every table there is.
    """
    for mapper in RosterImport.registry.mappers:
        table: str = mapper.local_table.name  # type: ignore[attr-defined] # models have tables
        if table in _OF_THE_IMPORT:
            continue
        for attribute in mapper.column_attrs:
            column = attribute.columns[0]
            kinds = {_POINTED_AT.get(key.target_fullname) for key in column.foreign_keys}
            if attribute.key == "student_id":
                kinds.add("users")
            for kind in kinds - {None}:
                made = _made(import_id, RosterChange.kind == kind)
                points = getattr(mapper.class_, attribute.key).in_(made)
                if _is_there(scope, mapper.class_, points, import_id):
                    return table
        if issubclass(mapper.class_, StudentOwned) and _is_of_arrived(
            scope, mapper.class_, import_id
        ):
            return table
    return None


def _is_of_arrived(scope: SystemScope, row_class: type[StudentOwned], import_id: UUID) -> bool:
    """Whether something is about somebody at a school to which only the import has brought them."""
    other = aliased(UserRole)
    had_another = select(other.id).where(
        other.school_id == UserRole.school_id,
        other.user_id == UserRole.user_id,
        other.id.not_in(_made(import_id)),
    )
    query = (
        select(row_class.student_id)
        .join(
            UserRole,
            and_(
                UserRole.school_id == row_class.school_id,
                UserRole.user_id == row_class.student_id,
            ),
        )
        .where(
            UserRole.id.in_(_made(import_id, RosterChange.kind == "roles")), ~had_another.exists()
        )
        .limit(1)
    )
    return scope.session.execute(query).first() is not None


def _made(import_id: UUID, *conditions: ColumnElement[bool]) -> Any:
    """Ids of rows that an import made."""
    return select(RosterChange.row_id).where(
        RosterChange.import_id == import_id, RosterChange.before.is_(None), *conditions
    )


def _is_there(
    scope: SystemScope, row_class: Any, points: ColumnElement[bool], import_id: UUID
) -> bool:
    """Whether a row points at one that the import made, and did not come with it."""
    query = select(points).select_from(row_class).where(points).limit(1)
    if hasattr(row_class, "id"):
        query = query.where(row_class.id.not_in(_made(import_id)))
    return scope.session.execute(query).first() is not None
