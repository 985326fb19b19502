"""ふりかえる in the simulation: ratings that fit the facts as the persona sees them; pure."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from aarportal.cycle.reflection import prompts
from aarportal.cycle.reflection.facts import Facts, criterion_met
from aarportal.demo.laps import Lap, LookBack, Next, accuracy, id_at
from aarportal.demo.personas import Persona
from aarportal.demo.sentences import WAYS, change_words, same_sentence, sentence

_CONTROLLABLE = ("method", "time", "preparation", "help")
_OTHERS = ("difficulty", "condition", "unknown")
_CHANGES = ("method", "method", "method", "goal_size", "time", "place", "help", "back")
#: Accuracy from which the facts alone suggest 3, 2 and 1.
_LEVELS = (0.82, 0.62, 0.38)


@dataclass(frozen=True)
class Before:
    """What came before this lap.

    Attributes:
        accuracy: Of the lap whose adjustment was tried; None if unknown.
        worked: Adjustments (what, to_value) that were judged to work before.
        prompt_id: The question that was asked last.
        is_first_lesson: Of the unit.
        next_way: The strategy to be tried next, where that is no chance.
    """

    accuracy: float | None
    worked: frozenset[tuple[str, str]]
    prompt_id: str
    is_first_lesson: bool
    next_way: str = ""


def look_back(rng: Random, persona: Persona, lap: Lap, at: datetime, before: Before) -> None:
    """Close a lap at a moment: rating, reasons, words, the next step and the verdict."""
    band = lap.pupil.band
    facts = lap.facts_until(at)
    rating = _rating(rng, persona, facts)
    went_well = rating >= 2
    prompt_id = prompts.choose(
        lap.day, lap.prompt_stage, before.prompt_id, first_lesson=before.is_first_lesson
    )
    goal = lap.goal.criterion if lap.goal else None
    lap.look_back = LookBack(
        id=id_at(rng, at),
        at=at,
        rating=rating,
        fact_met=criterion_met(goal.type, goal.target, facts) if goal else None,
        direction="went_well" if went_well else "was_hard",
        factors=_factors(rng),
        prompt_id=prompt_id,
        text=_text(rng, persona, lap, prompt_id, went_well=went_well),
    )
    lap.next = (
        Next(id_at(rng, at), "change", "method", before.next_way)
        if before.next_way
        else _next(rng, lap, band, at, rating)
    )
    if lap.adopts and lap.adopts.next and rng.random() < 0.75:
        tried = lap.adopts.next
        tried.verdict = _verdict(rng, accuracy(facts), before.accuracy)
        tried.worked_before = (
            tried.verdict == "worked" and (tried.what, tried.to_value) in before.worked
        )


def _rating(rng: Random, persona: Persona, facts: Facts) -> int:
    right = accuracy(facts)
    if right is None:
        suggested = 2.0 if facts.items else 1.0
    else:
        suggested = float(sum(right >= level for level in _LEVELS))
    return min(max(round(suggested + persona.rates + rng.gauss(0, 0.45)), 0), 3)


def _factors(rng: Random) -> list[str]:
    first = rng.choice(_CONTROLLABLE if rng.random() < 0.75 else _OTHERS)
    if rng.random() < 0.25:
        return [first, rng.choice([each for each in _CONTROLLABLE if each != first])]
    return [first]


def _text(rng: Random, persona: Persona, lap: Lap, prompt_id: str, *, went_well: bool) -> str:
    band = lap.pupil.band
    if rng.random() > persona.writes * (0.6 if band == "L" else 1.0):
        return ""
    if persona.one_sentence:
        return same_sentence(band)
    if prompt_id == prompts.FREE:
        prompt_id = rng.choice(tuple(prompts.PROMPTS))
    reason = "went_well" if went_well else "was_hard"
    lens = reason if prompt_id == "reason" else prompt_id
    return sentence(rng, lap.unit, band, lap.way, lens=lens)


def _next(rng: Random, lap: Lap, band: str, at: datetime, rating: int) -> Next:
    """Keep what went well, change something otherwise."""
    if rng.random() < (0.55 if rating >= 2 else 0.15):
        return Next(id_at(rng, at), "keep", "same", "")
    what = rng.choice(_CHANGES)
    if what == "method":
        value = rng.choice([way for way in WAYS if not lap.goal or way not in lap.goal.strategies])
    else:
        value = change_words(rng, what, band)
    return Next(id_at(rng, at), "change", what, value)


def _verdict(rng: Random, now: float | None, before: float | None) -> str:
    if now is None or before is None or rng.random() < 0.15:
        return "cannot_say"
    if now >= before + 0.04:
        return "worked"
    return "no_change" if rng.random() < 0.8 else "cannot_say"
