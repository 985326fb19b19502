import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.charts.chart import NextStepKey, Trend
from aarportal.charts.history import Band
from aarportal.charts.rhythm import CHART
from tests.charts.histories import BANDS, TODAY, WORDS, ago, history, learned, say, school_days

FOUR = tuple(learned(n) for n in (1, 2, 3, 4))
BEFORE = tuple(learned(n) for n in (15, 16, 17, 18))


def draw(**fields):
    return CHART.draw(history(**fields), WORDS)


def facts(**fields):
    return CHART.read(history(**fields))


def minutes_by_day(**fields):
    return [slot.minutes for slot in facts(**fields).slots]


@pytest.mark.parametrize("band", BANDS)
def test_three_days_are_not_enough_and_four_are(band):
    early = draw(band=band, days=FOUR[:3])
    assert (early.state, early.missing, early.n, early.svg) == ("not_yet", 1, 3, None)
    assert "1" in early.sentence
    assert early.table.rows == ()
    ready = draw(band=band, days=FOUR)
    assert (ready.state, ready.missing, ready.n) == ("ready", 0, 4)


def test_several_apps_of_one_day_are_one_day():
    assert draw(days=(*FOUR[:3], learned(3, app="reader"))).missing == 1


@pytest.mark.parametrize(("days_ago", "inside"), [(0, True), (13, True), (14, False), (-1, False)])
def test_the_window_is_the_fourteen_days_that_end_today(days_ago, inside):
    drawn = draw(days=(*FOUR, learned(days_ago)))
    assert drawn.n == 4 + inside
    assert (drawn.window.first_on, drawn.window.last_on) == (ago(13), TODAY)
    assert (drawn.as_of, drawn.method_version) == (TODAY, "rhythm/1")


def test_minutes_of_all_apps_add_up_in_steps_of_five():
    days = (*FOUR, learned(1, 12, app="reader"), learned(5, 2))
    by_day = minutes_by_day(days=days)
    assert by_day[13 - 1] == 30  # 20 + 12 = 32
    assert by_day[13 - 5] == 0


def test_more_than_four_hours_a_day_are_read_as_four():
    assert minutes_by_day(days=(*FOUR, learned(5, 200), learned(5, 200)))[13 - 5] == 240
    assert facts(days=(*FOUR, learned(5, 400))).minutes == 80 + 240


def test_the_sentence_of_the_specification():
    # 6 days and 130 minutes, 20 minutes more than in the two weeks before.
    now = tuple(
        learned(n, m) for n, m in zip((1, 2, 3, 4, 7, 8), (20, 20, 20, 20, 20, 30), strict=True)
    )
    before = tuple(learned(n, m) for n, m in zip((15, 16, 17, 18), (30, 30, 30, 20), strict=True))
    drawn = draw(days=(*now, *before))
    assert drawn.sentence == (
        "In these 2 weeks you learned on 6 days, about 2 h 10 min in all. "
        "That is about 20 minutes more than in the 2 weeks before."
    )
    assert drawn.trend is Trend.UP


COMPARED = [
    (20, Trend.SAME, "about as long as"),
    (20.6, Trend.SAME, "about as long as"),  # 2.4 minutes in all
    (21, Trend.UP, "about 5 minutes more than"),
    (10, Trend.DOWN, "about 40 minutes less than"),
    (30, Trend.UP, "about 40 minutes more than"),
]


@pytest.mark.parametrize(("minutes", "trend", "words"), COMPARED)
def test_the_two_weeks_are_compared_with_the_two_weeks_before(minutes, trend, words):
    drawn = draw(days=(*(learned(n, minutes) for n in (1, 2, 3, 4)), *BEFORE))
    assert drawn.trend is trend
    assert words in drawn.sentence


def test_too_few_days_before_are_not_compared():
    drawn = draw(days=(*FOUR, *BEFORE[:3]))
    assert drawn.trend is Trend.CANNOT_SAY
    assert "before" not in drawn.sentence


