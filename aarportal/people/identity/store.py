"""Questions about who is meant by a name, and about the persons of a school."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from aarportal.core.ids import NOTHING
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.accounts.models import Account
from aarportal.people.identity.models import IdentityLink, NobodysName, PersonMerge
from aarportal.people.identity.usernames import Holder, Span
from aarportal.people.roster.models import Class, District, Enrollment, User, UserRole

#: Issuer of links that a roster import made.
ROSTER = "roster"
#: Issuer of links that keep a 利用者識別子 which was a person's before another was registered; as
#: before, it means the person whatever home page it comes under.
IDENTIFIER = "userMasterIdentifier"
#: So many persons are shown at once; whoever looks for one of more types another letter.
MOST_FOUND = 20
#: Values in one question; SQLite takes only so many.
_AT_ONCE = 5000
_HIRAGANA, _KATAKANA = ord("ぁ"), ord("ァ")
_LETTERS = ord("ゖ") - _HIRAGANA + 1
_TO_KATAKANA = {_HIRAGANA + n: _KATAKANA + n for n in range(_LETTERS)}
_TO_HIRAGANA = {_KATAKANA + n: _HIRAGANA + n for n in range(_LETTERS)}


@dataclass(frozen=True)
class Seat:
    """A student's place in a class of this school."""

    class_id: UUID
    title: str
    class_type: str
    attendance_no: int | None
    starts_on: date | None
    ends_before: date | None

    def is_taken(self, day: date) -> bool:
        """Whether the student sits there on `day`."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_before is None or day < self.ends_before
        )

    def meets(self, other: "Seat") -> bool:
        """Whether both are of one class and of the same days, be it one."""
        return (
            self.class_id == other.class_id
            and (self.starts_on or date.min) < (other.ends_before or date.max)
            and (other.starts_on or date.min) < (self.ends_before or date.max)
        )


@dataclass(frozen=True)
class Person:
    """A student of this school, now or formerly, with all that tells them from others."""

    id: UUID
    family_name: str
    given_name: str
    kana: str
    username: str
    enabled: bool
    seats: Sequence[Seat] = field(default_factory=list)
    """The latest first, homeroom classes before others."""

    @property
    def name(self) -> str:
        """Family name, thin space, given name."""
        return f"{self.family_name}\u2009{self.given_name}"


def lock_names(scope: Scope | SystemScope, district_id: UUID) -> None:
    """Wait for others who say whose a name is, and let them wait (SQLite has one writer)."""
    scope.session.execute(
        select(District.id).where(District.id == district_id).with_for_update(key_share=True)
    ).all()


# --- persons ----------------------------------------------------------------------------------


def persons(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Students among these who are or were at this school."""
    if not ids:
        return {}
    rows = scope.session.execute(
        select(
            User.id,
            User.family_name,
            User.given_name,
            User.kana_family_name,
            User.kana_given_name,
            User.username,
            User.enabled,
            Class.id,
            Class.title,
            Class.class_type,
            Enrollment.attendance_no,
            Enrollment.starts_on,
            Enrollment.ends_before,
        )
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
        .where(
            User.id.in_(ids), Enrollment.school_id == scope.school_id, Enrollment.role == "student"
        )
    )
    found: dict[UUID, tuple[tuple[str, str, str, str, bool], list[Seat]]] = {}
    for id_, family, given, kana_family, kana_given, username, enabled, *seat in rows:
        kana = f"{kana_family} {kana_given}".strip()
        _, seats = found.setdefault(id_, ((family, given, kana, username, enabled), []))
        seats.append(Seat(*seat))
    return {
        id_: Person(id_, *named, sorted(seats, key=_order)) for id_, (named, seats) in found.items()
    }


def _order(seat: Seat) -> tuple[int, bool, str]:
    last = seat.ends_before or date.max
    return (-last.toordinal(), seat.class_type != "homeroom", seat.title)


