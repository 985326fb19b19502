"""How long what is kept: all periods in one place; pure.

What leavers leave behind goes by their board's own rule (`handover`), statements and reflections
with their child. Here stands what goes by its age, whoever's it is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aarportal.core import clock


@dataclass(frozen=True)
class Period:
    """How long rows of a table are kept.

    Attributes:
        table: Its name.
        column: The day, the moment or the 年度 that counts.
        why: What they are kept for, for whoever runs the portal.
        days: Days after that; counted only where no school years are.
        school_years: Whole school years after the one it lies in; -1 where days are counted.
    """

    table: str
    column: str
    why: str
    days: int = 0
    school_years: int = -1

    def before(self, now: datetime) -> datetime:
        """Rows whose moment lies before this one go."""
        if self.school_years < 0:
            return now - timedelta(days=self.days)
        year = clock.school_year_of(clock.school_day_of(now))
        return clock.day_bounds(clock.school_year_begins_on(year - self.school_years))[0]

    def before_day(self, now: datetime) -> date:
        """The same as a day."""
        return clock.school_day_of(self.before(now))


SCHEDULE = (
    Period("sign_in_throttles", "window_opened_at",
           "whoever tried waits, over a weekend at most", days=4),
    Period("sign_in_sessions", "closes_at", "a session that is over opens nothing", days=1),
    Period("pupil_locks", "ends_at", "a rest that is over keeps nobody out", days=1),
    Period("staff_locks", "ends_at", "a rest that is over keeps nobody out", days=1),
    Period("login_cards", "school_year", "a card holds for its school year", school_years=0),
    Period("oidc_spent_states", "spent_at", "no answer of a provider is taken twice", days=1),
    Period("lti_logins", "expires_at", "no launch is taken twice", days=1),
    Period("lti_choices", "expires_at", "a link is chosen within the hour", days=1),
    Period("submissions", "at", "a form that waited without a connection is taken once", days=60),
    Period("drafts", "saved_at", "what a child began and did not go on with", days=200),
    Period("seen_observations", "day", "with what was seen", school_years=1),
    Period("health_observations", "day", "how a child was: this school year and the one before",
           school_years=1),
    Period("health_room_visits", "day", "as long as records of the health room are kept",
           school_years=5),
    Period("attendance_entries", "day", "as long as lists of attendance are kept", school_years=5),
)  # fmt: skip

#: What stood before an import is needed to take it back; it holds what the rows hold.
TAKEN_BACK_WITHIN = timedelta(days=366)
