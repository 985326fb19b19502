"""The last 14 days, one by one, beside the 14 days before them.

Source: pedagogy C1 and invariant A.4-6: days away leave numerator and denominator alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from aarportal.charts.chart import Facts, Trend, Window
from aarportal.charts.history import DAILY_CAP_SECONDS, Band, DayOfLearning, LearningHistory
from aarportal.charts.wording import rounded_minutes

SPAN: Final = 14
_MINIMUM_DAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """One day of the window."""

    on: date
    counted: bool
    """False on days away, and on days without school that have no record either."""
    recorded: bool = False
    active_seconds: int = 0
    home_seconds: int | None = 0
    """None when the place of some record is not known."""
    sessions: int = 0
    usual_seconds: float | None = None
    """Mean of the same weekday in the 14 days before; None when no such day counts."""

    @property
    def minutes(self) -> int:
        """Active time in steps of five minutes."""
        return rounded_minutes(self.active_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWeeks(Facts):
    """Two weeks day by day; `n` counts days with records."""

    slots: tuple[Slot, ...]
    """14 days, the oldest first."""
    difference: int | None
    """Minutes, or sessions in the lower band, against the 14 days before; None without enough."""
    only_app: str | None
    some_away: bool

    @property
    def sessions(self) -> int:
        """Sessions of the whole window."""
        return sum(slot.sessions for slot in self.slots)

    @property
    def minutes(self) -> int:
        """Active time of the whole window in steps of five minutes."""
        return rounded_minutes(sum(slot.active_seconds for slot in self.slots))


def _slot(on: date, records: Sequence[DayOfLearning], history: LearningHistory) -> Slot:
    if on in history.away_days or not (records or on in history.school_days):
        return Slot(on, counted=False)
    active = sum(record.active_seconds for record in records)
    capped = min(active, DAILY_CAP_SECONDS)
    places = [record.at_home_seconds for record in records]
    home = None if None in places else sum(place or 0 for place in places)
    return Slot(
        on,
        counted=True,
        recorded=bool(records),
        active_seconds=capped,
        home_seconds=home if home is None or not active else home * capped // active,
        sessions=sum(record.sessions for record in records),
    )


def _usual(earlier: Iterable[Slot], on: date) -> float | None:
    same = [s.active_seconds for s in earlier if s.counted and s.on.weekday() == on.weekday()]
    return sum(same) / len(same) if same else None


def _comparable(
    now: Sequence[Slot], before: Sequence[Slot], history: LearningHistory
) -> list[tuple[Slot, Slot]]:
    """Pair each day with the day two weeks earlier, where the two had the same chance.

    A day away takes its partner out with it, and so does a day that was a school day only once;
    today counts from its first record on.
    """
    return [
        (slot, past)
        for slot, past in zip(now, before, strict=True)
        if not {slot.on, past.on} & history.away_days
        and (slot.on in history.school_days) == (past.on in history.school_days)
        and (slot.on != history.today or slot.recorded)
    ]


def _difference(pairs: Sequence[tuple[Slot, Slot]], band: Band) -> int | None:
    for side in (0, 1):
        if sum(pair[side].recorded for pair in pairs) < _MINIMUM_DAYS:
            return None
    if band is Band.LOWER:
        return sum(slot.sessions - past.sessions for slot, past in pairs)
    seconds = sum(slot.active_seconds - past.active_seconds for slot, past in pairs)
    minutes = rounded_minutes(abs(seconds))
    return minutes if seconds > 0 else -minutes


def _trend(difference: int | None) -> Trend:
    if difference is None:
        return Trend.CANNOT_SAY
    if difference == 0:
        return Trend.SAME
    return Trend.UP if difference > 0 else Trend.DOWN


def read(history: LearningHistory) -> TwoWeeks:
    """Read the two weeks that end today."""
    first_on = history.today - timedelta(days=2 * SPAN - 1)
    dates = [first_on + timedelta(days=step) for step in range(2 * SPAN)]
    records: dict[date, list[DayOfLearning]] = {on: [] for on in dates}
    for record in history.days:
        if record.on in records:
            records[record.on].append(record)
    slots = [_slot(on, records[on], history) for on in dates]
    before, now = slots[:SPAN], slots[SPAN:]
    difference = _difference(_comparable(now, before, history), history.band)
    n = sum(slot.recorded for slot in now)
    return TwoWeeks(
        band=history.band,
        as_of=history.today,
        window=Window(now[0].on, now[-1].on),
        n=n,
        missing=max(0, _MINIMUM_DAYS - n),
        trend=_trend(difference),
        slots=tuple(replace(slot, usual_seconds=_usual(before, slot.on)) for slot in now),
        difference=difference,
        only_app=history.apps[0] if len(history.apps) == 1 else None,
        some_away=any(slot.on in history.away_days for slot in now),
    )
