import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.charts.chart import NextStepKey
from aarportal.charts.cycle_band import CHART
from aarportal.charts.history import Band, Verdict
from tests.charts.histories import BANDS, TODAY, WORDS, ago, cycle, history


def draw(*cycles, band=Band.UPPER):
    return CHART.draw(history(band, cycles=cycles), WORDS)


@pytest.mark.parametrize("band", BANDS)
def test_two_cycles_are_not_enough_and_three_are(band):
    early = draw(cycle(3), cycle(2), band=band)
    assert (early.state, early.missing, early.n, early.svg) == ("not_yet", 1, 2, None)
    assert draw(cycle(3), cycle(2), cycle(1), band=band).state == "ready"


def test_without_any_cycle_the_window_is_today():
    assert draw().window.first_on == TODAY


def test_the_sentence_of_the_specification():
    worked = [cycle(n, adopted=True, verdict=Verdict.WORKED) for n in (8, 7)]
    used = [cycle(n, adopted=True, verdict=Verdict.NO_CHANGE) for n in (6, 5, 4)]
    rest = [cycle(3), cycle(2, "GAR"), cycle(1, "G")]
    drawn = draw(*worked, *used, *rest)
    assert drawn.sentence == (
        "In 5 of 8 cycles you used the last idea in the next one. "
        "Ideas of which you answered that they worked: 2."
    )
    assert (drawn.n, drawn.window.first_on) == (8, ago(8))


def test_no_idea_used_is_an_invitation_and_not_a_zero():
    assert draw(cycle(3), cycle(2), cycle(1)).sentence == "Your ideas can still be used."


def test_only_the_last_eight_count():
    drawn = draw(*(cycle(n, adopted=True) for n in range(1, 12)))
    assert "8 of 8" in drawn.sentence
    assert drawn.table.rows[0][0] == "11/12 (Thu)"


def test_what_was_never_proposed_was_never_adopted():
    drawn = draw(cycle(3, "GAR", adopted=True, verdict=Verdict.WORKED), cycle(2), cycle(1))
    assert drawn.sentence == "Your ideas can still be used."


def test_the_button_takes_up_the_newest_idea_that_waits():
    drawn = draw(cycle(5), cycle(4), cycle(3, adopted=True), cycle(2, "GA"))
    assert (drawn.next_step.key, drawn.next_step.target) == (
        NextStepKey.CARRY_ADJUSTMENT,
        "cycle-4",
    )


def test_when_nothing_waits_the_button_sets_a_goal():
    drawn = draw(cycle(3, adopted=True), cycle(2, "GAR"), cycle(1, "G"))
    assert (drawn.next_step.key, drawn.next_step.target) == (NextStepKey.SET_GOAL, None)


def test_the_table_says_each_part():
    drawn = draw(cycle(3, adopted=True, verdict=Verdict.CANNOT_SAY), cycle(2, "G"), cycle(1, "AR"))
    assert [row[1:] for row in drawn.table.rows] == [
        ("There", "There", "There", "There", "There", "Cannot say yet"),
        ("There", "Not yet", "Not yet", "Not yet", "Not yet", "–"),
        ("Not yet", "There", "There", "Not yet", "Not yet", "–"),
    ]


def strong_links(drawn):
    parts = [part for part in drawn.svg.split("<path") if 'stroke-width="4.5"' in part]
    return sum(part.count("C ") for part in parts)


def test_an_idea_that_worked_makes_a_strong_link():
    worked = cycle(3, adopted=True, verdict=Verdict.WORKED)
    used = cycle(2, adopted=True, verdict=Verdict.NO_CHANGE)
    assert strong_links(draw(worked, used, cycle(1))) == 1
    assert strong_links(draw(used, cycle(1), cycle(0))) == 0


CYCLES = st.lists(
    st.tuples(st.sets(st.sampled_from("GARN")), st.booleans(), st.sampled_from([None, *Verdict])),
    min_size=3,
    max_size=12,
)


@given(CYCLES, st.sampled_from(BANDS))
def test_used_never_passes_what_there_is(entries, band):
    cycles = [
        cycle(40 - place, parts, adopted=adopted, verdict=verdict)
        for place, (parts, adopted, verdict) in enumerate(entries)
    ]
    facts = CHART.read(history(band, cycles=tuple(cycles)))
    assert 0 <= facts.worked <= facts.used <= facts.n <= 8
    assert strong_links(draw(*cycles, band=band)) == facts.worked
