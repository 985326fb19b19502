"""About, activities and agents on both databases, as an app meets them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.models import LearningApp
from aarportal.people.identity.models import IdentityLink
from tests.cast import AOI, APP_DRILL, BEN, ELSEWHERE, HINATA, KEN, MINATO, PRIMARY, SECONDARY, key
from tests.cycle.action.xapi.documents.calling import AGENT, VERSION, CallingApp, add_app
from tests.cycle.action.xapi.example import statement

ACTIVITY = "https://drill.example/question/3"
IDP = "https://idp.hinata.example/"


@pytest.fixture
def drill(app) -> CallingApp:
    return CallingApp(app)


def about(activity=ACTIVITY, by=AOI, **definition) -> dict:
    """A statement of `by` about an activity, with an id of its own."""
    return statement(
        id=str(uuid4()),
        actor={"account": {"homePage": IDP, "name": str(by.id)}},
        object={"objectType": "Activity", "id": activity, "definition": definition},
    )


def send(calling: CallingApp, *statements: dict) -> None:
    assert calling.ask("POST", "statements", list(statements)).status_code == 200


def activity(calling: CallingApp, activity_id: str = ACTIVITY) -> dict:
    answer = calling.ask("GET", "activities", query={"activityId": activity_id})
    assert answer.status_code == 200
    return answer.get_json()


NAMELESS = {"objectType": "Activity", "id": ACTIVITY}


# --- about --------------------------------------------------------------------------------------

#: The version of the request -> the versions that are told.
FAMILIES = {
    None: ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"],
    "1.0.3": ["1.0.0", "1.0.1", "1.0.2", "1.0.3"],
    "1.0": ["1.0.0", "1.0.1", "1.0.2", "1.0.3"],
    "2.0.0": ["2.0.0"],
    "0.95": ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"],
}


@pytest.mark.parametrize(("asked", "versions"), FAMILIES.items(), ids=str)
def test_everybody_is_told_what_is_spoken(drill, asked, versions):
    answer = drill.ask("GET", "about", headers={VERSION: asked, "Authorization": None})
    assert (answer.status_code, answer.get_json()) == (200, {"version": versions})


# --- activities ---------------------------------------------------------------------------------


def test_an_activity_that_nobody_knows_is_there(drill):
    unheard = "https://drill.example/never/" + "字" * 10
    assert activity(drill, unheard) == {"objectType": "Activity", "id": unheard}


#: What is no activity -> the path that is named.
NO_ACTIVITIES = [{}, {"activityId": ""}, {"activityId": "true"}, {"activityId": {"key": "value"}}]


@pytest.mark.parametrize("query", NO_ACTIVITIES, ids=str)
def test_an_activity_is_an_iri(drill, query):
    answer = drill.ask("GET", "activities", query=query)
    assert answer.status_code == 400
    assert answer.get_json()["path"] == "$query.activityId"


def test_an_activity_is_what_its_statement_says(drill):
    whole = statement()
    send(drill, whole)
    assert activity(drill) == whole["object"]


def test_every_language_is_there_and_the_latest_word_in_each(drill):
    send(drill, about(name={"en": "first", "ja": "一"}, type="https://drill.example/type"))
    send(drill, about(name={"en": "second", "fr": "deux"}), about(activity="a:other"))
    send(drill, about())
    assert activity(drill)["definition"] == {
        "name": {"en": "second", "ja": "一", "fr": "deux"},
        "type": "https://drill.example/type",
    }


def test_what_is_not_in_the_index_yet_is_known(app, drill, monkeypatch):
    send(drill, about(name={"en": "read"}))
    monkeypatch.setattr(digester.of(app), "wake", lambda: None)
    send(drill, about(name={"ja": "まだ"}), about(activity="a:other", name={"ja": "べつ"}))
    assert activity(drill)["definition"] == {"name": {"en": "read", "ja": "まだ"}}


def test_a_statement_that_was_taken_back_says_nothing(drill):
    wrong = about(name={"en": "wrong"})
    send(drill, wrong)
    send(
        drill,
        statement(
            id=str(uuid4()),
            verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
            object={"objectType": "StatementRef", "id": wrong["id"]},
            context={},
        ),
    )
    assert activity(drill) == NAMELESS


def test_an_activity_around_or_inside_is_not_the_object(drill):
    inner = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": ACTIVITY, "definition": {"name": {"en": "inside"}}},
    }
    parent = {"id": ACTIVITY, "definition": {"name": {"en": "around"}}}
    send(
        drill,
        statement(id=str(uuid4()), object=inner, context={}),
        statement(
            id=str(uuid4()),
            object={"id": "a:other"},
            context={"contextActivities": {"parent": [parent]}},
        ),
    )
    assert activity(drill) == NAMELESS


#: How another app of the district reads -> whether it learns of Aoi's and of Ken's statement.
READERS = {
    "its own only": ({"may_read": False}, False, False),
    "all of the district": ({"may_read": True}, True, True),
    "one school": ({"may_read": True, "school_ids": [str(PRIMARY)]}, True, False),
    "the other school": ({"may_read": True, "school_ids": [str(SECONDARY)]}, False, True),
    "no school": ({"may_read": True, "school_ids": []}, False, False),
}


@pytest.mark.parametrize(("columns", "aoi", "ken"), READERS.values(), ids=READERS)
def test_an_app_learns_from_statements_that_it_may_read(app, drill, columns, aoi, ken):
    reader = CallingApp(app, add_app(app, "reader", **columns))
    send(drill, about(name={"en": "aoi"}), about("a:ken", KEN, name={"en": "ken"}))
    assert ("definition" in activity(reader)) is aoi
    assert ("definition" in activity(reader, "a:ken")) is ken
    assert "definition" in activity(drill)
    send(reader, about(name={"fr": "own"}))
    expected = {"fr": "own", "en": "aoi"} if aoi else {"fr": "own"}
    assert activity(reader)["definition"] == {"name": expected}


def test_an_app_of_another_district_learns_nothing(app, drill):
    stranger = CallingApp(
        app,
        add_app(app, "stranger", district_id=MINATO, may_read=True, school_ids=[str(ELSEWHERE)]),
    )
    send(drill, about(name={"en": "aoi"}))
    assert activity(stranger) == NAMELESS


def test_an_activity_costs_the_same_however_many_statements_there_are(drill, queries):
    def cost() -> int:
        with queries() as seen:
            activity(drill)
        return len(seen)

    send(drill, about(name={"en": "1"}))
    first = cost()
    for number in range(30):
        send(drill, *(about(name={"en": f"{number} {each}"}) for each in range(20)))
    assert cost() <= first
    assert activity(drill)["definition"] == {"name": {"en": "29 19"}}


# --- agents -------------------------------------------------------------------------------------


def link(app, name: str, member=AOI, *, issuer: str = IDP, system: UUID = APP_DRILL, **columns):
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        row = IdentityLink(
            district_id=columns.pop("district_id", HINATA),
            system=system,
            issuer=issuer,
            name=name,
            user_id=member.id,
            **columns,
        )
        scope.session.add(row)
        audit.record(scope, "identity:linked", name)


def person(calling: CallingApp, name: str = "s0001") -> dict:
    agent = {"name": "あおい", "account": {"homePage": IDP, "name": name}}
    answer = calling.ask("GET", "agents", query={"agent": agent})
    assert answer.status_code == 200
    return answer.get_json()


ALONE = {
    "objectType": "Person",
    "name": ["あおい"],
    "account": [{"homePage": IDP, "name": "s0001"}],
}


def test_an_agent_that_nobody_knows_is_a_person(drill):
    assert person(drill) == ALONE


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"agent": "not JSON"},
        {"agent": {"objectType": "Agent", "name": "Rick"}},
        {"agent": {"objectType": "Group", "mbox": "mailto:a@b.example"}},
        {"agent": {"objectType": "Person", "mbox": ["mailto:a@b.example"]}},
    ],
    ids=str,
)
def test_what_is_no_agent_is_refused(drill, query):
    answer = drill.ask("GET", "agents", query=query)
    assert answer.status_code == 400
    assert answer.get_json()["path"].startswith("$query.agent")


def test_a_person_is_all_that_this_app_calls_them(app, drill):
    link(app, "s0001")
    link(app, "s0002")
    link(app, "aoi@home.example", issuer="mailto")
    link(app, "b0001", BEN)
    assert person(drill) == {
        **ALONE,
        "account": [{"homePage": IDP, "name": "s0001"}, {"homePage": IDP, "name": "s0002"}],
        "mbox": ["mailto:aoi@home.example"],
    }


#: A second identity of the same child that this app is not told -> how it is linked.
HIDDEN = {
    "another app's": {"system": key("app other")},
    "everybody's": {"system": NOTHING},
    "the roster's": {"issuer": "roster"},
    "over": {"ends_at": clock.now() - timedelta(days=1)},
    "not yet": {"begins_at": clock.now() + timedelta(days=1)},
    "taken back": {"taken_back_at": clock.now()},
}


@pytest.mark.parametrize("how", HIDDEN.values(), ids=HIDDEN)
def test_what_others_call_them_is_not_told(app, drill, how):
    link(app, "s0001")
    link(app, "hidden", **how)
    assert person(drill) == ALONE


@pytest.mark.parametrize("how", list(HIDDEN.values())[:2] + list(HIDDEN.values())[3:])
def test_nobody_is_found_through_what_others_call_them(app, drill, how):
    link(app, "s0001", **how)
    link(app, "s0002")
    assert person(drill) == ALONE


def test_a_name_of_two_children_tells_of_neither(app, drill):
    link(app, "s0001")
    link(app, "s0002")
    link(app, "s0001", BEN)
    link(app, "b0002", BEN)
    assert person(drill) == ALONE


def test_the_roster_itself_is_not_told(drill):
    told = person(drill, str(AOI.id))
    assert told == {**ALONE, "account": [{"homePage": IDP, "name": str(AOI.id)}]}


def test_the_apps_are_as_the_tests_think(app):
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert scope.session.get(LearningApp, APP_DRILL).school_ids is None
