"""Trying, and looking at what came of it: what was said, and what was changed."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

from aarportal.core.database import Base, db
from tests.access.filling import whose_number, word
from tests.access.people import CHILDREN
from tests.access.world import Seat, World
from tests.attacks.aims import CANARY, Aims, ids_in
from tests.attacks.elsewhere import Elsewhere
from tests.attacks.sight import ATTACKERS, Attacker
from tests.attacks.tries import Try
from tests.attacks.unpacking import opened, unpacked

#: A number of a child (see filling.number), with or without a sign between the thousands.
_NUMBER = re.compile(r"(?<![\w.#-])7[0-9],?[0-9]{3}(?![\w-])", re.ASCII)
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
#: Columns that say about whom a row is; a row of two people is of both.
_OF_A_PERSON = ("student_id", "user_id", "actor_id", "kept_id", "merged_id", "holder_id")
_OF_A_PLACE = ("school_id", "app_id", "district_id")
#: The table of a person or of a place itself.
_THEMSELVES = frozenset({"users", "schools", "learning_apps", "districts"})
_READS = frozenset({"SELECT", "PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"})
_CHANGED = re.compile(
    r"(?:INSERT INTO|INSERT OR \w+ INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Answers that come before anybody looks whose an id is: who asks, how, and how often.
REFUSED = frozenset({400, 401, 403, 405, 413, 415, 429})
#: Where somebody is led who is not let in.
_OUTSIDE = re.compile(r"^location: (?:http://localhost)?/(?:sign-in|prove)(?:\?.*)?$", re.MULTILINE)
#: What a try is worth that is aimed at somebody else's; the rest is plain.
AIMED = ("child", "place", "forged")

Owner = tuple[str, UUID | None]


@dataclass
class Tally:
    """What came of many attempts; each is counted once, however often it was made."""

    tries: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(kind, at whom it was aimed) -> tries."""
    heard: Counter[str] = field(default_factory=Counter)
    """Kind -> aimed tries that were not refused before it was looked whose the id is."""
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    through: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Answers 500, and tries that could not be made: no way through, but a defect."""

    def aimed(self, kind: str) -> int:
        """Tries at what is somebody else's."""
        return sum(self.tries[kind, each] for each in AIMED)

    def asked(self, kind: str) -> int:
        """All tries."""
        return self.aimed(kind) + self.tries[kind, "plain"]


