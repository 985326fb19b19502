"""The log of statements: what is appended, refused, taken back, and by whom."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import select

from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.intake.operations import digest
from aarportal.cycle.action.models import InboxEntry, StatementReference, StoredStatement
from aarportal.cycle.action.xapi import log_writer, operations
from aarportal.cycle.action.xapi.operations import (
    StatementConflictError,
    VoidingError,
    receive,
    settled_until,
)
from tests.cast import APP_DRILL, HINATA, PRIMARY, SECONDARY, key
from tests.cycle.action.xapi.documents.calling import add_app
from tests.cycle.action.xapi.example import ID, OTHER_ID, QUIZ, REMOVE, VOIDED, decode, statement

BOTH = frozenset({PRIMARY, SECONDARY})
DRILL = AppScope(APP_DRILL, HINATA, BOTH)
OTHER = AppScope(key("app other"), HINATA, BOTH)
THIRD_ID = "00000000-0000-4000-8000-000000000003"


@pytest.fixture(autouse=True)
def inside(app, in_app):
    add_app(app, "other")


def send(*bodies: dict, scope: AppScope = DRILL, **options) -> operations.Receipt:
    with unit_of_work(scope) as opened:
        return receive(opened, decode(list(bodies)), **options)


def read(*scopes: AppScope) -> None:
    for scope in scopes:
        with unit_of_work(scope) as opened:
            digest(opened, {})


def rows(model) -> list:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return list(scope.session.scalars(select(model)))


def voided() -> dict[str, bool]:
    return {str(row.given_id): row.voided for row in rows(StoredStatement)}


def voiding(target: str, id_: str) -> dict:
    thing = {"objectType": "StatementRef", "id": target}
    return statement(id=id_, verb={"id": VOIDED}, object=thing, context=REMOVE)


def test_statements_are_appended_in_their_order():
    receipt = send(statement(), statement(id=REMOVE), statement(id=OTHER_ID))
    assert receipt.ids[0] == UUID(ID)
    assert receipt.ids[2] == UUID(OTHER_ID)
    kept = sorted(rows(StoredStatement), key=lambda row: row.position)
    assert [row.given_id for row in kept] == receipt.ids
    assert [each.id for each in receipt.new] == [row.id for row in kept]
    assert [each.position for each in receipt.new] == [row.position for row in kept]
    [entry] = rows(InboxEntry)
    assert (entry.position, entry.last_position) == (kept[0].position, kept[-1].position)


def test_places_grow_from_batch_to_batch_and_app_to_app():
    first = send(statement()).new[0].position
    second = send(statement(id=OTHER_ID), scope=OTHER)
    assert second.new[0].position > first
    assert settled_until() >= second.new[0].position


def test_a_replay_changes_nothing_and_is_answered_alike():
    send(statement())
    again = send(statement(), statement(id=OTHER_ID))
    assert again.ids == [UUID(ID), UUID(OTHER_ID)]
    assert [each.given_id for each in again.new] == [UUID(OTHER_ID)]
    assert len(rows(StoredStatement)) == 2


def test_another_app_may_repeat_a_statement_but_not_change_it():
    send(statement())
    assert send(statement(), scope=OTHER).new == []
    with pytest.raises(StatementConflictError, match=ID):
        send(statement(object=QUIZ), scope=OTHER)
    [row] = rows(StoredStatement)
    assert row.app_id == APP_DRILL


def test_a_conflict_refuses_the_whole_batch():
    send(statement())
    with pytest.raises(StatementConflictError):
        send(statement(id=OTHER_ID), statement(object=QUIZ))
    assert [str(row.given_id) for row in rows(StoredStatement)] == [ID]
    assert len(rows(InboxEntry)) == 1


# --- taking back ----------------------------------------------------------------------------------


def test_an_app_takes_back_what_it_sent():
    send(statement())
    send(voiding(ID, OTHER_ID))
    assert voided() == {ID: True, OTHER_ID: False}


def test_in_one_batch_as_well_in_either_order():
    send(voiding(ID, OTHER_ID), statement())
    assert voided() == {ID: True, OTHER_ID: False}


def test_what_comes_after_it_was_taken_back_is_voided_when_it_is_read():
    send(voiding(ID, OTHER_ID))
    send(statement())
    read(DRILL)
    assert voided() == {ID: True, OTHER_ID: False}


def test_nobody_takes_back_what_another_app_sent():
    send(statement())
    with pytest.raises(VoidingError):
        send(statement(id=THIRD_ID), voiding(ID, OTHER_ID), scope=OTHER)
    assert voided() == {ID: False}
    assert rows(StatementReference) == []


def test_nor_beforehand():
    send(voiding(ID, OTHER_ID), scope=OTHER)
    send(statement())
    read(DRILL, OTHER)
    assert voided() == {ID: False, OTHER_ID: False}


def test_what_takes_back_is_not_taken_back_itself():
    send(statement())
    send(voiding(ID, OTHER_ID))
    send(voiding(OTHER_ID, THIRD_ID))
    assert voided() == {ID: True, OTHER_ID: False, THIRD_ID: False}


def test_a_reference_that_takes_nothing_back_voids_nothing():
    send(statement())
    thing = {"objectType": "StatementRef", "id": ID}
    send(statement(id=OTHER_ID, object=thing, context=REMOVE))
    assert voided() == {ID: False, OTHER_ID: False}
    [reference] = rows(StatementReference)
    assert (str(reference.target_id), str(reference.statement_id)) == (ID, OTHER_ID)


def test_many_are_taken_back_at_once_with_few_questions(queries):
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(80)]
    send(*(statement(id=id_) for id_ in ids[:40]))
    with queries() as seen:
        send(*(voiding(*pair) for pair in zip(ids[:40], ids[40:], strict=True)))
    assert sum(voided().values()) == 40
    assert len(seen) < 12, seen


# --- at the same time -----------------------------------------------------------------------------


def test_the_same_statement_from_many_at_once_is_kept_once(app):
    """Each sender is told that it was taken; a different one under the same id is refused."""
    answers: list[object] = []
    barrier = threading.Barrier(6)

    def bring(body: dict) -> None:
        with app.app_context():
            barrier.wait()
            try:
                answers.append(log_writer.write(DRILL, decode([body])).ids)
            except StatementConflictError:
                answers.append("conflict")

    bodies = [statement()] * 5 + [statement(id=OTHER_ID)]
    threads = [threading.Thread(target=bring, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == sorted(map(str, [[UUID(ID)]] * 5 + [[UUID(OTHER_ID)]]))
    assert len(rows(StoredStatement)) == 2
