"""The only place that asks what time it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

#: The school day, the week and "today" are Japanese, wherever the server stands.
SCHOOL_TIME = ZoneInfo("Asia/Tokyo")
_APRIL = 4

_shift = timedelta(0)


def shift(by: timedelta) -> None:
    """Move the clock of this process; the demo uses it so that today is always a school day."""
    global _shift  # noqa: PLW0603 - one process has one clock
    _shift = by


def now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC) + _shift


def today() -> date:
    """The current day at school."""
    return now().astimezone(SCHOOL_TIME).date()


def school_day_of(moment: datetime) -> date:
    """The day at school on which `moment` falls."""
    return moment.astimezone(SCHOOL_TIME).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment (inclusive) and last moment (exclusive) of a school day, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=SCHOOL_TIME)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def school_year_of(day: date) -> int:
    """The 年度 of a day: the year in which its April lies."""
    return day.year if day.month >= _APRIL else day.year - 1


def school_year_begins_on(year: int) -> date:
    """The first day of a 年度.

    Source: 学校教育法施行規則 第59条: a school year begins on 1 April and ends on 31 March.
    """
    return date(year, _APRIL, 1)
