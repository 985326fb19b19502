"""Saying who is meant by a name that another system uses, and taking that back."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, StateError
from aarportal.core.ids import NOTHING, new_id
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.identity import store
from aarportal.people.identity.models import IdentityLink, NobodysName, PersonMerge
from aarportal.people.identity.store import IDENTIFIER, ROSTER, Person
from aarportal.people.identity.usernames import Holder, history
from aarportal.people.roster.models import User

#: A UUID of version 4, as the national rules for the 利用者識別子 ask for.
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
#: Names that are looked at at once.
_AT_ONCE = 1000


@dataclass(frozen=True)
class Pair:
    """Two persons of the roster who may be one child.

    Attributes:
        kept: Whose records they will all be.
        merged: Whose records go over.
        classmates: Whether they are in one class at the same time, as twins are.
    """

    kept: Person
    merged: Person
    classmates: bool


def link(  # noqa: PLR0913 - a name has three parts, and a span two
    scope: Scope,
    system: UUID,
    issuer: str,
    name: str,
    user_id: UUID,
    *,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> IdentityLink:
    """Say that a name means a student, for a span of time.

    Args:
        scope: The office's; the student is at its school, or was and went on to no other.
        system: The learning app that uses the name; all zeros for every system.
        issuer: Home page of the account, `mailto` …
        name: As the system writes it.
        user_id: The student.
        begins_at: From when on; None from ever.
        ends_at: Exclusive; None for ever.

    Raises:
        InvalidError: If the name is empty, the span is, or the name means somebody else (or the
            same student already) at a time in common.
        NotFoundError: As `person`.
    """
    if not name or not issuer:
        raise InvalidError("name", "required")
    if issuer == ROSTER:
        raise InvalidError("issuer", "roster")
    if begins_at is not None and ends_at is not None and ends_at <= begins_at:
        raise InvalidError("ends_at", "order")
    person(scope, user_id)
    store.lock_names(scope, scope.district_id)
    for other in store.links_of_name(scope, issuer, name):
        alike = other.system == system or NOTHING in {other.system, system}
        if alike and store.overlaps(begins_at, ends_at, other.begins_at, other.ends_at):
            raise InvalidError("user_id", "same" if other.user_id == user_id else "taken")
    row = IdentityLink(
        id=new_id(),
        district_id=scope.district_id,
        system=system,
        issuer=issuer,
        name=name,
        user_id=user_id,
        begins_at=begins_at,
        ends_at=ends_at,
        made_by=scope.actor_id,
    )
    scope.session.add(row)
    audit.record(scope, "identity:linked", row.id, student_id=user_id)
    return row


def take_back(scope: Scope, link_id: UUID) -> IdentityLink:
    """Let a link hold no more, as if it had never been made.

    Raises:
        NotFoundError: If it is none to a student of this school.
        StateError: If it was taken back before, or a roster import keeps it.
    """
    store.lock_names(scope, scope.district_id)
    row = store.link(scope, link_id)
    if row is None:
        raise NotFoundError("link")
    if row.taken_back_at is not None or row.issuer == ROSTER:
        raise StateError("this link cannot be taken back")
    row.taken_back_at = clock.now()
    audit.record(scope, "identity:taken_back", row.id, student_id=row.user_id)
    return row


def identify(scope: Scope, user_id: UUID, identifier: str) -> User:
    """Register a 利用者識別子 that was issued elsewhere; the one before goes on meaning the person.

    Args:
        scope: Of somebody who knows the person.
        user_id: The person.
        identifier: A UUID of version 4.

    Raises:
        InvalidError: If it is none (`uuid4`), the person has it already (`same`), or it is or was
            somebody else's in the district (`taken`).
        NotFoundError: If the person is, was and will be at no school of this scope, or went on to
            another one.
    """
    wanted = identifier.strip().lower()
    if not _UUID4.fullmatch(wanted):
        raise InvalidError("identifier", "uuid4")
    store.lock_names(scope, scope.district_id)
    row = store.member(scope, user_id)
    if row is None or scope.has_lost(user_id):
        raise NotFoundError("person")
    if row.master_identifier.lower() == wanted:
        raise InvalidError("identifier", "same")
    if store.person_identified_by(scope, wanted) not in {None, user_id}:
        raise InvalidError("identifier", "taken")
    now = clock.now()
    for link in store.links_of_name(scope, IDENTIFIER, wanted):
        link.taken_back_at = now
    if row.master_identifier:
        scope.session.add(_formerly(scope, row))
    row.master_identifier, row.last_modified = wanted, now
    store.district(scope).roster_version += 1
    audit.record(scope, "person:identified", user_id, student_id=user_id)
    return row


def _formerly(scope: Scope, row: User) -> IdentityLink:
    """What says later whom the 利用者識別子 meant that a person has now."""
    return IdentityLink(
        id=new_id(),
        district_id=scope.district_id,
        issuer=IDENTIFIER,
        name=row.master_identifier,
        user_id=row.id,
        made_by=scope.actor_id,
    )


def person(scope: Scope, person_id: UUID) -> Person:
    """A student whom this school may say something of: who is there, or was there last.

    Raises:
        NotFoundError: If there is none, or they went on to another school.
    """
    return _those(scope, {person_id})[person_id]


def _those(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Person]:
    found = store.persons(scope, ids)
    if not found.keys() >= set(ids) or scope.lost(ids):
        raise NotFoundError("person")
    return found


def pair(scope: Scope, kept_id: UUID, merged_id: UUID) -> Pair:
    """Two students who may be one child.

    Raises:
        InvalidError: If they are one already, or one of them is part of another merge in a way
            that would make a chain or a ring of them.
        NotFoundError: As `person`, of either.
    """
    found = _those(scope, {kept_id, merged_id})
    if kept_id == merged_id:
        raise InvalidError("merged_id", "same")
    for other in store.merges_with(scope, {kept_id, merged_id}):
        if other.merged_id == merged_id:
            raise InvalidError("merged_id", "merged")
        if other.merged_id == kept_id:
            raise InvalidError("kept_id", "merged")
        if other.kept_id == merged_id:
            raise InvalidError("merged_id", "kept")
    kept, merged = found[kept_id], found[merged_id]
    classmates = any(one.meets(other) for one in kept.seats for other in merged.seats)
    return Pair(kept, merged, classmates)


def merge(scope: Scope, kept_id: UUID, merged_id: UUID, *, confirmed: bool = False) -> PersonMerge:
    """Say that two persons of the roster are one child.

    Args:
        scope: The office's; both are at its school, or were there last.
        kept_id: Whose records they will all be.
        merged_id: Whose records go over.
        confirmed: Whether somebody made sure, although both are in one class at the same time.

    Raises:
        InvalidError: As `pair`; also if they sit in one class and nobody made sure.
        NotFoundError: As `pair`.
    """
    store.lock_names(scope, scope.district_id)
    both = pair(scope, kept_id, merged_id)
    if both.classmates and not confirmed:
        raise InvalidError("confirmed", "classmates")
    row = PersonMerge(
        id=new_id(),
        district_id=scope.district_id,
        kept_id=kept_id,
        merged_id=merged_id,
        made_by=scope.actor_id,
    )
    scope.session.add(row)
    audit.record(
        scope, "person:merged", row.id, student_id=kept_id, detail="confirmed" * both.classmates
    )
    return row


def take_back_merge(scope: Scope, merge_id: UUID) -> PersonMerge:
    """Part two persons again, as if they had never been merged.

    Raises:
        NotFoundError: If it is no merge of students of this school.
        StateError: If it was taken back before.
    """
    store.lock_names(scope, scope.district_id)
    row = store.merge(scope, merge_id)
    if row is None:
        raise NotFoundError("merge")
    if row.taken_back_at is not None:
        raise StateError("this merge was taken back before")
    row.taken_back_at, row.taken_back_by = clock.now(), scope.actor_id
    audit.record(scope, "person:parted", row.id, student_id=row.kept_id)
    return row


def put_aside(scope: Scope, system: UUID, issuer: str, name: str) -> NobodysName:
    """Say that a name of an app is no child's; to say it twice changes nothing."""
    store.lock_names(scope, scope.district_id)
    row = store.nobodys_name(scope, system, issuer, name)
    if row is None:
        row = NobodysName(
            id=new_id(),
            district_id=scope.district_id,
            system=system,
            issuer=issuer,
            name=name,
            made_by=scope.actor_id,
        )
        scope.session.add(row)
        audit.record(scope, "name:put_aside", row.id)
    return row


