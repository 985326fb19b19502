"""Classes of a year and who is in them, in a browser without scripts."""

import pytest

from tests.cast import (
    CLASS_4_2,
    SECONDARY,
    key,
)
from tests.people.directory.office import (
    LAST_YEAR,
    THIS_YEAR,
    at,
    text_of,
)

pytestmark = pytest.mark.usefixtures("settled_pages")


def test_classes_of_the_year_with_teachers_and_numbers(office):
    page = office.get("/classes")
    rows = [text_of(row) for row in page.html.select("table.classes tbody tr")]
    assert rows == ["1年1組 1 –", "4年2組 2 千葉 さくら", "4年2組 理科 2 土井 実"]
    assert page.says(f"School year {THIS_YEAR}")


def test_last_years_classes_stay(office):
    page = office.get(at("/classes", year=LAST_YEAR))
    [row] = page.html.select("table.classes tbody tr")
    assert text_of(row) == "3年2組 1 –"
    assert page.says("as it is on 31 Mar 2026")
    page = office.get(row.a["href"])
    assert page.says("7 髙﨑 葵 たかさき あおい")
    assert page.says("Pupils (1)")


@pytest.mark.parametrize("year", ["x", "0", "99999", "1999"])
def test_a_year_that_nobody_knows_is_this_one(office, year):
    assert office.get(at("/classes", year=year)).says(f"School year {THIS_YEAR}")


def test_the_board_chooses_the_school_of_the_classes(board):
    page = board.get(at("/classes", school=SECONDARY))
    assert page.says("2年1組")
    assert not page.says("4年2組")


def test_a_school_that_the_board_has_not_is_its_first_one(board):
    assert board.get(at("/classes", school=key("nowhere"))).says("2年1組")


def test_a_class_says_who_is_here_who_comes_and_who_left(office):
    page = office.get(f"/classes/{CLASS_4_2}")
    rows = {
        part["aria-labelledby"]: [text_of(row) for row in part.select("tbody tr")]
        for part in page.html.select("section[aria-labelledby]")
    }
    assert rows == {
        "here": ["1 髙﨑 葵 たかさき あおい", "2 𠮷田 勉 よしだ べん"],
        "coming": ["– Łukasz Rio José 1 Dec 2026 – 31 Mar 2027"],
        "gone": ["3 斎藤 直 さいとう なお 1 Apr 2026 – 20 Jul 2026"],
    }
    assert page.says("千葉 さくら (leads the class)")
