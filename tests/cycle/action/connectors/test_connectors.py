"""What holds for every connector, and for every statement that a connector may meet."""

from datetime import UTC, timedelta
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action import connectors, vocabulary
from aarportal.cycle.action.connectors import discover, read
from aarportal.cycle.action.xapi.statements import StatementError
from aarportal.cycle.units.subjects import SUBJECTS
from tests.cycle.action.xapi.example import QUIZ, changed, decode, one, statement


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
    assert fallback.reads(one(statement(object=voided, context={})))


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("算数"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
EXTENSION_KEYS = [
    *sorted(vocabulary.CORE_EXTENSIONS),
    "http://h5p.org/x-api/h5p-local-content-id",
    "http://h5p.org/x-api/h5p-subContentId",
    "https://maker.example/xapi/resultextension/count",
]


@given(
    verb=st.sampled_from([*vocabulary.VERB_KEYS, "urn:unknown"]),
    kind=st.sampled_from([*vocabulary.ACTIVITY_KINDS, "urn:unknown"]),
    extensions=st.dictionaries(st.sampled_from(EXTENSION_KEYS), JSON),
    duration=st.sampled_from(["PT0S", "PT90S", "P9999999999D", "P1Y", "PT23H59M"]),
    timestamp=st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
)
def test_whatever_an_app_sends_becomes_a_sound_record_or_none(
    verb, kind, extensions, duration, timestamp
):
    definition = {"type": kind, "name": {"ja": "もんだい"}, "extensions": extensions}
    body = statement(
        verb={"id": verb},
        object={**QUIZ, "definition": definition},
        result={"success": True, "duration": duration, "extensions": extensions},
        context={"extensions": extensions},
        timestamp=timestamp,
    )
    try:
        [found] = decode(body)
    except StatementError:
        # The first and the last year, and taking back what is no statement.
        assert timestamp[:4] in ("0001", "9999") or verb.endswith("/voided")
        return
    connector, record = read(found)
    assert connector in discover()
    if record is None:
        return
    assert record.started_at <= record.ended_at == found.timestamp
    assert record.ended_at - record.started_at <= timedelta(days=1)
    assert record.started_at.tzinfo is UTC
    assert record.subject is None or record.subject in SUBJECTS
    assert record.unit_code is None or len(record.unit_code) == 16
    assert record.items == record.first_attempt_items + record.retry_items
    assert (record.items == 1) == (record.verb == "answered")
    assert "\0" not in record.title + (record.unit_title or "")
