"""What a teacher may want to look at, pure: facts with the rule that found them, never a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aarportal.core.words import mark

#: Ratings: 0 まだ … 3 じぶんで.
_NOT_YET, _ALONE = 0, 3


@dataclass(frozen=True)
class Signal:
    """One fact about a pupil that asks for a look.

    Attributes:
        rule: Key of the rule in `RULES`.
        kind: How it is drawn: `talk`, `low`, `gap` or `blank`.
        day: The school day of the fact; None when it is not known.
    """

    rule: str
    kind: str
    day: date | None = None


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
    "no_goal": (
        mark("No goal yet"),
        mark("No goal is set today, and the pupil or half of the class is at work."),
    ),
}
_KINDS = {"ask": "talk", "stuck": "talk", "twice_not_yet": "low", "gap": "gap", "no_goal": "blank"}


@dataclass(frozen=True)
class Seen:
    """The facts of one pupil that the rules look at.

    Attributes:
        today: The school day.
        mid: Answer to the mid check of today: `ask`, `stuck` or another.
        ratings: Last self ratings, 0 to 3, the latest last.
        rated_on: The school day of the latest rating.
        last_met: Whether the record met the criterion of the latest rating; None if it cannot tell.
        has_goal: Whether a goal is set today.
        acts: Whether the pupil works today.
        class_acts: Whether the class is at work (see `is_at_work`).
    """

    today: date
    mid: str = ""
    ratings: Sequence[int] = ()
    rated_on: date | None = None
    last_met: bool | None = None
    has_goal: bool = True
    acts: bool = False
    class_acts: bool = False


def is_at_work(acting: int, present: int) -> bool:
    """Whether at least half of those who are there have begun: then a missing goal stands out."""
    return acting > 0 and acting * 2 >= present


def signals(seen: Seen) -> list[Signal]:
    """The signals of one pupil, the most pressing first."""
    found: list[tuple[str, date | None]] = []
    if seen.mid in {"ask", "stuck"}:
        found.append((seen.mid, seen.today))
    if list(seen.ratings[-2:]) == [_NOT_YET, _NOT_YET]:
        found.append(("twice_not_yet", seen.rated_on))
    if seen.ratings and seen.ratings[-1] == _ALONE and seen.last_met is False:
        found.append(("gap", seen.rated_on))
    if not seen.has_goal and (seen.acts or seen.class_acts):
        found.append(("no_goal", seen.today))
    return [Signal(rule, _KINDS[rule], day) for rule, day in found]
