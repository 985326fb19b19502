"""学ぶ in the simulation: answers, tries and reading of one sitting; pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from aarportal.demo.curriculum import PlannedUnit
from aarportal.demo.laps import BOOK, DRILL, TEST, VIDEO, Happening, id_at
from aarportal.demo.personas import Persona
from aarportal.demo.school import Pupil

#: How many different questions an app has for one unit.
_QUESTIONS = 60
_SECONDS_PER_ITEM = {"L": (45, 130), "M": (50, 150), "U": (60, 190)}


@dataclass(frozen=True)
class Work:
    """A sitting to come.

    Attributes:
        items: Questions that the pupil means to answer.
        skill: Share of first attempts that will be right.
        ends: No happening is later than this.
        is_test: Whether it is the test at the end of a unit.
    """

    pupil: Pupil
    unit: PlannedUnit
    starts: datetime
    ends: datetime
    items: int
    skill: float
    is_test: bool = False


def work(rng: Random, persona: Persona, sitting: Work) -> list[Happening]:
    """What the apps see of a sitting, in order."""
    happenings: list[Happening] = []
    moment = sitting.starts
    if not sitting.is_test and rng.random() < 0.25:
        app, verb = rng.choice(((BOOK, "read"), (BOOK, "read"), (VIDEO, "completed")))
        seconds = rng.randint(60, 240)
        moment += timedelta(seconds=seconds + 20)
        if moment < sitting.ends:
            happenings.append(
                Happening(
                    sitting.pupil, moment, app, verb, sitting.unit, id_at(rng, moment), seconds
                )
            )
    return happenings + _answers(rng, persona, sitting, moment)


def _answers(rng: Random, persona: Persona, sitting: Work, moment: datetime) -> list[Happening]:
    app = TEST if sitting.is_test else DRILL
    attempt = id_at(rng, moment)
    happenings: list[Happening] = []
    low, high = _SECONDS_PER_ITEM[sitting.pupil.band]
    right = 0
    questions = rng.sample(range(1, _QUESTIONS + 1), min(sitting.items, _QUESTIONS))
    for question in questions:
        is_correct = rng.random() < sitting.skill
        tries = [is_correct]
        if not is_correct and not sitting.is_test and rng.random() < persona.retries:
            tries.append(rng.random() < min(sitting.skill + 0.2, 0.95))
        for place, success in enumerate(tries):
            seconds = rng.randint(low, high) // (1 + place)
            moment += timedelta(seconds=seconds + rng.randint(4, 25))
            if moment > sitting.ends:
                return happenings
            happenings.append(
                Happening(
                    sitting.pupil, moment, app, "answered", sitting.unit, attempt, seconds,
                    question, success, is_retry=place > 0,
                )
            )  # fmt: skip
        right += is_correct
    moment += timedelta(seconds=rng.randint(5, 30))
    if (sitting.is_test or rng.random() < 0.35) and moment <= sitting.ends:
        happenings.append(
            Happening(
                sitting.pupil, moment, app, "completed", sitting.unit, attempt, 0,
                score=(right, len(questions)),
            )
        )  # fmt: skip
    return happenings


def practise_at_home(
    rng: Random, persona: Persona, lesson: Work, evening: datetime
) -> list[Happening]:
    """A short sitting in the evening, about what was learned in a lesson."""
    starts = evening + timedelta(minutes=rng.randint(0, 90))
    sitting = replace(
        lesson,
        starts=starts,
        ends=starts + timedelta(minutes=30),
        items=rng.randint(3, 5),
        is_test=False,
    )
    return _answers(rng, persona, sitting, starts)
