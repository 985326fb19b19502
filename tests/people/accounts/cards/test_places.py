"""When and from where a card opens."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from aarportal.core.clock import SCHOOL_TIME
from aarportal.people.accounts.cards.places import (
    LONGEST,
    class_time,
    is_within,
    networks_in,
    opens_until,
)
from aarportal.people.attendance.calendar import Calendar, DayKind
from aarportal.people.attendance.lessons import Bell, Bells

MONDAY = date(2026, 11, 16)
SECOND = timedelta(seconds=1)


def at(hour, minute=0, day=MONDAY):
    return datetime.combine(day, time(hour, minute), SCHOOL_TIME)


def with_lessons(**options):
    times = (Bell(time(8, 45), 45), Bell(time(14, 40), 45))
    return Calendar(bells={uuid4(): Bells("usual", times, is_usual=True)}, **options)


@pytest.mark.parametrize(
    ("calendar", "opens", "closes"),
    [(Calendar(), at(8), at(16, 30)), (with_lessons(), at(8, 15), at(15, 55))],
    ids=["nothing is said", "lesson times"],
)
def test_class_time_has_a_first_moment_and_an_end(calendar, opens, closes):
    assert class_time(calendar, MONDAY) == (opens, closes)

    def until(moment):
        return opens_until(calendar, [], "192.0.2.1", moment.astimezone(UTC))

    assert until(opens - SECOND) is None
    assert until(opens) == opens + LONGEST
    assert until(closes - SECOND) == closes
    assert until(closes) is None


@pytest.mark.parametrize("kind", [DayKind.EVENT, DayKind.EXAM, DayKind.OPEN])
def test_a_saturday_with_school_has_class_time_and_a_free_monday_none(kind):
    saturday = MONDAY + timedelta(days=5)
    assert class_time(Calendar(), saturday) is None
    assert class_time(Calendar({saturday: kind}), saturday)
    assert class_time(Calendar({MONDAY: DayKind.CLOSED}), MONDAY) is None


def test_from_the_schools_network_it_opens_at_any_time_for_as_long():
    sunday_night = at(23, 30, MONDAY - timedelta(days=1))
    networks = ["203.0.113.0/25"]
    assert opens_until(Calendar(), networks, "203.0.113.127", sunday_night) == (
        sunday_night + LONGEST
    )
    assert opens_until(Calendar(), networks, "203.0.113.128", sunday_night) is None


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.0.0", True), ("10.1.255.255", True), ("10.2.0.0", False), ("10.0.255.255", False),
        ("::ffff:10.1.2.3", True), ("2001:db8:1::5", True), ("2001:db8:2::5", False),
        ("fe80::1%eth0", False), ("", False), ("nowhere", False), ("10.1.2.3, 10.9.9.9", False),
    ],
)  # fmt: skip
def test_an_address_is_within_or_not(address, inside):
    assert is_within(["10.1.0.0/16", "2001:db8:1::/48"], address) is inside


def test_networks_are_written_alike():
    text = " 203.0.113.77/24 \n\n2001:DB8::1/48\n203.0.113.0/24\n198.51.100.4"
    assert networks_in(text) == ["203.0.113.0/24", "2001:db8::/48", "198.51.100.4/32"]


@pytest.mark.parametrize("line", ["0.0.0.0/0", "::/0", "10.0.0.0/7", "2001::/31", "school", "1/2"])
def test_what_is_no_network_of_a_school_is_refused(line):
    with pytest.raises(ValueError, match=line):
        networks_in(f"10.0.0.0/8\n{line}")
