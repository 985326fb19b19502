"""How often somebody may ask: a bucket of tokens for each, pure.

A bucket holds what a minute allows and fills up evenly: a class that begins to work at once is let
in, an app that runs wild is slowed down.
"""

import math
import threading
from collections.abc import Callable, Hashable


class TokenBuckets:
    """Buckets of one process; with several workers each has its own."""

    def __init__(self, per_minute: int, seconds: Callable[[], float]) -> None:
        """Nobody has asked yet.

        Args:
            per_minute: Requests a minute; 0 lets everybody in.
            seconds: A clock that never goes back.
        """
        self._per_minute = per_minute
        self._seconds = seconds
        self._lock = threading.Lock()
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable) -> int:
        """Take a token; 0, or whole seconds until there is one again."""
        if not self._per_minute:
            return 0
        a_second = self._per_minute / 60
        with self._lock:
            now = self._seconds()
            tokens, since = self._buckets.get(key, (float(self._per_minute), now))
            tokens = min(float(self._per_minute), tokens + (now - since) * a_second)
            if tokens < 1:
                self._buckets[key] = (tokens, now)
                return math.ceil((1 - tokens) / a_second)
            self._buckets[key] = (tokens - 1, now)
            return 0
