"""Statements are found again in the database as looking at every one of them finds them."""

import json
import random
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.intake.operations import digest
from aarportal.cycle.action.models import StatementTerm, StoredStatement
from aarportal.cycle.action.xapi import forms, operations, retrieval
from aarportal.cycle.action.xapi.operations import VoidingError
from aarportal.cycle.action.xapi.terms import STRETCH, unpack
from tests.cast import APP_DRILL, HINATA, PRIMARY, SECONDARY, key
from tests.cycle.action.xapi.documents.calling import add_app
from tests.cycle.action.xapi.example import QUIZ, VOIDED, decode
from tests.cycle.action.xapi.oracle import Stored, answer
from tests.cycle.action.xapi.test_search import parameters

BOTH = frozenset({PRIMARY, SECONDARY})
DRILL = AppScope(APP_DRILL, HINATA, BOTH)
OTHER = AppScope(key("app other"), HINATA, BOTH)
BOARD = AppScope(key("app board"), HINATA, BOTH, reads_others=True)
SCHOOL = AppScope(key("app school"), HINATA, frozenset({PRIMARY}), reads_others=True)
SENDERS = (DRILL, OTHER, BOARD)

MAILS = ["a@x.example", "b@X.example", "b@x.EXAMPLE", "c@x.example"]
AGENTS = [{"mbox": f"mailto:{mail}"} for mail in MAILS]
GROUP = {"objectType": "Group", "member": AGENTS[:1], **AGENTS[3]}
VERBS = [f"https://v.example/{name}" for name in ("did", "saw", "said")]
ACTIVITIES = [{"id": f"https://a.example/{number}"} for number in range(4)]
REGISTRATIONS = ["018f6a52-7c3d-4b1e-9a10-3f5b2c4d6e7f", "B7C1F0DE-55AA-4F0F-8D2E-0A1B2C3D4E5F"]


@pytest.fixture(autouse=True)
def apps(app):
    add_app(app, "other")
    add_app(app, "board", may_read=True)
    add_app(app, "school", may_read=True, school_ids=[str(PRIMARY)])


@pytest.fixture(autouse=True)
def inside(apps, in_app):
    pass


