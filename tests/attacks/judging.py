"""Trying, and looking at what came of it: what was said, and what was changed."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aarportal.core.database import Base, db
from aarportal.core.permissions import Role
from tests.access.people import CHILDREN
from tests.access.world import Seat, World
from tests.attacks.elsewhere import Elsewhere
from tests.attacks.sight import ATTACKERS, Attacker
from tests.attacks.tries import Try

_CANARY = re.compile(r"zq([a-z])(" + "|".join(child.name for child in CHILDREN) + r")(?![a-z])")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: What coming, asking and failing leave behind.
_TRACES = frozenset(
    {
        "app_days", "audit_chain", "audit_entries", "audit_links", "lti_keys", "lti_logins",
        "oidc_spent_states", "published_through", "roster_tokens", "session_touches",
        "sign_in_throttles",
    }
)  # fmt: skip
#: Columns that say when somebody came last, and how often somebody erred.
_STAMPS = frozenset({"last_used_at", "last_record_at", "last_seen_at", "stopped_at", "wrong_tries"})
_OF_A_CHILD = ("student_id", "user_id", "actor_id")

Owner = tuple[str, UUID]


@dataclass
class Tally:
    """What came of many attempts."""

    tries: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    through: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Answers 500: no way through, but a defect."""


class Judge:
    """Makes attempts in a world and says which of them came through."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tally = Tally()
        self.names = {child.id: child.name for child in CHILDREN}
        self.names |= {it.who.member.id: it.who.member.name for it in ATTACKERS.values()
                       if it.who.member}  # fmt: skip
        world.back()
        self.elsewhere = Elsewhere(world)
        self.seats = {name: world.seat(it.who) for name, it in ATTACKERS.items()}
        # What the portal says itself is said once somebody asks for it.
        seat = self.seats["reader"]
        seat.client.get("/xapi/statements", headers=seat.headers).close()
        world.keep()
        self.before = self.owned()

    def attempt(self, kind: str, name: str, tries: Iterable[Try]) -> None:
        """Let one attacker try several times, then look whose rows are not what they were."""
        attacker, seat = ATTACKERS[name], self.seats[name]
        done, told = [], ""
        for each in tries:
            # What somebody has said themselves they may be told again.
            told += repr(each).lower()
            self.tally.tries[kind] += 1
            said = self._said(seat, each)
            done.append(f"{each.method} {each.path} {each.form or each.json or ''} {said[0]}")
            for leak in self._leaks(attacker, told, *said[1:]):
                self.tally.through.append(f"{kind}: {name} saw {leak} by {each}")
            if said[0] == 500:
                self.tally.broken.append(f"{kind}: {name}, {each}")
        touched = self._touched(attacker)
        if touched:
            self.tally.through.append(f"{kind}: {name} changed rows of {touched} by {done}")

    def _said(self, seat: Seat, each: Try) -> "Said":
        answer = each.ask(self.world, seat)
        text = answer.get_data().decode("utf-8", "replace")
        heads = "\n".join(f"{key}: {value}" for key, value in answer.headers)
        answer.close()
        self.tally.statuses[answer.status_code] += 1
        return answer.status_code, text, heads

    def _leaks(self, attacker: Attacker, told: str, text: str, heads: str) -> list[str]:
        """Words and ids in an answer that are no business of theirs, and that they did not say."""
        found = {(match[1], match[2]) for match in _CANARY.finditer(text + heads)}
        leaks = [
            f"{letter} of {name}" for letter, name in sorted(found)
            if not attacker.may_see(letter, name) and f"zq{letter}{name}" not in told
        ]  # fmt: skip
        for whole in set(_ID.findall(text + heads)):
            letter, name = self.world.ids.get(UUID(whole), ("", ""))
            if letter and not attacker.may_see(letter, name) and not _was_said(whole, told):
                leaks.append(f"the id {whole}, {letter} of {name}")
        return leaks

    def _touched(self, attacker: Attacker) -> list[str]:
        """Whose rows are not what they were, and were not the attacker's to change."""
        after = self.owned()
        own = {*(child.id for child in attacker.changes), *attacker.places, *self._own(attacker)}
        changed = {owner for owner in {*self.before, *after}
                   if self.before.get(owner) != after.get(owner)}  # fmt: skip
        if changed:
            self.world.back()
        names = [(table, self.names.get(id_, id_)) for table, id_ in changed if id_ not in own]
        return sorted(f"{table} of {name}" for table, name in names)

    def _own(self, attacker: Attacker) -> set[UUID]:
        """Themselves, and staff of the places that they look after."""
        members = [it.who.member for it in ATTACKERS.values() if it.who.member]
        return {
            it.id for it in members
            if it == attacker.who.member
            or (it.role is not Role.STUDENT and {it.school_id, it.district_id} & attacker.places)
        }  # fmt: skip

    def owned(self) -> dict[Owner, bytes]:
        """(table, whose) -> a digest of all rows there; whose is a child, a school, a district."""
        found: dict[Owner, Any] = {}
        with self.world.app.app_context(), db.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                if table.name in _TRACES:
                    continue
                place = self._owner(table)
                kept = [index for index, column in enumerate(table.columns)
                        if column.key not in _STAMPS]  # fmt: skip
                keys = [table.c[name] for name in table.primary_key.columns.keys()]  # noqa: SIM118
                for row in connection.execute(select(table).order_by(*keys)):
                    owner = (table.name, place(row))
                    digest = found.setdefault(owner, blake2b(digest_size=16))
                    digest.update(repr([row[index] for index in kept]).encode())
        return {owner: digest.digest() for owner, digest in found.items()}

    def _owner(self, table: Any) -> Any:
        """How the owner of a row of a table is found: a child if it is about one."""
        names = [column.key for column in table.columns]
        persons = [names.index(name) for name in _OF_A_CHILD if name in names]
        if table.name == "users":
            persons = [names.index("id")]
        places = [names.index(name) for name in ("school_id", "district_id") if name in names]

        def find(row: Any) -> Any:
            for index in persons:
                if row[index] in self.names:
                    return row[index]
            for index in places:
                if row[index] is not None:
                    return row[index]
            return None

        return find


Said = tuple[int, str, str]


def _was_said(whole: str, told: str) -> bool:
    """Whether the attacker said this id, however written."""
    return whole in told or whole.replace("-", "") in told
