"""Questions about what is taught."""

import pytest

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.curriculum import operations, store
from aarportal.cycle.units.curriculum.loader import Item, read_sample
from tests.cast import AOI, CHIBA, scope_of

WATER = "8260243121300000"


@pytest.fixture
def loaded(in_app):
    with unit_of_work(SystemScope("test")) as scope:
        operations.load(scope, read_sample().items)


@pytest.fixture
def teacher(loaded):
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        yield scope


def test_an_item_is_found_by_its_code(teacher):
    item = store.item(teacher, WATER)
    assert (
        item.text
        == "(ウ) 水は，温度によって水蒸気や氷に変わること。また，水が氷になると体積が増えること。"
    )
    assert (item.school, item.subject, item.grades) == ("P", "rika", [4])


def test_a_code_that_no_list_has_is_unknown(teacher):
    assert store.item(teacher, "8260243121400000") is None
    assert store.ancestors(teacher, "8260243121400000") == []


def test_what_is_taught_is_everybodys(loaded):
    with unit_of_work(scope_of(AOI), read_only=True) as scope:
        assert store.item(scope, WATER)


def test_the_way_down_to_an_item_goes_by_the_tree(teacher, queries):
    with queries() as seen:
        above = store.ancestors(teacher, WATER)
    assert [item.code for item in above] == [
        "82n0000000000000", "82600L0000000000", "82602L0000000000", "8260240000000000",
        "8260243000000000", "8260243100000000", "8260243120000000", "8260243121000000",
    ]  # fmt: skip
    assert len(seen) == 1


def test_what_stands_beneath_an_item_is_in_order(teacher):
    assert [item.code for item in store.children(teacher, "8250243131000000")] == [
        "8250243131100000", "8250243131200000",
    ]  # fmt: skip
    assert store.children(teacher, WATER) == []


def test_a_circle_in_a_published_tree_does_no_harm(in_app):
    codes = ["82X0000000000000", "82Y0000000000000"]
    with unit_of_work(SystemScope("test")) as scope:
        operations.load(
            scope,
            [Item(code, codes[1 - n], "P", "", (), code) for n, code in enumerate(codes)],
        )
    with unit_of_work(scope_of(CHIBA), read_only=True) as scope:
        assert {item.code for item in store.ancestors(scope, codes[0])} <= set(codes)


SEARCHES = [
    ({"text": "水蒸気"}, [WATER]),
    ({"text": "水 温度 体積"}, ["8260243120000000", WATER]),
    ({"text": "82602431213"}, [WATER]),
    ({"text": "水", "subject": "sansu"}, []),
    ({"text": "方程式", "school": "J"}, ["8350223120000000"]),
    ({"text": "方程式", "school": "P"}, []),
    ({"text": "除法", "grade": 3}, ["8250233140000000"]),
    ({"text": "ことわざ", "grade": 4, "school": "P"}, ["82102C3132000000"]),
    ({"text": "%"}, []),
    ({"text": "_______________1"}, []),
]


@pytest.mark.parametrize(("wanted", "codes"), SEARCHES)
def test_items_are_searched(teacher, wanted, codes):
    assert [item.code for item in store.search(teacher, **wanted)] == codes


def test_a_search_for_everything_ends(teacher):
    assert len(store.search(teacher)) == store.MAX_FOUND


def test_the_subject_of_a_code_comes_from_the_lists(teacher):
    unlisted, foreign, other = "8260253141200000", "83H9999999999999", "82Q0000000000000"
    assert store.subjects_of(teacher, [WATER, unlisted, foreign, other]) == {
        WATER: "rika",
        # Every listed code that begins with 826 is science.
        unlisted: "rika",
        # 83H holds both the whole subject and English, so it says nothing.
    }
    assert store.subjects_of(teacher, []) == {}
