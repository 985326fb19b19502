"""A grade of a profile has a number; whatever else a file may hold there has none."""

import pytest

from aarportal.people.roster.grades import grade_number


def test_the_nine_years_count_from_one():
    grades = [*(f"P{year}" for year in range(1, 7)), *(f"J{year}" for year in range(1, 4))]
    assert [grade_number(grade) for grade in grades] == list(range(1, 10))


@pytest.mark.parametrize("grade", ["", "P", "P0", "P7", "J4", "H1", "P²", "P٣", "p4", "4", "P10"])
def test_anything_else_is_no_grade_of_the_nine_years(grade):
    assert grade_number(grade) == 0
