"""Numbers, shares and durations as people and programs write them into the cells of a table.

Full-width digits are read like half-width ones, and a unit after a number (`17問`) is no harm.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from aarportal.core.tables.dates import CellError, plain

#: What people write where there is nothing.
_BLANK = frozenset({"", "-", "--", "—", "―", "–", "ー", "−", "…", "NULL", "N/A", "#N/A"})
#: Words for rows that sum others up.
_TOTALS = frozenset(
    {
        "合計",
        "総計",
        "小計",
        "累計",
        "計",
        "平均",
        "平均値",
        "平均点",
        "中央値",
        "最高",
        "最低",
        "最大",
        "最小",
        "total",
        "subtotal",
        "grandtotal",
        "sum",
        "average",
        "mean",
    }
)
#: No word of these two lists is longer.
_LONGEST_WORD = 12
_SPACE = re.compile(r"\s+")
_LONGEST_SECONDS = 24 * 60 * 60
#: Longer texts are no numbers, and would only be slow to read.
_LONGEST_TEXT = 40
_MOST = 1_000_000


def is_blank(cell: str) -> bool:
    """Whether a cell says nothing."""
    return not cell or (len(cell) <= _LONGEST_WORD and plain(cell) in _BLANK)


def is_total(cell: str) -> bool:
    """Whether a cell says that its row sums others up."""
    return 0 < len(cell) <= _LONGEST_WORD and _SPACE.sub("", plain(cell)).lower() in _TOTALS


_NUMBER = re.compile(r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,15}(?:\.[0-9]+)?)")
_UNIT = re.compile(r" ?(?:問|個|こ|枚|ページ|点|てん|回目?|points?|pts?|items?)\Z", re.IGNORECASE)
_FRACTION = re.compile(r"(?P<part>[0-9]+(?:\.[0-9]+)?) ?/ ?(?P<whole>[0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Share:
    """A number, or a part of a whole.

    Attributes:
        part: The number; the number of hundredths where `is_percent`.
        whole: Of how many, where the cell says so (`17/20`).
        is_percent: Whether it is a share of 100.
        step: For a percentage: how far apart the values are that can be told apart (`85%`: 1).
    """

    part: Fraction
    whole: Fraction | None = None
    is_percent: bool = False
    step: Fraction = Fraction(1)


def read_share(cell: str) -> Share:
    """A number, a percentage or a fraction.

    Raises:
        CellError: If it is none of them, or a part greater than its whole.
    """
    text = _without_unit(cell)
    if found := _FRACTION.fullmatch(text):
        part, whole = Fraction(found["part"]), Fraction(found["whole"])
        if not whole or part > whole or whole > _MOST:
            raise CellError("fraction")
        return Share(part, whole)
    if text.endswith(("%", "パーセント")):
        said = text.removesuffix("パーセント").rstrip("% ")
        number = _number(said)
        if number > 100:
            raise CellError("percent")
        decimals = len(said.partition(".")[2])
        return Share(number, None, is_percent=True, step=Fraction(1, 10**decimals))
    return Share(_number(text))


def read_number(cell: str) -> Fraction:
    """A number of 0 or more.

    Raises:
        CellError: If it is none.
    """
    return _number(_without_unit(cell))


def read_count(cell: str) -> int:
    """A whole number of 0 or more; `12.0` is one.

    Raises:
        CellError: If it is none.
    """
    number = read_number(cell)
    if number.denominator != 1:
        raise CellError("count")
    return int(number)


def _without_unit(cell: str) -> str:
    if len(cell) > _LONGEST_TEXT:
        raise CellError("number")
    return _UNIT.sub("", plain(cell)).removeprefix("第")


def _number(text: str) -> Fraction:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise CellError("number")
    number = Fraction(found["number"].replace(",", ""))
    if number > _MOST:
        raise CellError("number")
    return number


# --- durations ----------------------------------------------------------------------------------


class DurationForm(StrEnum):
    """How a column writes durations that do not say their units themselves."""

    MINUTES = "minutes"
    SECONDS = "seconds"
    MINUTES_SECONDS = "minutes_seconds"
    """`12:30` is twelve and a half minutes."""
    HOURS_MINUTES = "hours_minutes"
    """`12:30` is twelve and a half hours."""


_SPOKEN = re.compile(
    r"(?=.)(?:(?P<hours>[0-9]+(?:\.[0-9]+)?) ?(?:時間|h(?:ours?)?|hr))? ?"
    r"(?:(?P<minutes>[0-9]+(?:\.[0-9]+)?) ?(?:分間?|m(?:in(?:utes?)?)?))? ?"
    r"(?:(?P<seconds>[0-9]+(?:\.[0-9]+)?) ?(?:秒間?|s(?:ec(?:onds?)?)?))?",
    re.IGNORECASE,
)
_THREE = re.compile(r"(?P<hours>[0-9]{1,3}):(?P<minutes>[0-5][0-9]):(?P<seconds>[0-5][0-9])")
_TWO = re.compile(r"(?P<first>[0-9]{1,4}):(?P<second>[0-5][0-9])")
_IN_SECONDS = {"hours": 3_600, "minutes": 60, "seconds": 1}


def read_duration(cell: str, form: DurationForm) -> int:
    """A duration in whole seconds.

    Raises:
        CellError: If it is none, may mean two things, or is longer than a day.
    """
    if len(cell) > _LONGEST_TEXT:
        raise CellError("duration")
    text = plain(cell)
    found = _THREE.fullmatch(text) or _SPOKEN.fullmatch(text)
    if found:
        parts = {unit: Fraction(said or 0) for unit, said in found.groupdict().items()}
        total = sum((said * _IN_SECONDS[unit] for unit, said in parts.items()), Fraction())
    elif found := _TWO.fullmatch(text):
        total = _two_parts(int(found["first"]), int(found["second"]), form)
    else:
        total = _bare(text, form)
    if total > _LONGEST_SECONDS:
        raise CellError("duration_long")
    # Halves are rounded up, as people do; `round` would take them to the next even number.
    return int(total + Fraction(1, 2))


def _two_parts(first: int, second: int, form: DurationForm) -> Fraction:
    if form is DurationForm.MINUTES_SECONDS:
        return Fraction(first * 60 + second)
    if form is DurationForm.HOURS_MINUTES:
        return Fraction(first * 3_600 + second * 60)
    raise CellError("duration_two_parts")


def _bare(text: str, form: DurationForm) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise CellError("duration")
    if form is DurationForm.MINUTES:
        return _number(text) * 60
    if form is DurationForm.SECONDS:
        return _number(text)
    raise CellError("duration_bare")
