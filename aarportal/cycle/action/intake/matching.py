"""Whose record is it? Pure: an app's name for somebody against the names that are known.

Never by name alone: by the 利用者識別子, by a link that says who an account is, or by the roster's
own names where they are unique.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from aarportal.core.ids import NOTHING
from aarportal.cycle.action.xapi.statements import ActorKey

UNKNOWN_ACTOR = "unknown_actor"
AMBIGUOUS_ACTOR = "ambiguous_actor"
NOT_A_STUDENT = "not_a_student"
NO_LEARNING = "no_learning"
UNREADABLE = "unreadable"

#: Reasons about who it was: a link, or a change of the roster, can resolve them.
ABOUT_THE_PERSON = frozenset({UNKNOWN_ACTOR, AMBIGUOUS_ACTOR, NOT_A_STUDENT})

#: Issuer of links that a roster import made: who had a login name before somebody else got it.
ROSTER = "roster"
#: Issuer of links that keep a 利用者識別子 which was a person's before another was registered.
IDENTIFIER = "userMasterIdentifier"

#: Issuers of names that are not names of accounts.
_NO_ACCOUNT = frozenset({"mailto", "mbox_sha1sum", "openid"})
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A person of the district, by the identifiers an app may use."""

    id: UUID
    master_identifier: str
    username: str
    sourced_id: str


@dataclass(frozen=True)
class Link:
    """What is known of a name outside the roster's present state (see people.identity.models)."""

    id: UUID
    system: UUID
    issuer: str
    name: str
    user_id: UUID
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether the name meant this person at a moment."""
        return (self.begins_at is None or self.begins_at <= moment) and (
            self.ends_at is None or moment < self.ends_at
        )


@dataclass(frozen=True)
class Merge:
    """Two persons who are one child."""

    id: UUID
    kept_id: UUID


class Seat(NamedTuple):
    """A student in a class, for a span of days; both borders may be open."""

    school_id: UUID
    class_id: UUID
    starts_on: date | None
    ends_before: date | None

    def is_taken(self, day: date) -> bool:
        """Whether the student sits there on `day`."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_before is None or day < self.ends_before
        )


@dataclass(frozen=True)
class Place:
    """Where a student learns on a day: a school, the homeroom class first, and other classes."""

    school_id: UUID
    class_id: UUID
    class_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Found:
    """The person behind an actor, and what said so besides the roster."""

    person_id: UUID
    link_id: UUID | None = None


@dataclass(frozen=True)
class Learner:
    """A student that records can be written for."""

    student_id: UUID
    place: Place
    link_id: UUID | None = None
    merge_id: UUID | None = None


@dataclass
class Directory:
    """The names of a batch's people, for one look-up each.

    Attributes:
        system: The app that uses the names.
        home_pages: Account home pages under which it uses the roster's names.
        by_name: Kind of identifier -> name -> persons.
        links: Name -> links.
    """

    system: UUID = NOTHING
    home_pages: Collection[str] = ()
    by_name: dict[str, dict[str, set[UUID]]] = field(
        default_factory=lambda: {"master_identifier": {}, "username": {}, "sourced_id": {}}
    )
    links: dict[str, list[Link]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        candidates: Iterable[Candidate],
        links: Iterable[Link] = (),
        *,
        system: UUID = NOTHING,
        home_pages: Collection[str] = (),
    ) -> "Directory":
        """Index people by each of their identifiers, and links by their names."""
        directory = cls(system, home_pages)
        for person in candidates:
            for kind, index in directory.by_name.items():
                name = getattr(person, kind)
                if name:
                    index.setdefault(name, set()).add(person.id)
        for link in links:
            directory.links.setdefault(link.name, []).append(link)
        return directory

    def find(self, actor: ActorKey, moment: datetime) -> Found | str:
        """The person behind an actor at a moment, or the reason why there is none.

        The 利用者識別子 (userMasterIdentifier) wins, be it a former one, then a link, then the
        roster's names. A mail address and a UUID are unique wherever they are used; any other name
        counts only under a home page of which it is known that it uses the roster's names.
        """
        identified = self.by_name["master_identifier"].get(actor.name)
        if identified is not None:
            return _only(dict.fromkeys(identified))
        return _only(
            self._linked(IDENTIFIER, actor.name, moment)
            or self._linked(actor.issuer, actor.name, moment)
            or self._in_roster(actor, moment)
        )

    def _linked(self, issuer: str, name: str, moment: datetime) -> dict[UUID, UUID | None]:
        return {
            link.user_id: link.id
            for link in self.links.get(name, ())
            if link.issuer == issuer
            and link.system in {NOTHING, self.system}
            and link.holds(moment)
        }

    def _in_roster(self, actor: ActorKey, moment: datetime) -> dict[UUID, UUID | None]:
        trusted = actor.issuer in self.home_pages
        if trusted or actor.issuer == "mailto":
            # Whoever had the login name at that time goes before whoever has it now.
            earlier = self._linked(ROSTER, actor.name, moment)
            now = self.by_name["username"].get(actor.name)
            if earlier or now:
                return earlier or dict.fromkeys(now or ())
        if trusted or (_UUID.match(actor.name) and actor.issuer not in _NO_ACCOUNT):
            return dict.fromkeys(self.by_name["sourced_id"].get(actor.name, ()))
        return {}


def _only(persons: Mapping[UUID, UUID | None]) -> Found | str:
    if len(persons) == 1:
        return Found(*next(iter(persons.items())))
    return AMBIGUOUS_ACTOR if persons else UNKNOWN_ACTOR


def place_on(seats: Sequence[Seat], day: date) -> Place | str:
    """Where somebody is a student on a day, or the reason why a record has to wait.

    Args:
        seats: The person's seats in schools that the app may write for, homeroom classes first.
        day: The day at school on which the work was done.
    """
    by_school: dict[UUID, list[UUID]] = {}
    for seat in seats:
        if seat.is_taken(day):
            by_school.setdefault(seat.school_id, []).append(seat.class_id)
    if not by_school:
        return NOT_A_STUDENT
    if len(by_school) > 1:
        # A child between two schools: which one a record belongs to, somebody has to say.
        return AMBIGUOUS_ACTOR
    school_id, class_ids = next(iter(by_school.items()))
    return Place(school_id, class_ids[0], tuple(class_ids))


def learner(
    found: Found, day: date, seats: Mapping[UUID, Sequence[Seat]], merges: Mapping[UUID, Merge]
) -> Learner | str:
    """The student whose record it is, or the reason why the statement has to wait.

    Args:
        found: The person behind the actor.
        day: The day at school on which the work was done.
        seats: Person -> seats in schools that the app may write for.
        merges: Person -> the merge by which everything of theirs is another person's.
    """
    merge = merges.get(found.person_id)
    person_id = merge.kept_id if merge else found.person_id
    place = place_on(seats.get(person_id, ()), day)
    if isinstance(place, str):
        return place
    return Learner(person_id, place, found.link_id, merge.id if merge else None)
