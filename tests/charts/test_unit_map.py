import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.charts.chart import NextStepKey
from aarportal.charts.history import Band
from aarportal.charts.unit_map import CHART
from tests.charts.histories import BANDS, TODAY, WORDS, ago, history, unit

ADDING = unit("分数のたし算", (1, 10, 4))
MEAN = unit("平均", (2, 12, 11))

MISSING = [
    ([], 10),
    ([unit("a")], 10),
    ([unit("a", (1, 3, 3))], 2 + 5),
    ([MEAN], 5),
    ([MEAN, unit("a", (1, 4, 4))], 1),
    ([unit("a", (1, 4, 4)), unit("b", (1, 1, 1)), unit("c", (1, 3, 3))], 1 + 2),
    ([MEAN, ADDING], 0),
]


def draw(*units, band=Band.UPPER, **fields):
    return CHART.draw(history(band, units=units, **fields), WORDS)


@pytest.mark.parametrize(("units", "missing"), MISSING)
def test_two_units_with_five_answers_each_are_needed(units, missing):
    drawn = draw(*units)
    assert drawn.missing == missing
    assert drawn.state == ("not_yet" if missing else "ready")
    assert (drawn.svg is None) == bool(missing)


def test_the_sentence_of_the_specification():
    drawn = draw(ADDING, MEAN)
    assert drawn.sentence == (
        "In 分数のたし算 4 of 10 were right: a little more. "
        "In 平均 11 of 12 were right: you are strong in it."
    )
    assert (drawn.n, drawn.as_of, drawn.method_version) == (22, TODAY, "unit_map/1")
    assert (drawn.window.first_on, drawn.window.last_on) == (ago(60), TODAY)


@pytest.mark.parametrize("band", [Band.LOWER, Band.MIDDLE])
def test_younger_students_hear_it_more_simply(band):
    assert draw(ADDING, MEAN, band=band).sentence == (
        "分数のたし算: 4 of 10. A little more. 平均: 11 of 12. You are strong in it."
    )


def test_the_rest_is_left_to_the_table():
    drawn = draw(ADDING, MEAN, unit("角", (3, 10, 7)), unit("面積", (20, 10, 9)))
    assert drawn.sentence.endswith("More units in the table: 2.")
    assert [row[3] for row in drawn.table.rows] == [
        "A little more",
        "Strong",
        "All right",
        "Time to remember",
    ]


def test_a_unit_with_few_answers_says_how_many_are_missing():
    drawn = draw(ADDING, MEAN, unit("小数", (1, 3, 2)), unit("分数"))
    assert ">2 more<" in drawn.svg
    assert drawn.table.rows[2] == ("小数", "算数", "2 of 3", "Few records", "11/19")
    assert drawn.table.rows[3] == ("分数", "算数", "–", "Few records", "–")
    assert ">分数<" not in drawn.svg


STEPS = [
    ([ADDING, MEAN], "分数のたし算", "Try this unit a little more"),
    ([MEAN, unit("面積", (20, 10, 9))], "面積", "Remember this unit"),
    ([MEAN, unit("角", (3, 10, 7))], "角", "Go on with this unit"),
    ([unit("a", (5, 10, 2)), unit("b", (1, 10, 2))], "b", "Try this unit"),
    ([MEAN, unit("c", (1, 12, 12))], "c", "Go on with this unit"),
]


@pytest.mark.parametrize(("units", "target", "label"), STEPS)
def test_the_button_starts_the_unit_that_needs_it_most(units, target, label):
    step = draw(*units).next_step
    assert (step.key, step.target) == (NextStepKey.PRACTISE_UNIT, target)
    assert step.label.startswith(label)
    assert target in step.label


def test_the_eight_units_practised_last_are_drawn_in_the_order_of_the_course():
    units = [unit(f"unit {n}", (n, 10, 8)) for n in range(10, 0, -1)]
    drawn = draw(*units)
    shown = [n for n in range(10, 0, -1) if f">unit {n}<" in drawn.svg]
    assert shown == [8, 7, 6, 5, 4, 3, 2, 1]
    assert drawn.svg.index(">unit 8<") < drawn.svg.index(">unit 1<")
    assert len(drawn.table.rows) == 10


def test_the_subject_stands_before_the_title_when_there_are_several():
    other = unit("物語", (1, 8, 6), subject="国語")
    assert ">国語 物語<" in draw(ADDING, other).svg
    assert ">平均<" in draw(ADDING, MEAN).svg


def bar_lengths(drawn):
    """Return the right ends of the empty bars, which all begin at 1."""
    parts = drawn.svg.split("<path")
    bars = [p for p in parts if 'stroke="var(--chart-axis' in p and 'stroke-width="1.3"' in p]
    return [_right(bar.split('"')[1]) for bar in bars]


def _right(d):
    numbers = [float(part) for part in d.split() if part[0].isdigit()]
    return max(numbers[0::2])


def test_below_grade_five_a_bar_is_as_long_as_its_count():
    ten, twelve = bar_lengths(draw(ADDING, MEAN, band=Band.MIDDLE))
    assert (ten - 1) / (twelve - 1) == pytest.approx(10 / 12, rel=0.01)


def test_from_grade_five_every_bar_is_a_whole():
    assert len(set(bar_lengths(draw(ADDING, MEAN)))) == 1


def test_grades_one_and_two_see_a_circle_for_each_answer():
    drawn = draw(ADDING, MEAN, band=Band.LOWER)
    parts = drawn.svg.split("<path")
    right = sum(p.count("M ") for p in parts if 'fill="var(--chart-2,' in p and "stroke=" not in p)
    still = sum(p.count("M ") for p in parts if 'stroke="var(--chart-axis' in p)
    assert (right, still) == (4 + 11, 6 + 1)


def test_no_right_answer_is_an_empty_bar():
    drawn = draw(unit("a", (1, 6, 0)), MEAN)
    assert len(bar_lengths(drawn)) == 2
    assert ">0 of 6<" in drawn.svg


def test_a_very_long_title_is_shown_whole():
    title = "四角形と三角形の面積をもとめようと図形のいろいろな性質についてしらべてまとめる単元"
    drawn = draw(unit(title, (1, 10, 4)), MEAN)
    whole = "".join(part.split("<")[0] for part in drawn.svg.split(">") if part)
    assert title in whole


def test_days_off_are_noted_when_there_were_some():
    assert len(draw(ADDING, MEAN).notes) == 1
    assert len(draw(ADDING, MEAN, away_days=frozenset({ago(5)})).notes) == 2
    assert len(draw(ADDING, MEAN, away_days=frozenset({ago(90)})).notes) == 1


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(BANDS))
def test_counts_in_the_table_are_the_counts_of_the_records(right, wrong, band):
    drawn = draw(unit("a", (1, right + wrong, right)), ADDING, MEAN, band=band)
    expected = f"{right} of {right + wrong}" if right + wrong else "–"
    assert drawn.table.rows[0][2] == expected