def find_persons(scope: Scope, words: str) -> list[Person]:
    """Students of this school, now or last, of whom every word tells something.

    Args:
        scope: The office's.
        words: Parts of names, readings (in either kana), login names or class titles, or
            attendance numbers, with spaces between them.

    Returns:
        At most `MOST_FOUND` and one more, by reading.
    """
    parts = unicodedata.normalize("NFKC", words).split()
    if not parts:
        return []
    query = (
        select(User.id)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Class, and_(Class.school_id == Enrollment.school_id, Class.id == Enrollment.class_id))
        .outerjoin(
            Account, and_(Account.district_id == User.district_id, Account.user_id == User.id)
        )
        .where(Enrollment.school_id == scope.school_id, Enrollment.role == "student")
        .where(*(_tells(part) for part in parts))
        .group_by(User.id, User.kana_family_name, User.kana_given_name, User.sourced_id)
        .order_by(User.kana_family_name, User.kana_given_name, User.sourced_id)
    )
    ids: list[UUID] = []
    size = MOST_FOUND + 1
    for start in count(0, size):
        part = scope.session.scalars(query.limit(size).offset(start)).all()
        lost = scope.lost(part)
        ids += [id_ for id_ in part if id_ not in lost]
        if len(part) < size or len(ids) >= size:
            break
    known = persons(scope, ids[:size])
    return [known[id_] for id_ in ids[:size]]


def _tells(part: str) -> ColumnElement[bool]:
    """Whether a word stands in what is known of a person, whatever its script."""
    if part.isdecimal() and len(part) < 4:
        return Enrollment.attendance_no == int(part)
    columns = (
        User.family_name + User.given_name,
        User.kana_family_name + User.kana_given_name,
        User.username,
        Account.login_id,
        Class.title,
    )
    spellings = {part, part.translate(_TO_KATAKANA), part.translate(_TO_HIRAGANA)}
    return or_(
        *(
            column.icontains(spelling, autoescape=True)
            for column in columns
            for spelling in sorted(spellings)
        )
    )


# --- links ------------------------------------------------------------------------------------


def links_of_name(scope: Scope, issuer: str, name: str) -> Sequence[IdentityLink]:
    """Links of a name that hold, of every system."""
    return scope.session.scalars(
        select(IdentityLink)
        .where(
            IdentityLink.district_id == scope.district_id,
            IdentityLink.name == name,
            IdentityLink.issuer == issuer,
            IdentityLink.taken_back_at.is_(None),
        )
        .order_by(IdentityLink.made_at, IdentityLink.id)
    ).all()


def link(scope: Scope, link_id: UUID) -> IdentityLink | None:
    """A link to a student of this school, taken back or not."""
    return scope.session.scalar(
        select(IdentityLink).where(
            IdentityLink.district_id == scope.district_id,
            IdentityLink.id == link_id,
            IdentityLink.user_id.in_(_students(scope)),
        )
    )


