"""Questions about requests: one's own, those of a school, and how many there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, func, or_, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import load_only

from aarportal.core.errors import NotFoundError
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.insight.handover.leaving import store as leaving
from aarportal.insight.handover.leaving.store import Leaver
from aarportal.insight.requests.models import DataRequest
from aarportal.insight.requests.states import OPEN, RequestState
from aarportal.people.relations import store as relations
from aarportal.people.roster.models import School, User, UserRole

#: Answered ones that a list shows, the latest first.
_SHOWN = 50
_OPEN = sorted(state.value for state in OPEN)
#: What a list says of a request: no word of it is opened that it does not show.
_LISTED = select(DataRequest).options(
    load_only(
        DataRequest.student_id,
        DataRequest.kind,
        DataRequest.state,
        DataRequest.asked_as,
        DataRequest.asked_by,
        DataRequest.asked_at,
        DataRequest.due_on,
        DataRequest.data_kind,
        raiseload=True,
    )
)


@dataclass(frozen=True)
class Listed:
    """A request with the names in it."""

    row: DataRequest
    student: str
    asker: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.row.state in OPEN


@dataclass(frozen=True)
class Count:
    """How many requests a school has, and nothing else of them."""

    school: str
    waiting: int
    past_due: int
    done: int
    refused: int


def own(scope: Scope) -> list[Listed]:
    """What the person asked themselves, the last first: of nobody else, whoever the child is."""
    rows = scope.session.scalars(
        select(DataRequest)
        .where(DataRequest.asked_by == scope.actor_id)
        .order_by(DataRequest.asked_at.desc(), DataRequest.id)
        .limit(_SHOWN)
    ).all()
    return _named(scope, rows)


def standing(
    scope: Scope, student_id: UUID, kind: str, data_kind: str, asked_as: str
) -> DataRequest | None:
    """The open one by which the person asks the same."""
    return scope.session.scalars(
        select(DataRequest)
        .where(
            DataRequest.student_id == student_id,
            DataRequest.kind == kind,
            DataRequest.data_kind == data_kind,
            DataRequest.asked_as == asked_as,
            DataRequest.asked_by == scope.actor_id,
            DataRequest.state.in_(_OPEN),
        )
        .limit(1)
    ).first()


def of_school(scope: Scope) -> tuple[list[Listed], list[Listed]]:
    """Those that wait, by the day on which they are due, and those that were answered lately.

    Nothing is loaded of them that is sealed.
    """
    waiting = scope.session.scalars(
        _LISTED.where(DataRequest.state.in_(_OPEN)).order_by(
            DataRequest.due_on, DataRequest.asked_at, DataRequest.id
        )
    ).all()
    answered = scope.session.scalars(
        _LISTED.where(DataRequest.state.not_in(_OPEN))
        .order_by(DataRequest.answered_at.desc(), DataRequest.id)
        .limit(_SHOWN)
    ).all()
    listed = _named(scope, [*waiting, *answered])
    return listed[: len(waiting)], listed[len(waiting) :]


def one(scope: Scope, request_id: UUID) -> Listed:
    """A request of this school.

    Raises:
        NotFoundError: If there is none.
    """
    return _named(scope, [scope.one(DataRequest, request_id)])[0]


def locked(scope: Scope, request_id: UUID) -> DataRequest:
    """A request of this school that nobody else moves meanwhile.

    Raises:
        NotFoundError: If there is none.
    """
    row = scope.session.scalars(
        select(DataRequest).where(DataRequest.id == request_id).with_for_update()
    ).first()
    if row is None:
        raise NotFoundError(DataRequest.__name__)
    return row


def pupils(scope: Scope, day: date) -> Mapping[UUID, tuple[UUID, str]]:
    """About whom the person may ask: id -> school, and name as a list shows it."""
    if scope.is_school_office:
        by_class = relations.students(scope, day)
        return {
            id_: (scope.school_id, f"{title} {name}")
            for title, some in by_class.items()
            for id_, name in some
        }
    key = Relation.SELF if scope.role is Role.STUDENT else Relation.GUARDS
    ids = scope.students.get(key) or frozenset()
    # A pupil of two schools asks the one at which they came in: at the other they write nothing.
    schools = {scope.school_id} if scope.role is Role.STUDENT else scope.school_ids
    rows = scope.session.execute(
        select(User.id, UserRole.school_id, User.family_name, User.given_name)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            User.id.in_(ids),
            UserRole.role == "student",
            UserRole.school_id.in_(schools),
            _is_on(day),
        )
        .order_by(User.sort_key, User.id)
    )
    return {id_: (school_id, f"{family}\u2009{given}") for id_, school_id, family, given in rows}


def leavers(scope: Scope, day: date) -> list[Leaver]:
    """About whom the office may write a request down though they have left, the last one first."""
    return leaving.former_students(scope, day) if scope.is_school_office else []


def has_left(scope: Scope, student_id: UUID) -> bool:
    """Whether somebody is none of the school's pupils any more, and their papers are its own."""
    try:
        leaving.former_student(scope, student_id)
    except NotFoundError:
        return False
    return True


def counts(scope: SystemScope, district_id: UUID, day: date) -> list[Count]:
    """The numbers of every school of a district."""
    waits = DataRequest.state.in_(_OPEN)
    rows = scope.session.execute(
        select(
            School.name,
            _number(waits),
            _number(and_(waits, DataRequest.due_on < day)),
            _number(DataRequest.state == RequestState.DONE),
            _number(DataRequest.state == RequestState.REFUSED),
        )
        .outerjoin(DataRequest, DataRequest.school_id == School.id)
        .where(School.district_id == district_id)
        .group_by(School.id, School.name)
        .order_by(School.name, School.id)
    )
    return [Count(*row) for row in rows]


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(as_type(condition, Integer)), 0)


def _is_on(day: date) -> ColumnElement[bool]:
    return and_(
        or_(UserRole.starts_on.is_(None), UserRole.starts_on <= day),
        or_(UserRole.ends_before.is_(None), UserRole.ends_before > day),
    )


def _named(scope: Scope, rows: Sequence[DataRequest]) -> list[Listed]:
    names = _names(scope, {row.student_id for row in rows} | {row.asked_by for row in rows})
    return [Listed(row, names.get(row.student_id, ""), names.get(row.asked_by, "")) for row in rows]


def _names(scope: Scope, ids: Collection[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    found = scope.session.execute(
        select(User.id, User.family_name, User.given_name).where(User.id.in_(ids))
    )
    return {id_: f"{family}\u2009{given}" for id_, family, given in found}
