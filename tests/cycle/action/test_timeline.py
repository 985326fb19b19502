"""Days as lines: what belongs together, what a line says, and which lines are asked for."""

from datetime import date
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict

from aarportal.cycle.action.forms import selection
from aarportal.cycle.action.timeline import Selection, days, lines, totals
from tests.cast import UNIT_WATER, key
from tests.cycle.action.days import by_hand, record


def numbers(*records) -> list[int]:
    """How many records stand on each line."""
    return [len(line.records) for line in lines(records)]


#: Two records in order -> on how many lines.
PAIRS = {
    "a minute apart": (record(6), record(5), 1),
    "twenty minutes apart": (record(25), record(5), 1),
    "longer apart": (record(26), record(5), 2),
    "another unit": (record(6), record(5, unit_id=UNIT_WATER), 2),
    "no unit and a unit": (record(6, unit_id=None), record(5), 2),
    "no unit, another subject": (
        record(6, unit_id=None), record(5, unit_id=None, subject="rika"), 2,
    ),
    "another app": (record(6), record(5, app_id=key("reader")), 2),
    "twice by hand": (by_hand(6), by_hand(5), 2),
    "an app and by hand": (record(6), by_hand(5), 2),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "wanted"), PAIRS.values(), ids=PAIRS)
def test_what_belongs_together_stands_on_one_line(one, other, wanted):
    assert len(lines([one, other])) == wanted


def test_twenty_minutes_are_counted_from_the_last_record_of_the_line():
    assert numbers(record(50), record(35), record(20), record(5)) == [4]


def test_a_line_goes_on_only_while_nothing_else_is_between():
    assert numbers(record(9), record(8, unit_id=UNIT_WATER), record(7)) == [1, 1, 1]


def test_a_day_without_records_has_no_lines():
    assert lines([]) == []


def test_a_line_adds_up_its_records_and_keeps_the_first():
    first = record(9)
    [line] = lines(
        [
            first,
            record(8, first_attempt_correct=0),
            record(
                7, first_attempt_items=0, first_attempt_correct=0, retry_items=1, retry_correct=1
            ),
        ]
    )
    assert line.first is first
    assert (line.items, line.first_attempt_items, line.first_attempt_correct) == (3, 2, 1)
    assert (line.retry_items, line.retry_correct) == (1, 1)


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 0), (149, 0), (150, 5), (300, 5), (449, 5), (450, 10), (3599, 60), (3600, 60)],
)
def test_minutes_are_rounded_to_five(seconds, minutes):
    [line] = lines([record(active_seconds=seconds)])
    assert line.minutes == minutes


def test_minutes_are_rounded_once_for_the_whole_line():
    [line] = lines([record(5 + n, active_seconds=100) for n in (2, 1, 0)])
    assert line.minutes == 5


#: States of a line's records -> may it be doubted, and is it doubted?
STATES = {
    "arrived": (["valid", "valid"], (True, False)),
    "linked": (["linked"], (True, False)),
    "one doubted": (["linked", "disputed"], (False, True)),
}


@pytest.mark.parametrize(("states", "wanted"), STATES.values(), ids=STATES)
def test_a_line_is_doubted_once(states, wanted):
    [line] = lines([record(9 - n, state=state) for n, state in enumerate(states)])
    assert (line.can_dispute, line.disputed) == wanted


def test_one_s_own_word_is_not_doubted():
    [line] = lines([by_hand()])
    assert not line.can_dispute


# --- what lines add up to -----------------------------------------------------------------------


def test_a_day_adds_up_whatever_its_lines_are():
    rows = [
        record(50),
        record(35),
        record(5, unit_id=UNIT_WATER, first_attempt_correct=0),
        by_hand(3),
    ]
    found = totals(rows)
    assert (found.records, found.items, found.active_seconds) == (4, 4, 240)
    assert (found.first_attempt_items, found.first_attempt_correct) == (3, 2)


def test_one_unit_in_one_app_is_learned_once_a_day():
    rows = [record(50), record(5), record(3, unit_id=UNIT_WATER), record(5 + 24 * 60)]
    assert totals(rows).times == 3
    assert totals([by_hand(9), by_hand(5)]).times == 1


