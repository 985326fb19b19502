"""Whether an app that used to send records has gone quiet, told from its own rhythm, pure."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

#: How far back a rhythm is looked for.
RHYTHM_DAYS = 28
#: With fewer days than this nobody can say what is usual.
FEWEST_DAYS = 3

#: Whether there is school on a day.
SchoolDay = Callable[[date], bool]


def usual_gap(days: Collection[date], today: date, is_school_day: SchoolDay) -> float | None:
    """School days that usually pass from one day with records to the next.

    Args:
        days: Days with records, in any order; those of today and of more than four weeks ago do
            not say what is usual.
        today: The day at school.
        is_school_day: Whether there is school on a day.

    Returns:
        The median of the gaps, at least 1; None when there are too few days to know a rhythm.
    """
    first = today - timedelta(days=RHYTHM_DAYS)
    known = sorted({day for day in days if first <= day < today})
    if len(known) < FEWEST_DAYS:
        return None
    gaps = [school_days_after(earlier, later, is_school_day) for earlier, later in pairwise(known)]
    return max(1.0, float(median(gaps)))


def is_quiet(
    days: Collection[date], last_on: date | None, today: date, is_school_day: SchoolDay
) -> bool:
    """Whether records are missing that the app's own rhythm lets one expect by today.

    An app that sends on every school day is quiet on the first school day without a record, one
    that sends twice a week on the third.

    Args:
        days: Days with records, in any order.
        last_on: The day of its last record, which may be later than every one of `days` that the
            asker can see; None when it never sent any.
        today: The day at school.
        is_school_day: Whether there is school on a day.
    """
    if last_on is None or last_on >= today:
        return False
    usual = usual_gap(days, today, is_school_day)
    return usual is not None and school_days_after(last_on, today, is_school_day) >= usual


def school_days_after(earlier: date, later: date, is_school_day: SchoolDay) -> int:
    """School days after `earlier` up to and including `later`."""
    return sum(
        is_school_day(earlier + timedelta(days=n)) for n in range(1, (later - earlier).days + 1)
    )
