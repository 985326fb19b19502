"""How large a goal is beside the student's own usual amount, pure."""

from collections.abc import Sequence
from statistics import median

#: Comparable earlier cycles that are looked at.
COMPARED_CYCLES = 4
#: Beyond these ratios a hint is shown; it never blocks.
LARGE_RATIO = 1.5
SMALL_RATIO = 0.5


def usual_amount(amounts: Sequence[int]) -> int | None:
    """The median of the student's own last amounts, rounded; None without any."""
    return round(median(amounts)) if amounts else None


def difficulty_ratio(amount: int | None, amounts: Sequence[int]) -> float | None:
    """Planned amount / own median of the last comparable cycles; None if either is missing."""
    if amount is None or not amounts:
        return None
    usual = median(amounts)
    return round(amount / usual, 3) if usual else None


def size_of(ratio: float | None) -> str:
    """`large`, `small` or empty: whether the student should look at the amount once more."""
    if ratio is None:
        return ""
    return "large" if ratio > LARGE_RATIO else "small" if ratio < SMALL_RATIO else ""
