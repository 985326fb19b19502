"""Questions about imports of tables."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import and_, func, select

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.cycle.action.apps.portal import portal_id
from aarportal.cycle.action.imports.models import ImportedRow, TableImport, TableMapping
from aarportal.cycle.action.imports.states import HALTED, TAKEN_BACK, WITH_FILE, WORKING
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.loop.states import COUNTED_RECORD
from aarportal.people.roster.models import User

#: The row, for those who may look at it and make none.
Import: TypeAlias = TableImport


@dataclass(frozen=True)
class Made:
    """What the rows of an import have become by now.

    Attributes:
        rows: Rows that brought something new.
        records: Learning records of them that count.
        students: Of how many students.
        first_on: The first day of these records.
        last_on: The last one.
        waiting: Rows that wait in quarantine.
    """

    rows: int
    records: int
    students: int
    first_on: date | None
    last_on: date | None
    waiting: int


def table_import(scope: Scope, import_id: UUID) -> TableImport:
    """One import of this school.

    Raises:
        NotFoundError: If there is none.
    """
    return scope.one(TableImport, import_id)


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[TableImport], int]:
    """One page of the school's imports, the latest first, and how many there are."""
    mine = TableImport.school_id == scope.school_id
    rows = scope.session.scalars(
        select(TableImport)
        .where(mine)
        .order_by(TableImport.made_at.desc(), TableImport.id)
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    count = scope.session.scalar(select(func.count(TableImport.id)).where(mine))
    return rows, count or 0


def mappings(scope: Scope) -> Sequence[TableMapping]:
    """The mappings that the school keeps, by name."""
    return scope.session.scalars(
        select(TableMapping).order_by(TableMapping.title, TableMapping.id)
    ).all()


def mapping_called(scope: Scope, app_id: UUID, title: str) -> TableMapping | None:
    """The mapping of an app that is kept under this name."""
    return scope.session.scalar(
        select(TableMapping).where(TableMapping.app_id == app_id, TableMapping.title == title)
    )


def apps(scope: Scope) -> list[LearningApp]:
    """The apps of the district that serve this school, by name."""
    rows = scope.session.scalars(
        select(LearningApp)
        .where(LearningApp.district_id == scope.district_id, LearningApp.revoked_at.is_(None))
        .order_by(LearningApp.title, LearningApp.id)
    )
    return [row for row in rows if _serves(row, scope.school_id)]


def app(scope: Scope, app_id: UUID) -> LearningApp:
    """An app that serves this school.

    Raises:
        NotFoundError: If there is none.
    """
    row = scope.session.scalar(
        select(LearningApp).where(
            LearningApp.id == app_id, LearningApp.district_id == scope.district_id
        )
    )
    if row is None or row.revoked_at or not _serves(row, scope.school_id):
        raise NotFoundError("app")
    return row


def _serves(row: LearningApp, school_id: UUID) -> bool:
    if row.id == portal_id(row.district_id):
        return False  # what the portal tells others is written by nobody else
    return row.school_ids is None or str(school_id) in row.school_ids


def people(scope: Scope, ids: Collection[UUID]) -> dict[UUID, User]:
    """These people of the district."""
    if not ids:
        return {}
    return {row.id: row for row in scope.session.scalars(select(User).where(User.id.in_(ids)))}


def made(scope: Scope, import_id: UUID) -> Made:
    """What the rows of an import have become by now."""
    of_it = ImportedRow.import_id == import_id
    rows = scope.session.scalar(select(func.count(ImportedRow.line)).where(of_it))
    records, students, first_on, last_on = scope.session.execute(
        select(
            func.count(LearningRecord.id),
            func.count(LearningRecord.student_id.distinct()),
            func.min(LearningRecord.day),
            func.max(LearningRecord.day),
        )
        .join(
            ImportedRow,
            and_(
                ImportedRow.school_id == LearningRecord.school_id,
                ImportedRow.statement_id == LearningRecord.id,
            ),
        )
        .where(of_it, LearningRecord.state.in_(COUNTED_RECORD))
    ).one()
    waiting = scope.session.scalar(
        select(func.count(QuarantinedStatement.statement_id))
        .join(ImportedRow, ImportedRow.statement_id == QuarantinedStatement.statement_id)
        .where(of_it, ImportedRow.school_id == scope.school_id)
    )
    return Made(rows or 0, records, students, first_on, last_on, waiting or 0)


def is_being_read(scope: Scope, row: TableImport) -> bool:
    """Whether something of the import's app is not made into learning records yet."""
    query = select(InboxEntry.position).where(InboxEntry.app_id == row.app_id).limit(1)
    return scope.session.scalar(query) is not None


# --- for whoever works on them ------------------------------------------------------------------


def waiting(scope: SystemScope) -> Sequence[tuple[UUID, UUID, UUID, UUID]]:
    """Imports that somebody has to work on, the one that has waited longest first.

    Returns:
        (district, school, app, import) each.
    """
    rows = scope.session.execute(
        select(LearningApp.district_id, TableImport.school_id, TableImport.app_id, TableImport.id)
        .join(LearningApp, LearningApp.id == TableImport.app_id)
        .where(TableImport.state.in_(WORKING))
        .order_by(TableImport.state_since, TableImport.id)
    )
    return rows.tuples().all()


def needing_their_file(scope: SystemScope, ids: Collection[UUID]) -> set[UUID]:
    """Which of these imports still need their file."""
    return set(
        scope.session.scalars(
            select(TableImport.id).where(TableImport.id.in_(ids), TableImport.state.in_(WITH_FILE))
        )
    )


def abandoned(scope: SystemScope, before: datetime) -> Sequence[TableImport]:
    """Imports that stand since then where somebody has to say how they go on."""
    return scope.session.scalars(
        select(TableImport).where(TableImport.state.in_(HALTED), TableImport.state_since < before)
    ).all()


def job(scope: AppScope, import_id: UUID) -> TableImport | None:
    """An import of this app."""
    return scope.session.scalar(
        select(TableImport).where(TableImport.id == import_id, TableImport.app_id == scope.actor_id)
    )


def locked_job(scope: AppScope, import_id: UUID) -> TableImport | None:
    """The same for whoever works on it; None while somebody else does."""
    return scope.session.scalar(
        select(TableImport)
        .where(TableImport.id == import_id, TableImport.app_id == scope.actor_id)
        .with_for_update(skip_locked=True)
    )


def app_of(scope: AppScope) -> LearningApp:
    """The app itself."""
    return scope.session.scalars(
        select(LearningApp).where(
            LearningApp.id == scope.actor_id, LearningApp.district_id == scope.district_id
        )
    ).one()


def taken_back(scope: AppScope, ids: Collection[UUID]) -> set[UUID]:
    """Which of these statements, as xAPI names them, were taken back because their import was."""
    return set(
        scope.session.scalars(
            select(StoredStatement.given_id)
            .join(ImportedRow, ImportedRow.statement_id == StoredStatement.id)
            .join(
                TableImport,
                and_(
                    TableImport.school_id == ImportedRow.school_id,
                    TableImport.id == ImportedRow.import_id,
                ),
            )
            .where(
                StoredStatement.district_id == scope.district_id,
                StoredStatement.given_id.in_(ids),
                StoredStatement.voided,
                TableImport.state.in_(TAKEN_BACK),
            )
        )
    )


def imported(scope: AppScope, import_id: UUID, first: int, limit: int) -> list[UUID]:
    """Statements of an import in the order of their lines, from the place `first` on.

    Returns:
        Their ids in xAPI.
    """
    return list(
        scope.session.scalars(
            select(StoredStatement.given_id)
            .join(ImportedRow, ImportedRow.statement_id == StoredStatement.id)
            .where(
                StoredStatement.district_id == scope.district_id,
                ImportedRow.import_id == import_id,
            )
            .order_by(ImportedRow.line)
            .offset(first)
            .limit(limit)
        )
    )


def imported_count(scope: Scope | AppScope, import_id: UUID) -> int:
    """How many rows of an import brought something new."""
    query = select(func.count(ImportedRow.line)).where(ImportedRow.import_id == import_id)
    return scope.session.scalar(query) or 0
