"""A simulated lap of a simulated pupil: everything that is true of it before it is written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from random import Random
from uuid import UUID

from aarportal.cycle.anticipation.choices import CriterionDraft, IfThenDraft
from aarportal.cycle.reflection.facts import Facts
from aarportal.demo.curriculum import Card, PlannedUnit
from aarportal.demo.school import Pupil

DRILL, BOOK, VIDEO, TEST = "drill", "book", "video", "test"


@dataclass(frozen=True)
class Happening:
    """One thing that an app will report.

    Attributes:
        at: When it was over.
        app: `drill`, `book`, `video` or `test`.
        verb: `answered`, `completed`, `read` or `played`.
        unit: What it is about.
        attempt: Groups the answers of one sitting.
        question: Number of the question within the unit; 0 for none.
        is_correct: None for what has no answer.
        is_retry: Whether the question was answered before in the same sitting.
        seconds: How long it took.
        score: Right answers and questions of a whole sitting, when it ends.
    """

    pupil: Pupil
    at: datetime
    app: str
    verb: str
    unit: PlannedUnit
    attempt: UUID
    seconds: int
    question: int = 0
    is_correct: bool | None = None
    is_retry: bool = False
    score: tuple[int, int] | None = None


@dataclass
class GoalPlan:
    """What a pupil sets out to do."""

    id: UUID
    at: datetime
    text: str
    author: str
    card: Card | None
    amount: int | None
    criterion: CriterionDraft
    strategies: list[str]
    reach: str
    is_planned: bool
    if_then: IfThenDraft | None
    prediction: tuple[int, int, int | None] | None
    """Expected right, of how many, how sure (1 to 3 or None)."""
    difficulty_ratio: float | None
    revised_at: datetime | None = None
    """When the amount was made smaller; it was `amount + 4` before."""


@dataclass
class Next:
    """つぎの工夫 as chosen, and what became of it."""

    id: UUID
    kind: str
    what: str
    to_value: str
    adopted_by: "Lap | None" = None
    verdict: str = ""
    worked_before: bool = False


@dataclass
class Answer:
    """What the teacher said about a reflection, and what the pupil made of it."""

    id: UUID
    at: datetime
    kind: str
    text: str
    seen_at: datetime | None = None
    reply: str = ""
    is_acknowledged: bool = False
    revised_text: str = ""


@dataclass
class LookBack:
    """ふりかえり: rating, reasons, words."""

    id: UUID
    at: datetime
    rating: int
    fact_met: bool | None
    direction: str
    factors: list[str]
    prompt_id: str
    text: str
    read_at: datetime | None = None
    answer: Answer | None = None


@dataclass
class Lap:
    """One lap; `opened_at` is the goal's moment or that of the first happening."""

    id: UUID
    pupil: Pupil
    unit: PlannedUnit
    day: date
    opened_at: datetime
    prompt_stage: int
    goal: GoalPlan | None = None
    paper_items: int = 0
    paper_at: datetime | None = None
    mid: str = ""
    happenings: list[Happening] = field(default_factory=list)
    look_back: LookBack | None = None
    next: Next | None = None
    adopts: "Lap | None" = None

    def facts_until(self, moment: datetime) -> Facts:
        """What the portal knows at `moment` of the work in this lap."""
        facts = facts_of([each for each in self.happenings if each.at <= moment])
        if self.paper_at and self.paper_at <= moment:
            return replace(facts, items=facts.items + self.paper_items, records=facts.records + 1)
        return facts

    @property
    def acted_at(self) -> datetime | None:
        """When the work began, as far as anybody knows."""
        moments = [each.at for each in self.happenings]
        if self.paper_at:
            moments.append(self.paper_at)
        return min(moments, default=None)

    @property
    def way(self) -> str:
        """A strategy that was used, for sentences about it."""
        return self.goal.strategies[0] if self.goal and self.goal.strategies else "recall"


def facts_of(happenings: Sequence[Happening]) -> Facts:
    """Sum up what happened the way the portal does, times left out."""
    answers = [each for each in happenings if each.verb == "answered"]
    first = [each.is_correct for each in answers if not each.is_retry]
    again = [each.is_correct for each in answers if each.is_retry]
    return Facts(
        items=len(answers),
        first_attempt_items=len(first),
        first_attempt_correct=first.count(True),
        retry_items=len(again),
        retry_correct=again.count(True),
        records=len(happenings),
    )


def accuracy(facts: Facts) -> float | None:
    """Share of first attempts that were right; None without any."""
    if not facts.first_attempt_items:
        return None
    return facts.first_attempt_correct / facts.first_attempt_items


def id_at(rng: Random, moment: datetime) -> UUID:
    """A UUID of version 7 of a moment in the past, so that rows lie in the order of their time.

    Source: RFC 9562, section 5.7.
    """
    millis = int(moment.timestamp() * 1000)
    rand = rng.getrandbits(74)
    return UUID(
        int=millis << 80 | 0x7 << 76 | (rand >> 62) << 64 | 0b10 << 62 | rand & ((1 << 62) - 1)
    )
