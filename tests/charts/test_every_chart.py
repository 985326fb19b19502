import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.charts import discover
from aarportal.charts.history import Band, LearningHistory, Verdict
from aarportal.charts.wording import Words
from tests.charts.histories import (
    BANDS,
    TODAY,
    WORDS,
    Listener,
    ago,
    cycle,
    full,
    goal,
    history,
    learned,
    plain_title,
    unit,
)

CHARTS = list(discover().values())
PAIRS = [pytest.param(chart, band, id=f"{chart.key}-{band}") for chart in CHARTS for band in BANDS]
# What a page for children never says, and the arithmetic that comes with grade 5.
FORBIDDEN = re.compile(
    r"fail|behind|worst|rank|average|percent|other (pupil|student)|class|score|%"
    r"|失敗|遅れ|最下位|ランキング",
    re.IGNORECASE,
)
LISTS = ("days", "goals", "cycles", "units")


def words_of(drawn):
    table = drawn.table
    cells = [cell for row in table.rows for cell in row]
    return [
        drawn.title,
        drawn.sentence,
        *drawn.notes,
        drawn.next_step.label,
        table.caption,
        *table.header,
        *cells,
    ]


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_every_shown_number_says_where_it_comes_from(chart, band):
    drawn = chart.draw(full(band), WORDS)
    assert (drawn.key, drawn.state, drawn.missing) == (chart.key, "ready", 0)
    assert drawn.n > 0
    assert drawn.as_of == TODAY
    assert drawn.window.first_on <= drawn.window.last_on <= TODAY
    assert drawn.method_version.startswith(f"{chart.key}/")
    assert drawn.next_step.label


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_a_chart_with_nothing_to_show_says_so_without_a_picture(chart, band):
    drawn = chart.draw(history(band), WORDS)
    assert (drawn.state, drawn.svg, drawn.table.rows, drawn.trend) == ("not_yet", None, (), None)
    assert str(drawn.missing) in drawn.sentence
    assert drawn.next_step.key == "set_goal"


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_the_picture_is_well_formed_and_lives_under_a_strict_policy(chart, band):
    svg = chart.draw(full(band), WORDS).svg
    root = ElementTree.fromstring(svg)
    assert root.find("title").text == chart.title
    assert root.find("desc").text
    assert not [e for e in root.iter() if e.tag in {"style", "script", "image", "foreignObject"}]
    for element in root.iter():
        assert not {"style", "onload", "onclick"} & element.attrib.keys()
    assert "://" not in svg
    assert "#0a00" not in svg


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_nothing_leaves_the_picture(chart, band):
    root = ElementTree.fromstring(chart.draw(full(band), WORDS).svg)
    width, height = map(float, root.get("viewBox").split()[2:])
    for text in root.iter("text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 < float(text.get("y")) <= height
    for path in (p for p in root.iter("path") if "transform" not in p.attrib):
        if any(path in pattern for pattern in root.iter("pattern")):
            continue
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path.get("d"))]
        assert all(-2 <= x <= width + 2 for x in numbers[0::2])
        assert all(-2 <= y <= height + 2 for y in numbers[1::2])


@pytest.mark.parametrize("band", BANDS)
def test_all_charts_share_one_page(band):
    drawn = [chart.draw(full(band), WORDS).svg for chart in CHARTS]
    drawn += [CHARTS[0].draw(full(band), WORDS, dom_id="again").svg]
    page = ElementTree.fromstring(f"<div>{''.join(drawn)}</div>")
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) >= 2 * len(drawn)


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_the_same_history_gives_the_same_bytes(chart, band):
    assert chart.draw(full(band), WORDS) == chart.draw(full(band), WORDS)


def test_eight_threads_draw_what_one_thread_draws():
    jobs = [(chart, full(band)) for chart in CHARTS for band in BANDS] * 12
    alone = [chart.draw(past, WORDS) for chart, past in jobs]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda job: job[0].draw(job[1], WORDS), jobs)) == alone


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_a_chart_depends_on_nothing_but_what_it_needs(chart, band):
    past = full(band)
    always = {"grade", "band", "today"}
    empty = {
        field.name: type(getattr(past, field.name))()
        for field in fields(LearningHistory)
        if field.name not in always | chart.needs
    }
    assert chart.draw(replace(past, **empty), WORDS) == chart.draw(past, WORDS)
    for name in chart.needs & set(LISTS):
        assert chart.draw(replace(past, **{name: ()}), WORDS) != chart.draw(past, WORDS)


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_children_read_no_hard_word_and_no_share_in_per_cent(chart, band):
    drawn = chart.draw(full(band), WORDS)
    for text in [*words_of(drawn), *ElementTree.fromstring(drawn.svg).itertext()]:
        assert not FORBIDDEN.search(text), text


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_msgids_themselves_are_free_of_hard_words(chart):
    for msgid in chart.all_words:
        assert not FORBIDDEN.search(re.sub(r"%\(\w+\)s", "", msgid)), msgid


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_every_row_of_a_table_is_as_long_as_its_header(chart, band):
    table = chart.draw(full(band), WORDS).table
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.header)}
    assert all(cell for row in table.rows for cell in row)


