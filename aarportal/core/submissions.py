"""Every form is taken once: the key it carries and where its answer lies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import SchoolOwned, Untraced
from aarportal.core.scope import Scope


class Submission(Untraced, SchoolOwned, Base):
    """A form that was taken."""

    __tablename__ = "submissions"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    location: Mapped[str]
    """Where the answer was, so that a repeated form is answered alike."""
    at: Mapped[datetime]


def earlier_answer(scope: Scope, key: str) -> str | None:
    """Where the same form was answered before, if it was."""
    row = scope.session.get(Submission, (scope.school_id, scope.actor_id, key))
    return row.location if row else None


def remember(scope: Scope, key: str, location: str) -> None:
    """Keep that this form was taken."""
    scope.session.add(
        Submission(
            school_id=scope.school_id,
            actor_id=scope.actor_id,
            key=key,
            location=location,
            at=clock.now(),
        )
    )
