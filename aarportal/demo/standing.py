"""What already stands in the database, before the demonstration is put there."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.scope import SystemScope
from aarportal.people.roster.models import District

_BEGUN, _SEEDED = "demo:begun", "demo:seeded"


@dataclass(frozen=True)
class Standing:
    """What stands there.

    Attributes:
        is_empty: Whether there is nobody at all.
        is_demo: Whether it is a demonstration, finished or not.
        day: The day of a finished one.
        last_change: When somebody last changed anything, by the portal's clock.
    """

    is_empty: bool
    is_demo: bool
    day: date | None
    last_change: datetime | None


def standing(scope: SystemScope) -> Standing:
    """Look at the database."""
    marks = dict(
        scope.session.execute(
            select(AuditEntry.verb, AuditEntry.object_id).where(
                AuditEntry.verb.in_((_BEGUN, _SEEDED))
            )
        )
        .tuples()
        .all()
    )
    return Standing(
        is_empty=not scope.session.scalar(select(func.count()).select_from(District)),
        is_demo=_BEGUN in marks,
        day=date.fromisoformat(marks[_SEEDED]) if _SEEDED in marks else None,
        last_change=scope.session.scalar(select(func.max(AuditEntry.at))),
    )


def mark_begun(scope: SystemScope, day: date) -> None:
    """Say that all that follows is a demonstration, so that it may be thrown away."""
    audit.record(scope, _BEGUN, day.isoformat())


def mark_seeded(scope: SystemScope, day: date) -> None:
    """Say that the demonstration of a day is complete."""
    audit.record(scope, _SEEDED, day.isoformat())
