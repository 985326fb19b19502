"""From which day on traces can be taken along, pure."""

from datetime import date

#: No portal is as old as that.
EARLIEST = date(2000, 1, 1)


def is_one(day: date, today: date) -> bool:
    """Whether there can be a trace of `day` or later."""
    return EARLIEST <= day <= today