@pytest.mark.parametrize(("chart", "band"), PAIRS)
def test_ruby_stays_outside_the_picture(chart, band):
    assert "{" not in chart.draw(full(band), WORDS).svg


# --- words: what a chart says, it has announced, and what it announces, it says ------------------

EVERYTHING = (
    *(full(band) for band in BANDS),
    *(history(band) for band in BANDS),
    *(replace(full(band), apps=("drill",), away_days=frozenset({ago(3)})) for band in BANDS),
    *(
        full(band, days=tuple(learned(n, minutes(n), sessions=2) for n in range(28)))
        for band in BANDS
        for minutes in (
            lambda n: 1,
            lambda n: 60,
            lambda n: 20 if n < 14 else 5,
            lambda n: 5 if n < 14 else 40,
        )
    ),
    *(
        full(band, days=tuple(learned(n, 5, sessions=4 + (n > 13) * step) for n in range(28)))
        for band in BANDS
        for step in (-3, 0, 3)
    ),
    *(
        full(band, days=tuple(learned(n, 30) for n in (1, 2, 3, 4, 15, 16, 17, 18)))
        for band in BANDS
    ),
    *(full(goals=tuple(goal(n, rating, ratio=0.5) for n in range(8))) for rating in (0, 3)),
    full(cycles=(cycle(3, "GAR"), cycle(2, verdict=Verdict.CANNOT_SAY), cycle(1, "G"))),
    full(cycles=tuple(cycle(n, adopted=True) for n in range(3))),
    *(
        full(band, units=(unit("a", (1, 10, first)), unit("b", (day, 10, second))))
        for band in BANDS
        for first in (2, 7, 10)
        for day, second in ((2, 7), (2, 10), (30, 9), (30, 2))
    ),
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
def test_a_chart_announces_exactly_the_words_it_says(chart):
    listener = Listener()
    for past in EVERYTHING:
        chart.draw(past, Words(listener, listener, plain_title))
    assert listener.heard <= set(chart.all_words)
    assert {chart.title, chart.more, *chart.words} <= listener.heard


def test_every_shared_word_is_said_by_some_chart():
    listener = Listener()
    for chart in CHARTS:
        for past in EVERYTHING:
            chart.draw(past, Words(listener, listener, plain_title))
    assert {msgid for chart in CHARTS for msgid in chart.all_words} == listener.heard


# --- any history at all --------------------------------------------------------------------------

DAYS = st.builds(learned, st.integers(-3, 40), st.integers(0, 700), sessions=st.integers(0, 40))
GOALS = st.builds(
    goal,
    st.integers(0, 90),
    st.sampled_from([None, 0, 1, 2, 3]),
    met=st.sampled_from([None, True, False]),
)
CYCLES = st.builds(
    cycle, st.integers(0, 90), st.sets(st.sampled_from("GARN")), adopted=st.booleans()
)
UNITS = st.builds(
    unit,
    st.text(min_size=1, max_size=70),
    st.tuples(st.integers(0, 80), st.integers(0, 60), st.just(0)),
    subject=st.sampled_from(["算数", "国語"]),
)
HISTORIES = st.builds(
    history,
    st.sampled_from(BANDS),
    days=st.lists(DAYS, max_size=30).map(tuple),
    goals=st.lists(GOALS, max_size=12).map(tuple),
    cycles=st.lists(CYCLES, max_size=12).map(tuple),
    units=st.lists(UNITS, max_size=12).map(tuple),
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.key)
@given(past=HISTORIES)
def test_any_history_gives_a_whole_chart_or_a_plain_not_yet(chart, past):
    drawn = chart.draw(past, WORDS)
    assert (drawn.state == "ready") == (drawn.svg is not None) == (drawn.missing == 0)
    if drawn.svg is not None:
        ElementTree.fromstring(drawn.svg)


@given(past=HISTORIES)
def test_one_subject_is_the_history_without_the_others(past):
    maths = past.only("算数")
    assert {u.subject for u in maths.units} <= {"算数"}
    assert maths.only("算数") == maths
    assert past.only("音楽").days == past.only("音楽").goals == past.only("音楽").units == ()
    assert maths.band is past.band is not None
    assert isinstance(maths.band, Band)
