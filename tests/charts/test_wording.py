import pytest

from aarportal.charts.wording import (
    Voice,
    day,
    day_and_weekday,
    duration,
    joined,
    listed,
    rounded_minutes,
)
from tests.charts.histories import TODAY, say

VOICE = Voice(say, str)

ROUNDED = [(0, 0), (149, 0), (150, 5), (300, 5), (449, 5), (450, 10), (3600, 60)]
DURATIONS = [
    (0, "under 5 minutes"),
    (5, "5 minutes"),
    (10, "10 minutes"),
    (55, "55 minutes"),
    (60, "1 h"),
    (65, "1 h 5 min"),
    (130, "2 h 10 min"),
]


@pytest.mark.parametrize(("seconds", "minutes"), ROUNDED)
def test_minutes_come_in_steps_of_five(seconds, minutes):
    assert rounded_minutes(seconds) == minutes


@pytest.mark.parametrize(("minutes", "words"), DURATIONS)
def test_a_duration_is_said_in_hours_and_minutes(minutes, words):
    assert duration(VOICE, minutes) == words


def test_a_date_is_said_without_its_year():
    assert day(VOICE, TODAY) == "11/20"
    assert day_and_weekday(VOICE, TODAY) == "11/20 (Fri)"


def test_sentences_and_lists_are_joined_by_the_language():
    assert joined(VOICE, ["A.", "B.", "C."]) == "A. B. C."
    assert listed(VOICE, ["a", "b", "c"]) == "a, b, c"
    assert listed(VOICE, ["a"]) == "a"
