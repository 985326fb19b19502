"""What a teacher may want to look at, pure: facts with the rule that found them, never a score."""

from collections.abc import Sequence
from dataclasses import dataclass

from aarportal.core.words import mark


@dataclass(frozen=True)
class Signal:
    """One fact about a pupil that asks for a look.

    Attributes:
        rule: Key of the rule in `RULES`.
        kind: How it is drawn: `talk`, `low`, `gap` or `blank`.
    """

    rule: str
    kind: str


#: Rule -> (label on the card, the rule in a sentence); in the order in which a card shows one.
RULES: dict[str, tuple[str, str]] = {
    "ask": (mark("Wants to ask"), mark("The pupil tapped “I want to ask” today.")),
    "stuck": (mark("Is stuck"), mark("The pupil tapped “I am stuck” today.")),
    "twice_not_yet": (
        mark("“Not yet” twice"),
        mark("The last two self ratings in a row are “not yet”."),
    ),
    "gap": (
        mark("Rating and record differ"),
        mark("Rated “on my own” while the record did not reach the pupil's own mark."),
    ),
    "no_goal": (mark("No goal yet"), mark("Works today without a goal.")),
}
_KINDS = {"ask": "talk", "stuck": "talk", "twice_not_yet": "low", "gap": "gap", "no_goal": "blank"}


@dataclass(frozen=True)
class Seen:
    """The facts of one pupil that the rules look at.

    Attributes:
        mid: Answer to the mid check of today: `ask`, `stuck` or another.
        ratings: Last self ratings, 0 to 3, the latest last.
        last_met: Whether the record met the criterion of the latest rating; None if it cannot tell.
        acts_without_goal: Whether records came today and no goal is set.
    """

    mid: str = ""
    ratings: Sequence[int] = ()
    last_met: bool | None = None
    acts_without_goal: bool = False


def signals(seen: Seen) -> list[Signal]:
    """The signals of one pupil, the most pressing first."""
    found = []
    if seen.mid in {"ask", "stuck"}:
        found.append(seen.mid)
    if list(seen.ratings[-2:]) == [0, 0]:
        found.append("twice_not_yet")
    if seen.ratings and seen.ratings[-1] == 3 and seen.last_met is False:
        found.append("gap")
    if seen.acts_without_goal:
        found.append("no_goal")
    return [Signal(rule, _KINDS[rule]) for rule in found]
