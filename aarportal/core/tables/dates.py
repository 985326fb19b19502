"""Dates and times of day as Japanese systems and spreadsheets write them.

Full-width digits and letters are read like half-width ones. What could mean two things is refused:
`4/1/2026`, `26/4/1`, `午後12時`.

Source: 元号法 and the edicts before it for the borders of the eras; ECMA-376, part 1, 18.17.4 for
serial numbers of spreadsheets (1900 date system).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple


class CellError(Exception):
    """A cell that cannot be read.

    Attributes:
        rule: Key in `rules.RULES`.
    """

    def __init__(self, rule: str) -> None:
        """Name the rule."""
        super().__init__(rule)
        self.rule = rule


def plain(text: str) -> str:
    """Full-width digits, letters and signs as half-width ones, without space around.

    For numbers, dates and codes; a name may lose its character to it.
    """
    return unicodedata.normalize("NFKC", text).strip()


def _short(cell: str, rule: str) -> str:
    """The plain text of a cell that is short enough to be worth a look."""
    if len(cell) > _LONGEST_TEXT:
        raise CellError(rule)
    return plain(cell)


_LONGEST_TEXT = 60


# --- dates --------------------------------------------------------------------------------------


class _Era(NamedTuple):
    """An era: year 1 is that of its first day."""

    first: date
    last: date


# The calendar of 明治 1 to 5 was another one; its dates cannot be read without a table.
_MEIJI = _Era(date(1873, 1, 1), date(1912, 7, 29))
_TAISHO = _Era(date(1912, 7, 30), date(1926, 12, 24))
_SHOWA = _Era(date(1926, 12, 25), date(1989, 1, 7))
_HEISEI = _Era(date(1989, 1, 8), date(2019, 4, 30))
_REIWA = _Era(date(2019, 5, 1), date.max)
_ERAS = {
    "令和": (_REIWA, 2018),
    "令": (_REIWA, 2018),
    "R": (_REIWA, 2018),
    "平成": (_HEISEI, 1988),
    "平": (_HEISEI, 1988),
    "H": (_HEISEI, 1988),
    "昭和": (_SHOWA, 1925),
    "昭": (_SHOWA, 1925),
    "S": (_SHOWA, 1925),
    "大正": (_TAISHO, 1911),
    "大": (_TAISHO, 1911),
    "T": (_TAISHO, 1911),
    "明治": (_MEIJI, 1867),
    "明": (_MEIJI, 1867),
    "M": (_MEIJI, 1867),
}
_ERA_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[令平昭大明RHSTM]) ?\.?(?P<year>元|[0-9]{1,2}) ?"
    r"(?:年 ?(?P<m1>[0-9]{1,2}) ?月 ?(?P<d1>[0-9]{1,2}) ?日?"
    r"|(?P<sep>[./-])(?P<m2>[0-9]{1,2})(?P=sep)(?P<d2>[0-9]{1,2}))",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?P<year>[0-9]{4}) ?"
    r"(?:年 ?(?P<m1>[0-9]{1,2}) ?月 ?(?P<d1>[0-9]{1,2}) ?日?"
    r"|(?P<sep>[./-])(?P<m2>[0-9]{1,2})(?P=sep)(?P<d2>[0-9]{1,2}))"
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})")
_WITHOUT_YEAR = re.compile(r"[0-9]{1,2} ?(?:月 ?[0-9]{1,2} ?日?|[/.-] ?[0-9]{1,2})")
_SHORT_YEAR = re.compile(
    r"[0-9]{1,2} ?(?:年 ?[0-9]{1,2} ?月 ?[0-9]{1,2} ?日?|([/.-])[0-9]{1,2}\1[0-9]{1,2})"
)
_WEEKDAY = re.compile(
    r" ?(?:\( ?[月火水木金土日](?:曜日?)? ?[・,]? ?祝? ?\)|[月火水木金土日]曜日?)\Z"
)
#: Years of moments: from the calendar of today on, and so far that a slip of the pen is seen.
_FIRST_YEAR, _LAST_YEAR = 1873, 2999
_SERIAL = re.compile(r"[0-9]{1,7}(?:\.[0-9]+)?")
_SERIAL_START = date(1899, 12, 30)
#: Spreadsheets count a 29 February 1900 that never was; from there on the numbers are right.
_FIRST_SERIAL, _LAST_SERIAL = 61, 2_958_465


def read_date(cell: str, *, is_serial: bool = False) -> date:
    """A day.

    Args:
        cell: Text that is not blank.
        is_serial: Whether the column holds the bare day numbers of a spreadsheet.

    Raises:
        CellError: If it is none, or may be more than one.
    """
    if is_serial:
        return _read_serial(cell).date()
    text = _WEEKDAY.sub("", _short(cell, "date"))
    if found := _ERA_DATE.fullmatch(text):
        return _era_day(found)
    if found := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(int(found["year"]), *_month_and_day(found))
    if _WITHOUT_YEAR.fullmatch(text):
        raise CellError("date_year_missing")
    if _SHORT_YEAR.fullmatch(text):
        raise CellError("date_year_short")
    raise CellError("date")


def _month_and_day(found: re.Match[str]) -> tuple[int, int]:
    parts = found.groupdict()
    return int(parts["m1"] or parts["m2"]), int(parts["d1"] or parts["d2"])


def _day(year: int, month: int, day: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CellError("date")
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("date_none") from None


def _era_day(found: re.Match[str]) -> date:
    era, before = _ERAS[found["era"].upper()]
    year = 1 if found["year"] == "元" else int(found["year"])
    day = _day(before + year, *_month_and_day(found))
    if not year or not era.first <= day <= era.last:
        raise CellError("date_era")
    return day


def _read_serial(cell: str) -> datetime:
    text = _short(cell, "date_serial")
    if not _SERIAL.fullmatch(text) or not _FIRST_SERIAL <= float(text) < _LAST_SERIAL + 1:
        raise CellError("date_serial")
    whole, _, fraction = text.partition(".")
    passed = timedelta(days=int(whole), seconds=round(float(f"0.{fraction or 0}") * 86_400))
    return datetime.combine(_SERIAL_START, time()) + passed


# --- times of day -------------------------------------------------------------------------------

_TIME = re.compile(
    r"(?:(?P<before>午前|午後|AM|PM) ?)?(?P<hour>[0-9]{1,2})"
    r"(?:: ?(?P<m1>[0-9]{2})(?::(?P<s1>[0-9]{2})(?:\.[0-9]+)?)?"
    r"| ?時(?: ?(?:(?P<half>半)|(?P<m2>[0-9]{1,2}) ?分(?: ?(?P<s2>[0-9]{1,2}) ?秒)?))?)"
    r"(?: ?(?P<after>AM|PM))?",
    re.IGNORECASE,
)


def read_time(cell: str) -> time:
    """A time of day.

    Raises:
        CellError: If it is none, or may be more than one.
    """
    text = _short(cell, "time")
    if text == "正午":
        return time(12)
    found = _TIME.fullmatch(text)
    if found is None or (found["before"] and found["after"]):
        raise CellError("time")
    hour = _hour(int(found["hour"]), (found["before"] or found["after"] or "").upper())
    minute = 30 if found["half"] else int(found["m1"] or found["m2"] or 0)
    try:
        return time(hour, minute, int(found["s1"] or found["s2"] or 0))
    except ValueError:
        raise CellError("time") from None


def _hour(hour: int, half_day: str) -> int:
    """The hour of 24, from one that may be of 12."""
    if not half_day:
        return hour
    if hour > 12:
        raise CellError("time")
    if half_day in {"AM", "PM"}:
        return hour % 12 + (12 if half_day == "PM" else 0)
    if hour == 12:
        # By law 午前12時 is noon and 午後12時 midnight; most people mean the opposite.
        raise CellError("time_twelve")
    return hour + (12 if half_day == "午後" else 0)


# --- both ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, as exactly as it was said.

    Attributes:
        at: Aware; noon where only the day is known.
        has_time: Whether the time of day is known.
    """

    at: datetime
    has_time: bool


