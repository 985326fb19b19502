"""What kinds of learners sit in a class of the demonstration; pure.

A persona says how somebody tends to learn and to see themselves, in shares between 0 and 1. It is
a device of the simulation: nothing in the portal ever sorts children like this.
"""

from dataclasses import dataclass, replace
from random import Random

from aarportal.demo.school import Pupil


@dataclass(frozen=True)
class Persona:
    """How a simulated pupil tends to act.

    Attributes:
        skill: Share of first attempts that are right at the beginning.
        growth: What is added to it by the end of the history.
        sets_goal: How often a goal is set before the work.
        own_words: How often the goal is in own words and not a card.
        size: Amount planned, as a multiple of what suits the band.
        effort: Amount done, as a multiple of what was planned.
        retries: How often a wrong answer is tried again.
        predicts: What is added to the share they expect to get right.
        rates: What is added to the rating (0 to 3) that the facts suggest.
        reflects: How often a lap is closed by looking back in the lesson.
        writes: How often a sentence is written.
        one_sentence: Whether it is always the same one.
        carries: How often the last adjustment is taken into the next goal.
        at_home: How often they practise at home after a lesson.
        on_paper: How often the work is done on paper.
        asks: How often they say that they are stuck, or ask.
        absent: Share of days away.
        pause: From which to which share of the history they do not touch the portal.
    """

    key: str
    skill: float
    growth: float = 0.1
    sets_goal: float = 0.95
    own_words: float = 0.55
    size: float = 1.0
    effort: float = 1.0
    retries: float = 0.6
    predicts: float = 0.0
    rates: float = 0.0
    reflects: float = 0.93
    writes: float = 0.7
    one_sentence: bool = False
    carries: float = 0.5
    at_home: float = 0.06
    on_paper: float = 0.0
    asks: float = 0.05
    absent: float = 0.015
    pause: tuple[float, float] = (0.0, 0.0)

    def is_pausing(self, progress: float) -> bool:
        """Whether the pupil lets the portal be at this share of the history."""
        return self.pause[0] <= progress < self.pause[1]


GUIDE = Persona(
    "guide", 0.66, 0.16, sets_goal=1.0, reflects=1.0, writes=1.0, carries=0.6, at_home=0.15,
    absent=0.0,
)  # fmt: skip
_STEADY = Persona("steady", 0.74)
_GROWING = Persona("growing", 0.5, 0.34, carries=0.65)
_STRUGGLING = Persona(
    "struggling", 0.46, 0.06, own_words=0.3, effort=0.75, asks=0.2, writes=0.5, absent=0.04
)
_OVER_CONFIDENT = Persona("over_confident", 0.58, 0.06, predicts=0.28, rates=1.2, retries=0.3)
_UNDER_CONFIDENT = Persona("under_confident", 0.82, 0.08, predicts=-0.28, rates=-1.2)
_OFTEN_ABSENT = Persona("often_absent", 0.6, 0.05, absent=0.3, carries=0.3)
_RETURNS = Persona("returns", 0.64, 0.12, pause=(0.35, 0.72))
_ONE_SENTENCE = Persona("one_sentence", 0.68, one_sentence=True, writes=1.0, carries=0.2)
_ON_PAPER = Persona("on_paper", 0.7, on_paper=0.75)
_BIG_GOALS = Persona("big_goals", 0.62, size=1.8, effort=0.6, own_words=0.8)
_BEGINS_WITHOUT_GOAL = Persona("begins_without_goal", 0.66, sets_goal=0.35, reflects=0.75)

#: One of each of these sits in every class; the rest is steady or growing.
SPECIAL = (
    _OFTEN_ABSENT, _RETURNS, _ONE_SENTENCE, _ON_PAPER, _BIG_GOALS, _BEGINS_WITHOUT_GOAL,
    _OVER_CONFIDENT, _OVER_CONFIDENT, _OVER_CONFIDENT,
    _UNDER_CONFIDENT, _UNDER_CONFIDENT, _UNDER_CONFIDENT,
    _STRUGGLING, _STRUGGLING, _STRUGGLING, _STRUGGLING,
    _GROWING, _GROWING, _GROWING, _GROWING, _GROWING,
)  # fmt: skip


def assign(rng: Random, pupils: tuple[Pupil, ...]) -> dict[str, Persona]:
    """Pupil (sourcedId) -> persona, each a little different from its pattern."""
    others = [pupil for pupil in pupils if not pupil.is_guide]
    patterns = [*SPECIAL, *[_STEADY] * (len(others) - len(SPECIAL))]
    rng.shuffle(patterns)
    personas = {
        pupil.sourced_id: replace(
            pattern,
            skill=min(max(pattern.skill + rng.uniform(-0.06, 0.06), 0.3), 0.92),
            own_words=min(pattern.own_words + rng.uniform(-0.15, 0.15), 1.0),
        )
        for pupil, pattern in zip(others, patterns, strict=True)
    }
    return personas | {pupil.sourced_id: GUIDE for pupil in pupils if pupil.is_guide}