def test_grades_one_and_two_count_sessions_and_see_no_minutes():
    days = (*(replace(day, sessions=2) for day in FOUR), *BEFORE)
    drawn = draw(band=Band.LOWER, days=days)
    assert drawn.sentence == (
        "Times you learned in these 2 weeks: 8. That is 4 more than in the 2 weeks before."
    )
    whole = f"{drawn.svg}{drawn.sentence}{drawn.table}{drawn.notes}"
    assert "minute" not in whole
    assert ">20<" not in whole
    assert drawn.table.rows[-2] == ("11/19 (Thu)", "2")


@pytest.mark.parametrize(("sessions", "circles"), [(1, 1), (6, 6), (9, 9), (16, 16), (30, 16)])
def test_each_session_is_a_circle_and_many_are_a_number(sessions, circles):
    days = (*FOUR[:3], learned(4, sessions=sessions))
    drawn = draw(band=Band.LOWER, days=days)
    shapes = [part for part in drawn.svg.split("<path") if 'fill="var(--chart-2,' in part]
    assert sum(shape.count("M ") for shape in shapes) == 3 + circles
    assert (">30<" in drawn.svg) == (sessions == 30)


def test_one_app_is_said_to_be_only_a_part():
    assert "only what drill has recorded" in draw(days=FOUR, apps=("drill",)).sentence
    assert "recorded" not in draw(days=FOUR).sentence
    assert "recorded" not in draw(days=FOUR, apps=()).sentence


def test_the_light_mark_is_the_mean_of_the_weekday_before():
    # Thursdays 15 and 22 days ago: 20 and 40 minutes; the mean is 30.
    days = (*FOUR, learned(15, 20), learned(22, 40))
    slots = facts(days=days).slots
    assert slots[13 - 1].usual_seconds == slots[13 - 8].usual_seconds == 30 * 60
    assert slots[13 - 2].usual_seconds == 0
    assert slots[13 - 5].usual_seconds is None  # a Sunday without school and without a record


def test_a_day_away_leaves_the_mean_of_its_weekday():
    days = (*FOUR, learned(15, 20))
    assert facts(days=days).slots[12].usual_seconds == 10 * 60
    assert facts(days=days, away_days=frozenset({ago(22)})).slots[12].usual_seconds == 20 * 60


def test_a_day_away_is_a_gap_and_a_day_without_learning_is_a_zero():
    drawn = draw(days=FOUR, away_days=frozenset({ago(7)}))
    cells = {row[0]: row[1] for row in drawn.table.rows}
    assert cells["11/13 (Fri)"] == "–"
    assert cells["11/12 (Thu)"] == "0"
    assert cells["11/14 (Sat)"] == "–"
    assert CHART.notes(facts(days=FOUR))[1:] == ()
    assert "Days off and event days are not counted." in drawn.notes


def bars(drawn):
    """Return the upper ends of the bars by day, the oldest first."""
    root = ElementTree.fromstring(drawn.svg)
    shapes = [path for path in root.iter("path") if path.get("fill") == "var(--chart-2,#0c7867)"]
    parts = shapes[-1].get("d").split("M ")[1:]
    return [min(float(n) for n in re.findall(r"[\d.]+", part)[1::2]) for part in parts]


def test_a_day_of_a_minute_or_two_keeps_a_foot():
    drawn = draw(days=(*FOUR, learned(5, 1)))
    assert drawn.table.rows[13 - 5][:2] == ("11/15 (Sun)", "under 5 minutes")
    tops = bars(drawn)
    assert len(tops) == 5
    assert 206 - tops[0] == 3  # the day of one minute is the oldest


def test_twice_the_time_is_twice_the_height():
    one, two = bars(
        draw(days=(*(learned(n, 0) for n in (1, 2, 3)), learned(5, 15), learned(4, 30)))
    )
    assert (206 - two) == 2 * (206 - one)


