"""What statements say of an activity, the latest first -> what is known of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.resources.definitions import definition_in, merged
from tests.cycle.action.xapi.example import QUIZ, statement

ACTIVITY = "https://drill.example/question/3"
TYPE = "http://adlnet.gov/expapi/activities/question"


def known(*definitions: dict) -> dict | None:
    found = merged(json.dumps(each).encode() for each in definitions)
    return None if found is None else json.loads(found)


def choice(name: str, **texts: str) -> dict:
    return {"id": name, "description": texts}


#: Definitions, the latest first -> the one that holds.
MERGED = {
    "nothing": ([], None),
    "nothing said": ([{}], None),
    "one": ([{"type": TYPE, "name": {"ja": "い"}}], {"type": TYPE, "name": {"ja": "い"}}),
    "two languages": (
        [{"name": {"fr": "réunion"}}, {"name": {"en": "meeting"}}],
        {"name": {"fr": "réunion", "en": "meeting"}},
    ),
    "the latest word in a language": (
        [{"name": {"en": "new"}}, {"name": {"en": "old", "ja": "旧"}}],
        {"name": {"en": "new", "ja": "旧"}},
    ),
    "what the latest does not say": (
        [{"type": TYPE}, {"type": "a:b", "moreInfo": "https://drill.example/"}],
        {"type": TYPE, "moreInfo": "https://drill.example/"},
    ),
    "extensions": (
        [{"extensions": {"a:1": 1}}, {"extensions": {"a:1": 0, "a:2": [2]}}],
        {"extensions": {"a:1": 1, "a:2": [2]}},
    ),
    "choices in another language": (
        [
            {"interactionType": "choice", "choices": [choice("1", ja="赤"), choice("2", ja="青")]},
            {"interactionType": "choice", "choices": [choice("1", en="red", ja="紅")]},
        ],
        {
            "interactionType": "choice",
            "choices": [choice("1", ja="赤", en="red"), choice("2", ja="青")],
        },
    ),
    "another kind of question": (
        [
            {"interactionType": "numeric"},
            {"interactionType": "choice", "choices": [choice("1", ja="赤")], "type": TYPE},
        ],
        {"interactionType": "numeric", "type": TYPE},
    ),
    "the same question, known better before": (
        [
            {"name": {"en": "3"}},
            {"interactionType": "numeric", "correctResponsesPattern": ["12"]},
        ],
        {
            "name": {"en": "3"},
            "interactionType": "numeric",
            "correctResponsesPattern": ["12"],
        },
    ),
}


@pytest.mark.parametrize(("definitions", "expected"), MERGED.values(), ids=MERGED)
def test_definitions_add_up(definitions, expected):
    assert known(*definitions) == expected


TEXTS = st.dictionaries(st.sampled_from(["ja", "en", "fr"]), st.text(max_size=3), min_size=1)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_every_language_that_was_ever_said_is_there_in_its_latest_words(names):
    expected: dict[str, str] = {}
    for name in names:
        expected = {**name, **expected}
    assert known(*({"name": name} for name in names)) == {"name": expected}


def test_a_definition_is_what_the_object_is_said_to_be():
    def found(**parts) -> bytes | None:
        return definition_in(json.dumps(statement(**parts)).encode(), ACTIVITY)

    assert json.loads(found())["interactionType"] == "numeric"
    assert found(object={"id": ACTIVITY}) is None
    assert found(object=QUIZ) is None
    assert found(object={"objectType": "StatementRef", "id": ACTIVITY}) is None
