"""Statements as apps send them, and the learning in them: one pair of files a case."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from aarportal.cycle.action.connectors import discover, read
from aarportal.cycle.action.xapi.statements import decode_batch

SAMPLES = Path(__file__).parent / "samples"
STORED_AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
KEYS = [connector.key for connector in discover()]
CASES = sorted(SAMPLES.glob("*/*.in.json"))


def plain(record):
    """A record as JSON."""
    if record is None:
        return None
    times = {"started_at": record.started_at.isoformat(), "ended_at": record.ended_at.isoformat()}
    return {**msgspec.structs.asdict(record), **times}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_sample_becomes_the_record_beside_it(case):
    [statement] = decode_batch(case.read_bytes(), STORED_AT)
    connector, record = read(statement)
    assert connector.key == case.parent.name
    expected = case.with_name(case.name.replace(".in.json", ".out.json"))
    assert plain(record) == json.loads(expected.read_bytes())


@pytest.mark.parametrize("key", KEYS)
def test_a_connector_brings_samples(key):
    outcomes = [json.loads(out.read_bytes()) for out in (SAMPLES / key).glob("*.out.json")]
    assert any(outcomes), f"no sample of {key} becomes a record"


def test_every_sample_belongs_to_a_connector_and_has_both_halves():
    assert {folder.name for folder in SAMPLES.iterdir()} == set(KEYS)
    halves = {path.name.split(".")[1] for path in SAMPLES.glob("*/*.json")}
    assert halves == {"in", "out"}
    assert len(CASES) == len(list(SAMPLES.glob("*/*.out.json")))
