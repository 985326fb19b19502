"""Whom a statement means, when a child is deleted: that child, or another of the same name."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from aarportal.cycle.action.intake.matching import Candidate, Directory, Found, Link
from aarportal.cycle.action.xapi.moments import moment
from aarportal.cycle.action.xapi.statements import ActorKey
from aarportal.insight.handover.attached import without_signatures
from aarportal.insight.handover.redacting import named_in, without

#: Names that two people never have, wherever they are used: UUIDs and mail addresses.
_UNIQUE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|.+@.+\..+", re.IGNORECASE)


class Kept(NamedTuple):
    """A statement of the log, as far as it says who it is about."""

    id: UUID
    app_id: UUID
    stored_at: datetime
    body: bytes


class Persons:
    """Who is the child that goes, by the rules by which statements became records."""

    def __init__(
        self,
        ids: Collection[UUID],
        candidates: Iterable[Candidate],
        links: Iterable[Link],
        home_pages: Mapping[UUID, Collection[str]],
    ) -> None:
        """Look at everybody of the district who has, or had, one of the child's names."""
        self._ids = frozenset(ids)
        self._candidates, self._links = list(candidates), list(links)
        self._home_pages = home_pages
        self._directories: dict[UUID, Directory] = {}
        #: Names that somebody else has as well, or had.
        self.shared = {
            name
            for person in self._candidates
            if person.id not in self._ids
            for name in (person.master_identifier, person.username, person.sourced_id)
        } | {link.name for link in self._links if link.user_id not in self._ids}
        own = [each for each in self._candidates if each.id in self._ids]
        names = {
            *map(str, self._ids),
            *(each.name for each in self._links if each.user_id in self._ids),
            *(name for each in own for name in (each.master_identifier, each.username)),
            *(each.sourced_id for each in own),
        }
        self.unmistakable = {
            name for name in names - self.shared if _UNIQUE.fullmatch(name)
        }  # fmt: skip

    def is_child(self, key: ActorKey, app_id: UUID, at: datetime) -> bool:
        """Whether an app means the child by a name that it used at a moment."""
        if key.name in self.unmistakable:
            return True
        found = self._directory(app_id).find(key, at)
        return isinstance(found, Found) and found.person_id in self._ids

    def is_somebody_else(self, key: ActorKey, app_id: UUID, at: datetime) -> bool:
        """Whether an app means another person of the district by a name."""
        found = self._directory(app_id).find(key, at)
        return isinstance(found, Found) and found.person_id not in self._ids

    def does(self, kept: Kept) -> bool:
        """Whether the child does what a statement tells, or it is done to the child."""
        at = _moment_of(kept)
        said = _SAID.decode(kept.body)
        return any(
            self.is_child(key, kept.app_id, at)
            for raw in (said.actor, said.object)
            for key in raw.called()
        )

    def is_named(self, kept: Kept) -> bool:
        """Whether a statement names the child at all, in a group for instance."""
        at = _moment_of(kept)
        return any(self.is_child(key, kept.app_id, at) for key in named_in(kept.body))

    def redacted(self, kept: Kept) -> bytes:
        """The statement with nobody in place of the child, and without its signature."""
        at = _moment_of(kept)
        body = without(kept.body, lambda key: self.is_child(key, kept.app_id, at))
        return without_signatures(body)

    def _directory(self, app_id: UUID) -> Directory:
        if app_id not in self._directories:
            self._directories[app_id] = Directory.of(
                self._candidates,
                self._links,
                system=app_id,
                home_pages=self._home_pages.get(app_id, ()),
            )
        return self._directories[app_id]


class _Account(msgspec.Struct, rename={"home_page": "homePage"}):
    home_page: str = ""
    name: str = ""


class _Somebody(msgspec.Struct):
    account: _Account | None = None
    mbox: str = ""
    mbox_sha1sum: str = ""
    openid: str = ""

    def called(self) -> Iterable[ActorKey]:
        """The name under which somebody stands there, if it is somebody."""
        if self.account is not None:
            yield ActorKey(self.account.home_page, self.account.name)
        if self.mbox:
            local, _, domain = self.mbox.removeprefix("mailto:").rpartition("@")
            yield ActorKey("mailto", f"{local}@{domain.lower()}")
        if self.mbox_sha1sum:
            yield ActorKey("mbox_sha1sum", self.mbox_sha1sum.lower())
        if self.openid:
            yield ActorKey("openid", self.openid)


class _Said(msgspec.Struct):
    actor: _Somebody = msgspec.field(default_factory=_Somebody)
    object: _Somebody = msgspec.field(default_factory=_Somebody)
    timestamp: str = ""


_SAID = msgspec.json.Decoder(_Said)


def _moment_of(kept: Kept) -> datetime:
    text = _SAID.decode(kept.body).timestamp
    try:
        return moment(text) if text else kept.stored_at
    except ValueError:
        return kept.stored_at
