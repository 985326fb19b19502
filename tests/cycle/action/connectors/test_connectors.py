"""What holds for every connector, and for every statement that a connector may meet."""

from importlib import import_module

import pytest

from aarportal.cycle.action import connectors, vocabulary
from aarportal.cycle.action.connectors import discover, read, signs
from aarportal.cycle.action.vocabulary import SUBJECT
from tests.cycle.action.connectors.test_any_statement import CONTROLS
from tests.cycle.action.xapi.example import QUIZ, changed, one, statement

CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
CMI5_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
VIDEO = "https://w3id.org/xapi/video"
JAPAN = "https://w3id.org/japan-xapi/profiles/"
MOODLE = "http://lrs.learninglocker.net/define/extensions/info"


@pytest.mark.parametrize("connector", discover(), ids=lambda connector: connector.key)
def test_a_connector_is_called_like_its_file_and_has_a_name_for_people(connector):
    assert import_module(f"{connectors.__name__}.{connector.key}").CONNECTOR is connector
    assert connector.label


def test_the_most_specific_connector_comes_first_and_the_last_one_reads_everything():
    order = [connector.specificity for connector in discover()]
    assert order == sorted(order, reverse=True)
    fallback = discover()[-1]
    assert fallback.key == "xapi_generic"
    assert order.count(fallback.specificity) == 1
    voided = {"objectType": "StatementRef", "id": statement()["id"]}
    assert fallback.reads(signs(one(statement(object=voided, context={}))))


def test_somebody_who_met_the_question_before_tries_again():
    _, first = read(one(statement()))
    assert (first.first_attempt_items, first.first_attempt_correct, first.retry_items) == (1, 1, 0)
    again = first.as_retry()
    assert (again.first_attempt_items, again.first_attempt_correct) == (0, 0)
    assert (again.items, again.retry_items, again.retry_correct) == (1, 1, 1)
    assert again.as_retry() == again


def test_what_the_activity_does_not_say_is_taken_from_what_it_is_part_of():
    quiz = {**QUIZ, "definition": {"extensions": {vocabulary.SUBJECT: ["理科"]}}}
    _, record = read(one(changed("context.contextActivities.parent", quiz)))
    assert record.subject == "rika"
    body = changed("context.contextActivities.parent", quiz)
    body["context"]["extensions"] = {vocabulary.SUBJECT: ["算数"]}
    _, record = read(one(body))
    assert record.subject == "sansu"


NAMES = [
    ({"en": "Division", "ja-JP": "わり算"}, "わり算"),
    ({"en": "Division", "ja": "わり算"}, "わり算"),
    ({"en": "Division", "fr": "La division"}, "La division"),
    ({"pt": "Divisão"}, "Divisão"),
    ({"ja": " 一行目\r\n二行目\0 "}, "一行目 二行目"),
    ({"ja": "あ" * 500}, "あ" * 200),
    ({"ja": ""}, ""),
    ({}, ""),
]


@pytest.mark.parametrize(("names", "title"), NAMES)
def test_the_title_is_the_name_nearest_to_the_reader_on_one_line(names, title):
    body = changed("object.definition.name", names)
    body["context"]["language"] = "fr"
    _, record = read(one(body))
    assert record.title == title


MARKS = [
    ({"success": True, "score": {"raw": 0, "max": 5}}, 1, 1),
    ({"success": False}, 1, 0),
    ({"score": {"raw": 5, "max": 5}}, 1, 1),
    ({"score": {"raw": 4.5, "max": 5}}, 1, 0),
    ({"score": {"scaled": 1}}, 1, 1),
    ({"score": {"scaled": 0.99}}, 1, 0),
    ({"score": {"raw": 5}}, 0, 0),
    ({"score": {"raw": 0, "min": 0, "max": 0}}, 0, 0),
    ({"response": "12"}, 0, 0),
    ({}, 0, 0),
]


@pytest.mark.parametrize(("result", "marked", "right"), MARKS)
def test_an_answer_is_right_with_full_marks_and_unknown_without_any(result, marked, right):
    _, record = read(one(statement(result=result)))
    assert record.items == 1
    assert (record.first_attempt_items, record.first_attempt_correct) == (marked, right)


def test_points_of_a_whole_are_not_questions():
    body = statement(verb={"id": "http://adlnet.gov/expapi/verbs/completed"})
    _, record = read(one(body))
    assert (record.items, record.first_attempt_items, record.question_id) == (0, 0, "")
    assert (record.score_raw, record.score_max) == (5, 5)


def test_a_share_of_points_is_of_one_point():
    body = statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/completed"}, result={"score": {"scaled": 0.25}}
    )
    _, record = read(one(body))
    assert (record.score_raw, record.score_max) == (0.25, 1)


