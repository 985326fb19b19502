"""Which day the demonstration shows, and the school days before it; pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from aarportal.core.clock import SCHOOL_TIME
from aarportal.people.school_year.holidays import is_national_holiday, national_holidays

#: When the lessons of a day begin; the second is the one in which the demonstration stands.
LESSON_STARTS = (time(8, 50), time(10, 0), time(10, 50), time(11, 40), time(13, 50), time(14, 40))
LESSON_NOW = 1
#: The moment of the day that is shown: shortly before the end of the second lesson.
SHOWN_AT = time(10, 40)
#: Before this time of day a school day has not begun, and the one before it is shown.
_DAY_BEGINS = time(8, 45)
_SATURDAY = 5
#: How many weeks before the shown day the sports day was; the Monday after it is free for it.
_SPORTS_DAY_WEEKS = 7
_EXCURSION_WEEKS = 3


@dataclass(frozen=True)
class SchoolTime:
    """The days of the demonstration.

    Attributes:
        today: The day that is shown.
        lessons: Days with lessons before today, in order.
        special: Days that differ from an ordinary week -> kind (`closed` or `event`) and title.
    """

    today: date
    lessons: tuple[date, ...]
    special: dict[date, tuple[str, str]]

    @property
    def first(self) -> date:
        """The first day of the history."""
        return self.lessons[0] if self.lessons else self.today


def at(day: date, clock_time: time) -> datetime:
    """A moment of a day at school."""
    return datetime.combine(day, clock_time, SCHOOL_TIME)


def shown_moment(now: datetime) -> datetime:
    """The moment that the demonstration calls now: the last school day that began, at 10:40.

    Args:
        now: Aware; what a clock on the wall says.
    """
    local = now.astimezone(SCHOOL_TIME)
    day = local.date() if local.time() >= _DAY_BEGINS else local.date() - timedelta(days=1)
    while not _is_ordinary_school_day(day):
        day -= timedelta(days=1)
    return at(day, SHOWN_AT)


def school_time(today: date, weeks: int) -> SchoolTime:
    """The days of `weeks` school weeks (five days with lessons each) before `today`."""
    special: dict[date, tuple[str, str]] = {}
    sports = _saturday_before(today - timedelta(weeks=_SPORTS_DAY_WEEKS))
    special[sports] = ("event", "運動会")
    special[sports + timedelta(days=2)] = ("closed", "運動会の振替休業日")
    excursion = _weekday_before(today - timedelta(weeks=_EXCURSION_WEEKS))
    special[excursion] = ("event", "校外学習")
    lessons: list[date] = []
    day = today
    while len(lessons) < weeks * 5:
        day -= timedelta(days=1)
        if _is_ordinary_school_day(day) and day not in special:
            lessons.append(day)
    for year in {day.year, today.year, today.year + 1}:
        for holiday, title in national_holidays(year).items():
            special[holiday] = ("closed", title)
    return SchoolTime(today, tuple(reversed(lessons)), dict(sorted(special.items())))


def _is_ordinary_school_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and not is_national_holiday(day)


def _saturday_before(day: date) -> date:
    return day - timedelta(days=(day.weekday() - _SATURDAY) % 7)


def _weekday_before(day: date) -> date:
    while not _is_ordinary_school_day(day):
        day -= timedelta(days=1)
    return day
