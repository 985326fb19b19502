"""Pure functions from one student's plain history to a picture, a sentence and a table."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from aarportal.charts.chart import Chart
from aarportal.charts.svg import prepare


def discover() -> dict[str, Chart[Any]]:
    """Return every chart by its key, in the order in which pages show them.

    A chart is a module of this package with a `CHART` in it; no list has to be edited.

    Raises:
        ValueError: A chart is not called like its file.
    """
    found: list[Chart[Any]] = []
    for module in iter_modules(__path__):
        chart = getattr(import_module(f"{__name__}.{module.name}"), "CHART", None)
        if chart is None:
            continue
        if chart.key != module.name:
            raise ValueError(f"chart {chart.key!r} stands in the file {module.name}.py")
        found.append(chart)
    return {chart.key: chart for chart in sorted(found, key=lambda chart: (chart.place, chart.key))}


def warm() -> None:
    """Draw what all students share, so that the first of them does not wait for it."""
    for chart in discover().values():
        for frame in chart.frames:
            prepare(frame)
