"""Who has left a school, and what became of their papers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select
from sqlalchemy.orm import aliased

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope, SystemScope, students_gone_elsewhere
from aarportal.insight.handover.models import DeletionOrder, HandoverPackage, HandoverRule
from aarportal.insight.handover.states import DeletionState, PackageState
from aarportal.people.roster.models import School, User, UserRole
from aarportal.people.roster.names import search_key

_STUDENT = "student"
#: Days for which a leaver's own is kept where the board has said nothing: the new school may ask
#: once more within its first year.
KEEP_DAYS = 365
#: What a list says of a person.
_PERSON = (
    User.id, User.family_name, User.given_name, User.kana_family_name, User.kana_given_name,
    User.grade,
)  # fmt: skip


@dataclass(frozen=True)
class Leaver:
    """Somebody who was a student of the school and is no student of the district any more.

    Attributes:
        left_on: The last day at school, as far as the roster says it.
    """

    id: UUID
    name: str
    kana: str
    grade: str
    left_on: date | None


def is_over(role: type[UserRole], today: date) -> ColumnElement[bool]:
    """Whether somebody has that role no more."""
    return or_(
        role.status != "active",
        and_(role.ends_before.is_not(None), role.ends_before <= today),
    )


@dataclass(frozen=True)
class Search:
    """Which leavers are asked for.

    Attributes:
        school_ids: Schools of the district.
        words: Parts of names; empty for everybody.
        page: From 1.
        size: Of a page.
    """

    district_id: UUID
    school_ids: Collection[UUID]
    words: str = ""
    page: int = 1
    size: int = 40


def leavers(scope: SystemScope, search: Search, today: date) -> tuple[list[Leaver], int]:
    """Who left these schools and the district with them, the last one first; and how many.

    Args:
        scope: The system's: whether somebody goes on at another school, no school can see.
        search: Which of them.
        today: The day at school.
    """
    elsewhere = aliased(UserRole)
    goes_on = (
        select(elsewhere.id)
        .join(School, School.id == elsewhere.school_id)
        .where(
            School.district_id == search.district_id,
            elsewhere.user_id == User.id,
            elsewhere.role == _STUDENT,
            not_(is_over(elsewhere, today)),
        )
    )
    last = func.max(UserRole.ends_before)
    query = (
        select(*_PERSON, last)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            User.district_id == search.district_id,
            UserRole.school_id.in_(search.school_ids),
            UserRole.role == _STUDENT,
            is_over(UserRole, today),
            ~goes_on.exists(),
            User.id.not_in(students_gone_elsewhere(search.school_ids)),
        )
        .group_by(*_PERSON, User.sort_key)
    )
    for word in search.words.split():
        query = query.where(
            or_(
                User.search_text.contains(search_key(word), autoescape=True),
                (User.family_name + User.given_name).contains(word, autoescape=True),
                (User.kana_family_name + User.kana_given_name).contains(word, autoescape=True),
            )
        )
    count = scope.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = scope.session.execute(
        query.order_by(last.desc().nulls_last(), User.sort_key, User.id)
        .limit(search.size)
        .offset((search.page - 1) * search.size)
    )
    return [_leaver(row) for row in rows], count


def _leaver(row: Row[Any]) -> Leaver:
    """A leaver from the columns of `_PERSON`, and the first day after the last one at school."""
    id_, family, given, kana_family, kana_given, grade, ends_before = row
    name, kana = f"{family}\u2009{given}", f"{kana_family} {kana_given}".strip()
    return Leaver(id_, name, kana, grade, ends_before and _day_before(ends_before))


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def goes_on(scope: SystemScope, student_id: UUID, today: date) -> bool:
    """Whether somebody is a student of any school today, or will be."""
    found = scope.session.scalar(
        select(UserRole.id)
        .where(
            UserRole.user_id == student_id,
            UserRole.role == _STUDENT,
            not_(is_over(UserRole, today)),
        )
        .limit(1)
    )
    return found is not None


def former_students(scope: Scope, today: date) -> list[Leaver]:
    """Everybody whom `former_student` finds, the last one to leave first.

    Until somebody begins at another school of the district, the school that they left looks after
    their papers: what has not begun there, no school can see.
    """
    still = aliased(UserRole)
    stays = select(still.id).where(
        still.user_id == User.id,
        still.role == _STUDENT,
        still.school_id.in_(scope.school_ids),
        not_(is_over(still, today)),
    )
    last = func.max(UserRole.ends_before)
    rows = scope.session.execute(
        select(*_PERSON, last)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            UserRole.school_id.in_(scope.school_ids),
            UserRole.role == _STUDENT,
            is_over(UserRole, today),
            ~stays.exists(),
        )
        .group_by(*_PERSON, User.sort_key)
        .order_by(last.desc().nulls_last(), User.sort_key, User.id)
    )
    found = [_leaver(row) for row in rows]
    lost = scope.lost([each.id for each in found])
    return [each for each in found if each.id not in lost]


def former_student(scope: Scope, student_id: UUID) -> date | None:
    """The last day of somebody who was a student of this school.

    Raises:
        NotFoundError: If there is no such person, they are at this school still, or they went on
            to another one: then their papers are that school's to look after.
    """
    today = clock.today()
    rows = scope.session.execute(
        select(UserRole.ends_before, is_over(UserRole, today)).where(
            UserRole.user_id == student_id,
            UserRole.role == _STUDENT,
            UserRole.school_id.in_(scope.school_ids),
        )
    ).all()
    if not rows or not all(ended for _, ended in rows) or scope.has_lost(student_id):
        raise NotFoundError(User.__name__)
    ends = [ends_before for ends_before, _ in rows if ends_before]
    return _day_before(max(ends)) if ends else None


def school_of(scope: Scope, student_id: UUID) -> UUID:
    """The school in sight at which somebody was a student last."""
    found = scope.session.scalar(
        select(UserRole.school_id)
        .where(
            UserRole.user_id == student_id,
            UserRole.role == _STUDENT,
            UserRole.school_id.in_(scope.school_ids),
        )
        .order_by(func.coalesce(UserRole.ends_before, date.max).desc(), UserRole.school_id)
        .limit(1)
    )
    if found is None:
        raise NotFoundError(User.__name__)
    return found


def latest_packages(scope: Scope, ids: Collection[UUID]) -> dict[UUID, HandoverPackage]:
    """Student -> the last export that the office asked for."""
    rows = scope.session.scalars(
        select(HandoverPackage)
        .where(HandoverPackage.student_id.in_(ids), HandoverPackage.for_student.is_(False))
        .order_by(HandoverPackage.made_at)
    )
    return {row.student_id: row for row in rows}


def has_export(scope: SystemScope, student_id: UUID) -> bool:
    """Whether an export of a student was made and fetched by somebody."""
    found = scope.session.scalar(
        select(HandoverPackage.id)
        .where(
            HandoverPackage.student_id == student_id,
            HandoverPackage.state.in_([PackageState.READY, PackageState.GONE]),
            HandoverPackage.fetched_at.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def orders_of(scope: Scope, ids: Collection[UUID]) -> dict[UUID, DeletionOrder]:
    """Student -> the order to delete that stands."""
    rows = scope.session.scalars(
        select(DeletionOrder)
        .where(
            DeletionOrder.district_id == scope.district_id,
            DeletionOrder.student_id.in_(ids),
            DeletionOrder.state != DeletionState.CANCELLED,
        )
        .order_by(DeletionOrder.ordered_at)
    )
    return {row.student_id: row for row in rows}


def names(scope: Scope, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of people of the district, as far as they are there."""
    rows = scope.session.execute(
        select(User.id, User.family_name, User.given_name).where(
            User.district_id == scope.district_id, User.id.in_(ids)
        )
    )
    return {id_: f"{family}\u2009{given}" for id_, family, given in rows}


def schools(scope: Scope) -> Sequence[School]:
    """The schools in sight."""
    return scope.session.scalars(select(School).where(School.id.in_(scope.school_ids))).all()


def keep_days(scope: Scope | SystemScope, district_id: UUID) -> int:
    """Days for which the board keeps what is a leaver's own."""
    row = scope.session.get(HandoverRule, district_id)
    return row.keep_days if row else KEEP_DAYS


def own_fetched(scope: Scope, student_id: UUID) -> bool:
    """Whether the student has fetched an export of their own."""
    found = scope.session.scalar(
        select(HandoverPackage.id)
        .where(
            HandoverPackage.student_id == student_id,
            HandoverPackage.for_student.is_(True),
            HandoverPackage.fetched_at.is_not(None),
        )
        .limit(1)
    )
    return found is not None
