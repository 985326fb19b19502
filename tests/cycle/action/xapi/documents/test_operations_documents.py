"""Documents on both databases: what is kept, and changes of many at once, of which none is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi.documents import operations, store
from aarportal.cycle.action.xapi.documents.models import StoredDocument
from aarportal.cycle.action.xapi.documents.operations import Sent
from aarportal.cycle.action.xapi.documents.places import Place
from aarportal.cycle.action.xapi.documents.preconditions import Preconditions, digest
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.versions import Version
from tests.cast import AOI, CHIBA, DRILL_SCOPE, scope_of
from tests.cycle.action.xapi.documents.calling import NEW, RESOURCES, STATE, CallingApp

PLACE = Place("state", "https://drill.example/question/3", "https://idp.example/\ns0001", None, "a")
#: A name that no row of an index could hold.
LONG = Place("agent", "", f"https://idp.example/\n{'字' * 20_000}", None, "頁" * 20_000)
AT_ONCE = 8


def sent(content: bytes, given: Preconditions = Preconditions()) -> Sent:  # noqa: B008 # immutable
    return Sent(content, "application/json", given, Version.V1_0)


def as_app():
    return unit_of_work(DRILL_SCOPE)


@pytest.mark.parametrize(
    "place", [PLACE, LONG, Place("state", "a:b", "c\nd", UUID(int=1), "e")], ids=["1", "2", "3"]
)
def test_a_document_is_kept_whole(in_app, place):
    content = bytes(range(256)) * 100
    with as_app() as scope:
        operations.put(
            scope,
            place,
            Sent(content, "application/x-own", Preconditions(None, "*"), Version.V1_0),
        )
    with as_app() as scope:
        found = store.document(scope, place)
        assert (found.content, found.content_type) == (content, "application/x-own")
        assert found.sha1 == digest(content)
        assert (found.activity_id, found.agent) == (place.activity_id, place.agent)
        assert (found.registration, found.document_id) == (place.registration, place.document_id)
        context = Place(place.kind, place.activity_id, place.agent, place.registration)
        listed = store.document_ids(scope, context, None)
        assert listed == [(place.document_id, found.updated_at)]
        assert store.document_ids(scope, context, found.updated_at) == []
        just_before = found.updated_at - timedelta(microseconds=1)
        assert store.document_ids(scope, context, just_before) == listed


def test_a_refused_change_leaves_everything(in_app):
    with as_app() as scope:
        operations.put(scope, PLACE, sent(b"{}"))
    for change in (
        lambda scope: operations.put(scope, PLACE, sent(b"[]", Preconditions('"1234"'))),
        lambda scope: operations.post(scope, PLACE, sent(b"[]"), max_bytes=100),
        lambda scope: operations.post(scope, PLACE, sent(b'{"a": "too long"}'), max_bytes=5),
        lambda scope: operations.remove(scope, PLACE, Preconditions('"1234"'), Version.V1_0),
    ):
        with pytest.raises(RequestError), as_app() as scope:
            change(scope)
        with as_app() as scope:
            assert store.document(scope, PLACE).content == b"{}"


def test_the_time_of_the_last_change_moves_on(in_app):
    with as_app() as scope:
        operations.put(scope, PLACE, sent(b"{}"))
    with as_app() as scope:
        first = store.document(scope, PLACE).updated_at
    clock.shift(timedelta(minutes=1))
    with as_app() as scope:
        operations.put(scope, PLACE, sent(b"{}"))
    with as_app() as scope:
        assert store.document(scope, PLACE).updated_at >= first + timedelta(minutes=1)


@pytest.mark.parametrize("person", [AOI, CHIBA])
def test_no_person_sees_a_document(in_app, person):
    with as_app() as scope:
        operations.put(scope, PLACE, sent(b"{}"))
    with unit_of_work(scope_of(person)) as scope:
        assert scope.session.scalars(select(StoredDocument)).all() == []


def at_once(app, ask) -> list:
    """What many get who ask in the same moment."""
    ready = threading.Barrier(AT_ONCE)

    def one(number: int):
        drill = CallingApp(app)
        ready.wait()
        return ask(drill, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_of_many_who_make_a_document_one_does(app, resource, method):
    answers = at_once(
        app, lambda drill, number: drill.at(method, resource, {"by": number}, headers=NEW)
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [204] + [412] * (AT_ONCE - 1)
    assert CallingApp(app).at("GET", resource).get_json() == {"by": statuses.index(204)}


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_of_many_who_change_what_they_know_one_does(app, resource, method):
    drill = CallingApp(app)
    drill.at("PUT", resource, {"by": None}, headers=NEW)
    known = {"If-Match": drill.at("GET", resource).headers["ETag"]}
    answers = at_once(
        app, lambda drill, number: drill.at(method, resource, {"by": number}, headers=known)
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [204] + [412] * (AT_ONCE - 1)
    assert drill.at("GET", resource).get_json() == {"by": statuses.index(204)}


def test_of_many_who_remove_or_change_what_they_know_one_does(app):
    drill = CallingApp(app)
    drill.at("PUT", STATE, {"by": None}, headers=NEW)
    known = {"If-Match": drill.at("GET", STATE).headers["ETag"]}

    def ask(drill, number):
        if number % 2:
            return drill.at("DELETE", STATE, headers=known)
        return drill.at("PUT", STATE, {"by": number}, headers=known)

    statuses = [answer.status_code for answer in at_once(app, ask)]
    assert sorted(statuses) == [204] + [412] * (AT_ONCE - 1)
    found = drill.at("GET", STATE)
    winner = statuses.index(204)
    assert (found.status_code == 404) if winner % 2 else found.get_json() == {"by": winner}


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("is_there", [True, False])
def test_what_many_add_is_all_there(app, resource, is_there):
    if is_there:
        CallingApp(app).at("POST", resource, {"first": True})
    answers = at_once(
        app, lambda drill, number: drill.at("POST", resource, {f"by {number}": number})
    )
    assert {answer.status_code for answer in answers} == {204}
    expected = {f"by {number}": number for number in range(AT_ONCE)}
    if is_there:
        expected["first"] = True
    assert CallingApp(app).at("GET", resource).get_json() == expected


def test_of_many_who_overwrite_a_state_the_last_one_stays(app):
    answers = at_once(app, lambda drill, number: drill.at("PUT", STATE, {"by": number}))
    assert {answer.status_code for answer in answers} == {204}
    assert CallingApp(app).at("GET", STATE).get_json()["by"] in range(AT_ONCE)
