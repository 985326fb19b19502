"""Planning what a class works on, and the goal cards that go with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.scope import Scope
from aarportal.cycle.units import store
from aarportal.cycle.units.models import GoalCard, Unit
from aarportal.cycle.units.subjects import SUBJECTS

MAX_CARDS = 3
MAX_TITLE = 60
#: 学習指導要領コード: 16 letters and digits, case-sensitive.
CODE = re.compile(r"\A[0-9A-Za-z]{16}\Z")
CRITERIA = ("can_do", "count", "accuracy", "product")


@dataclass(frozen=True)
class CardDraft:
    """One goal card."""

    text: str
    criterion_type: str = "can_do"
    criterion_target: int | None = None


@dataclass(frozen=True)
class UnitDraft:
    """A unit as the teacher plans it.

    Attributes:
        last_on: The last day; inclusive, as people say it.
    """

    class_id: UUID
    subject: str
    title: str
    starts_on: date
    last_on: date
    code: str = ""
    cards: Sequence[CardDraft] = field(default_factory=tuple)


def add_unit(scope: Scope, draft: UnitDraft) -> Unit:
    """Plan a new unit of one of the teacher's classes.

    Raises:
        InvalidError: If a value cannot be taken.
        NotFoundError: If the class is not the teacher's.
    """
    _check(scope, draft)
    unit = Unit(school_id=scope.school_id, class_id=draft.class_id)
    _fill(unit, draft)
    scope.session.add(unit)
    scope.session.flush()  # its id goes into the cards
    _set_cards(scope, unit, draft.cards)
    audit.record(scope, "unit:added", unit.id)
    return unit


def change_unit(scope: Scope, unit_id: UUID, draft: UnitDraft) -> Unit:
    """Change a unit and its cards.

    Raises:
        InvalidError: If a value cannot be taken.
        NotFoundError: If the unit is not of one of the teacher's classes.
    """
    unit = own_unit(scope, unit_id)
    _check(scope, draft)
    _fill(unit, draft)
    _set_cards(scope, unit, draft.cards)
    audit.record(scope, "unit:changed", unit.id)
    return unit


def own_unit(scope: Scope, unit_id: UUID) -> Unit:
    """A unit of one of the teacher's classes.

    Raises:
        NotFoundError: If there is none.
    """
    unit = store.unit(scope, unit_id)
    if unit.class_id not in scope.class_ids:
        raise NotFoundError("unit")
    return unit


def _fill(unit: Unit, draft: UnitDraft) -> None:
    unit.subject, unit.title, unit.code = draft.subject, draft.title, draft.code
    unit.starts_on, unit.ends_before = draft.starts_on, draft.last_on + timedelta(days=1)


def _set_cards(scope: Scope, unit: Unit, cards: Sequence[CardDraft]) -> None:
    """Cards keep their ids where they keep their places, because goals point at them."""
    standing = {card.position: card for card in store.cards(scope, [unit.id])[unit.id]}
    for place, draft in enumerate(cards):
        card = standing.pop(place, None)
        if card is None:
            card = GoalCard(school_id=unit.school_id, unit_id=unit.id, position=place)
            scope.session.add(card)
        card.text = draft.text
        card.criterion_type = draft.criterion_type
        card.criterion_target = draft.criterion_target
    for card in standing.values():
        scope.session.delete(card)


def _check(scope: Scope, draft: UnitDraft) -> None:
    if draft.class_id not in scope.class_ids:
        raise NotFoundError("class")
    if draft.subject not in SUBJECTS:
        raise InvalidError("subject", "choice")
    if not 0 < len(draft.title) <= MAX_TITLE:
        raise InvalidError("title", "length")
    if draft.last_on < draft.starts_on:
        raise InvalidError("last_on", "order")
    if draft.code and not CODE.match(draft.code):
        raise InvalidError("code", "form")
    for card in draft.cards:
        if card.criterion_type not in CRITERIA or len(card.text) > MAX_TITLE:
            raise InvalidError("cards", "form")
