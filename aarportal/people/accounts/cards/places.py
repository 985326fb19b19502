"""When and from where a card opens; pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from aarportal.core.clock import SCHOOL_TIME, school_day_of
from aarportal.people.attendance.calendar import Calendar

#: Class time where the school has not said when lessons are.
_USUAL = (time(8, 0), time(16, 30))
#: Children come in before the first lesson and finish after the last one.
_AROUND_LESSONS = timedelta(minutes=30)
#: A card opens for a double lesson; then it is scanned again.
LONGEST = timedelta(minutes=90)

#: The broadest networks that a school can have: larger ones are a slip, or the whole world.
_BROADEST = {4: 8, 6: 32}
MOST_NETWORKS = 20


def class_time(calendar: Calendar, day: date) -> tuple[datetime, datetime] | None:
    """First moment (inclusive) and last one (exclusive) of class time; None without school."""
    if not calendar.is_school_day(day):
        return None
    bells = calendar.bells_of(day)
    if bells is None or not bells.times:
        return _moment(day, _USUAL[0]), _moment(day, _USUAL[1])
    first, last = bells.times[0], bells.times[-1]
    return (
        _moment(day, first.starts_at) - _AROUND_LESSONS,
        _moment(day, last.ends_at) + _AROUND_LESSONS,
    )


def opens_until(
    calendar: Calendar, networks: Iterable[str], address: str, now: datetime
) -> datetime | None:
    """Until when a session lasts that a card opens now; None if it opens none."""
    found = class_time(calendar, school_day_of(now))
    latest = now + LONGEST
    if is_within(networks, address):
        return latest
    if found is not None and found[0] <= now < found[1]:
        return min(found[1], latest)
    return None


def is_within(networks: Iterable[str], address: str) -> bool:
    """Whether an address is of one of some networks."""
    try:
        place = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A server that listens on IPv6 sees addresses of IPv4 in a disguise.
    place = getattr(place, "ipv4_mapped", None) or place
    return any(place in ip_network(each) for each in networks)


def networks_in(text: str) -> list[str]:
    """Networks that somebody typed, one a line, as they are kept.

    Raises:
        ValueError: With the line that is none, or that is too broad for a school.
    """
    found: dict[str, None] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        network = _network(line)
        if network is None or network.prefixlen < _BROADEST[network.version]:
            raise ValueError(line)
        found[str(network)] = None
    return list(found)


def _network(line: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(line, strict=False)
    except ValueError:
        return None


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SCHOOL_TIME).astimezone(UTC)
