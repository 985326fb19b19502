"""Taking a roster in: rows of a OneRoster bundle become the roster of a district."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.people.roster import store
from aarportal.people.roster.changes import Changes, Values, compare
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    Course,
    District,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.oneroster import columns
from aarportal.people.roster.oneroster.bundle import Bundle
from aarportal.people.roster.oneroster.rows import UserRow

_DISTRICT_KEY = ("district_id", "id")
_SCHOOL_KEY = ("school_id", "id")


@dataclass
class _Known:
    """Ids that later rows point at, by sourcedId."""

    schools: Mapping[str, UUID]
    classes: Mapping[str, tuple[UUID, UUID]]
    users: Mapping[str, UUID]
    today: date


@dataclass
class ImportResult:
    """How many rows of each kind are new, changed, the same, or left."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    set_aside: int = 0
    """Roles at the district itself: the portal knows people by their schools."""

    def note(self, kind: str, changes: Changes) -> None:
        """Keep the counts of one kind."""
        self.counts[kind] = {
            "new": len(changes.new),
            "changed": len(changes.changed),
            "same": changes.same,
            "left": len(changes.left),
        }


def import_bundle(scope: SystemScope, bundle: Bundle, *, today: date) -> ImportResult:
    """Take a whole roster in, all or nothing; the file is the reference (bulk).

    A person who is not listed any more is disabled and keeps everything; a place in a class that
    is not listed ends today. Rows of other districts are never touched.

    Args:
        scope: The system's.
        bundle: Rows without a problem, as `read_bundle` returns them.
        today: The day at school on which it takes effect.

    Raises:
        InvalidError: If the bundle names no district.
    """
    district = _district(scope, bundle)
    result = ImportResult()
    schools = _schools(scope, bundle, district, result)
    _sessions(scope, bundle, district.id, result)
    courses = _courses(scope, bundle, district.id, result)
    classes = _classes(scope, bundle, schools, courses, result)
    users = _users(scope, bundle, district.id, result)
    known = _Known(schools, classes, users, today)
    _roles(scope, bundle, known, result)
    _enrollments(scope, bundle, known, result)
    total = ", ".join(
        f"{kind} +{n['new']} ~{n['changed']} -{n['left']}" for kind, n in result.counts.items()
    )
    audit.record(scope, "roster:imported", district.id, detail=total)
    return result


def _district(scope: SystemScope, bundle: Bundle) -> District:
    rows = [org for org in bundle.orgs if org.type == "district"]
    if not rows:
        raise InvalidError("orgs", "no_district")
    org = rows[0]
    district = store.district(scope, org.sourced_id)
    if district is None:
        code = org.identifier or _short_code(org.sourced_id)
        district = District(id=new_id(), sourced_id=org.sourced_id, code=code, name=org.name)
        scope.session.add(district)
        scope.session.flush()  # everything else points at it
    district.name = org.name
    return district


def _schools(
    scope: SystemScope, bundle: Bundle, district: District, result: ImportResult
) -> dict[str, UUID]:
    standing = store.standing(scope, School, School.district_id == district.id)
    wanted = {
        org.sourced_id: {
            "district_id": district.id,
            "sourced_id": org.sourced_id,
            "name": org.name,
            "identifier": org.identifier,
            "extra": dict(org.extra),
        }
        for org in bundle.orgs
        if org.type == "school"
    }
    changes = compare(wanted, standing, _DISTRICT_KEY)
    for values in changes.new:
        # What people type stays as it is once a school has one.
        values["code"] = values["identifier"] or _short_code(values["sourced_id"])
    result.note("schools", changes)
    return _write(scope, School, changes, standing)


def _sessions(scope: SystemScope, bundle: Bundle, district_id: UUID, result: ImportResult) -> None:
    standing = store.standing(scope, AcademicSession, AcademicSession.district_id == district_id)
    wanted = {
        row.sourced_id: {
            "district_id": district_id,
            "sourced_id": row.sourced_id,
            "title": row.title,
            "type": row.type,
            "starts_on": row.starts_on,
            "ends_before": row.ends_before,
            "school_year": row.school_year,
            "extra": dict(row.extra),
        }
        for row in bundle.academic_sessions
    }
    changes = compare(wanted, standing, _DISTRICT_KEY)
    result.note("academic_sessions", changes)
    _write(scope, AcademicSession, changes, standing)


def _courses(
    scope: SystemScope, bundle: Bundle, district_id: UUID, result: ImportResult
) -> dict[str, UUID]:
    standing = store.standing(scope, Course, Course.district_id == district_id)
    wanted = {
        row.sourced_id: {
            "district_id": district_id,
            "sourced_id": row.sourced_id,
            "title": row.title,
            "school_year_sourced_id": row.school_year_sourced_id,
            "grades": list(row.grades),
            "subject_codes": list(row.subject_codes),
            "extra": dict(row.extra),
        }
        for row in bundle.courses
    }
    changes = compare(wanted, standing, _DISTRICT_KEY)
    result.note("courses", changes)
    return _write(scope, Course, changes, standing)


