"""Statements are given out over HTTP, as another system meets it."""

import json
import threading
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from werkzeug.http import parse_date

from aarportal.cycle.action.intake import digester
from tests.cast import APP_DRILL, APP_SECRET, MINATO
from tests.cycle.action.xapi.documents.calling import VERSION, CallingApp, add_app, basic
from tests.cycle.action.xapi.example import (
    ATTACHMENT,
    ID,
    MAIL,
    OTHER_ID,
    PUPIL,
    QUIZ,
    REMOVE,
    VOIDED,
    statement,
)

THROUGH = "X-Experience-API-Consistent-Through"
URL = "statements"
QUESTION = "https://drill.example/question/3"
ANSWERED = "http://adlnet.gov/expapi/verbs/answered"


@pytest.fixture
def drill(app) -> CallingApp:
    return CallingApp(app)


@pytest.fixture
def board(app) -> CallingApp:
    """A system of the board that reads what all apps sent."""
    return CallingApp(app, add_app(app, "board", may_read=True, may_write=False))


def stored_at(said: dict) -> datetime:
    return datetime.fromisoformat(said["stored"])


def send(app: CallingApp, *bodies: dict) -> list[str]:
    answer = app.ask("POST", URL, list(bodies))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.get_json()["statements"]]


def several(count: int) -> list[dict]:
    return [statement(id=str(uuid4())) for _ in range(count)]


# --- one ------------------------------------------------------------------------------------------


def test_a_statement_is_given_out_as_it_was_sent_and_by_whom_and_when(drill):
    sent = statement()
    send(drill, sent)
    answer = drill.ask("GET", URL, query={"statementId": ID})
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    said = answer.get_json()
    assert said.pop("authority") == {
        "objectType": "Agent",
        "account": {"homePage": "http://localhost/", "name": str(APP_DRILL)},
        "name": "ドリルパーク",
    }
    assert said.pop("version") == "1.0.0"
    at = stored_at(said)
    said.pop("stored")
    # Activities around it are always in arrays.
    parent = said["context"]["contextActivities"].pop("parent")
    assert parent == [sent["context"]["contextActivities"].pop("parent")]
    assert said == sent
    assert parse_date(answer.headers["Last-Modified"]) == at.replace(microsecond=0)


def test_an_authority_that_was_sent_is_not_believed(drill):
    send(drill, statement(authority={"mbox": "mailto:somebody@else.example"}))
    said = drill.ask("GET", URL, query={"statementId": ID}).get_json()
    assert said["authority"]["account"]["name"] == str(APP_DRILL)


def test_what_a_statement_leaves_out_is_filled_in(drill):
    [id_] = send(drill, statement(id=REMOVE, timestamp=REMOVE))
    said = drill.ask("GET", URL, query={"statementId": id_}).get_json()
    assert said["id"] == id_
    assert said["timestamp"] == said["stored"]
    assert said["version"] == "1.0.0"


def test_a_statement_keeps_the_version_that_it_came_with(drill):
    send(drill, statement(version="1.0.2"))
    assert drill.ask("GET", URL, query={"statementId": ID}).get_json()["version"] == "1.0.2"


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_a_statement_that_is_not_there_is_not_found(drill, name):
    answer = drill.ask("GET", URL, query={name: OTHER_ID})
    assert answer.status_code == 404
    assert answer.get_json()["error"]
    assert answer.headers[THROUGH]


def test_ids_are_the_same_in_capitals(drill):
    send(drill, statement())
    assert drill.ask("GET", URL, query={"statementId": ID.upper()}).get_json()["id"] == ID


def test_a_voided_statement_is_given_out_only_as_one(drill):
    send(drill, statement())
    voiding = {"objectType": "StatementRef", "id": ID}
    send(drill, statement(id=OTHER_ID, verb={"id": VOIDED}, object=voiding, context=REMOVE))
    assert drill.ask("GET", URL, query={"statementId": ID}).status_code == 404
    assert drill.ask("GET", URL, query={"voidedStatementId": ID}).get_json()["id"] == ID
    assert drill.ask("GET", URL, query={"voidedStatementId": OTHER_ID}).status_code == 404
    assert ids(drill.ask("GET", URL)) == [OTHER_ID]
    assert ids(drill.ask("GET", URL, query={"activity": QUESTION})) == [OTHER_ID]


