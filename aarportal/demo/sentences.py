"""What pupils and teachers of the demonstration write, in the words of their age; pure."""

from random import Random

from aarportal.demo import texts
from aarportal.demo.curriculum import PlannedUnit, written

_WORDS = texts.read("sentences")
#: Strategies that the pupils of the demonstration know.
WAYS: tuple[str, ...] = tuple(_WORDS["ways"])


def goal_words(rng: Random, unit: PlannedUnit, band: str, amount: int) -> str:
    """A goal in a pupil's own words."""
    skill = written(rng.choice(unit.text.skills))
    if band != "L":
        skill = skill.replace(" ", "")
    return str(rng.choice(_WORDS["goals"][band]).format(skill=skill, n=amount))


def sentence(rng: Random, unit: PlannedUnit, band: str, way: str, *, lens: str) -> str:
    """A sentence of looking back.

    Args:
        rng: The source of chance.
        unit: What it is about.
        band: L, M or U.
        way: Code of a strategy the pupil used.
        lens: Key of a prompt; `went_well` or `was_hard` instead of `reason`.
    """
    return _filled(rng, _WORDS["sentences"][lens][band], unit, band, way)


def same_sentence(band: str) -> str:
    """What somebody writes who always writes the same."""
    return str(_WORDS["same"][band])


def revised(text: str, band: str) -> str:
    """A sentence after the teacher has asked about it."""
    return f"{text}{_WORDS['revised'][band]}"


def change_words(rng: Random, what: str, band: str) -> str:
    """What shall be different next time, in a pupil's own words."""
    return str(rng.choice(_WORDS["changes"][what][band]))


def feedback_words(rng: Random, kind: str, unit: PlannedUnit, band: str, way: str) -> str:
    """A line from the teacher.

    Args:
        rng: The source of chance.
        kind: Level of the feedback, or `carried` or `too_modest` for what the facts show.
        unit: What it is about.
        band: L, M or U.
        way: Code of a strategy the pupil used.
    """
    return _filled(rng, _WORDS["feedback"][kind][band], unit, band, way)


def _filled(rng: Random, pool: list[str], unit: PlannedUnit, band: str, way: str) -> str:
    found = rng.choice(unit.text.found)
    return rng.choice(pool).format(found=found, way=_WORDS["ways"][way][band][0])
