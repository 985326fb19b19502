"""What other systems publish at an address: asked for by one at a time, and kept for a while.

Somebody waits in front of a screen for it, on a thread of the server. A system that is slow may
hold one of these, and no more: the others wait a moment, or go on with what was known.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from aarportal.core.wire import WireError

#: Keys are changed by overlap: a day late is too late, an hour is not.
_FRESH_SECONDS = 3600.0
#: So long what was known goes on where its owner cannot be asked.
_LONGEST_SECONDS = 24 * 3600.0
#: What is missing in it is looked for this often at most: anybody can name an unknown key.
_AGAIN_SECONDS = 60.0
#: A system from which no answer came is left alone for so long.
_QUIET_SECONDS = 15.0
#: So long others wait for an answer that somebody has asked for, counted from the question.
_PATIENCE_SECONDS = 2.0
_MOST_KEPT = 1000

Value = TypeVar("Value")


@dataclass
class _Question(Generic[Value]):
    """A question on its way, and what became of it."""

    asked_at: float
    is_over: threading.Event = field(default_factory=threading.Event)
    value: Value | None = None
    trouble: tuple[str, str] = ("too_long", "")


@dataclass
class _Kept(Generic[Value]):
    """What is known of an address: the last answer, the last trouble, and who asks just now."""

    value: Value | None = None
    read_at: float = 0.0
    trouble: tuple[str, str] | None = None
    failed_at: float = 0.0
    question: _Question[Value] | None = None


class Published(Generic[Value]):
    """What one process knows of other systems, by their addresses."""

    def __init__(
        self, ask: Callable[[str], Value], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is known yet.

        Args:
            ask: Asks at an address and reads the answer, which is never None; raises a
                `WireError` if none can be taken.
            seconds: A clock.
        """
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept[Value]] = {}

    def known(self, address: str) -> Value:
        """What is published there, asked for about once an hour.

        Raises:
            WireError: If no answer comes, and none came within the last day.
        """
        with self._lock:
            kept = self._at(address)
            value, age = kept.value, self._seconds() - kept.read_at
            is_asked = kept.question is not None
        if value is None or not 0 <= age < _LONGEST_SECONDS:
            return self._asked_once(address)
        if age < _FRESH_SECONDS or is_asked:
            return value
        try:
            return self._asked_once(address)
        except WireError:
            return value

    def newer(self, address: str) -> Value | None:
        """What is published there now, for whoever misses something in what is known.

        None if that was asked for within the last minute.

        Raises:
            WireError: If no answer comes.
        """
        with self._lock:
            kept = self._at(address)
            if kept.value is not None and 0 <= self._seconds() - kept.read_at < _AGAIN_SECONDS:
                return None
        return self._asked_once(address)

    def anew(self, address: str) -> Value:
        """The same, asked for in any case.

        Raises:
            WireError: If no answer comes.
        """
        with self._lock:
            kept = self._at(address)
        return self._answered(address, kept, _Question(time.monotonic()))

    def forget(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._kept.clear()

    def _at(self, address: str) -> _Kept[Value]:
        """What is known of an address; the lock is held."""
        if address not in self._kept and len(self._kept) >= _MOST_KEPT:
            # Rows of offices name the addresses; should there be very many, begin anew.
            self._kept.clear()
        return self._kept.setdefault(address, _Kept())

    def _asked_once(self, address: str) -> Value:
        """Ask, unless somebody does already or has done so in vain a moment ago.

        Raises:
            WireError: If no answer comes, or none so soon.
        """
        with self._lock:
            kept = self._at(address)
            if kept.trouble and 0 <= self._seconds() - kept.failed_at < _QUIET_SECONDS:
                raise WireError(*kept.trouble)
            others = kept.question
            mine = kept.question = others or _Question(time.monotonic())
        if others is None:
            return self._answered(address, kept, mine)
        others.is_over.wait(max(0.0, others.asked_at + _PATIENCE_SECONDS - time.monotonic()))
        if others.value is None:
            raise WireError(*others.trouble)
        return others.value

    def _answered(self, address: str, kept: _Kept[Value], mine: _Question[Value]) -> Value:
        """Ask, and keep what came of it.

        Raises:
            WireError: If no answer comes.
        """
        try:
            mine.value = self._ask(address)
        except WireError as error:
            mine.trouble = error.rule, error.detail
            raise
        else:
            return mine.value
        finally:
            with self._lock:
                if mine.value is None:
                    kept.trouble, kept.failed_at = mine.trouble, self._seconds()
                else:
                    kept.value, kept.read_at, kept.trouble = mine.value, self._seconds(), None
                if kept.question is mine:
                    kept.question = None
            mine.is_over.set()