_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_BORDER = re.compile(
    r"(?<=[0-9日)曜])[ T]+(?=[0-9]|午|正|AM|PM)|(?<=[日)])(?=[0-9]|午|正|AM|PM)", re.IGNORECASE
)


def read_moment(cell: str, zone: tzinfo, *, is_serial: bool = False) -> Moment:
    """A day, with or without a time of day after it.

    Args:
        cell: Text that is not blank.
        zone: The clock of whoever wrote it, where the text does not say.
        is_serial: Whether the column holds the bare day numbers of a spreadsheet.

    Raises:
        CellError: If it is none, or may be more than one.
    """
    if is_serial:
        return _moment(_read_serial(cell), zone, has_time="." in plain(cell))
    text = _short(cell, "date")
    if _ISO.fullmatch(text):
        try:
            return _moment(datetime.fromisoformat(text), zone, has_time=True)
        except ValueError:
            raise CellError("date_none") from None
    refused: CellError | None = None
    # `2026年4月 1日` has a space that is no border: only what leaves a date before it is one.
    for border in reversed(list(_BORDER.finditer(text))):
        try:
            day = read_date(text[: border.start()])
        except CellError as error:
            refused = error if error.rule != "date" else refused
            continue
        clock = read_time(text[border.end() :])
        return _moment(datetime.combine(day, clock), zone, has_time=True)
    if refused is not None:
        raise refused
    return moment_of(read_date(text), None, zone)


def moment_of(day: date, clock: time | None, zone: tzinfo) -> Moment:
    """A day and a time of day from two columns; noon where the time is unknown."""
    at = datetime.combine(day, time(12) if clock is None else clock)
    return _moment(at, zone, has_time=clock is not None)


def _moment(at: datetime, zone: tzinfo, *, has_time: bool) -> Moment:
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise CellError("date")
    if not has_time:
        at = datetime.combine(at.date(), time(12))
    return Moment(at if at.tzinfo else at.replace(tzinfo=zone), has_time)