# --- several --------------------------------------------------------------------------------------


def test_nothing_found_is_no_mistake(drill):
    answer = drill.ask("GET", URL, query={"verb": "https://v.example/never"})
    assert (answer.status_code, answer.get_json()) == (200, {"statements": [], "more": ""})


def test_the_latest_come_first_unless_the_oldest_are_wanted(drill):
    first, second = send(drill, *several(2))
    [third] = send(drill, statement())
    assert ids(drill.ask("GET", URL)) == [third, second, first]
    assert ids(drill.ask("GET", URL, query={"ascending": "true"})) == [first, second, third]
    assert ids(drill.ask("GET", URL, query={"ascending": "false"})) == [third, second, first]


TEAM = {"objectType": "Group", "name": "3班", **MAIL, "member": [PUPIL]}
CONTEXT = {
    "registration": OTHER_ID,
    "instructor": {"mbox": "mailto:chiba@hinata.example"},
    "team": {"objectType": "Group", "member": [{"openid": "https://open.example/ben"}]},
    "contextActivities": {"grouping": [{"id": "https://drill.example/course"}]},
}
INNER = {
    "objectType": "SubStatement",
    "actor": {"mbox_sha1sum": "0123456789abcdef0123456789ABCDEF01234567"},
    "verb": {"id": "https://v.example/plans"},
    "object": {"id": "https://drill.example/planned"},
    "context": {"contextActivities": {"other": {"id": "https://drill.example/near-plan"}}},
}
#: What stands in the statement, what is asked for, and whether it is found.
FILTERS = {
    "the actor": ({}, {"agent": PUPIL}, True),
    "the actor under another name": ({}, {"agent": {"name": "べつの なまえ", **PUPIL}}, True),
    "another actor": ({}, {"agent": MAIL}, False),
    "an actor of another kind": ({}, {"agent": {"openid": "https://open.example/s0001"}}, False),
    "a group": ({"actor": TEAM}, {"agent": {"objectType": "Group", **MAIL}}, True),
    "a member of a group": ({"actor": TEAM}, {"agent": PUPIL}, True),
    "an agent as object": (
        {"object": {"objectType": "Agent", **MAIL}, "context": REMOVE}, {"agent": MAIL}, True,
    ),
    "a mail domain in capitals": (
        {"actor": MAIL}, {"agent": {"mbox": "mailto:aoi@HINATA.Example"}}, True,
    ),
    "a mailbox in capitals": (
        {"actor": MAIL}, {"agent": {"mbox": "mailto:AOI@hinata.example"}}, False,
    ),
    "the instructor": ({"context": CONTEXT}, {"agent": CONTEXT["instructor"]}, False),
    "the instructor, near": (
        {"context": CONTEXT}, {"agent": CONTEXT["instructor"], "related_agents": "true"}, True,
    ),
    "somebody of the team, near": (
        {"context": CONTEXT},
        {"agent": {"openid": "https://open.example/ben"}, "related_agents": "true"},
        True,
    ),
    "the actor, near": ({}, {"agent": PUPIL, "related_agents": "true"}, True),
    "the actor of a sub-statement": (
        {"object": INNER, "context": REMOVE}, {"agent": {"mbox_sha1sum": "0" * 40}}, False,
    ),
    "the actor of a sub-statement, near": (
        {"object": INNER, "context": REMOVE},
        {"agent": {"mbox_sha1sum": INNER["actor"]["mbox_sha1sum"].lower()},
         "related_agents": "true"},
        True,
    ),
    "who vouches for it": (
        {},
        {"agent": {"account": {"homePage": "http://localhost/", "name": str(APP_DRILL)}}},
        False,
    ),
    "who vouches for it, near": (
        {},
        {"agent": {"account": {"homePage": "http://localhost/", "name": str(APP_DRILL)}},
         "related_agents": "true"},
        True,
    ),
    "who vouches elsewhere, near": (
        {},
        {"agent": {"account": {"homePage": "http://elsewhere/", "name": str(APP_DRILL)}},
         "related_agents": "true"},
        False,
    ),
    "the verb": ({}, {"verb": ANSWERED}, True),
    "another verb": ({}, {"verb": "https://v.example/other"}, False),
    "a verb in capitals": ({}, {"verb": ANSWERED.upper()}, False),
    "the verb of a sub-statement": (
        {"object": INNER, "context": REMOVE}, {"verb": INNER["verb"]["id"]}, False,
    ),
    "the activity": ({}, {"activity": QUESTION}, True),
    "another activity": ({}, {"activity": QUIZ["id"]}, False),
    "an activity around it, near": (
        {}, {"activity": QUIZ["id"], "related_activities": "true"}, True,
    ),
    "one in an array around it, near": (
        {"context": CONTEXT},
        {"activity": "https://drill.example/course", "related_activities": "true"},
        True,
    ),
    "the activity of a sub-statement": (
        {"object": INNER, "context": REMOVE}, {"activity": INNER["object"]["id"]}, False,
    ),
    "the activity of a sub-statement, near": (
        {"object": INNER, "context": REMOVE},
        {"activity": INNER["object"]["id"], "related_activities": "true"},
        True,
    ),
    "one around a sub-statement, near": (
        {"object": INNER, "context": REMOVE},
        {"activity": "https://drill.example/near-plan", "related_activities": "true"},
        True,
    ),
    "the registration": ({"context": CONTEXT}, {"registration": OTHER_ID}, True),
    "the registration in capitals": (
        {"context": CONTEXT}, {"registration": OTHER_ID.upper()}, True,
    ),
    "another registration": ({"context": CONTEXT}, {"registration": ID}, False),
    "everything at once": (
        {"context": CONTEXT},
        {"agent": PUPIL, "verb": ANSWERED, "activity": QUESTION, "registration": OTHER_ID},
        True,
    ),
    "everything but one": (
        {"context": CONTEXT},
        {"agent": PUPIL, "verb": ANSWERED, "activity": QUESTION, "registration": ID},
        False,
    ),
    "near without what": (
        {}, {"related_agents": "true", "related_activities": "true"}, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "wanted", "is_found"), FILTERS.values(), ids=FILTERS)
