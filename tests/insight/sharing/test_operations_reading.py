"""What pupils do here is read by another system, over HTTP, on both databases."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps.portal import portal_id
from aarportal.cycle.action.models import (
    AppDay,
    InboxEntry,
    LearningApp,
    LearningRecord,
    PortalStatement,
    QuarantinedStatement,
    StoredStatement,
)
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    ELSEWHERE,
    HINATA,
    KEN,
    MINATO,
    PRIMARY,
    SECONDARY,
    UNIT_EQUATIONS,
)
from tests.insight.sharing.flows import (
    BASE,
    GOAL_TEXT,
    REFLECTION_TEXT,
    VOIDED,
    ReadingApp,
    a_whole_lap,
    by_shape,
    check_midway,
    give_feedback,
    lap_of,
    reflect,
    revise_goal,
    revise_reflection,
    set_goal,
    shape,
    withdraw_goal,
)

JAPAN = "https://w3id.org/japan-xapi/extensions/"
GOAL, STRATEGY, TASK = "goal", "strategy", "task"
#: Every shape of the study that is told of a whole lap, in the order in which it was said.
SHAPES = [
    ("defined", GOAL),
    ("edited", TASK),
    ("schedule", STRATEGY),
    ("reviewed", STRATEGY),
    ("reflected", GOAL),
    ("reflected", STRATEGY),
    ("commented#assist", "Agent"),
]


@pytest.fixture
def app(in_app):
    """A request has a context of its own, and what pupils do has this one."""
    return in_app


@pytest.fixture
def reader(app) -> ReadingApp:
    return ReadingApp(app)


def count(model) -> int:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalar(select(func.count()).select_from(model))


def account(member) -> dict:
    return {
        "objectType": "Agent",
        "account": {"homePage": BASE, "name": str(member.id)},
    }


def extension(name: str, place="activity") -> str:
    return f"{BASE}/xapi/{place}extension/{name}"


# --- the shapes -----------------------------------------------------------------------------------


def test_a_whole_lap_is_told_in_the_shapes_of_the_study(reader):
    a_whole_lap()
    assert [shape(each) for each in reader.ask()] == SHAPES


def test_what_is_told_follows_the_common_rules(reader):
    lap_id = a_whole_lap()
    told = reader.ask()
    for each in told:
        assert UUID(each["id"]).version == 5
        assert each["version"] == "1.0.0"
        assert each["timestamp"] <= each["stored"]
        assert each["actor"] == account(CHIBA if shape(each)[1] == "Agent" else AOI)
        assert each["verb"]["display"]["en"]
        assert each["authority"]["name"] == "まなびのわ"
        context = each["context"]
        assert context["language"] == "ja-JP"
        assert context["registration"] == str(lap_id)
        assert context["extensions"][JAPAN + "grade"] == ["小学校第4学年"]
        assert context["extensions"][JAPAN + "subject"] == ["算数"]
        assert context["extensions"][JAPAN + "unit"] == ["わり算の筆算"]
    for each in told[:-1]:
        thing = each["object"]
        assert each["context"]["platform"] == "まなびのわ"
        assert (thing["objectType"], thing["id"].partition("/id/")[0]) == ("Activity", BASE)
        assert thing["definition"]["name"]["ja-JP"]
        assert thing["definition"]["description"]["ja-JP"]
    # xAPI forbids a platform where the object is a person.
    assert "platform" not in told[-1]["context"]


def test_a_goal_is_told_with_its_words(reader):
    goal_id = set_goal()
    told = by_shape(reader.ask())["defined", GOAL]
    assert told["verb"]["id"] == "http://id.tincanapi.com/verb/defined"
    assert told["object"]["id"] == f"{BASE}/id/goal/{goal_id}"
    definition = told["object"]["definition"]
    assert definition["type"] == "http://id.tincanapi.com/activitytype/goal"
    assert definition["extensions"] == {extension("criterion"): {"type": "count", "target": 8}}
    assert told["result"] == {"response": GOAL_TEXT}
    assert told["context"]["extensions"][JAPAN + "due-date"].endswith("T23:59:59+09:00")
    assert categories(told) == ["http://id.tincanapi.com/recipe/srl/task-goal-management/0.1"]


def test_plans_are_told_as_tasks_of_the_goal(reader):
    goal_id = set_goal()
    told = by_shape(reader.ask())["edited", TASK]
    assert told["verb"]["id"] == "http://curatr3.com/define/verb/edited"
    assert told["object"]["definition"]["type"] == "http://activitystrea.ms/schema/1.0/task"
    [session] = told["object"]["definition"]["extensions"][extension("sessions")]
    assert (session["slot"], session["items"]) == ("home", 10)
    around = told["context"]["contextActivities"]
    assert [each["id"] for each in around["parent"]] == [f"{BASE}/id/goal/{goal_id}"]
    assert [each["definition"]["name"] for each in around["other"]] == [{"ja-JP": "わり算の筆算"}]
    assert categories(told) == ["http://id.tincanapi.com/recipe/srl/task-goal-management/0.1"]


def test_without_a_plan_no_tasks_are_told(reader):
    set_goal(when="")
    assert ("edited", TASK) not in by_shape(reader.ask())


def test_expectation_pace_and_way_are_told_as_a_forecast(reader):
    set_goal()
    told = by_shape(reader.ask())["schedule", STRATEGY]
    assert told["verb"]["id"] == "http://activitystrea.ms/schema/1.0/schedule"
    definition = told["object"]["definition"]
    assert definition["type"] == "http://id.tincanapi.com/activitytype/strategy"
    found = definition["extensions"]
    assert found[extension("forecast")] == "10問のうち7問"
    assert found[extension("prediction")] == {"correct": 7, "items": 10, "confidence": 2}
    assert found[extension("learningpace")] == "10問"
    assert found[extension("learningform")] == definition["name"]["ja-JP"]
    assert found[extension("strategies")] == ["picture", "ask"]
    assert told["result"] == {"completion": True}
    assert categories(told) == ["http://id.tincanapi.com/recipe/srl/Planning/0.1"]


def test_without_expectation_pace_and_way_no_forecast_is_told(reader):
    set_goal(amount=None, strategies=(), prediction=None)
    assert ("schedule", STRATEGY) not in by_shape(reader.ask())


def test_how_it_is_going_is_told_as_progress(reader):
    check_midway(lap_of(set_goal()), "smooth")
    told = by_shape(reader.ask())["reviewed", STRATEGY]
    assert told["verb"]["id"] == "http://id.tincanapi.com/verb/reviewed"
    assert told["object"]["definition"]["extensions"] == {extension("progress"): "すいすい"}


def test_a_reflection_is_told_of_the_goal_and_of_the_way(reader):
    goal_id = set_goal()
    lap_id = lap_of(goal_id)
    reflect(lap_id)
    told = by_shape(reader.ask())
    of_goal, of_way = told["reflected", GOAL], told["reflected", STRATEGY]
    assert of_goal["verb"]["id"] == of_way["verb"]["id"] == f"{BASE}/xapi/verbextension/reflected"
    assert of_goal["object"]["id"] == f"{BASE}/id/goal/{goal_id}"
    assert of_goal["result"]["response"] == REFLECTION_TEXT
    assert of_goal["result"]["score"] == {"scaled": 0.6666667, "raw": 2, "min": 0, "max": 3}
    assert categories(of_goal) == ["http://id.tincanapi.com/recipe/srl/task-goal-management/0.1"]
    found = of_way["object"]["definition"]["extensions"]
    assert found["http://id.tincanapi.com/extension/attempt-id"] == str(lap_id)
    assert found[extension("achievement")] == 2
    assert found[extension("nextstep")] == {"kind": "change", "what": "method", "value": "recall"}
    assert of_way["result"]["response"].startswith("やり方：")
    assert of_way["context"]["contextActivities"]["other"]
    assert categories(of_way) == ["http://id.tincanapi.com/recipe/srl/Planning/0.1"]


def test_an_answer_is_told_as_a_message_to_the_pupil(reader):
    lap_id = lap_of(set_goal())
    give_feedback(reflect(lap_id))
    told = by_shape(reader.ask())
    message = told["commented#assist", "Agent"]
    assert message["verb"]["id"] == "http://adlnet.gov/expapi/verbs/commented#assist"
    assert message["object"] == account(AOI)
    assert message["result"] == {"response": "図が よく かけています。"}
    context = message["context"]
    assert context["extensions"][extension("trigger", "context")] == "児童生徒のふり返り"
    assert context["extensions"][extension("responsetype", "context")]
    assert context["statement"]["id"] == told["reflected", GOAL]["id"]


def test_a_stamp_alone_is_told_in_its_words(reader):
    give_feedback(reflect(lap_of(set_goal())), "read", "")
    message = by_shape(reader.ask())["commented#assist", "Agent"]
    words = message["context"]["extensions"][extension("responsetype", "context")]
    assert message["result"]["response"] == words != ""


def test_reasons_drafts_and_doubts_are_never_told(reader):
    a_whole_lap()
    told = reader.calling.ask("GET", "statements").get_data(as_text=True)
    for private in ("was_hard", "condition", "からだ", "attribution", "direction", "factors"):
        assert private not in told
    for personal in (AOI.family_name, AOI.given_name, *AOI.kana, AOI.login_id, "@hinata"):
        assert personal not in told


def categories(statement: dict) -> list[str]:
    return [each["id"] for each in statement["context"]["contextActivities"]["category"]]


# --- changes --------------------------------------------------------------------------------------


def test_a_revised_goal_is_a_new_statement_that_refers_to_the_former(reader):
    goal_id = set_goal()
    before = by_shape(reader.ask())["defined", GOAL]
    revise_goal(goal_id, "5問 とく")
    first, second = [each for each in reader.ask() if shape(each) == ("defined", GOAL)]
    assert first == before
    assert second["id"] != first["id"]
    assert second["object"]["id"] == first["object"]["id"]
    assert second["result"]["response"] == "5問 とく"
    assert second["timestamp"] >= first["timestamp"]
    assert second["context"]["statement"] == {"objectType": "StatementRef", "id": first["id"]}
    assert "statement" not in first["context"]


def test_a_changed_reflection_is_a_new_statement_that_refers_to_the_former(reader):
    lap_id = lap_of(set_goal())
    reflection_id = reflect(lap_id)
    first = by_shape(reader.ask())["reflected", GOAL]
    reflect(lap_id, rating=3)
    second = by_shape(reader.ask())["reflected", GOAL]
    give_feedback(reflection_id)
    revise_reflection(reflection_id, "図の かきかたを かえる。")
    third = by_shape(reader.ask())["reflected", GOAL]
    assert [each["result"]["score"]["raw"] for each in (first, second, third)] == [2, 3, 3]
    assert third["result"]["response"] == "図の かきかたを かえる。"
    assert second["context"]["statement"]["id"] == first["id"]
    assert third["context"]["statement"]["id"] == second["id"]


def test_a_goal_that_goes_back_to_its_first_words_is_said_a_third_time(reader):
    goal_id = set_goal()
    reader.ask()
    revise_goal(goal_id, "べつの めあて")
    reader.ask()
    revise_goal(goal_id, GOAL_TEXT)
    said = [each for each in reader.ask() if shape(each) == ("defined", GOAL)]
    assert [each["result"]["response"] for each in said] == [GOAL_TEXT, "べつの めあて", GOAL_TEXT]
    assert len({each["id"] for each in said}) == 3


def test_a_withdrawn_goal_takes_its_statements_back(reader):
    goal_id = set_goal(prediction=None)
    reader.ask()
    revise_goal(goal_id, "5問 とく")
    goals = [each for each in reader.ask() if shape(each) == ("defined", GOAL)]
    withdraw_goal(goal_id)
    left = reader.ask()
    assert ("defined", GOAL) not in by_shape(left)
    assert ("schedule", STRATEGY) not in by_shape(left)
    taken_back = {each["object"]["id"] for each in left if each["verb"]["id"] == VOIDED}
    assert {each["id"] for each in goals} <= taken_back
    for each in goals:
        assert reader.one(each["id"]).status_code == 404
        assert reader.one(each["id"], "voidedStatementId").status_code == 200


def test_after_a_withdrawal_nothing_is_said_twice(reader):
    withdraw_goal(set_goal())
    assert ("defined", GOAL) not in by_shape(reader.ask())
    set_goal(text="あたらしい めあて")
    told = reader.ask()
    assert by_shape(told)["defined", GOAL]["result"]["response"] == "あたらしい めあて"
    assert reader.ask() == told


def test_what_is_told_twice_is_stored_once(reader):
    a_whole_lap()
    told = reader.ask()
    stored = count(StoredStatement)
    assert reader.ask() == told
    assert count(StoredStatement) == stored == len(SHAPES)


# --- what it does to the rest ---------------------------------------------------------------------


def test_what_the_portal_tells_becomes_no_learning_record(reader):
    a_whole_lap()
    reader.ask()
    assert count(PortalStatement) == len(SHAPES)
    assert [count(each) for each in (LearningRecord, QuarantinedStatement, InboxEntry, AppDay)] == [
        0
    ] * 4


def test_it_is_found_by_every_filter(reader):
    lap_id = a_whole_lap()
    set_goal(BEN)
    of_aoi = reader.ask(agent=account(AOI))
    assert [shape(each) for each in of_aoi] == SHAPES
    assert len(reader.ask(registration=str(lap_id))) == len(SHAPES)
    assert len(reader.ask(verb=f"{BASE}/xapi/verbextension/reflected")) == 2
    way = f"{BASE}/id/strategy/{lap_id}"
    assert [shape(each)[0] for each in reader.ask(activity=way)] == [
        "schedule", "reviewed", "reflected",
    ]  # fmt: skip
    middle = of_aoi[3]["stored"]
    assert len(reader.ask(agent=account(AOI), since=middle)) == len(SHAPES) - 4


def test_nobody_signs_in_as_the_portal(reader):
    set_goal()
    reader.ask()
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        portal = scope.session.get(LearningApp, portal_id(HINATA))
    for secret in ("", "x", portal.secret_hash.hex()):
        answer = reader.calling.ask(
            "GET", "statements", headers={"Authorization": _basic(portal.access_key, secret)}
        )
        assert answer.status_code == 401


def _basic(key, secret) -> str:
    from tests.cycle.action.xapi.documents.calling import basic

    return basic(key, secret)


# --- who reads it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        {"may_read": False},
        {"may_read": False, "school_ids": [str(PRIMARY)]},
        {"school_ids": [str(SECONDARY)]},
        {"school_ids": []},
        {"district_id": MINATO},
        {"district_id": MINATO, "school_ids": [str(ELSEWHERE)]},
    ],
    ids=str,
)
def test_who_may_not_read_it_is_told_nothing(app, reader, columns):
    a_whole_lap()
    told = reader.ask()
    other = ReadingApp(app, "other", **columns)
    assert other.ask() == []
    for each in told:
        assert other.one(each["id"]).status_code == 404
    about = other.calling.ask("GET", "activities", query={"activityId": told[0]["object"]["id"]})
    assert "definition" not in about.get_json()


def test_an_app_of_one_school_reads_of_that_school_alone(app):
    set_goal(AOI)
    set_goal(KEN, unit=UNIT_EQUATIONS)
    schools = {AOI: PRIMARY, KEN: SECONDARY}
    for member, school in schools.items():
        told = ReadingApp(app, f"of {member.name}", school_ids=[str(school)]).ask()
        assert len(told) == 3
        assert {each["actor"]["account"]["name"] for each in told} == {str(member.id)}
    assert len(ReadingApp(app, "of both").ask()) == 6


def test_an_app_of_one_school_sees_what_was_taken_back_there(app):
    reader = ReadingApp(app, "of one", school_ids=[str(PRIMARY)])
    goal_id = set_goal()
    before = len(reader.ask())
    withdraw_goal(goal_id)
    left = reader.ask()
    assert before == 3
    assert [each["verb"]["id"] for each in left if each["verb"]["id"] == VOIDED]


def test_nothing_is_published_before_anybody_may_read_it(app):
    a_whole_lap()
    ReadingApp(app, "writer", may_read=False).ask()
    assert count(PortalStatement) == count(StoredStatement) == 0
