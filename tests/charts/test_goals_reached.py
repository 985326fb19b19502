from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.charts.chart import NextStepKey
from aarportal.charts.goals_reached import CHART
from aarportal.charts.history import Band
from tests.charts.histories import BANDS, TODAY, WORDS, ago, goal, history


def draw(ratings, band=Band.UPPER, **fields):
    goals = tuple(goal(20 - place, rating) for place, rating in enumerate(ratings))
    return CHART.draw(history(band, goals=fields.pop("goals", goals), **fields), WORDS)


@pytest.mark.parametrize("band", BANDS)
def test_three_rated_goals_are_not_enough_and_four_are(band):
    early = draw([3, None, 2, 1, None], band)
    assert (early.state, early.missing, early.n, early.svg) == ("not_yet", 1, 3, None)
    assert draw([3, None, 2, 1, 0], band).state == "ready"


def test_without_any_goal_the_window_is_today():
    empty = draw([])
    assert (empty.missing, empty.window.first_on, empty.window.last_on) == (4, TODAY, TODAY)


def test_the_sentence_of_the_specification():
    drawn = draw([1, 1, 1, 2, 2, 3, 3, 3])
    assert drawn.sentence == (
        "Of your last 8 goals – by myself: 3, with a hint: 2, a little more: 3."
    )
    assert (drawn.n, drawn.window.first_on, drawn.window.last_on) == (8, ago(20), TODAY)


def test_only_the_last_eight_count_whatever_their_order():
    goals = tuple(goal(n, 0 if n > 8 else 3) for n in (3, 12, 1, 7, 10, 2, 8, 5, 4, 6))
    assert "by myself: 8." in draw([], goals=goals).sentence


def test_the_fact_stands_beside_the_rating():
    goals = (goal(4, 3, met=True), goal(3, 3, met=False), goal(2, 0, met=True), goal(1, 1))
    drawn = draw([], goals=goals)
    assert [row[-2:] for row in drawn.table.rows] == [
        ("By myself", "Met"),
        ("By myself", "Not met yet"),
        ("Not yet", "Met"),
        ("A little more", "No record"),
    ]
    assert drawn.sentence.endswith("Goals that met the mark in the records: 2.")
    assert drawn.svg.count(">Met<") == drawn.svg.count(">Not met yet<") == 1


def test_met_open_and_unknown_marks_look_different():
    goals = (goal(5, 3, met=True), goal(4, 3, met=False), goal(3, 0, met=False), goal(2, 1))
    root = ElementTree.fromstring(draw([], goals=goals).svg)
    action = "var(--chart-2,#0c7867)"
    filled = [p for p in root.iter("path") if p.get("fill") == action]
    empty = [p for p in root.iter("path") if p.get("stroke") == action]
    counts = [sum(path.get("d").count("M ") for path in paths) for paths in (filled, empty)]
    assert counts == [1 + 1, 2 + 1]  # the legend has one of each


def test_a_title_keeps_its_ruby_in_the_table():
    assert draw([1, 2, 3, 0]).table.rows[0][2] == "{筆算|ひっさん}"


@pytest.mark.parametrize(
    ("ratings", "ratio", "key"),
    [
        ([0, 1, 0, 1, 0, 1, 3, 3], None, NextStepKey.SMALLER_GOAL),
        ([0, 1, 0, 1, 0, 3, 3, 3], None, NextStepKey.SET_GOAL),
        ([3] * 8, 0.6, NextStepKey.BIGGER_GOAL),
        ([3] * 8, 0.7, NextStepKey.SET_GOAL),
        ([3] * 8, None, NextStepKey.SET_GOAL),
        ([3] * 7, 0.5, NextStepKey.SET_GOAL),
        ([3] * 7 + [2], 0.5, NextStepKey.SET_GOAL),
    ],
)
def test_the_button_offers_the_size_that_fits(ratings, ratio, key):
    goals = tuple(goal(20 - n, rating, ratio=ratio) for n, rating in enumerate(ratings))
    assert draw([], goals=goals).next_step.key is key


def test_one_measured_goal_says_nothing_about_the_others():
    goals = (goal(9, 3, ratio=0.1), *(goal(8 - n, 3) for n in range(7)))
    assert draw([], goals=goals).next_step.key is NextStepKey.SET_GOAL


def test_grades_one_and_two_see_a_sign_for_each_goal():
    drawn = draw([3, 3, 2, 1, 0], Band.LOWER)
    assert drawn.sentence.startswith("Your last 5 goals –")
    assert drawn.svg.count(">2<") == 1


@pytest.mark.parametrize(("grade", "with_line"), [(3, False), (4, True)])
def test_lines_come_with_grade_four(grade, with_line):
    goals = tuple(goal(9 - n, n % 4) for n in range(6))
    svg = draw([], Band.MIDDLE, goals=goals, grade=grade).svg
    assert ('stroke="var(--chart-3-mid' in svg) is with_line


@given(st.lists(st.integers(0, 3), min_size=4, max_size=12), st.sampled_from(BANDS))
def test_the_counts_of_the_sentence_add_up_to_the_goals(ratings, band):
    drawn = draw(ratings, band)
    counts = [int(part.split(": ")[1]) for part in drawn.sentence.split("– ")[1][:-1].split(", ")]
    assert sum(counts) == drawn.n == len(drawn.table.rows) == min(8, len(ratings))
