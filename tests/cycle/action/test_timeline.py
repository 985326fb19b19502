"""A day as lines: what belongs together, and what a line says."""

import pytest

from aarportal.cycle.action.timeline import lines
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
