"""Caliper events as neighbour systems send them, and what the house makes of them."""

import json

import pytest

from aarportal.cycle.action import connectors, vocabulary
from aarportal.cycle.action.translators import Translated, caliper
from aarportal.cycle.action.translators.caliper import HARMLESS, translate
from aarportal.cycle.action.xapi.statement_comparison import fingerprint, same_fingerprint
from aarportal.cycle.action.xapi.statements import decode_batch
from tests.cycle.action.translators.envelopes import (
    APP,
    ATTEMPT,
    COURSE,
    ITEM,
    NOW,
    PUPIL,
    PUPIL_ID,
    TEST,
    V1P1,
    VIDEO,
    envelope,
    event,
    one,
    problem,
)

# --- the whole of it ----------------------------------------------------------------------------


def test_a_submitted_test_says_who_what_where_how_long_and_which_attempt():
    said = one(event(action="Submitted", generated=ATTEMPT))
    assert said["actor"]["account"] == {
        "homePage": "https://idp.hinata.example",
        "name": PUPIL_ID,
    }
    assert said["verb"] == {
        "id": "http://adlnet.gov/expapi/verbs/completed",
        "display": {"en": "Submitted"},
    }
    assert said["object"]["id"] == TEST["id"]
    assert said["object"]["definition"] == {
        "type": "http://adlnet.gov/expapi/activities/assessment",
        "name": {"und": "わり算テスト"},
    }
    assert said["timestamp"] == "2026-11-20T01:15:00.000Z"
    assert said["result"] == {
        "duration": "PT750.00S",
        "completion": True,
        "extensions": {caliper.ATTEMPT_COUNT: 2},
    }
    context = said["context"]
    assert context["platform"] == "まなびドリル"
    assert context["contextActivities"]["category"] == [
        {"id": "http://purl.imsglobal.org/caliper/AssessmentEvent"}
    ]
    assert [each["id"] for each in context["contextActivities"]["grouping"]] == [
        COURSE["id"],
        COURSE["subCourseOf"]["id"],
    ]
    assert context["extensions"][caliper.SESSION] == "https://drill.example/sessions/1"


def test_the_whole_event_stays_with_its_statement_and_beside_it():
    sent = event(extensions={"own": {"deep": [None, 1.50, "髙"]}})
    (outcome,) = translate(envelope(sent))
    assert json.loads(outcome.source) == sent
    assert json.loads(outcome.statement)["context"]["extensions"][caliper.EVENT] == sent


def test_a_very_large_event_is_kept_beside_its_statement_only():
    sent = event(extensions={"own": "x" * caliper.MOST_EVENT_BYTES})
    (outcome,) = translate(envelope(sent))
    assert json.loads(outcome.source) == sent
    assert len(outcome.statement) < 4_000
    assert caliper.EVENT not in json.loads(outcome.statement)["context"]["extensions"]


def test_the_house_makes_a_record_of_an_answered_question():
    answer = {
        "id": "https://drill.example/responses/1",
        "type": "MultipleChoiceResponse",
        "attempt": {**ATTEMPT, "assignable": ITEM},
        "value": "B",
        "duration": "PT23S",
    }
    (outcome,) = translate(
        envelope(event("AssessmentItemEvent", "Completed", object=ITEM, generated=answer))
    )
    (statement,) = decode_batch(outcome.statement, NOW)
    _, record = connectors.read(statement)
    assert (record.verb, record.title, record.items) == ("answered", "わり算 3", 1)
    assert (record.question_id, record.duration_seconds) == (ITEM["id"], 23)
    assert record.attempt_id
    said = json.loads(outcome.statement)
    assert said["result"]["response"] == "B"
    assert said["object"]["definition"]["interactionType"] == "choice"
    assert said["context"]["contextActivities"]["parent"][0]["id"] == TEST["id"]


def test_every_event_of_an_attempt_carries_the_same_registration():
    started = one(event(generated=ATTEMPT))
    submitted = one(event(action="Submitted", generated={**ATTEMPT, "count": 3}))
    graded = one(event("GradeEvent", "Graded", object=ATTEMPT))
    found = {each["context"]["registration"] for each in (started, submitted, graded)}
    assert len(found) == 1
    assert found != {
        one(event(generated={**ATTEMPT, "id": ATTEMPT["id"] + "0"}))["context"]["registration"]
    }


