"""Active seconds: how long a student was at it, told from when something happened.

The rule, for the events of one student on one day in one app: events at most five minutes apart
are one burst; a burst lasts as long as its gaps together, plus one minute for what nobody sees
after its last event, at most an hour. An app that reports its own durations is believed instead,
as far as the time was not counted already.

The minute belongs to the event that opens the burst, and each later event brings its own gap: the
sum is the same as with the minute at the end, and nothing has to be taken back when the burst
goes on. So one event after the other can be added to a sum.

Of work whose time of day nobody knows it cannot be said that it overlaps with other work: it stands
outside of every burst and counts in full.

Source: dwell time as the sum of gaps below a threshold; the thresholds of pedagogy.md, part C.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

#: Seconds without a sign of life after which a burst is over.
LONGEST_GAP_SECONDS = 5 * 60
#: Seconds for what follows the last event of a burst.
LAST_EVENT_SECONDS = 60
#: Most active seconds of one burst.
BURST_CAP_SECONDS = 60 * 60
#: Most active seconds of a day, over all apps; applied when a day is shown, never when it is kept.
DAY_CAP_SECONDS = 240 * 60


@dataclass(frozen=True, slots=True)
class Event:
    """One sign of life.

    Attributes:
        at: Aware; when it happened, or ended when it has a duration. Counted in whole seconds.
        id: Orders events of the same instant; the id of the record.
        own_seconds: How long it took according to the app (0 or more); None when the app is silent.
        has_time: Whether the time of day is known; if not, `at` says the day and nothing more.
    """

    at: datetime
    id: UUID
    own_seconds: int | None = None
    has_time: bool = True


@dataclass(frozen=True, slots=True)
class Clock:
    """How far the sum of a group has come; `Clock()` is a group without events.

    Attributes:
        last_event_at: Aware; the latest event counted.
        burst_seconds: Active seconds of the burst it belongs to.
        last_event_id: The latest event, where it is known: it saves a new count when several events
            of one instant follow each other.
    """

    last_event_at: datetime | None = None
    burst_seconds: int = 0
    last_event_id: UUID | None = None


class Step(NamedTuple):
    """What one more event changes.

    Attributes:
        clock: The clock after it, or as it was when the event came late.
        contribution: Seconds that the event adds; None when it lies before an event that was
            counted already. Then the group has to be counted anew with `contributions`.
    """

    clock: Clock
    contribution: int | None


def step(clock: Clock, event: Event) -> Step:
    """Count one more event; one that stands apart leaves the clock where it is."""
    if stands_apart(event):
        return Step(clock, _seconds_apart(event))
    if clock.last_event_at is not None and not _follows(clock, event):
        return Step(clock, None)
    at = int(event.at.timestamp())
    own = max(event.own_seconds or 0, 0)
    last = None if clock.last_event_at is None else int(clock.last_event_at.timestamp())
    if last is None or at - own - last > LONGEST_GAP_SECONDS:
        burst = 0
        wanted = LAST_EVENT_SECONDS if event.own_seconds is None else own
    else:
        burst = clock.burst_seconds
        gap = at - last
        wanted = gap if event.own_seconds is None else min(own, gap)
    contribution = min(wanted, BURST_CAP_SECONDS - burst)
    return Step(Clock(event.at, burst + contribution, event.id), contribution)


def contributions(events: Sequence[Event]) -> list[int]:
    """What each event of a group adds, in the order of the argument: the definition.

    Args:
        events: All events of one student, day and app, in any order.

    Returns:
        Seconds; their sum are the active seconds of the group.
    """
    alive = [index for index, event in enumerate(events) if not stands_apart(event)]
    order = sorted(alive, key=lambda index: (events[index].at, events[index].id))
    seconds = [_seconds_apart(event) if stands_apart(event) else 0 for event in events]
    for burst in _bursts([events[index] for index in order]):
        left = BURST_CAP_SECONDS
        for place, event in burst:
            before = events[order[place - 1]] if event is not burst[0][1] else None
            seconds[order[place]] = min(_length(before, event), left)
            left -= seconds[order[place]]
    return seconds


def resume(
    events: Sequence[Event], seconds: Sequence[int], *, is_beginning: bool
) -> tuple[int, Clock] | None:
    """From where on a group can be counted anew without looking at all that came before.

    Args:
        events: Events in order, none of which stands apart.
        seconds: What each of them contributed when it was counted.
        is_beginning: Whether no earlier event of the group lies as close before the first of these
            (or before whatever follows, when there are none) that it belongs to the same burst.

    Returns:
        The latest possible place, and the clock before the event there; a place after the last
        event says that all of them may stay as they are. None when earlier events are needed.
    """
    for place in reversed(range(len(events))):
        event = events[place]
        if place == 0:
            return (0, Clock()) if is_beginning else None
        before = events[place - 1]
        if _start(event) - _second(before) > LONGEST_GAP_SECONDS:
            return place, Clock()
        if seconds[place] < _length(before, event):
            # The burst had reached its cap here.
            return place + 1, Clock(event.at, BURST_CAP_SECONDS, event.id)
    return (0, Clock()) if is_beginning else None


def is_burst_of_its_own(event: Event, after: datetime) -> bool:
    """Whether an event cannot belong to a burst of any event before a moment."""
    return _start(event) - LONGEST_GAP_SECONDS >= after.timestamp()


def shown_seconds(active_seconds: int) -> int:
    """The seconds of a day that a page shows: four hours at most."""
    return min(active_seconds, DAY_CAP_SECONDS)


def stands_apart(event: Event) -> bool:
    """Whether it is no sign of life at its moment, and so belongs to no burst.

    Either it took no time by its own account, because the time is another's; or nobody knows when
    in the day it was.
    """
    return not event.has_time or (event.own_seconds is not None and event.own_seconds <= 0)


def _seconds_apart(event: Event) -> int:
    return max(event.own_seconds or 0, 0)


def _bursts(events: Sequence[Event]) -> list[list[tuple[int, Event]]]:
    """Events in order, cut where nothing happened for too long; each with its place."""
    bursts: list[list[tuple[int, Event]]] = []
    for place, event in enumerate(events):
        if place and _start(event) - _second(events[place - 1]) <= LONGEST_GAP_SECONDS:
            bursts[-1].append((place, event))
        else:
            bursts.append([(place, event)])
    return bursts


def _length(before: Event | None, event: Event) -> int:
    """Seconds between an event and the one before it in its burst that count as active."""
    if before is None:
        return LAST_EVENT_SECONDS if event.own_seconds is None else _second(event) - _start(event)
    return (
        _second(event) - max(_start(event), _second(before))
        if event.own_seconds is not None
        else _second(event) - _second(before)
    )


def _second(event: Event) -> int:
    """When an event happened, in seconds since 1970; whole ones, so that gaps add up."""
    return int(event.at.timestamp())


def _start(event: Event) -> int:
    """When an event began, in seconds since 1970."""
    return _second(event) - max(event.own_seconds or 0, 0)


def _follows(clock: Clock, event: Event) -> bool:
    """Whether an event comes after all that were counted."""
    assert clock.last_event_at is not None
    if event.at != clock.last_event_at:
        return event.at > clock.last_event_at
    return clock.last_event_id is not None and event.id > clock.last_event_id