def look_again(scope: Scope, system: UUID, issuer: str, name: str) -> None:
    """Take back that a name is nobody's; where nobody said so, nothing changes."""
    row = store.nobodys_name(scope, system, issuer, name)
    if row is not None:
        scope.session.delete(row)
        audit.record(scope, "name:taken_up", row.id)


def identifier_changes(
    scope: SystemScope, district_id: UUID, former: Iterable[tuple[UUID, str]]
) -> Iterator[tuple[UUID, None, dict[str, Any]]]:
    """Links by which a 利用者識別子 that an import replaces goes on meaning its person.

    Args:
        scope: The system's.
        district_id: Whose people.
        former: Persons and the 利用者識別子 that each had before the import.

    Yields:
        As `username_changes`.
    """
    now = clock.now()
    for user_id, identifier in _not_kept(scope, district_id, former):
        id_ = new_id()
        row = {
            "district_id": district_id,
            "id": id_,
            "system": NOTHING,
            "issuer": IDENTIFIER,
            "name": identifier,
            "user_id": user_id,
            "begins_at": None,
            "ends_at": None,
            "made_by": None,
            "made_at": now,
            "taken_back_at": None,
        }
        yield id_, None, row


def _not_kept(
    scope: SystemScope, district_id: UUID, former: Iterable[tuple[UUID, str]]
) -> Iterator[tuple[UUID, str]]:
    rest = iter(former)
    while some := list(islice(rest, _AT_ONCE)):
        kept = store.former_identifiers(scope, district_id, [name for _, name in some])
        yield from (each for each in some if each not in kept)