def test_a_filter_finds(drill, said, wanted, is_found):
    send(drill, statement(**said))
    assert ids(drill.ask("GET", URL, query=wanted)) == ([ID] if is_found else [])


def test_people_and_groups_around_are_found_in_xapi_2(app):
    drill = CallingApp(app, version="2.0.0")
    around = {
        "contextAgents": [{"objectType": "contextAgent", "agent": MAIL}],
        "contextGroups": [
            {"objectType": "contextGroup", "group": {"objectType": "Group", "member": [PUPIL]}}
        ],
    }
    actor = {"mbox": "mailto:ben@hinata.example"}
    send(drill, statement(actor=actor, context=around))
    for agent in (MAIL, PUPIL):
        assert ids(drill.ask("GET", URL, query={"agent": agent})) == []
        near = {"agent": agent, "related_agents": "true"}
        assert ids(drill.ask("GET", URL, query=near)) == [ID]


def test_time_is_the_time_of_storing(drill):
    send(drill, statement())
    [said] = drill.ask("GET", URL).get_json()["statements"]
    at, before = said["stored"], stored_at(said) - timedelta(microseconds=1)
    assert ids(drill.ask("GET", URL, query={"since": at})) == []
    assert ids(drill.ask("GET", URL, query={"until": at})) == [ID]
    assert ids(drill.ask("GET", URL, query={"since": before.isoformat()})) == [ID]
    assert ids(drill.ask("GET", URL, query={"until": before.isoformat()})) == []
    elsewhere = (stored_at(said) + timedelta(hours=9)).replace(tzinfo=None)
    assert ids(drill.ask("GET", URL, query={"until": f"{elsewhere.isoformat()}+09:00"})) == [ID]


