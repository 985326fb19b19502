"""Days and times as people say them, with readings where Japanese reads them its own way."""

from datetime import date, datetime

from babel.dates import format_date
from flask import Flask
from markupsafe import Markup

from aarportal.core.clock import SCHOOL_TIME
from aarportal.web.reader import current_reader
from aarportal.web.texts import ruby, ruby_plain

_OWN_READINGS = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    20: "はつか",
    24: "にじゅうよっか",
}
_WEEKDAYS = ("月|げつ", "火|か", "水|すい", "木|もく", "金|きん", "土|ど", "日|にち")


def day_source(day: date, *, weekday: bool = False) -> str:
    """The day in the notation of scripts: 11{月|がつ}_{20日|はつか}（{金|きん}）."""
    own = _OWN_READINGS.get(day.day)
    number = f"{{{day.day}日|{own}}}" if own else f"{day.day}{{日|にち}}"
    tail = f"（{{{_WEEKDAYS[day.weekday()]}}}）" if weekday else ""
    return f"{day.month}{{月|がつ}}_{number}{tail}"


def day(value: date, *, weekday: bool = False) -> Markup:
    """A day as HTML in the reader's language."""
    if current_reader().language == "ja":
        return ruby(day_source(value, weekday=weekday))
    return Markup(_english(value, weekday=weekday))  # noqa: S704 - a date holds no mark-up


def day_plain(value: date, *, weekday: bool = False) -> str:
    """A day without mark-up."""
    if current_reader().language == "ja":
        return ruby_plain(day_source(value, weekday=weekday))
    return _english(value, weekday=weekday)


def full_day(value: date) -> Markup:
    """A day with its year, for lists in which any year may stand."""
    if current_reader().language == "ja":
        # In a table it stays on one line.
        words = ruby(f"{value.year}{{年|ねん}}{day_source(value)}".replace("_", ""))
    else:
        words = Markup(format_date(value, "d MMM yyyy", locale="en"))  # noqa: S704 - a date
    return Markup('<time class="num" datetime="{}">{}</time>').format(value.isoformat(), words)


def month_name(value: date) -> Markup:
    """A month with its year."""
    if current_reader().language == "ja":
        return ruby(f"{value.year}{{年|ねん}}_{value.month}{{月|がつ}}")
    return Markup(format_date(value, "MMMM yyyy", locale="en"))  # noqa: S704 - no mark-up in it


def weekday_name(value: date) -> Markup:
    """The day of the week, as short as it is said."""
    if current_reader().language == "ja":
        return ruby(f"{{{_WEEKDAYS[value.weekday()]}}}")
    return Markup(format_date(value, "EEE", locale="en"))  # noqa: S704 - no mark-up in it


def time_of(value: datetime) -> str:
    """A time of day at school, 10:42."""
    return value.astimezone(SCHOOL_TIME).strftime("%-H:%M")


def _english(value: date, *, weekday: bool) -> str:
    return format_date(value, "EEE d MMM" if weekday else "d MMM", locale="en")


def init_app(app: Flask) -> None:
    """Give templates their days and times."""
    app.jinja_env.globals.update(
        day=day,
        day_plain=day_plain,
        full_day=full_day,
        month_name=month_name,
        weekday_name=weekday_name,
        time_of=time_of,
    )
