"""What other systems were told of laps already."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, update

from aarportal.core.scope import AppScope, SystemScope
from aarportal.cycle.action.models import PortalStatement
from aarportal.cycle.loop.models import LearningCycle
from aarportal.insight.sharing.laps import Kind
from aarportal.insight.sharing.revisions import Published
from aarportal.insight.sharing.store import Moved
from aarportal.people.roster.models import School

_PUBLISHED = select(
    PortalStatement.statement_id,
    PortalStatement.school_id,
    PortalStatement.student_id,
    PortalStatement.cycle_id,
    PortalStatement.kind,
    PortalStatement.source_id,
    PortalStatement.version,
    PortalStatement.fingerprint,
    PortalStatement.withdrawn,
)


def published(scope: SystemScope, moved: Sequence[Moved]) -> list[Published]:
    """Everything that was published of some laps."""
    rows = scope.session.execute(
        _PUBLISHED.where(
            PortalStatement.school_id.in_({lap.school_id for lap in moved}),
            PortalStatement.cycle_id.in_([lap.id for lap in moved]),
        )
    )
    return [Published(*row) for row in rows]


def of_lost_laps(scope: SystemScope, district_id: UUID, limit: int) -> list[Published]:
    """Statements that still stand though the lap is gone that they tell of."""
    lap = select(LearningCycle.id).where(
        LearningCycle.school_id == PortalStatement.school_id,
        LearningCycle.id == PortalStatement.cycle_id,
    )
    rows = scope.session.execute(
        _PUBLISHED.join(School, School.id == PortalStatement.school_id)
        .where(
            School.district_id == district_id,
            PortalStatement.withdrawn.is_(False),
            PortalStatement.kind != Kind.WITHDRAWAL,
            ~lap.exists(),
        )
        .limit(limit)
    )
    return [Published(*row) for row in rows]


def mark_withdrawn(scope: AppScope, statement_ids: Collection[UUID]) -> None:
    """Keep that these statements were taken back."""
    scope.session.execute(
        update(PortalStatement)
        .where(PortalStatement.statement_id.in_(statement_ids))
        .values(withdrawn=True),
        execution_options={"synchronize_session": False},
    )
