"""前回との ちがい: what changed since the last lap, pure; fields and counts, never a judgement."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Snapshot:
    """What one lap shows to be compared.

    Attributes:
        rating: 0 to 3; None if not rated.
        strategies: Codes of the ways chosen.
        next_what: What was chosen to be kept or changed; empty if nothing.
        items: Items done.
    """

    rating: int | None
    strategies: Sequence[str] = ()
    next_what: str = ""
    items: int = 0


@dataclass(frozen=True)
class Differences:
    """What differs; None or empty where nothing does.

    Attributes:
        rating: (before, now).
        ways_new: Ways that were not chosen before.
        ways_gone: Ways that are not chosen any more.
        next_step: (there was one before, there is one now).
        items: (before, now).
    """

    rating: tuple[int, int] | None = None
    ways_new: tuple[str, ...] = ()
    ways_gone: tuple[str, ...] = ()
    next_step: tuple[bool, bool] | None = None
    items: tuple[int, int] | None = None

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return self != Differences()


def differences(before: Snapshot, now: Snapshot) -> Differences:
    """Compare two laps of one pupil."""
    rated = before.rating is not None and now.rating is not None and before.rating != now.rating
    steps = bool(before.next_what), bool(now.next_what)
    return Differences(
        rating=(before.rating, now.rating) if rated else None,  # type: ignore[arg-type]
        ways_new=tuple(code for code in now.strategies if code not in before.strategies),
        ways_gone=tuple(code for code in before.strategies if code not in now.strategies),
        next_step=steps if steps[0] != steps[1] else None,
        items=(before.items, now.items) if before.items != now.items else None,
    )