# --- page by page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_more_leads_through_all_pages(drill, ascending):
    sent = send(drill, *several(7), statement(id=str(uuid4()), verb={"id": "https://v.example/x"}))
    query = {"limit": "3", "ascending": ascending, "agent": PUPIL, "verb": ANSWERED}
    answer, found = drill.ask("GET", URL, query=query), []
    for left in (3, 3, 1):
        page = ids(answer)
        assert len(page) == left
        found += page
        more = answer.get_json()["more"]
        if left == 1:
            assert more == ""
            break
        address = urlsplit(more)
        assert (address.scheme, address.netloc, address.path) == ("", "", "/xapi/statements")
        # Whoever follows it asks for the same, from there.
        assert json.loads(dict(parse_qsl(address.query))["agent"]) == PUPIL
        answer = drill.ask("GET", URL, query=address.query)
    expected = sent[:7] if ascending == "true" else sent[6::-1]
    assert found == expected


def test_later_pages_do_not_change_when_more_statements_come(drill):
    sent = send(drill, *several(4))
    first = drill.ask("GET", URL, query={"limit": "2"})
    send(drill, *several(3))
    second = drill.ask("GET", URL, query=urlsplit(first.get_json()["more"]).query)
    assert [*ids(first), *ids(second)] == sent[::-1]


def test_no_later_page_holds_what_came_after_the_first(drill):
    sent = send(drill, *several(4))
    answer = drill.ask("GET", URL, query={"limit": "3", "ascending": "true"})
    send(drill, *several(3))
    last = drill.ask("GET", URL, query=urlsplit(answer.get_json()["more"]).query)
    assert [*ids(answer), *ids(last)] == sent
    assert last.get_json()["more"] == ""


@pytest.mark.parametrize(("limit", "count"), [(None, 100), ("0", 120), ("1", 1), ("9" * 15, 120)])
def test_so_many_come_at_once(drill, limit, count):
    send(drill, *several(120))
    answer = drill.ask("GET", URL, query={"limit": limit})
    assert len(ids(answer)) == count
    assert bool(answer.get_json()["more"]) == (count < 120)


# --- in which form --------------------------------------------------------------------------------


def test_ids_are_all_that_is_left(drill):
    send(drill, statement())
    one = drill.ask("GET", URL, query={"statementId": ID, "format": "ids"}).get_json()
    [listed] = drill.ask("GET", URL, query={"format": "ids"}).get_json()["statements"]
    for said in (one, listed):
        assert said["actor"] == {"objectType": "Agent", **PUPIL}
        assert said["verb"] == {"id": ANSWERED}
        assert said["object"] == {"objectType": "Activity", "id": QUESTION}
        assert said["context"]["contextActivities"] == {"parent": [QUIZ]}
        assert said["result"] == statement()["result"]


NAMES = {"ja-JP": "わり算", "en-US": "Division", "en-GB": "Long division"}
DISPLAY = {"en-US": "answered", "ja": "答えた"}


def named(**parts) -> dict:
    thing = {"id": QUESTION, "definition": {"name": NAMES}}
    return statement(verb={"id": ANSWERED, "display": DISPLAY}, object=thing, **parts)


@pytest.mark.parametrize(
    ("languages", "name", "display"),
    [
        ("en-GB", "en-GB", "en-US"),
        ("ja", "ja-JP", "ja"),
        ("fr, en-US;q=0.5, ja;q=0.4", "en-US", "en-US"),
        ("fr", "ja-JP", "en-US"),
        ("", "ja-JP", "en-US"),
    ],
)
def test_canonical_speaks_one_language_in_each_place(drill, languages, name, display):
    send(drill, named())
    headers = {"Accept-Language": languages}
    wanted = {"statementId": ID, "format": "canonical"}
    said = drill.ask("GET", URL, query=wanted, headers=headers).get_json()
    assert said["object"]["definition"]["name"] == {name: NAMES[name]}
    assert said["verb"]["display"] == {display: DISPLAY[display]}
    exact = drill.ask("GET", URL, query={"statementId": ID}, headers=headers).get_json()
    assert exact["object"]["definition"]["name"] == NAMES
    assert exact["verb"]["display"] == DISPLAY


def test_canonical_says_of_an_activity_what_was_said_last(drill):
    send(drill, named())
    thing = {"id": QUESTION, "definition": {"name": {"ja-JP": "あまりのあるわり算"}}}
    send(drill, statement(id=OTHER_ID, object=thing))
    wanted = {"statementId": ID, "format": "canonical"}
    said = drill.ask("GET", URL, query=wanted, headers={"Accept-Language": "ja"}).get_json()
    assert said["object"]["definition"]["name"] == {"ja-JP": "あまりのあるわり算"}
    exact = drill.ask("GET", URL, query={"statementId": ID}).get_json()
    assert exact["object"]["definition"]["name"] == NAMES


