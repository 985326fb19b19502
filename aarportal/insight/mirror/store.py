"""Questions for the mirror: what there is about a student, and who somebody is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, literal, or_, select, union_all

from aarportal.audit.models import AuditEntry
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action.models import LearningApp, LearningRecord
from aarportal.insight.handover.erasing.store import places
from aarportal.people.accounts.operations import role_of
from aarportal.people.relations.kinds import Kind
from aarportal.people.relations.models import HeldRelation
from aarportal.people.roster.models import DistrictRole, Enrollment, User, UserRole


@dataclass(frozen=True)
class Stay:
    """When a student is in a class; the end is exclusive."""

    class_id: UUID
    starts_on: date | None
    ends_before: date | None

    def covers(self, day: date) -> bool:
        """Whether the student is in the class on this day."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_before is None or day < self.ends_before
        )


@dataclass(frozen=True)
class Who:
    """Somebody who looked, as the child is told."""

    name: str
    role: str
    """Of a person a role, of an app `app`; empty for somebody who is not there any more."""


def counts(scope: SystemScope, student_id: UUID, tables: Collection[str]) -> Mapping[str, int]:
    """How many rows about a student these tables hold."""
    asked = []
    for place in places():
        if place.name in tables:
            columns = [getattr(place.row_class, name) for name in place.columns]
            asked.append(
                select(literal(place.name), func.count())
                .select_from(place.row_class)
                .where(or_(*(column == student_id for column in columns)))
            )
    if AuditEntry.__tablename__ in tables:
        asked.append(
            select(literal(AuditEntry.__tablename__), func.count())
            .select_from(AuditEntry)
            .where(AuditEntry.student_id == student_id)
        )
    return dict(map(tuple, scope.session.execute(union_all(*asked))))


def stays(scope: Scope, since: date) -> list[Stay]:
    """The classes of the student who asks, from a day on."""
    rows = scope.session.execute(
        select(Enrollment.class_id, Enrollment.starts_on, Enrollment.ends_before).where(
            Enrollment.user_id == scope.actor_id,
            or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > since),
        )
    )
    return [Stay(*row) for row in rows]


def persons(scope: SystemScope, ids: Collection[UUID]) -> dict[UUID, Who]:
    """The names and roles of some people; whoever has several roles has the primary one."""
    roles: dict[UUID, str] = {}
    for row_class in (DistrictRole, UserRole):
        found = scope.session.execute(
            select(row_class.user_id, row_class.role)
            .where(row_class.user_id.in_(ids))
            .order_by(row_class.role_type.desc())
        )
        roles.update({user_id: role_of(role) or "" for user_id, role in found})
    in_health_room = select(HeldRelation.holder_id).where(
        HeldRelation.holder_id.in_(ids),
        HeldRelation.kind == Kind.HEALTH_ROOM,
        HeldRelation.ended_at.is_(None),
    )
    roles.update(dict.fromkeys(scope.session.scalars(in_health_room), Role.NURSE))
    users = scope.session.execute(
        select(User.id, User.family_name, User.given_name).where(User.id.in_(ids))
    )
    return {
        id_: Who(f"{family_name} {given_name}".strip(), roles.get(id_, ""))
        for id_, family_name, given_name in users
    }


def apps_that_saw(scope: SystemScope, student_id: UUID, ids: Collection[UUID]) -> dict[UUID, Who]:
    """Those of some apps that could read about a student: what others sent, or what they sent."""
    senders = select(LearningRecord.app_id).where(LearningRecord.student_id == student_id)
    rows = scope.session.execute(
        select(LearningApp.id, LearningApp.title).where(
            LearningApp.id.in_(ids),
            or_(LearningApp.may_read.is_(True), LearningApp.id.in_(senders)),
        )
    )
    return {id_: Who(title, "app") for id_, title in rows}
