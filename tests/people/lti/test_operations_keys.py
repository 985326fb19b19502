"""Our own keys: one signs, those before stay published for a while."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti import tokens
from aarportal.people.lti.keys import operations
from aarportal.people.lti.keys.operations import CACHED, OVERLAP
from aarportal.people.lti.models import LtiKey


def test_the_first_key_is_made_when_it_is_needed_and_then_stays(in_app):
    token = operations.signed({"iss": "us"})
    [public] = operations.published()
    assert operations.published() == [public]
    assert tokens.verified(token, [public]) == {"iss": "us"}
    assert public["alg"] == "RS256"
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(public)


def test_after_a_change_the_new_key_signs_once_all_know_it_and_the_old_one_is_known_for_a_while(
    in_app,
):
    before = operations.signed({"n": 1})
    kept_elsewhere = operations.published()
    made = operations.rotate().kid
    assert made in {key["kid"] for key in operations.published()}
    at_once = operations.signed({"n": 2})
    assert tokens.verified(at_once, kept_elsewhere) == {"n": 2}, "who keeps our keys knows it"
    clock.shift(CACHED + timedelta(minutes=1))
    after = operations.signed({"n": 3})
    assert tokens.kid_of(after) == made
    keys = operations.published()
    assert [tokens.verified(each, keys)["n"] for each in (before, at_once, after)] == [1, 2, 3]
    clock.shift(CACHED + OVERLAP + timedelta(minutes=1))
    keys = operations.published()
    assert len(keys) == 1
    with pytest.raises(tokens.TokenError, match="unknown_key"):
        tokens.verified(before, keys)


def test_a_private_key_is_sealed_and_said_to_nobody(in_app):
    kid = operations.rotate().kid
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        row = scope.session.scalars(select(LtiKey).where(LtiKey.kid == kid)).one()
        assert json.loads(row.private_key.reveal())["kid"] == kid
        assert "********" in repr(row.private_key)