SCORES = [
    ({"scoreGiven": 17, "maxScore": 20}, {"scaled": 0.85, "raw": 17, "min": 0, "max": 20}),
    ({"scoreGiven": 8.5, "maxScore": 10}, {"scaled": 0.85, "raw": 8.5, "min": 0, "max": 10}),
    ({"scoreGiven": 0, "maxScore": 20}, {"scaled": 0, "raw": 0, "min": 0, "max": 20}),
    ({"scoreGiven": 22, "maxScore": 20}, {"raw": 22}),
    ({"scoreGiven": -1, "maxScore": 20}, {"raw": -1}),
    ({"scoreGiven": 17}, {"raw": 17}),
    ({"scoreGiven": 17, "maxScore": 0}, {"raw": 17}),
    ({"scoreGiven": "17", "maxScore": 20}, None),
    ({"scoreGiven": True, "maxScore": 20}, None),
    ({"scoreGiven": 10**400, "maxScore": 20}, None),
    ({}, None),
]


@pytest.mark.parametrize(("score", "expected"), SCORES)
def test_a_grade_belongs_to_the_pupil_and_carries_the_points(score, expected):
    generated = {"id": "https://drill.example/scores/1", "type": "Score", **score}
    teacher = {"id": "https://lms.example/users/t1", "type": "Person"}
    said = one(event("GradeEvent", "Graded", actor=teacher, object=ATTEMPT, generated=generated))
    assert said["actor"]["account"]["name"] == PUPIL_ID
    assert said["object"]["id"] == TEST["id"]
    assert said["verb"]["id"] == "http://adlnet.gov/expapi/verbs/scored"
    assert said["context"]["instructor"]["account"]["name"] == teacher["id"]
    assert said["result"].get("score") == expected


def test_a_program_that_grades_is_nobodys_teacher():
    said = one(event("GradeEvent", "Graded", actor=APP, object=ATTEMPT))
    assert said["actor"]["account"]["name"] == PUPIL_ID
    assert "instructor" not in said["context"]


def test_a_session_that_ran_out_belongs_to_whoever_began_it():
    session = {"id": "https://drill.example/sessions/1", "type": "Session", "user": PUPIL}
    said = one(event("SessionEvent", "TimedOut", actor=APP, object=session))
    assert said["actor"]["account"]["name"] == PUPIL_ID
    assert vocabulary.verb_key(said["verb"]["id"]) == "logged_out"


def test_a_film_knows_its_place_and_length_and_not_how_long_somebody_watched():
    at = {"id": VIDEO["id"] + "#t", "type": "MediaLocation", "currentTime": "PT1M0.5S"}
    said = one(event("MediaEvent", "Ended", object=VIDEO, target=at))
    assert said["result"]["extensions"] == {"https://w3id.org/xapi/video/extensions/time": 60.5}
    extensions = said["context"]["extensions"]
    assert extensions["https://w3id.org/xapi/video/extensions/length"] == 195
    assert "duration" not in said["result"]


def test_words_about_a_person_are_about_an_agent():
    friend = {"id": "https://idp.hinata.example/user/" + PUPIL_ID[::-1], "type": "Person"}
    comment = {"id": "https://lms.example/comments/1", "type": "Comment", "value": "いいね"}
    said = one(event("FeedbackEvent", "Commented", object=friend, generated=comment))
    assert said["object"]["objectType"] == "Agent"
    assert said["result"]["response"] == "いいね"


def test_a_launch_keeps_the_session_of_the_platform():
    session = {
        "id": "https://lms.example/lti/1",
        "type": "LtiSession",
        "messageParameters": {"lti_version": "1.3.0"},
    }
    said = one(event("ToolLaunchEvent", "Launched", object=APP, federatedSession=session))
    assert said["context"]["extensions"][caliper.FEDERATED_SESSION] == session["id"]
    assert said["context"]["extensions"][caliper.EVENT]["federatedSession"] == session


def test_extensions_with_iris_for_keys_and_codes_of_the_curriculum_reach_the_record():
    thing = {
        **TEST,
        "extensions": {vocabulary.SUBJECT: ["算数"], "own": 1},
        "learningObjectives": [
            {"id": "https://w3id.org/jp-cos/8250263100000000", "type": "LearningObjective"}
        ],
    }
    (outcome,) = translate(envelope(event(object=thing)))
    _, record = connectors.read(decode_batch(outcome.statement, NOW)[0])
    assert (record.subject, record.unit_code) == ("sansu", "8250263100000000")


