"""What imports did to a person."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from aarportal.core.scope import Scope
from aarportal.people.identity.models import IdentityLink, PersonMerge
from aarportal.people.roster.imports.models import RosterChange, RosterImport
from aarportal.people.roster.imports.values import decode
from aarportal.people.roster.models import Class


@dataclass(frozen=True)
class Change:
    """One row about a person that an import made, changed or ended."""

    import_id: UUID
    place: int
    kind: str
    school_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any]
    at: datetime
    made_by: UUID | None
    file_name: str
    undone_at: datetime | None


def changes(scope: Scope, person_id: UUID, *, limit: int) -> list[Change]:
    """The latest rows that imports changed, the latest first; none of a school out of sight."""
    rows = scope.session.execute(
        select(
            RosterChange.import_id,
            RosterChange.place,
            RosterChange.kind,
            RosterChange.school_id,
            RosterChange.before,
            RosterChange.after,
            RosterImport.written_at,
            RosterImport.confirmed_by,
            RosterImport.file_name,
            RosterImport.undone_at,
        )
        .join(
            RosterImport,
            and_(
                RosterImport.district_id == RosterChange.district_id,
                RosterImport.id == RosterChange.import_id,
            ),
        )
        .where(
            RosterChange.district_id == scope.district_id,
            RosterChange.user_id == person_id,
            RosterImport.written_at.is_not(None),
            or_(
                RosterChange.school_id.is_(None),
                RosterChange.school_id.in_(sorted(scope.school_ids)),
            ),
        )
        .order_by(RosterImport.written_at.desc(), RosterChange.import_id, RosterChange.place)
        .limit(limit)
    )
    found = [Change(*row) for row in rows]
    return [
        replace(one, before=one.before and _plain(one.before), after=_plain(one.after))
        for one in found
    ]


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Columns as a page shows them: ids as text."""
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in decode(values).items()
    }


def rows_about(scope: Scope, person_id: UUID) -> list[UUID]:
    """Links and merges of a person: what is done to one is done to the person."""
    links = select(IdentityLink.id).where(
        IdentityLink.district_id == scope.district_id, IdentityLink.user_id == person_id
    )
    merges = select(PersonMerge.id).where(
        PersonMerge.district_id == scope.district_id,
        or_(PersonMerge.kept_id == person_id, PersonMerge.merged_id == person_id),
    )
    return [*scope.session.scalars(links), *scope.session.scalars(merges)]


def class_titles(scope: Scope, ids: Collection[UUID]) -> dict[str, str]:
    """Titles of classes by their ids as text."""
    if not ids:
        return {}
    rows = scope.session.execute(select(Class.id, Class.title).where(Class.id.in_(ids)))
    return {str(id_): title for id_, title in rows}
