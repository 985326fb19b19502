"""Questions about catalogues."""

import pytest

from aarportal.core.ids import NOTHING
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.catalogue import store
from aarportal.cycle.units.catalogue.choosing import CatalogueIndex
from tests.cast import (
    APP_DRILL,
    CHIBA,
    DRILL_SCOPE,
    ELSEWHERE,
    MINATO,
    MORI,
    PRIMARY,
    SECONDARY,
    key,
    scope_of,
)
from tests.cycle.units.catalogue.lines import entry, keep

OTHER_APP = key("another app")
SITE = "https://drill.example/"


@pytest.fixture(autouse=True)
def lines(in_app):
    keep(
        entry("prefix", SITE + "p4/"),
        entry("activity", SITE + "q/7"),
        entry("activity", SITE + "q/8"),
        entry("title", "わり算", school_id=PRIMARY),
        entry("title", "方程式", "sugaku", school_id=SECONDARY),
        entry("title", "水", "rika", app_id=OTHER_APP),
        entry("title", "よそ", district_id=MINATO, school_id=ELSEWHERE),
    )


def values(found):
    return {it.value for it in found}


def test_an_app_sees_the_lines_of_every_school_it_serves(queries):
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope, queries() as seen:
        found = store.entries(scope, [APP_DRILL])
    assert values(found) == {SITE + "p4/", SITE + "q/7", SITE + "q/8", "わり算", "方程式"}
    assert len(seen) == 1


def test_a_teacher_sees_the_lines_that_hold_in_her_school():
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        assert values(store.entries(scope, [APP_DRILL, OTHER_APP])) == {
            SITE + "p4/", SITE + "q/7", SITE + "q/8", "わり算", "水",
        }  # fmt: skip
        assert store.entries(scope, []) == []


def test_a_batch_asks_only_for_lines_about_its_activities(queries):
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope, queries() as seen:
        found = store.entries_about(scope, APP_DRILL, [SITE + "q/7", SITE + "x"], ["わり算"])
    assert values(found) == {SITE + "p4/", SITE + "q/7", "わり算"}
    assert len(seen) == 1
    index = CatalogueIndex.of(found)
    assert index.find(APP_DRILL, PRIMARY, SITE + "p4/9", "")
    assert not index.find(APP_DRILL, SECONDARY, SITE + "x", "わり算")


def test_pages_begin_with_what_the_school_itself_keeps():
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        rows, number, count = store.page(scope, "", number=1, size=2)
        assert (rows[0].value, number, count) == ("わり算", 1, 5)
        seen = [
            it.value
            for number in (1, 2, 3)
            for it in store.page(scope, "", number=number, size=2)[0]
        ]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("number", [3, 4, 9999])
def test_behind_the_last_page_is_the_last_page(number):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        rows, shown, _ = store.page(scope, "", number=number, size=2)
    assert (len(rows), shown) == (1, 3)


@pytest.mark.parametrize(
    ("words", "found"),
    [("Q/", 2), ("わり", 1), ("%", 0), ("方程式", 0), ("よそ", 0), ("", 5)],
)
def test_lines_are_searched(words, found):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        rows, number, count = store.page(scope, words, number=1, size=40)
    assert (len(rows), number, count) == (found, 1, found)


def test_no_lines_make_one_empty_page():
    with unit_of_work(scope_of(MORI), read_only=True) as scope:
        assert store.page(scope, "nothing", number=7, size=40) == ([], 1, 0)


def test_an_apps_own_catalogue_is_without_the_schools_lines():
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        own = store.own_catalogue(scope, APP_DRILL)
    assert {it.school_id for it in own} == {NOTHING}
    assert len(own) == 3