RESPONSES = [
    ({"type": "FillinBlankResponse", "values": ["2", "3"]}, "2[,]3"),
    ({"type": "TrueFalseResponse", "value": "true"}, "true"),
    ({"type": "TrueFalseResponse", "value": False}, "false"),
    ({"type": "OpenEndedResponse", "value": "なぜなら"}, "なぜなら"),
    ({"type": "RatingScaleResponse", "selections": ["4"]}, "4"),
    ({"type": "MultiselectResponse", "selections": ["a", "c"]}, "a[,]c"),
    (
        {"type": "DateTimeResponse", "dateTimeSelected": "2026-11-20T00:00:00Z"},
        "2026-11-20T00:00:00Z",
    ),
    ({"type": "TagAnnotation", "tags": ["a", "b"]}, "a[,]b"),
    ({"type": "BookmarkAnnotation", "bookmarkNotes": "ここ"}, "ここ"),
    ({"type": "HighlightAnnotation", "selectionText": "大事"}, "大事"),
    ({"type": "SearchResponse", "query": {"type": "Query", "searchTerms": "わり算"}}, "わり算"),
    ({"type": "Response", "value": 12.5}, "12.5"),
    ({"type": "Response", "value": ""}, None),
]


@pytest.mark.parametrize(("generated", "response"), RESPONSES)
def test_what_somebody_answered_or_wrote_is_the_response(generated, response):
    said = one(event("Event", "Responded", generated={"id": "https://x.example/1", **generated}))
    assert said.get("result", {}).get("response") == response


# --- who ----------------------------------------------------------------------------------------

ACTORS = [
    (f"https://host.example/user/{PUPIL_ID}", "https://host.example", PUPIL_ID),
    (f"https://host.example/users/{PUPIL_ID}", "https://host.example", PUPIL_ID),
    (f"https://host.example:8443/user/{PUPIL_ID}", "https://host.example:8443", PUPIL_ID),
    ("https://host.example/u/7", "https://host.example", "https://host.example/u/7"),
    ("http://h.example/user/7", "http://h.example", "http://h.example/user/7"),
    (f"urn:uuid:{PUPIL_ID}", "urn:uuid", f"urn:uuid:{PUPIL_ID}"),
    ("urn:instructure:canvas:user:7", "urn:instructure", "urn:instructure:canvas:user:7"),
    (PUPIL_ID, "urn:uuid", PUPIL_ID),
    ("s0001", "https://drill.example", "s0001"),
]


@pytest.mark.parametrize(("id_", "home_page", "name"), ACTORS)
@pytest.mark.parametrize("as_iri", [True, False])
def test_the_account_is_told_from_the_id_alone(id_, home_page, name, as_iri):
    actor = id_ if as_iri else {"id": id_, "type": "Person", "name": "あおい"}
    said = one(event(actor=actor))
    assert said["actor"] == {
        "objectType": "Agent",
        "account": {"homePage": home_page, "name": name},
    }


def test_a_mail_address_is_one():
    assert one(event(actor="mailto:aoi@hinata.example"))["actor"] == {
        "objectType": "Agent",
        "mbox": "mailto:aoi@hinata.example",
    }


@pytest.mark.parametrize(
    "id_",
    [
        "_:b0",
        "http://purl.imsglobal.org/caliper/Person",
        "https://purl.imsglobal.org/caliper/Person",
    ],
)
def test_an_anonymous_actor_is_named_and_nobodys_fault(id_):
    found = problem(event(actor={"id": id_, "type": "Person"}))
    assert (found.rule, found.path) == ("actor_anonymous", "$.data[0].actor")
    assert found.rule in HARMLESS


# --- once and twice -----------------------------------------------------------------------------


def test_a_resend_is_the_same_statement_whatever_envelope_it_comes_in():
    sent = event(action="Submitted", generated=ATTEMPT)
    again = dict(reversed(json.loads(json.dumps(sent)).items()))
    again["id"] = sent["id"].upper().replace("URN:UUID", "urn:uuid")
    (first,) = translate(envelope(sent))
    (second,) = translate(envelope(again, sendTime="2026-11-21T00:00:00.000Z", dataVersion=V1P1))
    assert first.id == second.id
    (third,) = translate(envelope(dict(reversed(sent.items()))))
    (a,), (b,) = decode_batch(first.statement, NOW), decode_batch(third.statement, NOW)
    assert same_fingerprint(fingerprint(a), fingerprint(b))


def test_an_id_is_the_same_in_capital_letters():
    (first,) = translate(envelope(event()))
    (second,) = translate(envelope(event(id=event()["id"].upper())))
    assert first.id == second.id


def test_the_same_event_twice_in_an_envelope_is_told_and_nobodys_fault():
    first, second = translate(envelope(event(), event()))
    assert isinstance(first, Translated)
    assert (second.path, second.rule, second.detail) == (
        "$.data[1].id",
        "event_repeated",
        "$.data[0]",
    )
    assert second.rule in HARMLESS


def test_an_id_for_two_events_is_a_fault():
    _, second = translate(envelope(event(), event(action="Submitted")))
    assert second.rule == "event_id_twice"
    assert second.rule not in HARMLESS
