"""Questions about imports of school data, and about who was a pupil of the school when."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from aarportal.care.school_data import kinds
from aarportal.care.school_data.columns import PersonKind
from aarportal.care.school_data.kinds import Kind
from aarportal.care.school_data.models import SchoolDataImport, SchoolDataMapping
from aarportal.care.school_data.persons import Pupil, Seat, whole_names
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action.imports.states import HALTED, WITH_FILE, WORKING
from aarportal.people.identity.models import PersonMerge
from aarportal.people.roster.models import Class, Enrollment, School, User

#: The row, for those who may look at it and make none.
Import: TypeAlias = SchoolDataImport


def kinds_for(scope: Scope) -> list[Kind]:
    """Kinds of tables that this person may bring."""
    return [kind for kind in kinds.discover().values() if scope.role in kind.brought_by]


def kind(scope: Scope, key: str) -> Kind:
    """A kind of table that this person may bring.

    Raises:
        NotFoundError: If there is none.
    """
    for each in kinds_for(scope):
        if each.key == key:
            return each
    raise NotFoundError("kind")


def school_data_import(scope: Scope, import_id: UUID) -> SchoolDataImport:
    """One import of this school, of a kind that this person may bring.

    Raises:
        NotFoundError: If there is none.
    """
    row = scope.one(SchoolDataImport, import_id)
    kind(scope, row.kind)
    return row


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[SchoolDataImport], int, int]:
    """One page of the school's imports, the latest first.

    Returns:
        The rows, which page it is (the last one for a greater number), and how many pages.
    """
    mine = and_(
        SchoolDataImport.school_id == scope.school_id,
        SchoolDataImport.kind.in_([each.key for each in kinds_for(scope)]),
    )
    count = scope.session.scalar(select(func.count(SchoolDataImport.id)).where(mine)) or 0
    pages = max(-(-count // size), 1)
    number = min(number, pages)
    rows = scope.session.scalars(
        select(SchoolDataImport)
        .where(mine)
        .order_by(SchoolDataImport.made_at.desc(), SchoolDataImport.id)
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    return rows, number, pages


def mapping(scope: Scope, kind_key: str) -> SchoolDataMapping | None:
    """What the school said last about the columns of such tables."""
    return scope.session.get(SchoolDataMapping, (scope.school_id, kind_key))


def names(scope: Scope, ids: Collection[UUID]) -> dict[UUID, User]:
    """These people of the district."""
    if not ids:
        return {}
    return {row.id: row for row in scope.session.scalars(select(User).where(User.id.in_(ids)))}


# --- for whoever works on them ------------------------------------------------------------------


def waiting(scope: SystemScope) -> Sequence[tuple[UUID, UUID, UUID, UUID]]:
    """Imports that somebody has to work on, the one that has waited longest first.

    Returns:
        (district, school, person in whose name, import) each.
    """
    rows = scope.session.execute(
        select(
            School.district_id,
            SchoolDataImport.school_id,
            func.coalesce(SchoolDataImport.confirmed_by, SchoolDataImport.made_by),
            SchoolDataImport.id,
        )
        .join(School, School.id == SchoolDataImport.school_id)
        .where(SchoolDataImport.state.in_(WORKING))
        .order_by(SchoolDataImport.state_since, SchoolDataImport.id)
    )
    return rows.tuples().all()


def needing_their_file(scope: SystemScope, ids: Collection[UUID]) -> set[UUID]:
    """Which of these imports still need their file."""
    return set(
        scope.session.scalars(
            select(SchoolDataImport.id).where(
                SchoolDataImport.id.in_(ids), SchoolDataImport.state.in_(WITH_FILE)
            )
        )
    )


def abandoned(scope: SystemScope, before: datetime) -> Sequence[SchoolDataImport]:
    """Imports that stand since then where somebody has to say how they go on."""
    return scope.session.scalars(
        select(SchoolDataImport).where(
            SchoolDataImport.state.in_(HALTED), SchoolDataImport.state_since < before
        )
    ).all()


def locked_job(scope: Scope, import_id: UUID) -> SchoolDataImport | None:
    """An import for whoever works on it; None while somebody else does."""
    return scope.session.scalar(
        select(SchoolDataImport)
        .where(SchoolDataImport.id == import_id)
        .with_for_update(skip_locked=True)
    )


_IDENTIFIERS = {
    PersonKind.STUDENT_NUMBER: User.identifier,
    PersonKind.MASTER_IDENTIFIER: User.master_identifier,
    PersonKind.USERNAME: User.username,
    PersonKind.SOURCED_ID: User.sourced_id,
    # By a seat the name is looked at, and no identifier.
    PersonKind.SEAT: User.identifier,
}
_NAMES = (
    User.family_name,
    User.given_name,
    User.middle_name,
    User.kana_family_name,
    User.kana_given_name,
    User.kana_middle_name,
)


def pupils(scope: Scope, by: PersonKind, first_on: date, ends_before: date) -> list[Pupil]:
    """Who sat in a homeroom class of the school on a day of a span, with those seats.

    What was written about somebody who was merged into another is that other one's.

    Args:
        scope: Whose school it is.
        by: What they will be looked up by.
        first_on: First day of the span.
        ends_before: The day after its last.
    """
    here = and_(
        or_(Enrollment.starts_on.is_(None), Enrollment.starts_on < ends_before),
        or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > first_on),
    )
    seat = (
        Class.title,
        Enrollment.attendance_no,
        Enrollment.starts_on,
        Enrollment.ends_before,
    )
    rows = scope.session.execute(
        select(User.id, _IDENTIFIERS[by], *seat, *_NAMES)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(
            Class,
            and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id),
        )
        .where(Enrollment.role == "student", Class.class_type == "homeroom", here)
        .order_by(User.id)
    )
    kept = _kept_for_merged(scope)
    found = []
    for user_id, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        seats = tuple(Seat(*line[2:6]) for line in lines)
        names = frozenset[str]()
        if by is PersonKind.SEAT:
            names = whole_names(lines[0][6:9], lines[0][9:12])
        found.append(Pupil(kept.get(user_id, user_id), lines[0][1], names, seats))
    return found


def _kept_for_merged(scope: Scope) -> dict[UUID, UUID]:
    """Person -> the person who they are as well."""
    rows = scope.session.execute(
        select(PersonMerge.merged_id, PersonMerge.kept_id).where(
            PersonMerge.taken_back_at.is_(None)
        )
    )
    return dict(rows.tuples().all())
