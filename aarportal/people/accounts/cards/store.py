"""Questions about login cards, and about when and from where they open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from aarportal.core.errors import NotFoundError
from aarportal.core.ownership import Relation
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.accounts.cards.models import LoginCard, SchoolNetwork
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.names import called
from aarportal.people.attendance.calendar import Calendar
from aarportal.people.attendance.models import CalendarDay
from aarportal.people.roster import store as roster
from aarportal.people.roster.models import Class, School, User
from aarportal.people.roster.store import Classmate
from aarportal.people.school_year.models import BellSchedule
from aarportal.people.school_year.store import bells_of

_HOMEROOM = "homeroom"


@dataclass(frozen=True)
class Holder:
    """A student of a class, and the card in their hand.

    Attributes:
        card: None if there is none this school year, or it was made for another class.
    """

    mate: Classmate
    has_account: bool
    card: LoginCard | None


def homeroom(scope: Scope, class_id: UUID) -> Class:
    """A homeroom class of this school to which the person hands out cards.

    Raises:
        NotFoundError: If there is none, or it is somebody else's.
    """
    row = roster.one_class(scope, class_id)
    leads = Relation.HOMEROOM in scope.students and class_id in scope.class_ids
    is_theirs = leads or scope.visible(LoginCard.readers) is None
    if row.class_type != _HOMEROOM or not is_theirs:
        raise NotFoundError("class")
    return row


def holders(scope: Scope, class_id: UUID, day: date, school_year: int) -> list[Holder]:
    """The students of a class by 出席番号, with their cards."""
    mates = roster.class_list(scope, class_id, day)
    ids = [mate.id for mate in mates]
    known = set(scope.session.scalars(select(Account.user_id).where(Account.user_id.in_(ids))))
    cards = cards_of(scope, ids, school_year)
    of_class = {key: card for key, card in cards.items() if card.class_id == class_id}
    return [Holder(mate, mate.id in known, of_class.get(mate.id)) for mate in mates]


def kana_of(scope: Scope, student_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of some students in hiragana; as they are written where nobody says how to read."""
    rows = scope.session.execute(
        select(
            User.id,
            User.family_name,
            User.given_name,
            User.kana_family_name,
            User.kana_given_name,
        ).where(User.id.in_(student_ids))
    )
    return {row[0]: f"{called(row[1], row[3])}\u2009{called(row[2], row[4])}" for row in rows}


def cards_of(
    scope: Scope, student_ids: Collection[UUID], school_year: int
) -> Mapping[UUID, LoginCard]:
    """The cards of some students of this school in a school year."""
    rows = scope.session.scalars(
        select(LoginCard).where(
            LoginCard.school_id == scope.school_id,
            LoginCard.student_id.in_(student_ids),
            LoginCard.school_year == school_year,
        )
    )
    return {row.student_id: row for row in rows}


def every_card(scope: Scope) -> Sequence[LoginCard]:
    """Every card of this school that the person hands out."""
    query = select(LoginCard).where(LoginCard.school_id == scope.school_id)
    return scope.session.scalars(query).all()


def card(scope: SystemScope, token_hash: bytes, *, lock: bool = False) -> LoginCard | None:
    """The card with this token; locked, tries made at once are counted one after the other."""
    query = select(LoginCard).where(LoginCard.token_hash == token_hash)
    return scope.session.scalar(query.with_for_update() if lock else query)


def calendar_of(scope: SystemScope, school_id: UUID, day: date) -> Calendar:
    """What a school says of one day: whether there is school, and when lessons are."""
    found = scope.session.execute(
        select(CalendarDay.kind, CalendarDay.bells_id).where(
            CalendarDay.school_id == school_id, CalendarDay.day == day
        )
    ).first()
    bells = scope.session.scalars(select(BellSchedule).where(BellSchedule.school_id == school_id))
    return Calendar(
        special={day: found.kind} if found else {},
        bells={row.id: bells_of(row) for row in bells},
        bells_on={day: found.bells_id} if found and found.bells_id else {},
    )


def networks(scope: Scope | SystemScope, school_id: UUID) -> list[str]:
    """The networks from which a school's cards open at any time."""
    query = select(SchoolNetwork.network).where(SchoolNetwork.school_id == school_id)
    return list(scope.session.scalars(query.order_by(SchoolNetwork.network)))


def school_of(scope: Scope) -> School | None:
    """The school at which the person is."""
    return scope.session.get(School, scope.school_id)
