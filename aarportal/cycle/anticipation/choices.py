"""What a student may choose while looking ahead: its shape, its limits and who wrote it."""

import re
from dataclasses import dataclass
from uuid import UUID

from aarportal.core.errors import InvalidError
from aarportal.cycle.anticipation.strategies import (
    CUES,
    MAX_STRATEGIES,
    OBSTACLES,
    STRATEGIES,
    responses,
)

MAX_TEXT = 60
MAX_CRITERION_TEXT = 40
MAX_OWN_WORDS = 40
MAX_AMOUNT = 200
CONFIDENCE = (1, 2, 3)

REACHES = ("help", "self", "teach")
CRITERION_TYPES = ("count", "accuracy", "can_do", "product")
AMOUNT_UNITS = ("items", "pages", "minutes", "times")
#: The only slot of a plan that needs no school.
HOME = "home"
SLOTS = ("lesson", "break", "after_school", HOME, "morning")
#: When the student means to work: key -> slot of that day; `tomorrow` is the only other day.
WHENS = {
    "now": "lesson",
    "break": "break",
    "after_school": "after_school",
    "home": "home",
    "tomorrow": "lesson",
}
REASONS = ("too_big", "too_small", "other_way", "other_task", "mistake")

_NOTATION = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_GAPS = re.compile(r"[\s_\u3000]+")


@dataclass(frozen=True)
class Card:
    """A goal that the page offered.

    Attributes:
        key: Its name in the form.
        text: Its words; may carry readings.
        card_id: The teacher's card, if it is one.
        author: Who wrote the words: `teacher`, `pupil` (an earlier goal) or empty (built in).
    """

    key: str
    text: str
    card_id: UUID | None = None
    author: str = ""
    criterion_type: str = "can_do"
    criterion_target: int | None = None


@dataclass(frozen=True)
class CriterionDraft:
    """できたの目じるし as chosen."""

    type: str = "can_do"
    target: int | None = None
    text: str = ""


@dataclass(frozen=True)
class IfThenDraft:
    """もし〜なら: keys of the pickers, or the student's own words."""

    cue: str = ""
    obstacle: str = ""
    response: str = ""

    @property
    def is_begun(self) -> bool:
        """Whether it says anything; a moment alone is no plan."""
        return bool(self.obstacle or self.response)


@dataclass(frozen=True)
class PredictionDraft:
    """How many the student expects to get right; without `of_items` the goal's own number."""

    correct: int
    of_items: int | None = None
    confidence: int | None = None


@dataclass(frozen=True)
class GoalDraft:
    """A whole look ahead; only the unit and some words are needed."""

    unit_id: UUID
    text: str = ""
    card: Card | None = None
    reach: str = ""
    criterion: CriterionDraft | None = None
    amount: int | None = None
    amount_unit: str = "items"
    strategies: tuple[str, ...] = ()
    when: str = ""
    if_then: IfThenDraft | None = None
    prediction: PredictionDraft | None = None
    adjustment_id: UUID | None = None
    """The earlier adjustment that this lap takes over."""
    adjustment_change: str | None = None
    """New words for it (perhaps none) when it is taken over changed; None if as it was."""
    offered: tuple[str, ...] = ()
    """Words of every card the page offered, to tell own words from copied ones."""


@dataclass(frozen=True)
class GoalChange:
    """How an active goal shall read from now on, and why."""

    reason: str
    text: str
    amount: int | None = None
    amount_unit: str = "items"
    strategies: tuple[str, ...] = ()


def check_goal(draft: GoalDraft) -> None:
    """Refuse what no goal can be.

    Raises:
        InvalidError: Names the field and the rule.
    """
    if not draft.text.strip() and draft.card is None:
        raise InvalidError("text", "required")
    _check_common(draft.text, draft.amount, draft.amount_unit, draft.strategies)
    _one_of("reach", draft.reach, ("", *REACHES))
    _one_of("when", draft.when, ("", *WHENS))
    if len(draft.adjustment_change or "") > MAX_TEXT:
        raise InvalidError("adjustment_change", "too_long")
    if draft.criterion:
        _check_criterion(draft.criterion)
    if draft.if_then:
        _check_if_then(draft.if_then)
    if draft.prediction:
        _check_prediction(draft.prediction, items_of(draft))


