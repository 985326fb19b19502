"""Statements that fell out of the index are put in again, and nothing else changes."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.commands import reindex_statements
from aarportal.cycle.action.models import (
    InboxEntry,
    StatementReference,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi import operations
from aarportal.cycle.action.xapi.reindexing import operations as reindexing
from aarportal.cycle.action.xapi.terms import unpack
from tests.cycle.action.xapi.documents.calling import add_app
from tests.cycle.action.xapi.example import decode
from tests.cycle.action.xapi.oracle import answer
from tests.cycle.action.xapi.test_store_search import (
    BOARD,
    DRILL,
    SENDERS,
    Chance,
    bring,
    pages,
    read,
    ref,
    stored,
)


@pytest.fixture(autouse=True)
def apps(app):
    add_app(app, "other")
    add_app(app, "board", may_read=True)


@pytest.fixture(autouse=True)
def inside(apps, in_app):
    pass


@pytest.fixture
def run(app):
    """Runs the command; answers with what it says."""

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(reindex_statements, arguments, obj=lambda: app)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def progress(said: str) -> list[tuple[int, int]]:
    """(statements looked at, put in) after each batch."""
    found = re.findall(r"^  (\d+) of \d+ looked at, (\d+) put in$", said, re.MULTILINE)
    return [(int(looked_at), int(put_in)) for looked_at, put_in in found]


def rows(*columns) -> list[tuple]:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return sorted(tuple(row) for row in scope.session.execute(select(*columns)))


def index() -> list[tuple]:
    return rows(StatementTerm.term, StatementTerm.last_position, StatementTerm.positions)


def references() -> list[tuple]:
    kept = StatementReference
    return rows(kept.target_id, kept.position, kept.statement_id, kept.app_id, kept.is_voiding)


def lose(chance: Chance | None = None) -> None:
    """Lose the index, or some of its rows by chance, and who refers to whom."""
    with unit_of_work(SystemScope("test")) as scope:
        if chance is None:
            scope.session.execute(delete(StatementTerm))
            scope.session.execute(delete(StatementReference))
            return
        for row in scope.session.scalars(select(StatementTerm)).all():
            if chance.likely():
                scope.session.delete(row)


def assert_everything_is_found(chance: Chance) -> None:
    store = stored()
    nonempty = 0
    for number in range(40):
        wanted = chance.wanted(store)
        expected = answer(store, wanted)
        assert pages(BOARD, wanted, chance.one_of([1, 3, 50])) == expected, (number, wanted)
        nonempty += bool(expected)
    assert nonempty > 10


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("whole", [True, False], ids=["all of it", "some of it"])
def test_what_the_index_has_lost_is_found_again(run, monkeypatch, seed, whole):
    monkeypatch.setattr(reindexing, "AT_ONCE", 7)
    chance = Chance(seed)
    bring(chance, 60)
    about = references()
    lose(None if whole else chance)
    said = progress(run())
    assert all(looked_at == put_in for looked_at, put_in in said) or not whole
    assert any(put_in for _, put_in in said)
    assert references() == about
    assert_everything_is_found(chance)
    before = index()
    again = progress(run())
    assert index() == before
    assert {put_in for _, put_in in again} == {0}


def test_an_index_that_is_whole_stays_as_it_is(run):
    bring(Chance(4), 40)
    before = (index(), references())
    said = run()
    assert (index(), references()) == before
    assert [looked_at for looked_at, _ in progress(said)] == [
        int(line.split()[1]) for line in said.splitlines() if line.endswith(" statements")
    ]
    assert {put_in for _, put_in in progress(said)} == {0}


def test_only_the_apps_of_a_place_are_looked_at(run):
    bring(Chance(4), 10)
    lose()
    assert run("--place", "139999") == ""
    assert index() == []
    assert run("--place", "131234")
    assert index()


def test_what_waits_to_be_read_is_left_to_whoever_reads_it(run):
    chance = Chance(5)
    bring(chance, 30)
    lose()
    with unit_of_work(DRILL) as scope:
        operations.receive(scope, decode([ref(1, 2), ref(3, 4)]))
    run()
    [(first, last)] = rows(InboxEntry.position, InboxEntry.last_position)
    in_index = {place for *_, positions in index() for place in unpack(positions)}
    assert in_index == {place for (place,) in rows(StoredStatement.position)} - {first, last}
    for scope in SENDERS:
        read(scope)
    assert rows(InboxEntry.position) == []
    assert_everything_is_found(chance)