def test_no_app_learns_from_canonical_what_another_said(app, drill):
    other = CallingApp(app, add_app(app, "other"))
    send(drill, named())
    thing = {"id": QUESTION, "definition": {"name": {"ja-JP": "ひみつの題"}}}
    send(other, statement(id=OTHER_ID, object=thing))
    answer = drill.ask("GET", URL, query={"format": "canonical"})
    assert ids(answer) == [ID]
    assert "ひみつ" not in answer.text


# --- what a request may not be --------------------------------------------------------------------

BESIDE = {
    "agent": PUPIL,
    "verb": ANSWERED,
    "activity": QUESTION,
    "registration": OTHER_ID,
    "related_activities": "true",
    "related_agents": "true",
    "since": "2026-11-20T10:00:00Z",
    "until": "2026-11-20T10:00:00Z",
    "limit": "1",
    "ascending": "true",
    "cursor": "1",
}


@pytest.mark.parametrize("which", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize("name", BESIDE)
def test_nothing_that_filters_stands_beside_one_statement(drill, which, name):
    send(drill, statement())
    answer = drill.ask("GET", URL, query={which: ID, name: BESIDE[name]})
    assert answer.status_code == 400
    assert answer.get_json()["path"] == f"$query.{name}"
    assert answer.headers[THROUGH]


BAD = {
    "both ids": {"statementId": ID, "voidedStatementId": ID},
    "an id that is none": {"statementId": "7"},
    "an unknown parameter": {"colour": "red"},
    "a parameter in other letters": {"StatementId": ID},
    "another in other letters": {"Related_Agents": "true"},
    "an agent that is no JSON": {"agent": "aoi"},
    "an agent without identifier": {"agent": {"name": "あおい"}},
    "an agent with two": {"agent": {**PUPIL, **MAIL}},
    "a group without identifier": {"agent": {"objectType": "Group", "member": [MAIL]}},
    "a verb that is none": {"verb": "answered"},
    "an activity that is none": {"activity": "question 3"},
    "a registration that is none": {"registration": "7"},
    "a flag that is none": {"related_agents": "yes"},
    "another flag": {"related_activities": "1"},
    "a flag in capitals": {"ascending": "TRUE"},
    "attachments that are no flag": {"attachments": ""},
    "a moment that is none": {"since": "yesterday"},
    "a day that is none": {"until": "2026-02-30T00:00:00Z"},
    "a negative limit": {"limit": "-1"},
    "a limit that is none": {"limit": "many"},
    "half a statement": {"limit": "1.5"},
    "a limit in other digits": {"limit": "１"},
    "a format that is none": {"format": "short"},
    "a cursor that is none": {"cursor": "x"},
    "a NUL": {"verb": "https://v.example/\0"},
}


@pytest.mark.parametrize("wanted", BAD.values(), ids=BAD)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_request_that_xapi_does_not_allow_is_refused(drill, method, wanted):
    answer = drill.ask(method, URL, query=wanted)
    assert answer.status_code == 400
    assert datetime.fromisoformat(answer.headers[THROUGH]).tzinfo
    if method == "GET":
        assert answer.get_json()["path"].startswith("$query.")


def test_a_parameter_stands_once(drill):
    assert drill.ask("GET", URL, query=f"statementId={ID}&statementId={ID}").status_code == 400


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 200), ({VERSION: None}, 400), ({"Authorization": None}, 401)]
)
def test_every_answer_says_up_to_when_it_is_complete(drill, headers, status):
    answer = drill.ask("GET", URL, headers=headers)
    assert answer.status_code == status
    assert datetime.fromisoformat(answer.headers[THROUGH]).tzinfo


def test_what_is_given_out_was_stored_before_that(drill):
    send(drill, *several(3))
    answer = drill.ask("GET", URL)
    through = datetime.fromisoformat(answer.headers[THROUGH])
    assert all(stored_at(each) <= through for each in answer.get_json()["statements"])


