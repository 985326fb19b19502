"""Questions about exports: which wait, which lie there, how their student reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action.models import DayRollup
from aarportal.insight.handover.models import HandoverPackage
from aarportal.insight.handover.states import PackageState
from aarportal.people.accounts.models import Account
from aarportal.people.roster.models import District, School


@dataclass(frozen=True)
class Wanted:
    """What an export is to hold."""

    district_id: UUID
    school_id: UUID
    student_id: UUID
    with_drafts: bool


#: What pages show of a student's exports.
_SHOWN = 5


def package(scope: Scope, package_id: UUID) -> HandoverPackage:
    """One export that this person may know of.

    Raises:
        NotFoundError: If there is none.
    """
    return scope.one(HandoverPackage, package_id)


def packages(scope: Scope, student_id: UUID) -> Sequence[HandoverPackage]:
    """The latest exports of a student, the last one first."""
    return scope.session.scalars(
        select(HandoverPackage)
        .where(HandoverPackage.student_id == student_id)
        .order_by(HandoverPackage.made_at.desc(), HandoverPackage.id.desc())
        .limit(_SHOWN)
    ).all()


def made_today(scope: Scope, student_id: UUID, since: datetime) -> int:
    """How many exports were asked for since a moment."""
    found = scope.session.scalar(
        select(func.count())
        .select_from(HandoverPackage)
        .where(HandoverPackage.student_id == student_id, HandoverPackage.made_at >= since)
    )
    return found or 0


def waiting(scope: SystemScope) -> tuple[tuple[UUID, UUID], Wanted] | None:
    """The key of the export that has waited longest, and what it is to hold."""
    row = scope.session.execute(
        select(HandoverPackage, School.district_id)
        .join(School, School.id == HandoverPackage.school_id)
        .where(HandoverPackage.state == PackageState.WAITING)
        .order_by(HandoverPackage.made_at, HandoverPackage.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    package, district_id = row
    wanted = Wanted(district_id, package.school_id, package.student_id, package.for_student)
    return (package.school_id, package.id), wanted


def locked(scope: SystemScope, key: tuple[UUID, UUID]) -> HandoverPackage | None:
    """An export whose state nobody else changes meanwhile."""
    return scope.session.get(HandoverPackage, key, with_for_update=True)


def outlived(scope: SystemScope, today: date) -> Sequence[HandoverPackage]:
    """Exports whose files were kept long enough."""
    return scope.session.scalars(
        select(HandoverPackage)
        .where(HandoverPackage.state == PackageState.READY, HandoverPackage.kept_until < today)
        .limit(100)
    ).all()


def ids(scope: SystemScope) -> set[UUID]:
    """Every export whose file may be fetched."""
    query = select(HandoverPackage.id).where(
        HandoverPackage.state.in_([PackageState.READY, PackageState.WAITING])
    )
    return set(scope.session.scalars(query))


def account(scope: SystemScope, student_id: UUID) -> Account | None:
    """How the student likes to read, if they ever signed in."""
    return scope.session.get(Account, student_id)


def district(scope: SystemScope, district_id: UUID) -> District:
    """The district."""
    row = scope.session.get(District, district_id)
    assert row is not None
    return row


def last_day(scope: SystemScope, student_ids: Sequence[UUID]) -> date | None:
    """The last day on which there are records of a student."""
    return scope.session.scalar(
        select(func.max(DayRollup.day)).where(DayRollup.student_id.in_(student_ids))
    )
