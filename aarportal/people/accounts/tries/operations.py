"""Counting tries that do not succeed, by what was tried and by where they came from."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from aarportal.core import clock
from aarportal.core.errors import TooManyTriesError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store
from aarportal.people.accounts.models import SignInThrottle

_SATURDAY = 5


@dataclass(frozen=True)
class Limit:
    """So many tries within a window; then whoever makes them has to wait until it is over."""

    kind: str
    tries: int
    window: timedelta


#: A whole class sits behind one address, so that limit is far above what forty typing children
#: need.
PER_ACCOUNT = Limit("account", 6, timedelta(minutes=5))
PER_ADDRESS = Limit("address", 200, timedelta(minutes=5))
PER_CARD = Limit("card", 3, timedelta(minutes=1))
#: After three rounds of tries a login id rests until the next school day (see `rests_until`).
TRIES_PER_DAY = 18
_PER_DAY = Limit("day", TRIES_PER_DAY, timedelta(days=1))


@dataclass(frozen=True)
class Tried:
    """What was tried, as it is counted."""

    limit: Limit
    key: str


def tried(limit: Limit, value: str, secret: str) -> Tried:
    """What was tried, under a name that tells it to nobody who reads the database."""
    name = hmac.new(secret.encode(), value.encode(), sha256).hexdigest()[:40]
    return Tried(limit, f"{limit.kind}:{name}")


def of_login(place: UUID | str, login_id: str, secret: str) -> tuple[Tried, Tried]:
    """What tries at a login id are counted under, known or unknown: those of minutes, of a day.

    It is one login id under the code of the district and of each of its schools: otherwise each
    code would give more tries, and two of them would tell whether there is such an account.

    Args:
        place: The district; the code as it was typed where there is none.
        login_id: As it was typed.
        secret: Of this installation.
    """
    name = f"{place}/{login_id}"
    return tried(PER_ACCOUNT, name, secret), tried(_PER_DAY, name, secret)


def refuse_too_many(scope: SystemScope, these: Iterable[Tried]) -> None:
    """Let pass only what was not tried too often.

    Raises:
        TooManyTriesError: If one of these has to wait.
    """
    for it in these:
        _refuse(it, store.throttle(scope, it.key))


def count(scope: SystemScope, these: Iterable[Tried]) -> None:
    """Count one more try that did not succeed."""
    for it in these:
        _count(scope, it, store.throttle(scope, it.key, lock=True))


def begin(scope: SystemScope, these: Iterable[Tried]) -> None:
    """Count a try before it is known what becomes of it; who succeeds calls `uncount`.

    Tries made at once wait for each other here, so that they are no more than those made one
    after the other.

    Raises:
        TooManyTriesError: If one of these has to wait; then nothing is counted.
    """
    for it in these:
        row = store.throttle(scope, it.key, lock=True)
        _refuse(it, row)
        _count(scope, it, row)


def uncount(scope: SystemScope, these: Iterable[Tried]) -> None:
    """Take one try back that was counted before it was known that it succeeds."""
    for it in these:
        row = store.throttle(scope, it.key, lock=True)
        if row is not None and row.tries:
            row.tries -= 1


def forget(scope: SystemScope, these: Iterable[Tried]) -> None:
    """Begin counts anew."""
    for it in these:
        row = store.throttle(scope, it.key, lock=True)
        if row is not None:
            scope.session.delete(row)


def alone(work: Callable[[SystemScope, list[Tried]], None], these: list[Tried], why: str) -> None:
    """Do one of these works in a unit of work of its own; none may be open.

    Args:
        work: `count`, `begin`, `uncount` or `forget`.
        these: What it is about.
        why: The reason of the unit of work.
    """
    try:
        with unit_of_work(SystemScope(why)) as scope:
            work(scope, these)
    except IntegrityError:
        # Another try of the same was the first at the same moment.
        with unit_of_work(SystemScope(why)) as scope:
            work(scope, these)


def is_counted(scope: SystemScope, it: Tried) -> bool:
    """Whether there is anything to forget."""
    return store.throttle(scope, it.key) is not None


def count_of_day(scope: SystemScope, day: Tried) -> datetime | None:
    """Count one more try of today.

    Returns:
        Until when the login id rests, if these were too many.
    """
    now = clock.now()
    row = store.throttle(scope, day.key, lock=True)
    if row is None:
        scope.session.add(SignInThrottle(key=day.key, tries=1, window_opened_at=now))
        return None
    if _is_over(row, now):
        row.tries, row.window_opened_at = 0, now
    row.tries += 1
    return rests_until(row.window_opened_at) if row.tries >= TRIES_PER_DAY else None


def rests(scope: SystemScope, day: Tried) -> bool:
    """Whether too many tries of a day were made under this name."""
    row = store.throttle(scope, day.key)
    return row is not None and row.tries >= TRIES_PER_DAY and not _is_over(row, clock.now())


def rests_until(moment: datetime) -> datetime:
    """The beginning of the next school day of an ordinary week.

    The same for a login id that is known and for one that is not: a school's holidays would tell
    them apart.
    """
    day = clock.school_day_of(moment) + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return clock.day_bounds(day)[0]


def _refuse(it: Tried, row: SignInThrottle | None) -> None:
    if row is None or row.tries < it.limit.tries:
        return
    wait = row.window_opened_at + it.limit.window - clock.now()
    if wait > timedelta(0):
        raise TooManyTriesError(int(wait.total_seconds()) + 1)


def _count(scope: SystemScope, it: Tried, row: SignInThrottle | None) -> None:
    now = clock.now()
    if row is None:
        scope.session.add(SignInThrottle(key=it.key, tries=1, window_opened_at=now))
    elif now - row.window_opened_at > it.limit.window:
        row.tries, row.window_opened_at = 1, now
    else:
        row.tries += 1


def _is_over(row: SignInThrottle, now: datetime) -> bool:
    """Tries below the limit are forgotten with the day; those above it end their rest."""
    return now >= rests_until(row.window_opened_at)
