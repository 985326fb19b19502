"""Three years of a district, month by month; a large one: `python bench/district_years.py`."""

from datetime import timedelta

import pytest

from aarportal.core import clock
from tests.people.roster.imports.district import District
from tests.people.roster.imports.lives import Lives


@pytest.fixture(autouse=True)
def _afterwards(in_app):
    yield
    clock.shift(timedelta(0))


def test_in_three_years_no_child_is_taken_for_another(in_app):
    district = District(schools=3, rooms=2, size=3, seed=5)
    told = []
    found = Lives(in_app, district, told.append, undo_every=6).live(3, 40)
    wrong = {
        name: found[name]
        for name in (
            "differences_wrong", "undone_unequal", "seats_wrong", "names_wrong", "records_wrong",
        )
    }  # fmt: skip
    assert not any(wrong.values()), (wrong, told[-3:])
    assert found["files"] == 36 + found["undone"]
    assert found["undone"] == 6
    assert found["sent"] == 36 * 40
    # It was no easy district: all of it happened.
    happened = district.events
    for event in ("arrives", "leaves", "moves", "renamed", "regrouped", "swapped"):
        assert happened[event] >= 30, happened
    assert happened["returns"] > 10
