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
#: Little readers choose from few.
_LITTLE_FACTORS = frozenset({"method", "time", "help", "difficulty", "unknown"})

NEXT_STEPS: dict[str, str] = {
    "same": mark("Go on like this"),
    "goal_size": mark("The size of the goal"),
    "method": mark("The way"),
    "time": mark("The time"),
    "place": mark("The place"),
    "help": mark("Ask somebody"),
    "back": mark("Go back one step"),
}
_LITTLE_NEXT_STEPS = ("same", "goal_size", "method", "help")
#: Ways (codes of the catalogue of strategies) that little readers choose from.
LITTLE_WAYS = ("recall", "picture", "model", "rehearse", "ask", "together")

STAGES = (1, 2, 3, 4)
#: In this stage the pupil chooses what to write about.
LENS_STAGE = 3
#: In this stage the page is blank, and no reasons are offered.
BLANK_STAGE = 4
#: Laps that decide whether prompts fade or come back.
WINDOW = 5
#: Two texts this alike count as the same text written again.
NEAR_DUPLICATE = 0.9
#: Sentences a new one is compared with.
COMPARED_TEXTS = 3


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
        short: Whether little was asked, as in the first lesson of a unit: such a lap says nothing.
    """

    rated: bool
    reason: bool
    evidence: bool
    next_step: bool
    text: str = ""
    stage: int = 1
    short: bool = False


def choose(
    today: date, stage: int, last: str, *, first_lesson: bool = False, predicted: bool = True
) -> str:
    """Key of today's question; never the one that was asked last.

    Args:
        today: Turns the rotation.
        stage: 1 to 4; in stage 4 the page is blank.
        last: Key of the question asked last; empty if none.
        first_lesson: Whether this is the first lesson of a unit.
        predicted: Whether there is an expectation to compare the result with.
    """
    if stage >= BLANK_STAGE and not first_lesson:
        return FREE
    if first_lesson and last != FIRST_LESSON:
        return FIRST_LESSON
    keys = [key for key in PROMPTS if predicted or key != "gap"]
    turn = today.toordinal() % len(keys)
    return keys[turn] if keys[turn] != last else keys[(turn + 1) % len(keys)]


def asks_reason(stage: int, *, first_lesson: bool) -> bool:
    """Whether reasons are offered: not on the blank page, and not while the content is new."""
    return stage < BLANK_STAGE and not first_lesson


def factors(today: date, band: str = "") -> list[str]:
    """Reasons in today's order: the changeable ones first, and not always the same one on top."""
    turn = today.toordinal() % len(_CONTROLLABLE)
    first = [*_CONTROLLABLE[turn:], *_CONTROLLABLE[:turn]]
    ordered = first + [key for key in FACTORS if key not in _CONTROLLABLE]
    return [key for key in ordered if band != "L" or key in _LITTLE_FACTORS]


def next_steps(band: str = "") -> tuple[str, ...]:
    """What may be kept or changed next time."""
    return _LITTLE_NEXT_STEPS if band == "L" else tuple(NEXT_STEPS)


def reflect_level(lap: Lap, earlier: Sequence[str] = ()) -> int:
    """REFLECT of one lap, 0 to 4; how long a text is never counts.

    On the blank page no reasons are offered: there the student's words stand for them.

    Args:
        lap: The lap.
        earlier: Sentences of the laps before it; the last three are compared.
    """
    if not lap.rated:
        return 0
    reason = lap.reason or (lap.stage >= BLANK_STAGE and bool(lap.text.strip()))
    level = 1
    if reason or lap.next_step:
        level = 2
    if reason and lap.next_step:
        level = 4 if lap.evidence and lap.stage > STAGES[0] else 3
    if any(alike(lap.text, text) for text in earlier[-COMPARED_TEXTS:]):
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
        levels: REFLECT of the laps in this stage, the latest last.
    """
    last = levels[-WINDOW:]
    if sum(level <= 1 for level in last) >= 3:
        return max(stage - 1, STAGES[0])
    if sum(level >= 3 for level in last) >= 4 and len(last) == WINDOW:
        return min(stage + 1, STAGES[-1])
    return stage


def stage_after(laps: Sequence[Lap]) -> int:
    """The prompt stage of the next lap of a subject; it counts anew whenever the stage changes.

    Args:
        laps: The student's last laps of the subject, the latest last; `WINDOW + COMPARED_TEXTS`
            of them are enough.
    """
    if not laps:
        return STAGES[0]
    stage = laps[-1].stage
    levels: list[int] = []
    for place, lap in enumerate(laps):
        if lap.stage != stage:
            levels.clear()
        elif not lap.short:
            texts = [earlier.text for earlier in laps[:place]]
            levels.append(reflect_level(lap, texts))
    return next_stage(stage, levels)