def test_what_waits_to_be_read_is_not_promised(drill, app, monkeypatch):
    """Another process reads the inbox: until it has, nothing later is given out."""
    send(drill, statement())
    reader = digester.of(app)
    monkeypatch.setattr(reader, "wake", lambda: None)
    monkeypatch.setattr(reader, "read_all", lambda *_: None)
    [late] = send(drill, statement(id=OTHER_ID))
    answer = drill.ask("GET", URL)
    assert ids(answer) == [ID]
    through = datetime.fromisoformat(answer.headers[THROUGH])
    said = drill.ask("GET", URL, query={"statementId": late}).get_json()
    assert through < stored_at(said)


def test_whoever_asks_since_then_misses_nothing(drill):
    seen: list[str] = []
    since = "2020-01-01T00:00:00Z"
    sent: list[str] = []
    for _ in range(5):
        sent += send(drill, *several(2))
        answer = drill.ask("GET", URL, query={"since": since, "ascending": "true"})
        seen += ids(answer)
        since = answer.headers[THROUGH]
    assert seen == sent


@pytest.mark.both_databases
def test_whoever_asks_again_and_again_while_many_write_sees_all_of_it_once(app):
    """The sender's batches are read by a thread of the server meanwhile, as in a school."""
    reader = digester.of(app)
    reader.start()
    sent: list[str] = []

    def write() -> None:
        drill = CallingApp(app)
        for _ in range(8):
            sent.extend(send(drill, *several(3)))

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    asking, seen, since, is_last = CallingApp(app), [], "2020-01-01T00:00:00Z", False
    while not is_last:
        is_last = not any(writer.is_alive() for writer in writers)
        answer = asking.ask("GET", URL, query={"since": since, "ascending": "true", "limit": "9"})
        since = answer.headers[THROUGH]
        while True:
            seen += ids(answer)
            more = urlsplit(answer.get_json()["more"]).query
            if not more:
                break
            answer = asking.ask("GET", URL, query=more)
    reader.stop()
    assert len(seen) == len(set(seen)) == 96
    assert set(seen) == set(sent)


def test_head_is_get_without_a_body(drill):
    send(drill, statement())
    for query in ({}, {"statementId": ID}):
        got, head = (drill.ask(method, URL, query=query) for method in ("GET", "HEAD"))
        assert (head.status_code, head.data) == (got.status_code, b"")
        assert head.content_type == got.content_type
        assert head.headers.get("Last-Modified") == got.headers.get("Last-Modified")
        assert head.headers[THROUGH]
    assert drill.ask("HEAD", URL, query={"statementId": OTHER_ID}).status_code == 404


def test_asking_by_post_is_asking(app, drill):
    send(drill, statement())
    form = {"Authorization": basic("drill", APP_SECRET), VERSION: "1.0.3", "limit": "1"}
    answer = app.test_client().post("/xapi/statements?method=GET", data=form)
    assert ids(answer) == [ID]
    assert answer.get_json()["more"] == ""


def test_a_statement_that_needs_no_data_is_given_out_with_its_address(drill):
    send(drill, statement(attachments=[ATTACHMENT]))
    said = drill.ask("GET", URL, query={"statementId": ID}).get_json()
    assert said["attachments"] == [ATTACHMENT]


def test_only_who_may_write_writes(board, drill):
    assert board.ask("POST", URL, statement()).status_code == 403
    send(drill, statement())
    assert ids(board.ask("GET", URL)) == [ID]


def test_a_page_costs_few_questions(drill, queries):
    send(drill, *several(60))
    for query in ({}, {"agent": PUPIL, "verb": ANSWERED}, {"limit": "50", "format": "canonical"}):
        drill.ask("GET", URL, query=query)
        with queries() as seen:
            drill.ask("GET", URL, query=query)
        assert len(seen) <= 16, seen


def test_another_district_is_another_world(app, drill):
    stranger = CallingApp(app, add_app(app, "stranger", district_id=MINATO, may_read=True))
    send(drill, statement())
    assert ids(stranger.ask("GET", URL)) == []
    assert stranger.ask("GET", URL, query={"statementId": ID}).status_code == 404
    send(stranger, statement())
    assert ids(stranger.ask("GET", URL)) == [ID]
