"""Questions about catalogues."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import AppScope, Scope
from aarportal.cycle.units.catalogue.choosing import Entry
from aarportal.cycle.units.catalogue.models import CatalogueEntry

# Made once: the intake asks with every batch.
_HOLDING = select(
    CatalogueEntry.app_id,
    CatalogueEntry.school_id,
    CatalogueEntry.kind,
    CatalogueEntry.value,
    CatalogueEntry.subject,
    CatalogueEntry.code,
    CatalogueEntry.unit_title,
).where(
    CatalogueEntry.district_id == bindparam("district_id"),
    CatalogueEntry.app_id.in_(bindparam("app_ids", expanding=True)),
    CatalogueEntry.school_id.in_(bindparam("keepers", expanding=True)),
)
_ABOUT = _HOLDING.where(
    or_(
        CatalogueEntry.kind == "prefix",
        CatalogueEntry.value.in_(bindparam("values", expanding=True)),
    )
)


def entries(scope: Scope | AppScope, app_ids: Collection[UUID]) -> list[Entry]:
    """The lines about these apps that hold in the schools of the scope."""
    rows = scope.session.execute(_HOLDING, _keepers(scope, app_ids))
    return [Entry(*row) for row in rows]


def entries_about(
    scope: Scope | AppScope, app_id: UUID, activity_ids: Collection[str], titles: Collection[str]
) -> list[Entry]:
    """Those of the lines about one app that can say something of these activities.

    A catalogue may have thousands of lines, and a batch of statements has few activities.
    """
    values = {"values": [*activity_ids, *titles]}
    rows = scope.session.execute(_ABOUT, _keepers(scope, [app_id]) | values)
    return [Entry(*row) for row in rows]


def _keepers(scope: Scope | AppScope, app_ids: Collection[UUID]) -> dict[str, object]:
    return {
        "district_id": scope.district_id,
        "app_ids": list(app_ids),
        "keepers": [NOTHING, *scope.school_ids],
    }


def page(
    scope: Scope, words: str, *, number: int, size: int
) -> tuple[Sequence[CatalogueEntry], int, int]:
    """One page of the lines that hold in this school, its number, and how many lines there are.

    Args:
        scope: Whose.
        words: Only lines with these letters in their value or the title of the unit.
        number: Which page, from 1; behind the last one, the last.
        size: How many lines a page has.
    """
    wanted = [*_held_here(scope)]
    if words:
        wanted.append(
            or_(
                CatalogueEntry.value.icontains(words, autoescape=True),
                CatalogueEntry.unit_title.icontains(words, autoescape=True),
            )
        )
    count = scope.session.scalar(select(func.count(CatalogueEntry.id)).where(*wanted)) or 0
    number = max(min(number, -(-count // size)), 1)
    rows = scope.session.scalars(
        select(CatalogueEntry)
        .where(*wanted)
        # What the school itself keeps comes first: that can be changed here.
        .order_by(
            CatalogueEntry.school_id.desc(),
            CatalogueEntry.app_id,
            CatalogueEntry.value,
            CatalogueEntry.kind,
        )
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    return rows, number, count


def own_entry(scope: Scope, entry_id: UUID) -> CatalogueEntry:
    """A line that this school keeps.

    Raises:
        NotFoundError: If there is none.
    """
    entry = scope.session.scalar(
        select(CatalogueEntry).where(
            CatalogueEntry.id == entry_id,
            CatalogueEntry.district_id == scope.district_id,
            CatalogueEntry.school_id == scope.school_id,
        )
    )
    if entry is None:
        raise NotFoundError("catalogue entry")
    return entry


def same_entry(scope: Scope, app_id: UUID, kind: str, value: str) -> CatalogueEntry | None:
    """The line of this school about the same thing, if there is one."""
    return scope.session.scalar(
        select(CatalogueEntry).where(
            CatalogueEntry.district_id == scope.district_id,
            CatalogueEntry.school_id == scope.school_id,
            CatalogueEntry.app_id == app_id,
            CatalogueEntry.kind == kind,
            CatalogueEntry.value == value,
        )
    )


def own_catalogue(scope: Scope, app_id: UUID) -> Sequence[CatalogueEntry]:
    """Every line of an app's own catalogue."""
    return scope.session.scalars(
        select(CatalogueEntry).where(
            CatalogueEntry.district_id == scope.district_id,
            CatalogueEntry.school_id == NOTHING,
            CatalogueEntry.app_id == app_id,
        )
    ).all()


def _held_here(scope: Scope) -> list[ColumnElement[bool]]:
    return [
        CatalogueEntry.district_id == scope.district_id,
        CatalogueEntry.school_id.in_([NOTHING, scope.school_id]),
    ]
