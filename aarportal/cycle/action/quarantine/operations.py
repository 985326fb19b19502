"""Resolving what waits: one by one, by rule, or by merging two persons; each can be taken back.

What was understood by it is read again (see intake.operations.read_again).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import Scope
from aarportal.cycle.action.intake import matching
from aarportal.cycle.action.intake import operations as intake
from aarportal.cycle.action.intake.matching import Directory
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.action.quarantine import store
from aarportal.cycle.action.quarantine.foreseeing import (
    Foreseen,
    MergeForeseen,
    RuleForeseen,
    foresee_link,
    foresee_merge,
    foresee_rule,
)
from aarportal.cycle.action.quarantine.names import store as names
from aarportal.people.identity import operations as identity
from aarportal.people.identity import store as identities
from aarportal.people.identity.models import IdentityLink, PersonMerge
from aarportal.people.identity.operations import Pair
from aarportal.people.identity.store import IDENTIFIER, Person

#: Names that the preview of a rule looks at, those with the most statements first.
MOST_NAMES = 5000
#: Issuers that are no home pages of accounts.
NO_HOME_PAGES = frozenset({"", "mailto", "mbox_sha1sum", "openid", matching.ROSTER})


@dataclass(frozen=True)
class ActorDraft:
    """A name of an app."""

    app_id: UUID
    issuer: str
    name: str


@dataclass(frozen=True)
class LinkDraft(ActorDraft):
    """Whose a name is.

    Attributes:
        everywhere: Whether it is so for every app of the district, and not just for this one.
        begins_on: The first day; None from ever.
        ends_on: The last day; None for ever.
    """

    user_id: UUID
    everywhere: bool = False
    begins_on: date | None = None
    ends_on: date | None = None

    @property
    def begins_at(self) -> datetime | None:
        """The first moment."""
        return None if self.begins_on is None else clock.day_bounds(self.begins_on)[0]

    @property
    def ends_at(self) -> datetime | None:
        """The first moment after it."""
        return None if self.ends_on is None else clock.day_bounds(self.ends_on)[1]

    def holds(self, moment: datetime) -> bool:
        """Whether it would be so at a moment."""
        return (self.begins_at is None or self.begins_at <= moment) and (
            self.ends_at is None or moment < self.ends_at
        )


def link(scope: Scope, draft: LinkDraft) -> IdentityLink:
    """Say whose a name is; what waits under it becomes records.

    Raises:
        InvalidError: As `identity.link`; also if the name is somebody's 利用者識別子, against which
            no link counts.
        NotFoundError: If the district has no such app, or this school no such student.
    """
    store.app(scope, draft.app_id)
    known = names.candidates(scope, [draft.name])
    former = (each for each in names.links(scope, [draft.name]) if each.issuer == IDENTIFIER)
    if any(person.master_identifier == draft.name for person in known) or any(former):
        raise InvalidError("user_id", "identified")
    row = identity.link(
        scope,
        NOTHING if draft.everywhere else draft.app_id,
        draft.issuer,
        draft.name,
        draft.user_id,
        begins_at=draft.begins_at,
        ends_at=draft.ends_at,
    )
    _read_name_again(scope, row)
    return row


def take_back(scope: Scope, link_id: UUID) -> IdentityLink:
    """Let a link hold no more; what it made goes back to where it would have been without it.

    Raises:
        NotFoundError: If it is none to a student of this school.
        StateError: If it was taken back before, or a roster import keeps it.
    """
    row = identity.take_back(scope, link_id)
    intake.read_again(scope, "link", str(row.id), app_id=app_of(row))
    _read_name_again(scope, row)
    return row


def _read_name_again(scope: Scope, row: IdentityLink) -> None:
    """What waits under a name, and what the roster made of it so far, is read again."""
    app_id = app_of(row)
    intake.read_again(scope, "actor", f"{row.issuer}\n{row.name}", app_id=app_id)
    holders = {person.id for person in names.candidates(scope, [row.name])}
    holders |= {
        each.user_id for each in names.links(scope, [row.name]) if each.issuer == matching.ROSTER
    }
    for person_id in sorted(holders):
        intake.read_again(scope, "person", str(person_id), app_id=app_id)


def app_of(row: IdentityLink) -> UUID | None:
    """The app whose name it is; None for every app."""
    return None if row.system == NOTHING else row.system


def trust(scope: Scope, app_id: UUID, issuer: str) -> LearningApp:
    """Declare that an app uses the roster's own names under a home page, and read what waits.

    Raises:
        InvalidError: If it is no home page of accounts.
        NotFoundError: If the district has no such app.
    """
    app = store.app(scope, app_id)
    if issuer in NO_HOME_PAGES:
        raise InvalidError("issuer", "no_home_page")
    if issuer not in app.home_pages:
        # A new list: a change inside the old one would not be seen.
        app.home_pages = [*app.home_pages, issuer]
        audit.record(scope, "app:home_page_added", app.id)
    intake.read_again(scope, "issuer", issuer, app_id=app.id)
    return app


def distrust(scope: Scope, app_id: UUID, issuer: str) -> LearningApp:
    """Take that back; all that the app ever sent is read again.

    Raises:
        NotFoundError: If the district has no such app.
        StateError: If nobody declared it.
    """
    app = store.app(scope, app_id)
    if issuer not in app.home_pages:
        raise StateError("nobody declared this home page")
    app.home_pages = [each for each in app.home_pages if each != issuer]
    audit.record(scope, "app:home_page_removed", app.id)
    # Records do not say by which name they were found, and every id begins with nothing.
    intake.read_again(scope, "prefix", "", app_id=app.id)
    intake.read_again(scope, "issuer", issuer, app_id=app.id)
    return app


def read_everything_again(scope: Scope, app_id: UUID | None = None) -> int:
    """Read all that waits once more, because the roster has changed, say.

    Args:
        scope: The office's.
        app_id: Only this app's; None for every app.

    Returns:
        How many home pages it is about.
    """
    asked = names.issuers(scope, app_id)
    for each, issuer in asked:
        intake.read_again(scope, "issuer", issuer, app_id=each)
    if asked:
        audit.record(scope, "quarantine:read_again", app_id or scope.district_id)
    return len(asked)


def put_aside(scope: Scope, draft: ActorDraft) -> None:
    """Say that a name is no child's: it is not listed any more, and what is there waits on.

    Raises:
        NotFoundError: If nothing waits under it.
    """
    if store.actor(scope, draft.app_id, draft.issuer, draft.name) is None:
        raise NotFoundError("actor")
    identity.put_aside(scope, draft.app_id, draft.issuer, draft.name)


def look_again(scope: Scope, draft: ActorDraft) -> None:
    """Take that back: the name is listed again.

    Raises:
        NotFoundError: If the district has no such app.
    """
    store.app(scope, draft.app_id)
    identity.look_again(scope, draft.app_id, draft.issuer, draft.name)


def merge(scope: Scope, kept_id: UUID, merged_id: UUID, *, confirmed: bool = False) -> PersonMerge:
    """Say that two persons are one child: what apps sent about the one is the other's.

    Raises:
        InvalidError: As `identity.merge`.
        NotFoundError: As `identity.merge`.
    """
    row = identity.merge(scope, kept_id, merged_id, confirmed=confirmed)
    intake.read_again(scope, "person", str(merged_id))
    _read_waiting_again(scope, merged_id)
    return row


def take_back_merge(scope: Scope, merge_id: UUID) -> PersonMerge:
    """Part two persons again: everything is as if they had never been merged.

    Raises:
        NotFoundError: If it is no merge of students of this school.
        StateError: If it was taken back before.
    """
    row = identity.take_back_merge(scope, merge_id)
    intake.read_again(scope, "merge", str(row.id))
    _read_waiting_again(scope, row.merged_id)
    return row


def _read_waiting_again(scope: Scope, person_id: UUID) -> None:
    """What waits under the names of a person: it may have a place in a class now, or none."""
    known = identities.names_of(scope, person_id)
    for app_id, issuer, name in names.waiting_under(scope, known):
        intake.read_again(scope, "actor", f"{issuer}\n{name}", app_id=app_id)


# --- before it is done ------------------------------------------------------------------------


def would_link(scope: Scope, draft: LinkDraft, person: Person) -> Foreseen:
    """What `link` would do to what waits."""
    app_id = None if draft.everywhere else draft.app_id
    moments = store.moments(scope, app_id, draft.issuer, draft.name)
    return foresee_link(moments, _seats(scope, person), draft.holds, clock.school_day_of)


def would_trust(scope: Scope, app_id: UUID, issuer: str) -> tuple[RuleForeseen, dict[UUID, Person]]:
    """What `trust` would do to the names that wait, and the students of this school among them."""
    app = store.app(scope, app_id)
    waiting = names.names_under(scope, app_id, issuer, MOST_NAMES)
    called = [name for name, _, _ in waiting]
    candidates, links = names.candidates(scope, called), names.links(scope, called)
    directory = Directory.of(candidates, links, system=app_id, home_pages={*app.home_pages, issuer})
    everybody = {person.id for person in candidates} | {each.user_id for each in links}
    merges = names.merges_away(scope, everybody)
    everybody |= {each.kept_id for each in merges.values()}
    here = identities.persons(scope, everybody)
    return foresee_rule(waiting, directory, issuer, merges, here), here


def would_merge(scope: Scope, pair: Pair) -> MergeForeseen:
    """What `merge` would do to the records of this school."""
    seats = {each.id: _seats(scope, each) for each in (pair.kept, pair.merged)}
    days = store.days_of(scope, pair.merged.id)
    return foresee_merge(days, pair.kept.id, pair.merged.id, seats)


def _seats(scope: Scope, person: Person) -> list[matching.Seat]:
    return [
        matching.Seat(scope.school_id, seat.class_id, seat.starts_on, seat.ends_before)
        for seat in person.seats
    ]