def links(
    scope: Scope, words: str, *, number: int, size: int
) -> tuple[Sequence[IdentityLink], int, int]:
    """One page of the links to students of this school that hold, the latest first.

    Args:
        scope: The office's.
        words: Part of the name, of the issuer, or of the student's name; empty for all.
        number: Which page, from 1; the last one for a greater number.
        size: Links on a page.

    Returns:
        The links, which page it is, and how many links there are.
    """
    conditions = [
        IdentityLink.district_id == scope.district_id,
        IdentityLink.taken_back_at.is_(None),
        IdentityLink.user_id.in_(_students(scope)),
    ]
    for part in unicodedata.normalize("NFKC", words).split():
        called = select(User.id).where(
            or_(
                (User.family_name + User.given_name).icontains(part, autoescape=True),
                (User.kana_family_name + User.kana_given_name).icontains(part, autoescape=True),
            )
        )
        conditions.append(
            or_(
                IdentityLink.name.icontains(part, autoescape=True),
                IdentityLink.issuer.icontains(part, autoescape=True),
                IdentityLink.user_id.in_(called),
            )
        )
    count = scope.session.scalar(select(func.count(IdentityLink.id)).where(*conditions)) or 0
    number = min(number, max(-(-count // size), 1))
    rows = scope.session.scalars(
        select(IdentityLink)
        .where(*conditions)
        .order_by(IdentityLink.made_at.desc(), IdentityLink.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return rows, number, count


def _students(scope: Scope) -> Select[tuple[UUID]]:
    return select(Enrollment.user_id).where(
        Enrollment.school_id == scope.school_id, Enrollment.role == "student"
    )


def person_identified_by(scope: Scope, identifier: str) -> UUID | None:
    """Whose 利用者識別子 it is or was, anywhere in the district."""
    spellings = {identifier, identifier.lower(), identifier.upper()}
    now = select(User.id).where(
        User.district_id == scope.district_id, User.master_identifier.in_(spellings)
    )
    formerly = select(IdentityLink.user_id).where(
        IdentityLink.district_id == scope.district_id,
        IdentityLink.name.in_(spellings),
        IdentityLink.issuer == IDENTIFIER,
        IdentityLink.taken_back_at.is_(None),
    )
    return (
        scope.session.scalars(now.limit(1)).first()
        or scope.session.scalars(formerly.limit(1)).first()
    )


def member(scope: Scope, person_id: UUID) -> User | None:
    """The row of somebody who is, was or will be at a school of this scope."""
    return scope.session.scalar(
        select(User).where(
            User.id == person_id,
            User.district_id == scope.district_id,
            select(UserRole.id).where(UserRole.user_id == User.id).exists(),
        )
    )


def district(scope: Scope) -> District:
    """The row of the district."""
    return scope.session.get_one(District, scope.district_id)


# --- merges -----------------------------------------------------------------------------------


def merges(scope: Scope) -> Sequence[PersonMerge]:
    """Merges of students of this school, the latest first; those that hold before others."""
    return scope.session.scalars(
        select(PersonMerge)
        .where(
            PersonMerge.district_id == scope.district_id,
            PersonMerge.kept_id.in_(_students(scope)),
        )
        .order_by(
            PersonMerge.taken_back_at.is_not(None), PersonMerge.made_at.desc(), PersonMerge.id
        )
    ).all()


def merge(scope: Scope, merge_id: UUID) -> PersonMerge | None:
    """A merge of students of this school, taken back or not."""
    return scope.session.scalar(
        select(PersonMerge).where(
            PersonMerge.district_id == scope.district_id,
            PersonMerge.id == merge_id,
            PersonMerge.kept_id.in_(_students(scope)),
        )
    )


def merges_with(scope: Scope, person_ids: Collection[UUID]) -> Sequence[PersonMerge]:
    """Merges that hold and have to do with one of these persons."""
    return scope.session.scalars(
        select(PersonMerge).where(
            PersonMerge.district_id == scope.district_id,
            PersonMerge.taken_back_at.is_(None),
            or_(PersonMerge.kept_id.in_(person_ids), PersonMerge.merged_id.in_(person_ids)),
        )
    ).all()


def names_of(scope: Scope, person_id: UUID) -> frozenset[str]:
    """Every name under which an app may mean a person."""
    row = scope.session.execute(
        select(User.master_identifier, User.username, User.sourced_id).where(User.id == person_id)
    ).one()
    linked = scope.session.scalars(
        select(IdentityLink.name).where(
            IdentityLink.district_id == scope.district_id, IdentityLink.user_id == person_id
        )
    )
    return frozenset({*row, *linked} - {""})


# --- nobody's ---------------------------------------------------------------------------------


def nobodys_name(scope: Scope, system: UUID, issuer: str, name: str) -> NobodysName | None:
    """What the office said of a name of an app, if it said that it is nobody's."""
    return scope.session.scalar(
        select(NobodysName).where(
            NobodysName.district_id == scope.district_id,
            NobodysName.system == system,
            NobodysName.issuer == issuer,
            NobodysName.name == name,
        )
    )


# --- who is meant, whoever asks -----------------------------------------------------------------


def formerly_identified(
    scope: SystemScope, district_id: UUID, identifier: str, now: datetime
) -> list[UUID]:
    """Who had this 利用者識別子 (as it is spelt, or in other letters' case) and still means it."""
    query = select(IdentityLink.user_id).where(
        IdentityLink.district_id == district_id,
        IdentityLink.name.in_({identifier, identifier.lower(), identifier.upper()}),
        IdentityLink.issuer == IDENTIFIER,
        IdentityLink.taken_back_at.is_(None),
        or_(IdentityLink.begins_at.is_(None), IdentityLink.begins_at <= now),
        or_(IdentityLink.ends_at.is_(None), IdentityLink.ends_at > now),
    )
    return sorted(set(scope.session.scalars(query)))


def those_who_stay(scope: SystemScope, person_ids: Iterable[UUID]) -> list[UUID]:
    """These persons, each merged one as whom it was merged into; nobody twice."""
    asked = list(person_ids)
    query = select(PersonMerge.merged_id).where(
        PersonMerge.merged_id.in_(asked), PersonMerge.taken_back_at.is_(None)
    )
    merged = set(scope.session.scalars(query))
    stay = (_who_stays(scope, each) if each in merged else each for each in asked)
    return list(dict.fromkeys(stay))


def _who_stays(scope: SystemScope, person_id: UUID) -> UUID:
    seen = {person_id}
    while True:
        query = select(PersonMerge.kept_id).where(
            PersonMerge.merged_id == person_id, PersonMerge.taken_back_at.is_(None)
        )
        kept = scope.session.scalars(query.order_by(PersonMerge.made_at.desc()).limit(1)).first()
        if kept is None or kept in seen:
            return person_id
        seen.add(kept)
        person_id = kept


# --- login names ------------------------------------------------------------------------------


def holders(
    scope: SystemScope, district_id: UUID, usernames: Collection[str]
) -> dict[UUID, Holder]:
    """Everybody of a district who has one of some login names."""
    rows = scope.session.execute(
        select(User.id, User.username, User.enabled).where(
            User.district_id == district_id, User.username.in_(usernames)
        )
    )
    return {id_: Holder(username, enabled) for id_, username, enabled in rows}


def former_identifiers(
    scope: SystemScope, district_id: UUID, identifiers: Iterable[str]
) -> set[tuple[UUID, str]]:
    """(person, 利用者識別子) of links that keep one of these."""
    wanted = sorted(set(identifiers))
    found: set[tuple[UUID, str]] = set()
    for first in range(0, len(wanted), _AT_ONCE):
        rows = scope.session.execute(
            select(IdentityLink.user_id, IdentityLink.name).where(
                IdentityLink.district_id == district_id,
                IdentityLink.name.in_(wanted[first : first + _AT_ONCE]),
                IdentityLink.issuer == IDENTIFIER,
                IdentityLink.taken_back_at.is_(None),
            )
        )
        found.update(rows.tuples())
    return found


def spans(scope: SystemScope, district_id: UUID, names: Iterable[str]) -> list[Span]:
    """What earlier imports kept about who had these login names."""
    wanted = sorted(names)
    found: list[Span] = []
    for first in range(0, len(wanted), _AT_ONCE):
        rows = scope.session.execute(
            select(
                IdentityLink.name,
                IdentityLink.user_id,
                IdentityLink.begins_at,
                IdentityLink.ends_at,
                IdentityLink.id,
            ).where(
                IdentityLink.district_id == district_id,
                IdentityLink.name.in_(wanted[first : first + _AT_ONCE]),
                IdentityLink.issuer == ROSTER,
                IdentityLink.system == NOTHING,
                IdentityLink.taken_back_at.is_(None),
            )
        )
        found += [Span(*row) for row in rows]
    return found


def overlaps(
    begins: datetime | None,
    ends: datetime | None,
    other_begins: datetime | None,
    other_ends: datetime | None,
) -> bool:
    """Whether two spans of time have a moment in common."""
    return (begins is None or other_ends is None or begins < other_ends) and (
        other_begins is None or ends is None or other_begins < ends
    )