class Judge:
    """Makes attempts in a world and says which of them came through."""

    def __init__(self, world: World) -> None:
        self.world, self.aims = world, Aims(world)
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
        self._made: set[int] = set()

    def attempt(
        self, kind: str, name: str, tries: Iterable[Try], answers: frozenset[int] = frozenset()
    ) -> None:
        """Let one attacker try several times, then look whose rows are not what they were.

        Args:
            kind: Of which kind the tries are.
            name: Who tries.
            tries: What was made before is not made again.
            answers: Refusals of this kind that come after a look at what it brings.
        """
        attacker, seat, done, kept = ATTACKERS[name], self.seats[name], [], ""
        with self._writing() as written:
            for each in tries:
                if self._is_repeated(kind, name, each):
                    continue
                told = repr(each).lower()
                status, text = self._asked(kind, name, each, seat)
                self._count(kind, attacker, each, status, text, answers)
                done.append(f"{each.method} {each.path} {each.form or each.json or ''} {status}")
                # What somebody has said themselves they may be told: at once, and later, if it
                # may have been kept.
                for leak in self.leaks(attacker, told + kept, text):
                    self.tally.through.append(f"{kind}: {name} saw {leak} by {each}")
                if each.method not in _SAFE:
                    kept += told
        touched = self._touched(attacker, _reached(written)) if written else []
        if touched:
            self.tally.through.append(f"{kind}: {name} changed rows of {touched} by {done}")

    def _is_repeated(self, kind: str, name: str, each: Try) -> bool:
        made = hash((kind, name, repr(each)))
        is_repeated = made in self._made
        self._made.add(made)
        return is_repeated

    def _asked(self, kind: str, name: str, each: Try, seat: Seat) -> tuple[int, str]:
        """(status, all that the answer says); 0 for a try that could not be made."""
        try:
            answer = each.ask(self.world, seat)
        except Exception as error:  # noqa: BLE001 - the next try may come through
            self.tally.broken.append(f"{kind}: {name}, {error!r:.300} by {each}")
            return 0, ""
        status, text = said_by(answer)
        if status == 500:
            self.tally.broken.append(f"{kind}: {name}, 500 by {each}")
        return status, text

    def _count(
        self, kind: str, attacker: Attacker, each: Try, status: int, text: str,
        answers: frozenset[int],
    ) -> None:  # fmt: skip
        aim = "forged" if each.is_forged else self.aims.aim(attacker, each.said())
        self.tally.tries[kind, aim] += 1
        self.tally.statuses[kind, status] += 1
        is_out = status in REFUSED or _OUTSIDE.search(text)
        if aim != "plain" and (not is_out or status in answers):
            self.tally.heard[kind] += 1

    def leaks(self, attacker: Attacker, told: str, text: str) -> list[str]:
        """Words, numbers and ids that are no business of theirs, and that they did not say."""
        words = {(match[1], match[2]) for match in CANARY.finditer(text)}
        leaks = [
            f"a word, {letter} of {name}" for letter, name in sorted(words)
            if not attacker.may_see(letter, name) and word(letter, name) not in told
        ]  # fmt: skip
        for found in sorted({match[0] for match in _NUMBER.finditer(text)}):
            letter, name = whose_number(int(found.replace(",", "")))
            if letter and not attacker.may_see(letter, name) and found not in told:
                leaks.append(f"the number {found}, {letter} of {name}")
        said = ids_in(told)
        for whole in ids_in(text) & self.aims.children.keys() - said:
            letter, name = self.aims.children[whole]
            if not attacker.may_see(letter, name):
                leaks.append(f"the id {whole}, {letter} of {name}")
        return leaks

    @contextmanager
    def _writing(self):
        """The tables that somebody wrote in meanwhile, but for traces; empty for none."""
        written: set[str] = set()

        def note(_connection, _cursor, statement, *_):
            words = statement.split(None, 1)
            if words and words[0].upper() not in _READS:
                written.update(_CHANGED.findall(statement) or ["?"])

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield written
        finally:
            event.remove(Engine, "before_cursor_execute", note)
            written -= _TRACES

    def finish(self, kind: str) -> None:
        """Look at everything once more, as if nobody had noted where something was written."""
        if self.owned() != self.before:
            self.tally.broken.append(f"{kind}: rows changed, and nobody saw who wrote")
            self.world.back()

    def _touched(self, attacker: Attacker, tables: set[str]) -> list[str]:
        """Whose rows are not what they were, and were not the attacker's to change."""
        after = self.owned(tables)
        changed = {
            owner for owner in {*self.before, *after}
            if owner[0] in tables and self.before.get(owner) != after.get(owner)
        }  # fmt: skip
        if changed:
            self.world.back()
        return sorted(
            f"{table} of {self.names.get(id_, id_)}" for table, id_ in changed
            if not attacker.may_change(table, id_)
        )  # fmt: skip

    def owned(self, names: set[str] | None = None) -> dict[Owner, bytes]:
        """(table, whose) -> a digest of all rows there; whose is a person's or a place's.

        Args:
            names: Of which tables; of all by default.
        """
        found: dict[Owner, Any] = {}
        with self.world.app.app_context(), db.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                if table.name in _TRACES or (names is not None and table.name not in names):
                    continue
                owners = self._owners(table)
                kept = [index for index, column in enumerate(table.columns)
                        if column.key not in _STAMPS]  # fmt: skip
                keys = [table.c[name] for name in table.primary_key.columns.keys()]  # noqa: SIM118
                for row in connection.execute(select(table).order_by(*keys)):
                    said = repr([row[index] for index in kept]).encode()
                    for owner in owners(row):
                        place = (table.name, owner)
                        found.setdefault(place, blake2b(digest_size=16)).update(said)
        return {owner: digest.digest() for owner, digest in found.items()}

    def _owners(self, table: Any) -> Callable[[Any], list[UUID | None]]:
        """How it is found whose a row of a table is: those it is about, or else a place."""
        names = [column.key for column in table.columns]
        persons = [names.index(name) for name in _OF_A_PERSON if name in names]
        places = [names.index(name) for name in _OF_A_PLACE if name in names]
        if table.name in _THEMSELVES:
            persons, places = [names.index("id")], [names.index("id"), *places]

        def find(row: Any) -> list[UUID | None]:
            found = [row[index] for index in persons if row[index] in self.names]
            if found:
                return found
            return [next((row[index] for index in places if row[index] is not None), None)]

        return find


def said_by(answer: TestResponse) -> tuple[int, str]:
    """(status, all that an answer says, in small letters)."""
    heads = "\n".join(f"{key}: {value}" for key, value in answer.headers)
    text = "\n".join((unpacked(answer.get_data()), heads, *opened(heads)))
    answer.close()
    return answer.status_code, text.lower()


def _reached(written: set[str]) -> set[str]:
    """Tables that were written in, and those from which rows go with rows of theirs."""
    tables = Base.metadata.tables
    if not written <= tables.keys():
        return set(tables)
    found = set(written)
    while more := {
        name for name, table in tables.items() for each in table.foreign_key_constraints
        if each.ondelete and each.referred_table.name in found
    } - found:  # fmt: skip
        found |= more
    return found
