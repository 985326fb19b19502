"""Questions about units, on both databases."""

from datetime import date

import pytest

from aarportal.audit import operations as audit
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units import store
from aarportal.cycle.units.models import GoalCard
from tests.cast import (
    AOI,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    PRIMARY,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    UNIT_WATER,
    scope_of,
)

TODAY = date(2026, 11, 20)


@pytest.fixture
def aoi(in_app):
    with unit_of_work(SystemScope("test")) as scope:
        for position, text in ((2, "に"), (1, "いち")):
            scope.session.add(
                GoalCard(school_id=PRIMARY, unit_id=UNIT_DIVISION, position=position, text=text,
                         criterion_type="can_do")
            )  # fmt: skip
        audit.record(scope, "test:added", "cards")
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        yield scope


def test_open_units_are_those_of_the_classes_on_that_day(aoi):
    found = {unit.id for unit in store.open_units(aoi, [CLASS_4_2], TODAY)}
    assert found == {UNIT_DIVISION, UNIT_WATER}
    assert store.open_units(aoi, [CLASS_4_2], date(2020, 3, 31)) == []
    assert store.open_units(aoi, [], TODAY) == []


def test_another_school_has_no_units_here(aoi):
    assert store.open_units(aoi, [CLASS_J2_1], TODAY) == []
    assert store.units_by_id(aoi, [UNIT_EQUATIONS, UNIT_WATER]).keys() == {UNIT_WATER}
    with pytest.raises(NotFoundError):
        store.unit(aoi, UNIT_EQUATIONS)


def test_all_units_of_a_class(aoi):
    assert {unit.id for unit in store.units_of_class(aoi, CLASS_4_2)} == {UNIT_DIVISION, UNIT_WATER}
    assert len(store.units_of_class(aoi, CLASS_1_1)) == 1


def test_cards_come_in_the_teachers_order_and_a_unit_without_any_is_there_too(aoi):
    found = store.cards(aoi, [UNIT_DIVISION, UNIT_WATER])
    assert [card.text for card in found[UNIT_DIVISION]] == ["いち", "に"]
    assert found[UNIT_WATER] == []
    assert store.cards(aoi, []) == {}
    assert store.units_by_id(aoi, []) == {}
