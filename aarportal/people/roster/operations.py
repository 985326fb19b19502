"""Taking a roster in: rows of a OneRoster bundle become the roster of a district."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.people.identity import operations as identity
from aarportal.people.identity import store as identities
from aarportal.people.identity.usernames import Holder
from aarportal.people.roster import planning, store
from aarportal.people.roster.changes import Values
from aarportal.people.roster.difference import Difference, difference
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    Course,
    District,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.oneroster.bundle import Bundle
from aarportal.people.roster.planning import Plan, Standing

_ROW_CLASSES: Mapping[str, Any] = {
    "schools": School,
    "academic_sessions": AcademicSession,
    "courses": Course,
    "classes": Class,
    "users": User,
    "roles": UserRole,
    "district_roles": DistrictRole,
    "enrollments": Enrollment,
}


@dataclass(frozen=True)
class Counts:
    """How many rows of one kind an import made, changed, found as they were, or ended."""

    new: int
    changed: int
    same: int
    left: int


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do.

    Attributes:
        counts: Kind of row -> its counts, in the order of `planning.KINDS`.
        set_aside: Roles that no school holds and that were not carried.
        school_codes: Code -> name of each new school: what its people type when they sign in.
    """

    counts: Mapping[str, Counts]
    set_aside: int
    school_codes: Mapping[str, str]


def import_bundle(scope: SystemScope, bundle: Bundle, *, today: date) -> ImportResult:
    """Take a whole roster in, all or nothing; the file is the reference (bulk).

    A person who is not listed any more is disabled and keeps everything; a place in a class that
    is not listed ends today. Rows of other districts are never touched.

    Args:
        scope: The system's.
        bundle: Rows without a problem, as `read_bundle` returns them.
        today: The school day on which it takes effect.

    Raises:
        InvalidError: If the bundle names no district, several, or one that stands under another
            教育委員会コード.
    """
    changes = plan_import(scope, bundle, today=today)
    apply_plan(scope, changes, today=today)
    return result_of(changes)


def plan_import(scope: SystemScope, bundle: Bundle, *, today: date) -> Plan:
    """What `import_bundle` would do now; nothing is written.

    Raises:
        InvalidError: As `import_bundle`.
    """
    return _plan(scope, bundle, today)[0]


def foresee(scope: SystemScope, bundle: Bundle, *, today: date) -> tuple[Plan, Difference]:
    """What `import_bundle` would do now, and what that means for people; nothing is written.

    Raises:
        InvalidError: As `import_bundle`.
    """
    plan, standing = _plan(scope, bundle, today)
    return plan, difference(plan, standing, today=today)


def _plan(scope: SystemScope, bundle: Bundle, today: date) -> tuple[Plan, Standing]:
    standing = _standing(scope, planning.district_org(bundle).sourced_id)
    return planning.plan(bundle, standing, today=today, make_id=new_id), standing


def apply_plan(scope: SystemScope, plan: Plan, *, today: date | None = None) -> None:
    """Write a plan that was made in the same unit of work.

    Args:
        scope: The system's.
        plan: All that changes.
        today: The school day on which login names go over to others; None for this one.
    """
    district = plan.district
    before = {} if plan.is_new_district else _holders_before(scope, plan)
    if plan.is_new_district:
        scope.session.execute(insert(District), [district])
    elif len(district) > 1:
        scope.session.execute(update(District), [district])
    for kind, changes in plan.changes.items():
        row_class = _ROW_CLASSES[kind]
        if changes.new:
            scope.session.execute(insert(row_class), changes.new)
        _update(scope, row_class, (*changes.changed, *changes.left))
    if before:
        changed = _holders_after(plan, before)
        moment, _ = clock.day_bounds(today or clock.today())
        identity.keep_usernames(scope, district["id"], before, changed, moment)
    audit.record(scope, "roster:imported", district["id"], detail=_total(result_of(plan)))


def _holders_before(scope: SystemScope, plan: Plan) -> Mapping[UUID, Holder]:
    """Everybody by their login name, if any name may go over to somebody else."""
    users = plan.changes["users"]
    renamed = any("username" in row or "enabled" in row for row in users.changed)
    if not (users.new or users.left or renamed):
        return {}
    return identities.holders(scope, plan.district["id"])


def _holders_after(plan: Plan, before: Mapping[UUID, Holder]) -> Mapping[UUID, Holder]:
    """People who are new or whose login name or presence changes, as they will be."""
    users = plan.changes["users"]
    after = {row["id"]: Holder(row["username"], row["enabled"]) for row in users.new}
    for row in (*users.changed, *users.left):
        was = before[row["id"]]
        holder = Holder(row.get("username", was.username), row.get("enabled", was.enabled))
        if holder != was:
            after[row["id"]] = holder
    return after


def result_of(plan: Plan) -> ImportResult:
    """The counts of a plan."""
    return ImportResult(
        {
            kind: Counts(len(one.new), len(one.changed), one.same, len(one.left))
            for kind, one in plan.changes.items()
        },
        plan.set_aside,
        {row["code"]: row["name"] for row in plan.changes["schools"].new},
    )


def _standing(scope: SystemScope, sourced_id: str) -> Standing:
    codes = store.codes(scope)
    district = store.district(scope, sourced_id)
    if district is None:
        return Standing(None, codes, dict.fromkeys(planning.KINDS, ()))
    rows = {
        kind: store.district_rows(scope, row_class, district["id"])
        for kind, row_class in _ROW_CLASSES.items()
    }
    return Standing(district, codes, rows)


def _update(scope: SystemScope, row_class: Any, rows: Sequence[Values]) -> None:
    """Update by key; rows with the same columns go together."""
    by_columns: dict[tuple[str, ...], list[Values]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(row)
    for alike in by_columns.values():
        scope.session.execute(update(row_class), alike)


def _total(result: ImportResult) -> str:
    return ", ".join(f"{kind} +{n.new} ~{n.changed} -{n.left}" for kind, n in result.counts.items())
