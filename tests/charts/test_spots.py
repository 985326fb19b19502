"""Where in a picture the rows of its table are: what a page makes links of."""

import pytest

from aarportal.charts import discover
from tests.charts.histories import BANDS, WORDS, ago, full, history, learned

CHARTS = list(discover().values())
PAIRS = [pytest.param(chart, band, id=f"{chart.key}-{band}") for chart in CHARTS for band in BANDS]


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_every_spot_is_a_row_and_lies_in_the_picture(chart, band):
    drawn = chart.draw(full(band), WORDS)
    width, height = drawn.size
    assert f'viewBox="0 0 {width:g} {height:g}"' in drawn.svg
    assert drawn.spots
    assert len({spot.row for spot in drawn.spots}) == len(drawn.spots)
    for spot in drawn.spots:
        assert 0 <= spot.row < len(drawn.table.rows)
        assert spot.x >= 0 and spot.y >= 0
        assert spot.x + spot.width <= width + 0.01 and spot.y + spot.height <= height + 0.01
        assert spot.width >= 24 and spot.height >= 24, "large enough for a finger"


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_no_two_spots_lie_on_each_other(chart, band):
    spots = chart.draw(full(band), WORDS).spots
    for place, one in enumerate(spots):
        for other in spots[place + 1 :]:
            apart = (
                one.x + one.width <= other.x + 0.01
                or other.x + other.width <= one.x + 0.01
                or one.y + one.height <= other.y + 0.01
                or other.y + other.height <= one.y + 0.01
            )
            assert apart, (one, other)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_without_a_picture_there_is_no_spot(chart):
    drawn = chart.draw(history(), WORDS)
    assert (drawn.spots, drawn.size) == ((), (0.0, 0.0))


@pytest.mark.parametrize("band", BANDS)
def test_a_day_away_has_no_spot(band):
    chart = discover()["rhythm"]
    past = history(
        band, days=tuple(learned(n) for n in range(6)), away_days=frozenset({ago(2)}),
        school_days=frozenset(ago(n) for n in range(28)),
    )  # fmt: skip
    rows = {spot.row for spot in chart.draw(past, WORDS).spots}
    assert 11 not in rows and {10, 12, 13} <= rows
