"""An import that is to be written, and through whose eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aarportal.core.ownership import Relation
from aarportal.core.permissions import APP_GRANTS, Role
from aarportal.core.scope import AppScope, Scope


@dataclass(frozen=True)
class Job:
    """An import that is to be written, or taken back.

    Attributes:
        office_id: Who confirmed it.
    """

    id: UUID
    district_id: UUID
    school_id: UUID
    student_id: UUID
    office_id: UUID
    is_undo: bool

    @property
    def scope(self) -> Scope:
        """Eyes that see this student with every relation, and nobody else."""
        relations = (Relation.SELF, Relation.HOMEROOM, Relation.TEACHES, Relation.RECORDS)
        return Scope(
            actor_id=self.office_id,
            district_id=self.district_id,
            school_id=self.school_id,
            role=Role.ADMINISTRATOR,
            students=dict.fromkeys(relations, frozenset({self.student_id})),
        )

    def app_scope(self, app_id: UUID) -> AppScope:
        """As an app of the earlier school."""
        return AppScope(app_id, self.district_id, frozenset({self.school_id}), APP_GRANTS)


@dataclass(frozen=True)
class District:
    """What of an export belongs to the district, and is there before its rows are written.

    Attributes:
        apps: Given id of an app -> its id here.
        statements: xAPI id -> our own id of a statement, and the app that sent it.
    """

    apps: Mapping[UUID, UUID]
    statements: Mapping[UUID, tuple[UUID, UUID]]