class Chance:
    """Statements by chance, about few things, so that they have much in common."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one_of(self, values):
        return self.random.choice(values)

    def likely(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def said(self, ids: list[str]) -> dict:
        """What may stand in a sub-statement, too."""
        said = {
            "actor": self.one_of([*AGENTS, GROUP]),
            "verb": {"id": self.one_of(VERBS)},
            "object": self.one_of([*ACTIVITIES] * 2 + [{**AGENTS[0], "objectType": "Agent"}]),
        }
        if self.likely(0.35):
            said["object"] = {"objectType": "StatementRef", "id": self.one_of(ids)}
            if self.likely(0.2):
                said["verb"] = {"id": VOIDED}
        if self.likely():
            context = {"registration": self.one_of(REGISTRATIONS)}
            if self.likely():
                context["instructor"] = self.one_of(AGENTS)
            if self.likely():
                around = self.one_of(ACTIVITIES)
                context["contextActivities"] = {"parent": [around] if self.likely() else around}
            said["context"] = context
        return said

    def statement(self, id_: str, ids: list[str]) -> dict:
        body = {"id": id_, **self.said(ids)}
        if self.likely(0.1):
            inner = {**self.said(ids), "verb": {"id": VERBS[2]}}
            body.update(verb={"id": VERBS[0]}, object={**inner, "objectType": "SubStatement"})
        return body

    def wanted(self, store: list[Stored]) -> dict:
        wishes = {
            "agent": AGENTS[self.random.randrange(4)],
            "verb": self.one_of(VERBS),
            "activity": self.one_of(ACTIVITIES)["id"],
            "registration": self.one_of(REGISTRATIONS),
        }
        wanted = {name: value for name, value in wishes.items() if self.likely(0.4)}
        for name in ("related_agents", "related_activities", "ascending"):
            wanted[name] = self.likely()
        places = [each.stored_at for each in store]
        for name in ("since", "until"):
            if self.likely(0.3):
                wanted[name] = self.one_of(places)
        return wanted


def bring(chance: Chance, count: int) -> None:
    """Send statements in batches of chance, by several apps, and read them in some order."""
    ids = [str(UUID(int=chance.random.getrandbits(128))) for _ in range(count + 5)]
    rest = ids[:count]
    while rest:
        scope = chance.one_of(SENDERS)
        size = chance.random.randint(1, 9)
        batch = [chance.statement(id_, ids) for id_ in rest[:size]]
        rest = rest[size:]
        # Nobody takes back what another app sent: such a batch is refused.
        with suppress(VoidingError), unit_of_work(scope) as opened:
            operations.receive(opened, decode(batch))
        if chance.likely(0.3):
            read(chance.one_of(SENDERS))
    for scope in chance.random.sample(SENDERS, len(SENDERS)):
        read(scope)


def read(scope: AppScope) -> None:
    with unit_of_work(scope) as opened:
        while digest(opened, {}, limit=7):
            pass


def stored() -> list[Stored]:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        rows = scope.session.scalars(select(StoredStatement).order_by(StoredStatement.position))
        return [Stored(json.loads(row.body), row.position, row.app_id, row.voided) for row in rows]


def pages(scope: AppScope, wanted: dict, limit: int) -> list[str]:
    """Everything that a query finds, page by page."""
    given = parameters({name: value for name, value in wanted.items() if name not in TIMES})
    query = forms.query({**given, "limit": str(limit)}, 500)
    first = wanted.get("since", 0) + 1
    last = wanted.get("until", 2**62)
    query = replace(query, first=first, last=last)
    found: list[str] = []
    while True:
        with unit_of_work(scope, read_only=True) as opened:
            page = retrieval.find(opened, query)
        assert len(page.statements) <= limit
        found.extend(str(kept.id) for kept in page.statements)
        if page.following is None:
            return found
        at = {"first" if query.ascending else "last": page.following}
        query = replace(query, **at)


TIMES = ("since", "until")


@pytest.mark.parametrize("seed", range(6))
def test_any_query_finds_what_looking_at_everything_finds(seed):
    chance = Chance(seed)
    bring(chance, 60)
    mine = [each for each in stored() if each.app == APP_DRILL]
    for number, each in enumerate(chance.random.sample(mine, 4)):
        send(DRILL, ref(number, UUID(each.id).int, verb={"id": VOIDED}))
    store = stored()
    nonempty = 0
    for number in range(60):
        wanted = chance.wanted(store)
        expected = answer(store, wanted)
        assert pages(BOARD, wanted, chance.one_of([1, 3, 50])) == expected, (number, wanted)
        mine = answer(store, wanted, lambda each: each.app == APP_DRILL)
        assert pages(DRILL, wanted, chance.one_of([2, 50])) == mine, (number, wanted)
        nonempty += bool(expected)
    assert nonempty > 20
    assert any(each.voided for each in store)


@pytest.mark.parametrize(
    ("name", "value"), [("_MOST_ROWS", 3), ("_MOST_LOOKED_AT", 2), ("_PAGE_BYTES", 400)]
)
def test_pages_that_end_early_lose_nothing(monkeypatch, name, value):
    monkeypatch.setattr(retrieval, name, value)
    chance = Chance(7)
    bring(chance, 40)
    store = stored()
    for _ in range(12):
        wanted = chance.wanted(store)
        assert pages(BOARD, wanted, 50) == answer(store, wanted)
        mine = answer(store, wanted, lambda each: each.app == APP_DRILL)
        assert pages(DRILL, wanted, 50) == mine


def send(scope: AppScope, *bodies: dict) -> None:
    with unit_of_work(scope) as opened:
        operations.receive(opened, decode(list(bodies)))
    read(scope)


def ref(number: int, target: int, **parts) -> dict:
    return made(number, object={"objectType": "StatementRef", "id": str(UUID(int=target))}, **parts)


def made(number: int, **parts) -> dict:
    return {
        "id": str(UUID(int=number)),
        "actor": AGENTS[0],
        "verb": {"id": VERBS[0]},
        "object": QUIZ,
        **parts,
    }


def found(scope: AppScope, **wanted) -> list[int]:
    return [UUID(id_).int for id_ in pages(scope, wanted, 50)]


SAW, SAID = {"verb": {"id": VERBS[1]}}, {"verb": {"id": VERBS[2]}}


def test_a_statement_about_one_that_fits_fits():
    send(DRILL, made(1), ref(2, 1, **SAW))
    assert found(DRILL, activity=QUIZ["id"]) == [2, 1]
    assert found(DRILL, verb=VERBS[0]) == [2, 1]
    assert found(DRILL, verb=VERBS[1]) == [2]


def test_so_does_one_about_one_about_it_whichever_came_first():
    send(DRILL, ref(3, 2, **SAID), ref(2, 1, **SAW), made(1))
    assert found(DRILL, activity=QUIZ["id"]) == [1, 2, 3]


def test_the_target_may_come_much_later_and_from_another_app():
    send(OTHER, ref(3, 2, **SAID))
    send(BOARD, ref(2, 1, **SAW))
    send(DRILL, made(1))
    assert found(BOARD, activity=QUIZ["id"]) == [1, 2, 3]


def test_all_that_is_wanted_has_to_be_said_by_one_and_the_same():
    send(DRILL, made(1), ref(2, 1, actor=AGENTS[3], **SAW))
    assert found(DRILL, activity=QUIZ["id"], agent=AGENTS[3]) == []
    assert found(DRILL, activity=QUIZ["id"], agent=AGENTS[0]) == [2, 1]


def test_statements_about_one_another_are_found_and_end():
    send(DRILL, ref(1, 2, **SAW), ref(2, 1, **SAID))
    assert found(DRILL, verb=VERBS[1]) == [2, 1]
    assert found(DRILL, verb=VERBS[0]) == []


def test_a_statement_about_itself_ends_too():
    send(DRILL, ref(1, 1, **SAW))
    assert found(DRILL, verb=VERBS[1]) == [1]
    assert found(DRILL, verb=VERBS[0], agent=AGENTS[0]) == []


def test_a_reference_in_the_context_is_none():
    about = {"statement": {"objectType": "StatementRef", "id": str(UUID(int=1))}}
    send(DRILL, made(1), made(2, object={"id": "https://a.example/9"}, context=about))
    assert found(DRILL, activity=QUIZ["id"]) == [1]


def test_a_voided_statement_is_gone_and_those_about_it_stay():
    voiding = ref(3, 1, verb={"id": VOIDED})
    send(DRILL, made(1), ref(2, 1, **SAW))
    send(DRILL, voiding)
    assert found(DRILL, activity=QUIZ["id"]) == [3, 2]
    assert found(DRILL) == [3, 2]
    assert found(DRILL, verb=VOIDED) == [3]


def test_nothing_is_learned_of_a_statement_through_one_about_it():
    """Whoever may not read a statement does not learn what it says by asking for it."""
    send(OTHER, made(1))
    send(DRILL, ref(2, 1, **SAW))
    assert found(DRILL, activity=QUIZ["id"]) == []
    assert found(BOARD, activity=QUIZ["id"]) == [2, 1]


def test_since_is_without_and_until_with_the_moment_itself():
    send(DRILL, *(made(number) for number in (1, 2, 3)))
    [first, second, third] = [each.stored_at for each in stored()]
    assert found(DRILL, since=first) == [3, 2]
    assert found(DRILL, until=second) == [2, 1]
    assert found(DRILL, since=first, until=second) == [2]
    assert found(DRILL, since=third) == []


def test_time_counts_for_the_statement_that_is_about_another():
    send(DRILL, made(1))
    send(DRILL, ref(2, 1, **SAW))
    [first, _] = [each.stored_at for each in stored()]
    assert found(DRILL, verb=VERBS[0], since=first) == [2]
    assert found(DRILL, verb=VERBS[0], until=first) == [1]


# --- who reads what -------------------------------------------------------------------------------


def test_an_app_reads_its_own_and_one_that_may_those_of_all():
    send(DRILL, made(1))
    send(OTHER, made(2))
    assert found(DRILL) == [1]
    assert found(OTHER) == [2]
    assert found(BOARD) == [2, 1]


def test_one_that_reads_for_a_school_reads_what_its_students_did():
    home = {"homePage": "https://idp.hinata.example/"}
    aoi, ken = ({"account": {**home, "name": str(key(name))}} for name in ("aoi", "ken"))
    send(DRILL, made(1, actor=aoi), made(2, actor=ken), made(3))
    send(SCHOOL, made(4))
    assert found(SCHOOL) == [4, 1]
    assert found(SCHOOL, activity=QUIZ["id"]) == [4, 1]
    assert found(BOARD) == [4, 3, 2, 1]


@pytest.mark.parametrize(("number", "readers"), [(1, [DRILL, BOARD, SCHOOL]), (2, [DRILL, BOARD])])
def test_one_statement_is_for_those_who_would_find_it(number, readers):
    home = {"homePage": "https://idp.hinata.example/"}
    aoi, ken = ({"account": {**home, "name": str(key(name))}} for name in ("aoi", "ken"))
    send(DRILL, made(1, actor=aoi), made(2, actor=ken))
    for scope in (DRILL, OTHER, BOARD, SCHOOL):
        with unit_of_work(scope, read_only=True) as opened:
            there = retrieval.store.one(opened, UUID(int=number), voided=False)
        assert (there is not None) == (scope in readers)


# --- the index ------------------------------------------------------------------------------------


def test_no_row_of_the_index_reaches_beyond_its_stretch():
    with unit_of_work(DRILL) as scope:
        far = [(at * STRETCH // 2 + 5, decode([made(at + 1)])[0]) for at in range(8)]
        operations.index(scope, far)
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        rows = scope.session.scalars(select(StatementTerm)).all()
    assert rows
    for row in rows:
        assert row.first_position // STRETCH == row.last_position // STRETCH
        assert list(unpack(row.positions)) == sorted(unpack(row.positions))


def test_what_is_read_again_stands_in_the_index_once():
    send(DRILL, made(1), ref(2, 1, **SAW))
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        before = len(scope.session.scalars(select(StatementTerm)).all())
    send(OTHER, ref(3, 2, **SAID))
    send(DRILL, made(4))
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        rows = scope.session.scalars(select(StatementTerm)).all()
    assert len(rows) > before
    assert len({(row.term, row.last_position) for row in rows}) == len(rows)


def test_everything_is_found_up_to_what_waits_to_be_read():
    send(DRILL, made(1))
    with unit_of_work(DRILL) as scope:
        operations.receive(scope, decode([made(2)]))
    until = operations.settled_until()
    [_, second] = [each.stored_at for each in stored()]
    with unit_of_work(DRILL, read_only=True) as scope:
        assert retrieval.consistent_through(scope, until) == second - 1
    read(DRILL)
    with unit_of_work(DRILL, read_only=True) as scope:
        assert retrieval.consistent_through(scope, until) == until >= second


def test_nothing_is_settled_that_is_being_written():
    with unit_of_work(DRILL) as scope:
        receipt = operations.receive(scope, decode([made(1)]))
        assert operations.settled_until() == receipt.new[0].position - 1
    assert operations.settled_until() >= receipt.new[0].position


def test_what_was_not_written_after_all_is_settled():
    places = []

    def fail() -> None:
        with unit_of_work(DRILL) as scope:
            places.append(operations.receive(scope, decode([made(1)])).new[0].position)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert operations.settled_until() >= places[0]