# Sixty minutes are 148 units high, so 20 end at 156.67, 25 at 144.33 and 10 at 181.33.
@pytest.mark.parametrize(("before", "baseline"), [(0, 150.67), (10, 150.67), (25, 138.33)])
def test_a_number_does_not_sit_on_the_outline_of_the_earlier_bar(before, baseline):
    drawn = draw(days=(*FOUR, learned(5, 60), learned(15, before), learned(22, before)))
    labels = [e for e in ElementTree.fromstring(drawn.svg).iter("text") if e.text == "20"]
    thursday = max(labels, key=lambda label: float(label.get("x")))
    assert float(thursday.get("y")) == pytest.approx(baseline, abs=0.01)


def test_school_and_home_stand_in_the_table_when_every_place_is_known():
    days = tuple(learned(n, 30, home=10) for n in (1, 2, 3, 4))
    table = draw(days=days).table
    assert table.header[2:4] == ("At school", "At home")
    assert table.rows[12][1:4] == ("30 minutes", "20 minutes", "10 minutes")
    assert len(draw(days=(*days, learned(5))).table.header) == 3


def test_the_cap_keeps_the_share_of_home():
    (slot,) = [s for s in facts(days=(learned(4, 480, home=240),)).slots if s.recorded]
    assert (slot.active_seconds, slot.home_seconds) == (240 * 60, 120 * 60)


def test_a_record_without_any_time_is_still_a_record():
    assert draw(days=tuple(learned(n, 0, home=0) for n in (1, 2, 3, 4))).n == 4


def test_today_is_compared_from_its_first_record_on():
    base = (*FOUR, *BEFORE, learned(14, 60))
    assert facts(days=base).difference == 0
    assert facts(days=(*base, learned(0, 80))).difference == 20


def test_a_holiday_takes_its_partner_out_of_the_comparison():
    days = (*FOUR, *BEFORE, learned(5 + 2, 60))
    assert facts(days=days).difference == 60
    holiday = school_days() - {ago(21)}
    assert facts(days=days, school_days=holiday).difference == 0


def test_the_axis_ends_above_the_longest_day():
    for minutes, top in ((30, ">30<"), (31, ">30<"), (65, ">90<"), (240, ">240<")):
        assert top in draw(days=(*FOUR, learned(5, minutes))).svg


def test_names_too_wide_for_a_column_shrink_to_a_letter():
    def long(msgid, /, **values):
        return "Montagsname" if msgid == "Mon" else say(msgid, **values)

    svg = CHART.draw(history(days=FOUR), replace(WORDS, say_plain=long)).svg
    assert ">M<" in svg
    assert "Montagsname" not in svg


@pytest.mark.parametrize("band", BANDS)
def test_the_button_changes_the_plan(band):
    assert draw(band=band, days=FOUR).next_step.key is NextStepKey.CHANGE_PLAN


AWAY = st.sets(st.integers(0, 27), max_size=10)


@given(away=AWAY, minutes=st.integers(0, 300), band=st.sampled_from(BANDS))
def test_what_happened_on_a_day_away_never_changes_anything(away, minutes, band):
    steady = tuple(learned(n) for n in range(28))
    mask = frozenset(ago(n) for n in away)
    without = tuple(day for day in steady if day.on not in mask)
    noisy = (*without, *(learned(n, minutes, sessions=7) for n in away))
    assert draw(band=band, days=without, away_days=mask) == draw(
        band=band, days=noisy, away_days=mask
    )


@given(away=AWAY, band=st.sampled_from(BANDS))
def test_days_away_never_make_a_steady_student_look_less(away, band):
    mask = frozenset(ago(n) for n in away)
    days = tuple(learned(n) for n in range(28) if ago(n) not in mask)
    drawn = draw(band=band, days=days, away_days=mask)
    assert drawn.trend in {Trend.SAME, Trend.CANNOT_SAY, None}


@given(st.permutations(list(range(8))))
def test_the_order_of_the_records_does_not_matter(order):
    days = (*FOUR, *BEFORE)
    assert draw(days=tuple(days[place] for place in order)) == draw(days=days)
