"""When somebody is at a school or in a class, pure: here, to come, or gone."""

from collections.abc import Iterable
from datetime import date, timedelta

HERE, COMING, GONE = "here", "coming", "gone"
STATES = (HERE, COMING, GONE)


class Lasting:
    """Something that holds from one day to before another; both borders may be open."""

    starts_on: date | None
    ends_before: date | None

    @property
    def last_on(self) -> date | None:
        """The last day; None for ever."""
        return None if self.ends_before is None else self.ends_before - timedelta(days=1)

    def is_on(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_before is None or day < self.ends_before
        )

    @property
    def is_never(self) -> bool:
        """Whether it holds on no day: it ended before it began."""
        return (self.starts_on or date.min) >= (self.ends_before or date.max)


def state_of(spans: Iterable[Lasting], day: date) -> str:
    """What somebody with these spans is on `day`."""
    found = GONE
    for span in spans:
        if span.is_on(day):
            return HERE
        if span.starts_on is not None and span.starts_on > day and not span.is_never:
            found = COMING
    return found
