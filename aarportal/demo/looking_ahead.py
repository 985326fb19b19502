"""見通す in the simulation: what a pupil of a persona sets out to do; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from aarportal.cycle.anticipation.amounts import difficulty_ratio
from aarportal.cycle.anticipation.choices import CriterionDraft, IfThenDraft
from aarportal.demo.curriculum import Card, PlannedUnit
from aarportal.demo.laps import GoalPlan, Lap, id_at
from aarportal.demo.personas import Persona
from aarportal.demo.sentences import WAYS, goal_words

#: Items that suit a band, from and to.
_AMOUNTS = {"L": (3, 5), "M": (4, 6), "U": (4, 7)}
_IF_THENS = (
    IfThenDraft("half_way", "not_clear", "ask"),
    IfThenDraft("half_way", "mistakes", "look_back"),
    IfThenDraft("at_start", "no_drive", "split"),
    IfThenDraft("half_way", "distracted", "place"),
    IfThenDraft("after_lesson", "short_time", "smaller_goal"),
    IfThenDraft("at_home", "not_clear", "model"),
)
_OWN_IF_THENS = (
    IfThenDraft("half_way", "3問続けて間違えたら", "例題に戻る"),
    IfThenDraft("at_home", "スマホが気になったら", "別の部屋に置く"),
)


@dataclass(frozen=True)
class Ahead:
    """What a pupil knows when looking ahead.

    Attributes:
        skill: Share of first attempts they will get right.
        recent_items: Items of their last laps of the subject.
        carried: The lap whose adjustment is taken over; None for no such.
        is_first_lesson: Of the unit; then nothing is predicted.
    """

    band: str
    skill: float
    recent_items: list[int]
    carried: Lap | None
    is_first_lesson: bool


def look_ahead(
    rng: Random, persona: Persona, unit: PlannedUnit, at: datetime, ahead: Ahead
) -> GoalPlan:
    """Set a goal at a moment."""
    band = ahead.band
    amount = max(round(rng.randint(*_AMOUNTS[band]) * persona.size), 3)
    strategies = _strategies(rng, band)
    if ahead.carried and ahead.carried.next:
        change = ahead.carried.next
        if change.what == "goal_size":
            amount = max(amount - 2, 3)
        elif change.what == "method":
            strategies = [change.to_value, *(way for way in strategies if way != change.to_value)][
                :2
            ]
    text, author, card = _words(rng, persona, unit, band, amount)
    if author == "card" and card and card.criterion_type == "count":
        amount = card.criterion_target or amount
    criterion = _criterion(rng, band, card, amount)
    counts = band != "L" or criterion.type == "count"
    shrinks = amount > 8 and rng.random() < 0.15
    return GoalPlan(
        id=id_at(rng, at),
        at=at,
        text=text,
        author=author,
        card=card,
        amount=amount if counts else None,
        criterion=criterion,
        strategies=strategies,
        reach=rng.choice(("help", "self", "self", "teach")) if band != "L" else "",
        is_planned=counts and rng.random() < 0.35,
        if_then=_if_then(rng, band),
        prediction=_prediction(rng, persona, ahead, amount),
        difficulty_ratio=difficulty_ratio(amount, ahead.recent_items) if counts else None,
        revised_at=at + timedelta(minutes=rng.randint(9, 14)) if shrinks and counts else None,
    )


def _strategies(rng: Random, band: str) -> list[str]:
    if band == "L":
        return rng.sample(WAYS, 1) if rng.random() < 0.3 else []
    return rng.sample(WAYS, rng.choice((0, 1, 1, 1, 2)))


def _words(
    rng: Random, persona: Persona, unit: PlannedUnit, band: str, amount: int
) -> tuple[str, str, Card | None]:
    own = persona.own_words * (0.5 if band == "L" else 1.0)
    if rng.random() < own:
        return goal_words(rng, unit, band, amount)[:60], "pupil", None
    card = rng.choice(unit.cards)
    if band != "L" and rng.random() < 0.3:
        return goal_words(rng, unit, band, amount)[:60], "pupil_from_card", card
    return card.text, "card", card


def _criterion(rng: Random, band: str, card: Card | None, amount: int) -> CriterionDraft:
    if card:
        return CriterionDraft(card.criterion_type, card.criterion_target)
    kinds = {"L": ("can_do", "can_do", "count"), "M": ("count", "count", "can_do")}
    kind = rng.choice(kinds.get(band, ("count", "accuracy", "can_do")))
    target = {"count": amount, "accuracy": rng.choice((70, 80, 90))}.get(kind)
    return CriterionDraft(kind, target)


def _if_then(rng: Random, band: str) -> IfThenDraft | None:
    if band == "L" or rng.random() > 0.22:
        return None
    return rng.choice(_IF_THENS + _OWN_IF_THENS if band == "U" else _IF_THENS)


def _prediction(
    rng: Random, persona: Persona, ahead: Ahead, amount: int
) -> tuple[int, int, int | None] | None:
    if ahead.band == "L" or ahead.is_first_lesson or rng.random() > 0.65:
        return None
    share = min(max(ahead.skill + persona.predicts + rng.uniform(-0.1, 0.1), 0.0), 1.0)
    sure = None
    if ahead.band == "U":
        sure = min(max(2 + round(persona.predicts * 4) + rng.choice((-1, 0, 0, 1)), 1), 3)
    return round(share * amount), amount, sure