def _classes(
    scope: SystemScope,
    bundle: Bundle,
    schools: Mapping[str, UUID],
    courses: Mapping[str, UUID],
    result: ImportResult,
) -> dict[str, tuple[UUID, UUID]]:
    """SourcedId -> (school, class)."""
    standing = store.standing(scope, Class, Class.school_id.in_(schools.values()))
    wanted = {
        row.sourced_id: {
            "school_id": schools[row.school_sourced_id],
            "sourced_id": row.sourced_id,
            "title": row.title,
            "class_type": row.class_type,
            "grades": list(row.grades),
            "subject_codes": list(row.subject_codes),
            "course_id": courses.get(row.course_sourced_id),
            "term_sourced_ids": list(row.term_sourced_ids),
            "special_needs": bool(row.special_needs),
            "extra": dict(row.extra),
        }
        for row in bundle.classes
    }
    changes = compare(wanted, standing, _SCHOOL_KEY)
    result.note("classes", changes)
    ids = _write(scope, Class, changes, standing)
    return {
        row.sourced_id: (schools[row.school_sourced_id], ids[row.sourced_id])
        for row in bundle.classes
    }


def _users(
    scope: SystemScope, bundle: Bundle, district_id: UUID, result: ImportResult
) -> dict[str, UUID]:
    standing = store.standing(scope, User, User.district_id == district_id)
    wanted = {row.sourced_id: _user_values(row, district_id) for row in bundle.users}
    changes = compare(wanted, standing, _DISTRICT_KEY)
    result.note("users", changes)
    ids = _write(scope, User, changes, standing)
    gone = [key for key in changes.left if standing[key]["enabled"]]
    _update(
        scope,
        User,
        [{"district_id": district_id, "id": standing[key]["id"], "enabled": False} for key in gone],
    )
    return ids


def _user_values(row: UserRow, district_id: UUID) -> Values:
    """People are shown under the names they are called by (preferred), else those of the file."""
    return {
        "district_id": district_id,
        "sourced_id": row.sourced_id,
        "username": row.username,
        "master_identifier": row.user_master_identifier,
        "enabled": row.enabled_user,
        "family_name": row.preferred_family_name or row.family_name,
        "given_name": row.preferred_given_name or row.given_name,
        "middle_name": row.preferred_middle_name or row.middle_name,
        "kana_family_name": row.kana_preferred_family_name or row.kana_family_name,
        "kana_given_name": row.kana_preferred_given_name or row.kana_given_name,
        "grade": row.grades[0] if row.grades else "",
        "home_class_sourced_id": row.home_class_sourced_id,
        "extra": dict(row.extra),
    }


def _roles(scope: SystemScope, bundle: Bundle, known: _Known, result: ImportResult) -> None:
    schools, users = known.schools, known.users
    standing = store.standing(scope, UserRole, UserRole.school_id.in_(schools.values()))
    wanted: dict[str, Values] = {}
    for row in bundle.roles:
        if row.org_sourced_id not in schools:
            result.set_aside += 1
            continue
        wanted[row.sourced_id] = {
            "school_id": schools[row.org_sourced_id],
            "sourced_id": row.sourced_id,
            "user_id": users[row.user_sourced_id],
            "role": row.role,
            "role_type": row.role_type,
            "starts_on": row.starts_on,
            "ends_before": row.ends_before,
            "extra": dict(row.extra),
        }
    changes = compare(wanted, standing, _SCHOOL_KEY)
    result.note("roles", changes)
    _write(scope, UserRole, changes, standing)
    _end(scope, UserRole, changes.left, standing, known.today)


def _enrollments(scope: SystemScope, bundle: Bundle, known: _Known, result: ImportResult) -> None:
    classes, users = known.classes, known.users
    schools = {school_id for school_id, _class_id in classes.values()}
    standing = store.standing(scope, Enrollment, Enrollment.school_id.in_(schools))
    wanted = {
        row.sourced_id: {
            "school_id": classes[row.class_sourced_id][0],
            "sourced_id": row.sourced_id,
            "class_id": classes[row.class_sourced_id][1],
            "user_id": users[row.user_sourced_id],
            "role": row.role,
            "primary": bool(row.primary),
            "starts_on": row.starts_on,
            "ends_before": row.ends_before,
            "attendance_no": row.shusseki_no,
            "extra": dict(row.extra),
        }
        for row in bundle.enrollments
    }
    changes = compare(wanted, standing, _SCHOOL_KEY)
    result.note("enrollments", changes)
    _write(scope, Enrollment, changes, standing)
    if columns.ENROLLMENTS in bundle.files:
        _end(scope, Enrollment, changes.left, standing, known.today)


def _write(
    scope: SystemScope, row_class: Any, changes: Changes, standing: Mapping[str, Values]
) -> dict[str, UUID]:
    """Write the rows of one kind in bulk; returns sourcedId -> id."""
    for values in changes.new:
        values["id"] = new_id()
    if changes.new:
        scope.session.execute(insert(row_class), changes.new)
    _update(scope, row_class, changes.changed)
    ids = {sourced_id: row["id"] for sourced_id, row in standing.items()}
    return ids | {values["sourced_id"]: values["id"] for values in changes.new}


def _update(scope: SystemScope, row_class: Any, rows: Sequence[Values]) -> None:
    """Update by key; rows with the same columns go together."""
    by_columns: dict[tuple[str, ...], list[Values]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(row)
    for alike in by_columns.values():
        scope.session.execute(update(row_class), alike)


def _end(
    scope: SystemScope,
    row_class: Any,
    left: Iterable[str],
    standing: Mapping[str, Values],
    today: date,
) -> None:
    """What the file does not list any more ends today, unless it ended before."""
    rows = [standing[key] for key in left]
    _update(
        scope,
        row_class,
        [
            {"school_id": row["school_id"], "id": row["id"], "ends_before": today}
            for row in rows
            if row["ends_before"] is None or row["ends_before"] > today
        ],
    )


def _short_code(sourced_id: str) -> str:
    """A code that can be typed, for a school or district whose file brings none."""
    return blake2b(sourced_id.encode(), digest_size=4).hexdigest()
