"""Questions about the turn of the school year."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, inspect, or_, select

from aarportal.core.clock import school_year_begins_on
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import OPEN_CYCLE, CycleState
from aarportal.insight.rollover.models import Rollover
from aarportal.insight.rollover.outlook import Standing
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.imports.states import RosterState
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    District,
    Enrollment,
    User,
    UserRole,
)

#: A roster import in one of these was not written and never will be by itself.
_NOTHING_WRITTEN = frozenset(
    {RosterState.CHECKING, RosterState.CHECK_STOPPED, RosterState.WRITE_STOPPED}
)


def standing(scope: Scope, year: int) -> Standing:
    """The roster of the office's school as it stands before a school year; five questions."""
    begins = school_year_begins_on(year)
    roles = _columns(
        scope, UserRole, UserRole.school_id == scope.school_id, _reaches(UserRole, begins)
    )
    enrollments = _columns(
        scope, Enrollment, Enrollment.school_id == scope.school_id, _reaches(Enrollment, begins)
    )
    ids = select(UserRole.user_id).where(
        UserRole.school_id == scope.school_id, _reaches(UserRole, begins)
    )
    used = select(Enrollment.class_id).where(
        Enrollment.school_id == scope.school_id, _reaches(Enrollment, begins)
    )
    return Standing(
        district_id=scope.district_id,
        school_id=scope.school_id,
        year=year,
        sessions=_columns(scope, AcademicSession, AcademicSession.status == "active"),
        classes=_columns(
            scope,
            Class,
            Class.school_id == scope.school_id,
            or_(Class.id.in_(used), Class.status == "active"),
        ),
        users={row["id"]: row for row in _columns(scope, User, User.id.in_(ids), User.enabled)},
        roles=roles,
        enrollments=enrollments,
    )


def _reaches(row_class: Any, begins: date) -> ColumnElement[bool]:
    """Whether a role or a place reaches the last day before a school year, or begins later."""
    return or_(row_class.ends_before.is_(None), row_class.ends_before >= begins)


def roster_version(scope: Scope) -> int:
    """The version of the district's roster."""
    query = select(District.roster_version).where(District.id == scope.district_id)
    return scope.session.scalar(query) or 0


def open_laps(scope: Scope, before: date) -> int:
    """How many laps of the school are open that began before a day."""
    return (
        scope.session.scalar(
            select(func.count())
            .select_from(LearningCycle)
            .where(LearningCycle.state.in_(OPEN_CYCLE), LearningCycle.opened_on < before)
        )
        or 0
    )


def last(scope: Scope, year: int) -> tuple[Rollover, str] | None:
    """How the school went over to a year, with the state of its roster import.

    One whose import was never written, or was taken back, leaves the way open for another.
    """
    row = scope.session.execute(
        select(Rollover, RosterImport.state)
        .outerjoin(RosterImport, RosterImport.id == Rollover.import_id)
        .where(Rollover.school_id == scope.school_id, Rollover.year == year)
        .order_by(Rollover.made_at.desc(), Rollover.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1] or RosterState.CHECK_STOPPED) if row else None


def is_in_force(state: str) -> bool:
    """Whether a rollover is being written, was written, or is being taken back."""
    return state not in _NOTHING_WRITTEN | {RosterState.UNDONE}


# --- for whoever closes and opens laps ------------------------------------------------------------


def unsettled(scope: SystemScope, today: date) -> list[tuple[Rollover, str]]:
    """Rollovers that have something left to do with laps, and the states of their imports."""
    rows = scope.session.execute(
        select(Rollover, RosterImport.state)
        .join(RosterImport, RosterImport.id == Rollover.import_id)
        .where(
            or_(
                and_(RosterImport.state == RosterState.DONE, Rollover.settled_at.is_(None)),
                and_(
                    RosterImport.state == RosterState.UNDONE,
                    Rollover.laps_closed_at.is_not(None),
                    Rollover.reopened_at.is_(None),
                ),
            )
        )
        .order_by(Rollover.made_at)
    )
    return [(row, state) for row, state in rows if school_year_begins_on(row.year) <= today]


def laps_to_close(scope: SystemScope, row: Rollover, limit: int) -> Sequence[LearningCycle]:
    """Open laps of the old year, the students one after the other."""
    return scope.session.scalars(
        select(LearningCycle)
        .where(
            LearningCycle.school_id == row.school_id,
            LearningCycle.state.in_(OPEN_CYCLE),
            LearningCycle.opened_on < school_year_begins_on(row.year),
        )
        .order_by(LearningCycle.student_id)
        .limit(limit)
    ).all()


def laps_to_open(scope: SystemScope, row: Rollover, limit: int) -> Sequence[LearningCycle]:
    """Laps that a rollover closed, and that nobody has done anything with since."""
    return scope.session.scalars(
        select(LearningCycle)
        .where(
            LearningCycle.school_id == row.school_id,
            LearningCycle.state == CycleState.CLOSED_UNREVIEWED,
            LearningCycle.closed_at == row.laps_closed_at,
        )
        .order_by(LearningCycle.student_id)
        .limit(limit)
    ).all()


def lock_students(scope: SystemScope, ids: Sequence[UUID]) -> None:
    """Take turns with what these students write (PostgreSQL; SQLite has one writer)."""
    scope.session.execute(
        select(User.id).where(User.id.in_(ids)).order_by(User.id).with_for_update(key_share=True)
    ).all()


def _columns(scope: Scope, row_class: Any, *conditions: Any) -> list[dict[str, Any]]:
    """Plain columns: the whole of them is compared and written again."""
    names = [attribute.key for attribute in inspect(row_class).column_attrs]
    found = scope.session.execute(
        select(*(getattr(row_class, name) for name in names)).where(*conditions)
    )
    return [dict(zip(names, row, strict=True)) for row in found]