def test_each_day_counts_four_hours_at_most():
    long = [record(n, active_seconds=3600) for n in range(5)]
    assert totals(long).active_seconds == 4 * 3600
    assert totals([*long, record(24 * 60, active_seconds=600)]).active_seconds == 4 * 3600 + 600


def test_minutes_are_rounded_once_for_everything():
    assert totals([record(5, active_seconds=100), record(4, active_seconds=60)]).minutes == 5


def test_days_stand_in_order_and_lines_do_not_cross_midnight():
    last, first = record(5), record(5 + 24 * 60)
    assert [(day.on, len(day.lines)) for day in days([first, last])] == [
        (first.day, 1), (last.day, 1),
    ]  # fmt: skip


def test_what_counts_no_more_stands_on_a_line_of_its_own():
    rows = [record(12), record(6)]
    gone = record(9, state="voided")
    [day] = days(rows, [gone])
    assert [[row.id for row in line.records] for line in day.lines] == [
        [row.id for row in rows], [gone.id],
    ]  # fmt: skip
    assert [line.taken_back for line in day.lines] == [False, True]
    assert not day.lines[1].can_dispute


def test_the_app_has_told_the_time_only_if_it_told_all_of_it():
    for durations, wanted in (([30, 0], True), ([30, None], False), ([None], False)):
        [line] = lines([record(9 - n, own_duration=own) for n, own in enumerate(durations)])
        assert line.told_by_app is wanted


# --- which records are meant --------------------------------------------------------------------

FRIDAY = date(2026, 11, 20)
A_UNIT = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

#: An address -> which records it means.
ADDRESSES = {
    "": Selection(days=(FRIDAY,)),
    "day=2026-11-18": Selection(days=(date(2026, 11, 18),)),
    "day=2026-11-18&day=2026-11-11": Selection(days=(date(2026, 11, 11), date(2026, 11, 18))),
    "day=2026-12-24": Selection(days=(FRIDAY,)),
    "day=x&unit=x&cycle=x&from=x&to=x": Selection(days=(FRIDAY,)),
    "from=2026-11-01": Selection(first_on=date(2026, 11, 1), last_on=FRIDAY),
    "from=2026-11-01&to=2026-11-05&without=2026-11-03": Selection(
        first_on=date(2026, 11, 1), last_on=date(2026, 11, 5), without=(date(2026, 11, 3),)
    ),
    "to=2026-11-05": Selection(days=(FRIDAY,)),
    "from=9999-12-31": Selection(first_on=FRIDAY, last_on=FRIDAY),
    "from=2001-01-01": Selection(first_on=date(2001, 1, 1), last_on=date(2001, 4, 3)),
    "subject=rika": Selection(
        first_on=date(2026, 9, 21), last_on=FRIDAY, subject="rika"
    ),
    f"unit={A_UNIT}&day=2026-11-18": Selection(
        days=(date(2026, 11, 18),), unit_id=UUID(A_UNIT)
    ),
    f"cycle={A_UNIT}": Selection(cycle_id=UUID(A_UNIT)),
}  # fmt: skip


@pytest.mark.parametrize(("address", "wanted"), ADDRESSES.items())
def test_an_address_says_which_records_are_meant(address, wanted):
    assert selection(MultiDict(parse_qsl(address)), FRIDAY) == wanted


def test_a_selection_finds_its_way_through_an_address():
    for wanted in ADDRESSES.values():
        address = MultiDict(wanted.query())
        assert selection(address, FRIDAY) == wanted


def test_only_a_day_without_another_condition_is_a_whole_day():
    assert Selection(days=(FRIDAY,)).whole_day == FRIDAY
    for other in (
        Selection(),
        Selection(days=(FRIDAY, date(2026, 11, 18))),
        Selection(days=(FRIDAY,), subject="rika"),
        Selection(first_on=FRIDAY, last_on=FRIDAY),
    ):
        assert other.whole_day is None
