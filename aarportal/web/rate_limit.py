"""How often somebody may ask: a bucket of tokens for each, pure.

A bucket holds what a minute allows and fills up evenly: a class that begins to work at once is let
in, an app that runs wild is slowed down.
"""

import math
import threading
from collections.abc import Callable, Hashable

#: So many are kept before full ones are looked for.
_MOST_BUCKETS = 10_000


class TokenBuckets:
    """Buckets of one process; with several workers each has its own."""

    def __init__(self, per_minute: int, seconds: Callable[[], float]) -> None:
        """Nobody has asked yet.

        Args:
            per_minute: Requests a minute; 0 lets everybody in.
            seconds: A clock that never goes back.
        """
        self.per_minute = per_minute
        self._seconds = seconds
        self._lock = threading.Lock()
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable, tokens_wanted: int = 1) -> int:
        """Take tokens; 0, or whole seconds until there are so many.

        Args:
            key: Who asks.
            tokens_wanted: No more than a minute allows, or there will never be enough.
        """
        if not self.per_minute:
            return 0
        a_second = self.per_minute / 60
        with self._lock:
            now = self._seconds()
            self._forget_full(now, a_second)
            tokens, since = self._buckets.get(key, (float(self.per_minute), now))
            tokens = min(float(self.per_minute), tokens + (now - since) * a_second)
            if tokens < tokens_wanted:
                self._buckets[key] = (tokens, now)
                return math.ceil((tokens_wanted - tokens) / a_second)
            self._buckets[key] = (tokens - tokens_wanted, now)
            return 0

    def _forget_full(self, now: float, a_second: float) -> None:
        """A full bucket is as good as none; callers may come under ever new names."""
        if len(self._buckets) >= _MOST_BUCKETS:
            self._buckets = {
                key: (tokens, since)
                for key, (tokens, since) in self._buckets.items()
                if tokens + (now - since) * a_second < self.per_minute
            }