def test_what_brings_neither_time_nor_items_is_a_line_and_no_work():
    _, answer = read(one(statement()))
    assert answer.is_acting and answer.without_time().is_acting
    _, look = read(one(statement(verb={"id": "http://id.tincanapi.com/verb/viewed"})))
    assert look.is_acting and not look.without_time().is_acting
    timeless = answer.without_time()
    assert timeless.started_at == timeless.ended_at == answer.ended_at
    assert (timeless.duration_seconds, timeless.counts_time) == (0, False)


WHO_READS = [
    # The unit of a course may be a video, a book or a test, and says so.
    ("cmi5", [CMI5], {}, "video", "completed"),
    ("cmi5", [CMI5], {SUBJECT: "算数"}, "assessment", "completed"),
    ("cmi5", [], {CMI5_SESSION: "1"}, "question", "answered"),
    ("cmi5", [], {CMI5_SESSION: "1", SUBJECT: "算数"}, "question", "answered"),
    ("video_profile", [VIDEO], {CMI5_SESSION: "1"}, "video", "paused"),
    ("video_profile", [], {CMI5_SESSION: "1"}, "video", "paused"),
    ("h5p", ["http://h5p.org/libraries/H5P.Video-1.6"], {CMI5_SESSION: "1"}, "video", "paused"),
    # A profile that is named goes before extensions that many share.
    ("japan_lms", [f"{JAPAN}lms/v1.0.0"], {SUBJECT: "算数"}, "assessment", "completed"),
    ("japan_group", [f"{JAPAN}group-lst/v1.0.0"], {SUBJECT: "算数"}, "page", "viewed"),
    ("japan_assessment", [f"{JAPAN}assessment/v1.0"], {}, "question", "answered"),
    ("japan_assessment", [], {SUBJECT: "算数"}, "question", "answered"),
    ("xapi_generic", [], {SUBJECT: "算数"}, "question", "asked"),
    # Other programs copied the extension of Moodle's plug-in.
    ("moodle_logstore", ["http://moodle.org"], {MOODLE: {}}, "question", "answered"),
    ("xapi_generic", ["https://shop.example"], {MOODLE: {}}, "question", "answered"),
    ("srl", [], {}, "goal", "reflected"),
    ("xapi_generic", [], {}, "goal", "viewed"),
]


@pytest.mark.parametrize(("key", "categories", "extensions", "kind", "verb"), WHO_READS)
def test_the_connector_that_knows_most_of_a_statement_reads_it(
    key, categories, extensions, kind, verb
):
    body = statement(
        verb={"id": first(verb, vocabulary.VERB_KEYS)},
        object={**QUIZ, "definition": {"type": first(kind, vocabulary.ACTIVITY_KINDS)}},
        context={
            "extensions": extensions,
            "contextActivities": {"category": [{"id": each} for each in categories]},
        },
    )
    connector, _ = read(one(body))
    assert connector.key == key


def first(key, table):
    """An IRI that stands for a key."""
    reflected = {"https://maker.example/xapi/verbextension/reflected": "reflected"}
    return next(iri for iri, found in {**table, **reflected}.items() if found == key)


def test_signs_hold_no_more_than_connectors_look_for():
    body = statement(
        verb={"id": "https://x.example/verb"},
        object={**QUIZ, "definition": {"type": "https://x.example/type"}},
        context={
            "platform": "x",
            "extensions": {f"https://x.example/{number}": 1 for number in range(50)},
            "contextActivities": {"category": [{"id": f"urn:{each}"} for each in range(50)]},
        },
    )
    assert signs(one(body)) == signs(one(statement(**{**body, "context": {}})))


LONG = "https://maker.example/" + "あ" * 3000


@pytest.mark.parametrize("ending", ["1", "\x85", "2\u2028", "\u202e3"])
def test_identifiers_that_are_too_long_or_unclean_stay_apart_and_stay_the_same(ending):
    _, record = read(one(changed("object.id", LONG + ending)))
    _, again = read(one(changed("object.id", LONG + ending)))
    _, other = read(one(changed("object.id", LONG + "4")))
    assert record.question_id == record.object_id == again.question_id
    assert record.question_id != other.question_id
    # A row of an index has a greatest size.
    assert len(record.question_id.encode()) < 1000
    assert not CONTROLS.search(record.question_id)


def test_parts_of_h5p_content_with_any_names_stay_apart():
    def part(name):
        body = statement()
        body["object"]["definition"]["extensions"] = {
            "http://h5p.org/x-api/h5p-local-content-id": 7,
            "http://h5p.org/x-api/h5p-subContentId": name,
        }
        connector, record = read(one(body))
        assert connector.key == "h5p"
        return record.question_id

    found = {part(name) for name in ("a\0b", "ab", "a\x01b", "あ" * 500, "あ" * 501)}
    assert len(found) == 5
    assert not any(CONTROLS.search(each) or len(each) > 250 for each in found)
