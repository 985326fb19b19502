"""Words and amounts that several charts say, and how a chart gets its words at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


def N_(msgid: str) -> str:  # noqa: N802 (the name gettext tools look for)
    """Mark a text for the translators and return it as it is."""
    return msgid


class Say(Protocol):
    """A translator: the text of a msgid with its values filled in."""

    def __call__(self, msgid: str, /, **values: object) -> str:
        """Return the translated text."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One way of saying things."""

    say: Say
    title: Callable[[str], str]
    """How a title that may carry the ruby notation is written in this voice."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a chart, in the two ways a chart needs them."""

    say: Say
    """Keeps the ruby notation, for sentence, table and button."""
    say_plain: Say
    """Without the notation, for the SVG, where no ruby can stand."""
    plain_title: Callable[[str], str]
    """Takes the ruby notation out of a title."""

    @property
    def shown(self) -> Voice:
        """The voice of the page around the SVG."""
        return Voice(self.say, str)

    @property
    def plain(self) -> Voice:
        """The voice of the SVG."""
        return Voice(self.say_plain, self.plain_title)


NONE = "–"
"""Nothing is known or nothing counts here; it reads the same in every language."""

_WEEKDAYS = (
    N_("Mon"),
    N_("Tue"),
    N_("Wed"),
    N_("Thu"),
    N_("Fri"),
    N_("Sat"),
    N_("Sun"),
)
_DATE = N_("%(month)s/%(day)s")
_DATE_AND_WEEKDAY = N_("%(month)s/%(day)s (%(weekday)s)")
_TWO_SENTENCES = N_("%(first)s %(second)s")
_TWO_ITEMS = N_("%(first)s, %(second)s")
# Japanese reads 分 differently after full tens, so the two have placeholders of different names.
_MINUTES = N_("%(minutes)s minutes")
_TENS = N_("%(tens)s minutes")
_HOURS = N_("%(hours)s h")
_HOURS_MINUTES = N_("%(hours)s h %(minutes)s min")
_HOURS_TENS = N_("%(hours)s h %(tens)s min")
_UNDER_FIVE = N_("under 5 minutes")

WORDS = (
    *_WEEKDAYS,
    _DATE,
    _DATE_AND_WEEKDAY,
    _TWO_SENTENCES,
    _TWO_ITEMS,
    _MINUTES,
    _TENS,
    _HOURS,
    _HOURS_MINUTES,
    _HOURS_TENS,
    _UNDER_FIVE,
)


def weekday(voice: Voice, on: date) -> str:
    """Say the short name of a weekday."""
    return voice.say(_WEEKDAYS[on.weekday()])


def day(voice: Voice, on: date) -> str:
    """Say a date without its year."""
    return voice.say(_DATE, month=on.month, day=on.day)


def day_and_weekday(voice: Voice, on: date) -> str:
    """Say a date without its year, and its weekday."""
    return voice.say(_DATE_AND_WEEKDAY, month=on.month, day=on.day, weekday=weekday(voice, on))


def joined(voice: Voice, sentences: Sequence[str]) -> str:
    """Put sentences one behind the other."""
    return _chained(voice, _TWO_SENTENCES, sentences)


def listed(voice: Voice, items: Sequence[str]) -> str:
    """Put the members of a list one behind the other."""
    return _chained(voice, _TWO_ITEMS, items)


def _chained(voice: Voice, msgid: str, parts: Sequence[str]) -> str:
    text, *rest = parts
    for part in rest:
        text = voice.say(msgid, first=text, second=part)
    return text


def rounded_minutes(seconds: float) -> int:
    """Return minutes in steps of five, halves upwards."""
    return int(seconds / 300 + 0.5) * 5


def duration(voice: Voice, minutes: int) -> str:
    """Say an amount of time that is a multiple of five minutes; nothing left of it is a little."""
    hours, rest = divmod(minutes, 60)
    tens = rest % 10 == 0
    if not minutes:
        return voice.say(_UNDER_FIVE)
    if not hours:
        return voice.say(_TENS, tens=rest) if tens else voice.say(_MINUTES, minutes=rest)
    if not rest:
        return voice.say(_HOURS, hours=hours)
    if tens:
        return voice.say(_HOURS_TENS, hours=hours, tens=rest)
    return voice.say(_HOURS_MINUTES, hours=hours, minutes=rest)
