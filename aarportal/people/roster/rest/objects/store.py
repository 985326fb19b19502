"""Rows of the roster -> objects, with what they point at; a few questions for a whole page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aarportal.core.scope import RosterScope
from aarportal.people.roster.models import (
    Class,
    Course,
    District,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.rest import entities
from aarportal.people.roster.rest.entities import Json, Ref

_ACTIVE = "active"


def _named(scope: RosterScope, model: Any, ids: set[UUID]) -> dict[UUID, str]:
    """SourcedIds of rows by their ids."""
    if not ids:
        return {}
    found = scope.session.execute(select(model.id, model.sourced_id).where(model.id.in_(ids)))
    return dict(found.tuples().all())


def _write_courses(_scope: RosterScope, rows: Sequence[Course], refer: Ref) -> list[Json]:
    return [entities.course(row, refer) for row in rows]


def _write_classes(scope: RosterScope, rows: Sequence[Class], refer: Ref) -> list[Json]:
    schools = _named(scope, School, {row.school_id for row in rows})
    courses = _named(scope, Course, {row.course_id for row in rows if row.course_id})
    return [
        entities.klass(
            row, refer, schools[row.school_id], courses[row.course_id] if row.course_id else ""
        )
        for row in rows
    ]


def _write_enrollments(scope: RosterScope, rows: Sequence[Enrollment], refer: Ref) -> list[Json]:
    schools = _named(scope, School, {row.school_id for row in rows})
    users = _named(scope, User, {row.user_id for row in rows})
    classes = _named(scope, Class, {row.class_id for row in rows})
    return [
        entities.enrollment(
            row, refer, users[row.user_id], classes[row.class_id], schools[row.school_id]
        )
        for row in rows
    ]


def _write_users(scope: RosterScope, rows: Sequence[User], refer: Ref) -> list[Json]:
    held: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    roles = scope.session.scalars(
        select(UserRole)
        .where(UserRole.user_id.in_(held))
        .order_by(UserRole.role_type, UserRole.sourced_id)
    )
    for role in roles:
        held[role.user_id].append(role)
    orgs = _named(scope, School, {role.school_id for found in held.values() for role in found})
    if scope.whole_district:
        district = scope.session.get_one(District, scope.district_id)
        orgs[scope.district_id] = district.sourced_id
        board = scope.session.scalars(select(DistrictRole).where(DistrictRole.user_id.in_(held)))
        for each in board:
            held[each.user_id].append(each)
    return [_write_user(row, held[row.id], orgs, refer) for row in rows]


def _write_user(row: User, roles: Sequence[Any], orgs: Mapping[UUID, str], refer: Ref) -> Json:
    changed = max((row.last_modified, *(role.last_modified for role in roles)))
    # Of somebody who is gone all roles are; the model wants one at least.
    told = [role for role in roles if role.status == _ACTIVE] or roles
    written = [
        entities.role(role, refer, orgs[getattr(role, "school_id", None) or role.district_id])
        for role in told
    ]
    return entities.user(row, refer, written, changed)


WRITERS: Mapping[str, Callable[[RosterScope, Sequence[Any], Ref], list[Json]]] = {
    "classes": _write_classes,
    "courses": _write_courses,
    "enrollments": _write_enrollments,
    "users": _write_users,
}
