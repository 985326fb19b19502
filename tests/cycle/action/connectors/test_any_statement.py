"""Any statement becomes a sound record or none, whoever reads it."""

import json
import re
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import discover, read, signs
from aarportal.cycle.units.subjects import SUBJECTS
from tests.cycle.action.xapi.example import one
from tests.cycle.action.xapi.strategies import durations, extension_values, iris, statements, texts

SAMPLES = Path(__file__).parent / "samples"
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
KEYS = {connector.key for connector in discover()}


#: Rows of tables are the sums of many answers; any other statement is about one.
SUMS = {"table"}


def is_sound(record, found, key):
    """What every record promises, whatever it was made of."""
    texts = (
        record.title, record.unit_title, record.unit_code, record.subject, record.verb,
        record.object_id, record.question_id, record.attempt_id,
    )  # fmt: skip
    for text in filter(None, texts):
        assert not CONTROLS.search(text)
        assert len(text) <= 250
        text.encode()
    assert record.title == record.title.strip()
    assert record.verb in {*vocabulary.VERB_KEYS.values(), "reflected", vocabulary.UNKNOWN_VERB}
    assert record.subject is None or record.subject in SUBJECTS
    assert record.unit_code is None or len(record.unit_code) == 16
    assert record.ended_at == found.timestamp
    assert record.ended_at.tzinfo is UTC and record.started_at.tzinfo is UTC
    duration = record.duration_seconds or 0
    assert record.ended_at - record.started_at == timedelta(seconds=duration)
    assert 0 <= duration <= 24 * 60 * 60
    assert record.counts_time or record.duration_seconds == 0
    marked = record.first_attempt_items + record.retry_items
    assert 0 <= marked <= record.items
    assert 0 <= record.first_attempt_correct <= record.first_attempt_items
    assert 0 <= record.retry_correct <= record.retry_items
    if key not in SUMS:
        assert record.items <= 1
        assert (record.items == 1) == bool(record.question_id)
    if record.score_raw is not None and record.score_max is not None:
        assert record.score_raw <= record.score_max


@settings(max_examples=300)
@given(statements())
def test_whatever_an_app_sends_becomes_a_sound_record_or_none(body):
    found = one(body)
    connector, record = read(found)
    assert connector.key in KEYS
    if record is not None:
        is_sound(record, found, connector.key)


#: Where a sample says something that an app may say in other words; ids of verbs stay.
WORDS = {
    "name": st.dictionaries(st.sampled_from(["ja", "ja-jp", "en"]), texts, max_size=2),
    "response": texts,
    "duration": durations,
}


@st.composite
def said_otherwise(draw, sample):
    """A sample with some of its words, ids and extensions changed into any that may stand there."""

    def other(value, name, inside):
        words = None
        if inside == "extensions":
            words = extension_values(name)
        elif name == "id" and inside in ("object", "parent", "grouping", "other"):
            words = iris
        elif name in WORDS and inside in ("definition", "result"):
            words = WORDS[name]
        if words is not None and draw(st.booleans()):
            return draw(words)
        if isinstance(value, dict) and value.get("objectType") not in ("Agent", "StatementRef"):
            return {key: other(part, key, name) for key, part in value.items()}
        return [other(part, name, inside) for part in value] if isinstance(value, list) else value

    return other(sample, "", "")


@pytest.mark.parametrize("connector", discover(), ids=lambda connector: connector.key)
@settings(max_examples=200)
@given(data=st.data())
def test_every_connector_makes_sound_records_of_its_samples_said_otherwise(connector, data):
    paths = sorted((SAMPLES / connector.key).glob("*.in.json"))
    sample = json.loads(data.draw(st.sampled_from(paths)).read_bytes())
    found = one(data.draw(said_otherwise(sample)))
    # Without its signs a statement may be another's; with any signs it must not break this one.
    if connector.reads(signs(found)):
        record = connector.record(found)
        if record is not None:
            is_sound(record, found, connector.key)


ALL_SAMPLES = sorted(SAMPLES.glob("*/*.in.json"))


@pytest.mark.parametrize("path", ALL_SAMPLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_is_done_to_a_person_or_to_a_statement_is_no_record(path):
    sample = json.loads(path.read_bytes())
    sample.get("context", {}).pop("platform", None)
    reference = {"objectType": "StatementRef", "id": sample["id"]}
    for thing in ({"objectType": "Agent", "mbox": "mailto:ben@hinata.example"}, reference):
        if sample["verb"]["id"].endswith("/voided") and thing is not reference:
            continue
        _, record = read(one({**sample, "object": thing}))
        assert record is None