def check_change(change: GoalChange) -> None:
    """Refuse a revision that no goal can take.

    Raises:
        InvalidError: Names the field and the rule.
    """
    _one_of("reason", change.reason, REASONS)
    if not change.text.strip():
        raise InvalidError("text", "required")
    _check_common(change.text, change.amount, change.amount_unit, change.strategies)


def words_of(draft: GoalDraft) -> tuple[str, str]:
    """The goal's words and their author (see Goal.author).

    Own words that only repeat a card are the card's: looking ahead means choosing.
    """
    text = draft.text.strip()
    cards = (draft.card.text,) if draft.card else ()
    copied = next((card for card in (*cards, *draft.offered) if not text or same(text, card)), None)
    if copied is not None:
        return copied, "card"
    return text, "pupil_from_card" if draft.card else "pupil"


def revised_author(author: str, before: str, after: str) -> str:
    """Who a revised goal is by: a card with changed words has become the student's."""
    if same(after, before):
        return author
    return author if author == "pupil" else "pupil_from_card"


def same(words: str, card_text: str) -> bool:
    """Whether words are those of a card, in kanji or in kana, whatever the spaces."""
    forms = {_NOTATION.sub(group, card_text) for group in (r"\1", r"\2")}
    return _GAPS.sub("", words) in {_GAPS.sub("", form) for form in (*forms, card_text)}


def items_of(draft: GoalDraft) -> int:
    """Of how many items a prediction speaks: as written, else amount, else criterion, else 10."""
    if draft.prediction and draft.prediction.of_items is not None:
        return draft.prediction.of_items
    if draft.amount is not None and draft.amount_unit == "items":
        return draft.amount
    if draft.criterion and draft.criterion.type == "count" and draft.criterion.target:
        return draft.criterion.target
    return 10


def _check_common(
    text: str, amount: int | None, amount_unit: str, strategies: tuple[str, ...]
) -> None:
    if len(text.strip()) > MAX_TEXT:
        raise InvalidError("text", "too_long")
    if amount is not None and not 1 <= amount <= MAX_AMOUNT:
        raise InvalidError("amount", "range")
    _one_of("amount_unit", amount_unit, AMOUNT_UNITS)
    if len(strategies) > MAX_STRATEGIES:
        raise InvalidError("strategies", "too_many")
    if len(set(strategies)) != len(strategies) or not set(strategies) <= STRATEGIES.keys():
        raise InvalidError("strategies", "unknown")


def _check_criterion(criterion: CriterionDraft) -> None:
    _one_of("criterion", criterion.type, CRITERION_TYPES)
    if criterion.type in {"count", "accuracy"}:
        limit = MAX_AMOUNT if criterion.type == "count" else 100
        if criterion.target is None or not 1 <= criterion.target <= limit:
            raise InvalidError("criterion_target", "range")
    if len(criterion.text) > MAX_CRITERION_TEXT:
        raise InvalidError("criterion_text", "too_long")


def _check_if_then(plan: IfThenDraft) -> None:
    for field, value, keys in (
        ("cue", plan.cue, CUES),
        ("obstacle", plan.obstacle, OBSTACLES),
        ("response", plan.response, responses("M")),
    ):
        if value not in keys and len(value) > MAX_OWN_WORDS:
            raise InvalidError(field, "too_long")


def _check_prediction(prediction: PredictionDraft, of_items: int) -> None:
    if not 1 <= of_items <= MAX_AMOUNT:
        raise InvalidError("of_items", "range")
    if not 0 <= prediction.correct <= of_items:
        raise InvalidError("predicted", "range")
    if prediction.confidence is not None and prediction.confidence not in CONFIDENCE:
        raise InvalidError("confidence", "unknown")


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidError(field, "unknown")
