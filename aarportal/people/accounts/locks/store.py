"""Questions about accounts that rest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.accounts.locks.models import PupilLock, StaffLock
from aarportal.people.roster.models import User


@dataclass(frozen=True)
class Locked:
    """Somebody who cannot come in by password just now."""

    user_id: UUID
    family_name: str
    given_name: str
    locked_at: datetime
    ends_at: datetime

    @property
    def name(self) -> str:
        """Family name, thin space, given name."""
        return f"{self.family_name}\u2009{self.given_name}"


def is_locked(scope: SystemScope, user_id: UUID) -> bool:
    """Whether a person's password opens nothing just now."""
    now = clock.now()
    pupil = select(PupilLock.student_id).where(
        PupilLock.student_id == user_id, PupilLock.ends_at > now
    )
    staff = select(StaffLock.user_id).where(StaffLock.user_id == user_id, StaffLock.ends_at > now)
    return scope.session.scalar(pupil.union_all(staff)) is not None


def locked_pupils(scope: Scope, student_ids: Collection[UUID] | None = None) -> Sequence[Locked]:
    """Students who cannot come in, of those whom the person may help; by name."""
    query = (
        select(User.id, User.family_name, User.given_name, PupilLock.locked_at, PupilLock.ends_at)
        .join(PupilLock, PupilLock.student_id == User.id)
        .where(PupilLock.school_id == scope.school_id, PupilLock.ends_at > clock.now())
        .order_by(User.sort_key, User.id)
    )
    if student_ids is not None:
        query = query.where(User.id.in_(student_ids))
    return [Locked(*row) for row in scope.session.execute(query)]


def locked_staff(scope: Scope) -> Sequence[Locked]:
    """Others of the same school who cannot come in, for its office."""
    query = (
        select(User.id, User.family_name, User.given_name, StaffLock.locked_at, StaffLock.ends_at)
        .join(StaffLock, StaffLock.user_id == User.id)
        .where(StaffLock.school_id == scope.school_id, StaffLock.ends_at > clock.now())
        .order_by(User.sort_key, User.id)
    )
    return [Locked(*row) for row in scope.session.execute(query)]


def pupil_lock(scope: Scope | SystemScope, school_id: UUID, student_id: UUID) -> PupilLock | None:
    """The lock of a student at a school, over or not."""
    return scope.session.get(PupilLock, (school_id, student_id))


def locks_of(scope: SystemScope, user_id: UUID) -> Sequence[PupilLock | StaffLock]:
    """All locks of a person, over or not."""
    pupil = scope.session.scalars(select(PupilLock).where(PupilLock.student_id == user_id))
    staff = scope.session.scalars(select(StaffLock).where(StaffLock.user_id == user_id))
    return [*pupil, *staff]


def staff_lock(scope: Scope | SystemScope, user_id: UUID) -> StaffLock | None:
    """The lock of somebody else, over or not."""
    return scope.session.get(StaffLock, user_id)
