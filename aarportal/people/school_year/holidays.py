"""National holidays of Japan, pure.

Source: 国民の祝日に関する法律 as of 2020; the years in which the games moved single days are left
out.
"""

from datetime import date, timedelta
from functools import cache

_FIXED = {
    (1, 1): "元日",
    (2, 11): "建国記念の日",
    (2, 23): "天皇誕生日",
    (4, 29): "昭和の日",
    (5, 3): "憲法記念日",
    (5, 4): "みどりの日",
    (5, 5): "こどもの日",
    (8, 11): "山の日",
    (11, 3): "文化の日",
    (11, 23): "勤労感謝の日",
}
#: Month -> which Monday of it, and the name.
_HAPPY_MONDAYS = {1: (2, "成人の日"), 7: (3, "海の日"), 9: (3, "敬老の日"), 10: (2, "スポーツの日")}
_SUNDAY = 6


@cache
def national_holidays(year: int) -> dict[date, str]:
    """The holidays of a year with names, substitutes and days between two holidays included."""
    days = {date(year, month, day): name for (month, day), name in _FIXED.items()}
    for month, (nth, name) in _HAPPY_MONDAYS.items():
        days[_nth_monday(year, month, nth)] = name
    days[date(year, 3, _equinox(year, 20.8431))] = "春分の日"
    days[date(year, 9, _equinox(year, 23.2488))] = "秋分の日"
    named = sorted(days)
    for day in named:
        if day.weekday() == _SUNDAY:
            substitute = day
            while substitute in days:
                substitute += timedelta(days=1)
            days[substitute] = "振替休日"
    for day in named:
        between = day + timedelta(days=1)
        if between not in days and between + timedelta(days=1) in named:
            days[between] = "国民の休日"
    return dict(sorted(days.items()))


def is_national_holiday(day: date) -> bool:
    """Whether everybody has the day off."""
    return day in national_holidays(day.year)


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7, weeks=nth - 1)


def _equinox(year: int, in_1980: float) -> int:
    """Day of the month of an equinox, by the usual approximation; good from 1980 to 2099."""
    return int(in_1980 + 0.242194 * (year - 1980)) - (year - 1980) // 4
