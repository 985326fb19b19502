import importlib
import sys
import textwrap

import pytest

from aarportal import charts
from aarportal.charts import discover, warm
from aarportal.charts.svg import _kept

NEW_CHART = """
    from dataclasses import replace
    from aarportal.charts.rhythm import CHART as RHYTHM
    CHART = replace(RHYTHM, key={key!r}, place=4)
"""


@pytest.fixture
def drop_file(tmp_path, monkeypatch):
    """Put a file into the package, as somebody who adds a chart would."""
    monkeypatch.setattr(charts, "__path__", [*charts.__path__, str(tmp_path)])

    def drop(name, key):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(NEW_CHART.format(key=key)))
        importlib.invalidate_caches()

    yield drop
    for name in [name for name, module in sys.modules.items() if str(tmp_path) in repr(module)]:
        del sys.modules[name]


def test_the_charts_come_in_the_order_of_the_specification():
    assert list(discover()) == ["rhythm", "goals_reached", "unit_map", "cycle_band"]


def test_a_dropped_file_is_a_chart(drop_file):
    drop_file("plan_and_actual", "plan_and_actual")
    assert list(discover()) == [
        "rhythm",
        "goals_reached",
        "unit_map",
        "plan_and_actual",
        "cycle_band",
    ]


def test_a_chart_with_another_name_than_its_file_is_refused(drop_file):
    drop_file("misnamed", "other")
    with pytest.raises(ValueError, match=r"'other' stands in the file misnamed\.py"):
        discover()


def test_warming_draws_every_frame():
    _kept.cache_clear()
    warm()
    drawn = _kept.cache_info().currsize
    frames = [frame for chart in discover().values() for frame in chart.frames]
    assert drawn == len(set(frames)) > 10
    warm()
    assert _kept.cache_info().currsize == drawn
