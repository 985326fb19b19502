"""Twins, names that are used again, moves between schools: nobody gets another's, nothing is lost.

The same with a million statements: `python bench/owners.py`.
"""

from datetime import UTC, datetime

import pytest

from aarportal.core import clock
from tests.people.identity.town import Town
from tests.people.identity.years import Years


@pytest.fixture(autouse=True)
def afterwards(in_app):
    clock.shift(datetime(2026, 4, 1, 1, tzinfo=UTC) - datetime.now(UTC))


def test_three_thousand_records_belong_to_whom_they_belong(in_app):
    town = Town(schools=2, rooms=3, size=8, seed=3)
    told = []
    found = Years(in_app, town, 150, told.append).live(3000)
    assert found.wrong == 0
    assert found.kept_waiting == 0
    n = found.counts
    assert n["unread"] == 0
    assert n["received"] == n["records"] + n["waiting"] + n["repeated"], told
    assert n["stored"] == n["records"] + n["waiting"] == 3000
    # It was no easy town: all of it happened.
    assert n["repeated"] > 50
    assert n["waiting"] > 100
    assert len(town.came_back) > 1
    assert len(town.listed_twice) > 1
    assert len(town.nicknames) > 3
