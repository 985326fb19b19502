"""The statements that other tests take for broken are broken, and just by what they say."""

import pytest
from hypothesis import given, settings

from tests.cycle.action.xapi import strategies
from tests.cycle.action.xapi.documents.calling import CallingApp

GOOD = {
    "id": "018f6a52-7c3d-4b1e-9a10-3f5b2c4d6e70",
    "actor": strategies.AGENT,
    "verb": {"id": "urn:did"},
    "object": {"id": "https://x.example/1"},
    "context": {"language": "ja-JP"},
}


@pytest.mark.parametrize("rule", sorted(strategies.BREAKS))
def test_a_statement_is_refused_for_the_rule_that_is_broken_in_it(app, rule):
    drill = CallingApp(app)
    made = strategies.broken(GOOD, rule)
    answer = drill.ask("POST", "statements", made.body)
    assert (made.rule, answer.status_code) == (rule, 400)
    where = answer.get_json()["path"]
    spoiled = [name for name, value in strategies.BREAKS[rule].items() if name != "context" or
               value is not strategies.REMOVED]  # fmt: skip
    assert any(where == "$" or where.startswith(f"$.{name}") for name in spoiled), where
    # Nothing else is wrong with it, and what was broken is still whole.
    assert drill.ask("POST", "statements", GOOD).status_code == 200


@settings(max_examples=200)
@given(strategies.broken_statements())
def test_what_is_drawn_is_broken_as_it_says_and_nowhere_else(made):
    for name, value in strategies.BREAKS[made.rule].items():
        assert made.body.get(name, strategies.REMOVED) == value
    untouched = {"actor", "verb", "object", "version"} - strategies.BREAKS[made.rule].keys()
    assert untouched <= made.body.keys()
