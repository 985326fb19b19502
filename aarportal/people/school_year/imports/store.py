"""Questions about tables that were brought for a school year."""

from collections.abc import Collection, Sequence
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from aarportal.core.scope import Scope
from aarportal.people.roster.models import User
from aarportal.people.school_year.models import YearImport

#: The row, for those who may look at it and make none.
Import: TypeAlias = YearImport


def year_import(scope: Scope, import_id: UUID) -> YearImport:
    """One import of this school.

    Raises:
        NotFoundError: If there is none.
    """
    return scope.one(YearImport, import_id)


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[YearImport], int]:
    """One page of the school's imports, the latest first, and how many there are."""
    mine = YearImport.school_id == scope.school_id
    rows = scope.session.scalars(
        select(YearImport)
        .options(defer(YearImport.data), defer(YearImport.changes))
        .where(mine)
        .order_by(YearImport.made_at.desc(), YearImport.id)
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    count = scope.session.scalar(select(func.count(YearImport.id)).where(mine))
    return rows, count or 0


def people(scope: Scope, ids: Collection[UUID]) -> dict[UUID, User]:
    """These people of the district."""
    if not ids:
        return {}
    return {row.id: row for row in scope.session.scalars(select(User).where(User.id.in_(ids)))}
