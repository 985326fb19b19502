"""Which question when, pure: prompts rotate, and fade as a student learns to look back alone.

Source: the project's pedagogy text, B.2 (prompts), B.4 (fading) and F.1 (REFLECT).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from aarportal.core.words import mark

#: Question -> its text for each band; the key is kept beside the sentence.
PROMPTS: dict[str, dict[str, str]] = {
    "essence": {
        "L": mark("What did you find out?"),
        "M": mark("What mattered most to you today?"),
        "U": mark("The most important thing today, in one sentence"),
    },
    "change": {
        "L": mark("What is different from before?"),
        "M": mark("What changed, compared with yourself before?"),
        "U": mark("What changed in your thinking, and why?"),
    },
    "gap": {
        "L": mark("How was it, compared with what you expected?"),
        "M": mark("How did it compare with what you expected?"),
        "U": mark("How did it differ from your prediction, and why?"),
    },
    "people": {
        "L": mark("Who helped you?"),
        "M": mark("Who was it good to learn with?"),
        "U": mark("Whose idea helped you?"),
    },
    "transfer": {
        "L": mark("Where can you use it next?"),
        "M": mark("Where else could you use this?"),
        "U": mark("Where else could you use this, in class or in life?"),
    },
    "reason": {
        "L": mark("Why did it go that way?"),
        "M": mark("Why do you think so?"),
        "U": mark("Which reason can you change?"),
    },
}
#: The one question of the first lesson of a unit: new content is hard, so little else is asked.
FIRST_LESSON = "essence"
FREE = "free"
"""Key of a sentence without a question (stage 4)."""

FACTORS: dict[str, str] = {
    "method": mark("The way I did it"),
    "time": mark("Time and amount"),
    "preparation": mark("How I got ready"),
    "help": mark("Help from others"),
    "difficulty": mark("How hard it was"),
    "condition": mark("Body and feelings"),
    "unknown": mark("I cannot say yet"),
    "other": mark("Something else"),
}
#: Reasons that a student can change come first, in turns; the others keep their places.
_CONTROLLABLE = ("method", "time", "preparation", "help")

STAGES = (1, 2, 3, 4)
#: Two texts this alike count as the same text written again.
NEAR_DUPLICATE = 0.9


@dataclass(frozen=True)
class Lap:
    """What fading needs to know of one finished lap.

    Attributes:
        rated: Whether the goal was rated against its criterion.
        reason: Whether a reason was given.
        evidence: Whether the facts were there to look at.
        next_step: Whether a next step was chosen.
        text: The sentence, maybe empty.
        stage: The prompt stage in which it was written.
    """

    rated: bool
    reason: bool
    evidence: bool
    next_step: bool
    text: str = ""
    stage: int = 1


def choose(today: date, stage: int, last: str, *, first_lesson: bool = False) -> str:
    """Key of today's question; never the one that was asked last.

    Args:
        today: Turns the rotation.
        stage: 1 to 4; in stage 4 the page is blank.
        last: Key of the question asked last; empty if none.
        first_lesson: Whether this is the first lesson of a unit.
    """
    if stage >= 4 and not first_lesson:
        return FREE
    if first_lesson and last != FIRST_LESSON:
        return FIRST_LESSON
    keys = [key for key in PROMPTS if key != last]
    return keys[today.toordinal() % len(keys)]


def factors(today: date) -> list[str]:
    """Reasons in today's order: the changeable ones first, and not always the same one on top."""
    turn = today.toordinal() % len(_CONTROLLABLE)
    first = [*_CONTROLLABLE[turn:], *_CONTROLLABLE[:turn]]
    return first + [key for key in FACTORS if key not in _CONTROLLABLE]


def reflect_level(lap: Lap, earlier: Sequence[str] = ()) -> int:
    """REFLECT of one lap, 0 to 4; how long a text is never counts.

    Args:
        lap: The lap.
        earlier: Sentences of the three laps before it.
    """
    if not lap.rated:
        return 0
    level = 1
    if lap.reason or lap.next_step:
        level = 2
    if lap.reason and lap.next_step:
        level = 4 if lap.evidence and lap.stage >= 2 else 3
    if any(alike(lap.text, text) for text in earlier[-3:]):
        level = min(level, 2)
    return level


def alike(text: str, other: str) -> bool:
    """Whether two sentences say nearly the same; empty ones do not count."""
    a, b = text.strip(), other.strip()
    return bool(a and b) and SequenceMatcher(None, a, b).ratio() >= NEAR_DUPLICATE


def next_stage(stage: int, levels: Sequence[int]) -> int:
    """The prompt stage after these laps of one student and subject.

    Args:
        stage: The stage now, 1 to 4.
        levels: REFLECT of the last laps, the latest last.
    """
    last = levels[-5:]
    if len(last) < 5:
        return stage
    if sum(level >= 3 for level in last) >= 4:
        return min(stage + 1, STAGES[-1])
    if sum(level <= 1 for level in last) >= 3:
        return max(stage - 1, STAGES[0])
    return stage