@dataclass(frozen=True, slots=True)
class HolderChange:
    """Somebody who is new, or whose login name or presence an import changes.

    Attributes:
        name: A login name that they have got, or had.
        user_id: The person.
        after: As they are after the import; under both names.
    """

    name: str
    user_id: UUID
    after: Holder


def username_changes(
    scope: SystemScope, district_id: UUID, changes: Iterable[HolderChange], moment: datetime
) -> Iterator[tuple[UUID, dict[str, Any] | None, dict[str, Any]]]:
    """Who had a login name before an import gives it to somebody else or takes it away.

    What comes late is then still the record of whoever had the name when it was done. Nothing is
    written: the links are part of what the import writes and takes back.

    Args:
        scope: The system's.
        district_id: Whose people.
        changes: All that the import changes, those of one name side by side.
        moment: When the import takes effect.

    Yields:
        The id of a link, its columns that change as they were (None for a new link), and the same
        afterwards (of a new link all).
    """
    by_name = groupby(changes, attrgetter("name"))
    while some := [(name, list(found)) for name, found in islice(by_name, _AT_ONCE)]:
        names = [name for name, _ in some]
        changed = {each.user_id: each.after for _, found in some for each in found}
        yield from _kept_of(scope, district_id, names, changed, moment)


def _kept_of(
    scope: SystemScope,
    district_id: UUID,
    names: Sequence[str],
    changed: Mapping[UUID, Holder],
    moment: datetime,
) -> Iterator[tuple[UUID, dict[str, Any] | None, dict[str, Any]]]:
    """What is to be written about some login names."""
    before = store.holders(scope, district_id, names)
    spans = store.spans(scope, district_id, names)
    found = history(names, before, changed, spans, moment)
    was = {span.id: span.ends_at for span in spans}
    for id_, ends_at in found.ended.items():
        yield id_, {"ends_at": was[id_]}, {"ends_at": ends_at}
    now = clock.now()
    for span in found.new:
        id_ = new_id()
        row = {
            "district_id": district_id,
            "id": id_,
            "system": NOTHING,
            "issuer": ROSTER,
            "name": span.name,
            "user_id": span.user_id,
            "begins_at": span.begins_at,
            "ends_at": span.ends_at,
            "made_by": None,
            "made_at": now,
            "taken_back_at": None,
        }
        yield id_, None, row
