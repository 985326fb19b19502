"""Planning what a class works on, and the goal cards that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.scope import Scope
from aarportal.cycle.units import store
from aarportal.cycle.units.curriculum.codes import is_code
from aarportal.cycle.units.models import GoalCard, Unit
from aarportal.cycle.units.subjects import SUBJECTS

MAX_CARDS = 3
MAX_TITLE = 60
#: Years in which units lie; a slip of the finger lies elsewhere.
YEARS = range(2000, 2100)
CRITERIA = ("can_do", "count", "accuracy", "product")
#: Criteria that need a number -> the largest one: items for a count, per cent for accuracy.
MAX_TARGET = {"count": 200, "accuracy": 100}


@dataclass(frozen=True)
class CardDraft:
    """One goal card.

    Attributes:
        place: 0 to 2, its place on the sheet; a card that stays in its place stays the same card.
        text: May carry readings.
        criterion_type: One of `CRITERIA`.
        criterion_target: Items for `count`, per cent for `accuracy`; unused otherwise.
    """

    place: int
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
    if draft.class_id != unit.class_id:
        raise InvalidError("class_id", "choice")
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


def card_drafts(scope: Scope, unit: Unit) -> list[CardDraft]:
    """The cards of a unit as they stand, as many as the sheet has room for."""
    return [
        CardDraft(place, card.text, card.criterion_type, card.criterion_target)
        for place, card in enumerate(store.cards(scope, [unit.id])[unit.id][:MAX_CARDS])
    ]


def in_order(units: Sequence[Unit], today: date) -> list[Unit]:
    """The units of now first, then those to come, then those that are over."""

    def place(unit: Unit) -> tuple[bool, bool]:
        return (unit.ends_before <= today, unit.starts_on > today)

    return sorted(units, key=place)


def _fill(unit: Unit, draft: UnitDraft) -> None:
    unit.subject, unit.title, unit.code = draft.subject, draft.title, draft.code
    unit.starts_on, unit.ends_before = draft.starts_on, draft.last_on + timedelta(days=1)


def _set_cards(scope: Scope, unit: Unit, drafts: Sequence[CardDraft]) -> None:
    """Cards keep their ids where they keep their places, because goals point at them.

    Cards beyond those of the sheet came from elsewhere and stay.
    """
    standing = dict(enumerate(store.cards(scope, [unit.id])[unit.id]))
    for draft in drafts:
        card = standing.pop(draft.place, None)
        if card is None:
            card = GoalCard(school_id=unit.school_id, unit_id=unit.id)
            scope.session.add(card)
        card.position = draft.place
        card.text = draft.text
        card.criterion_type = draft.criterion_type
        needs_number = draft.criterion_type in MAX_TARGET
        card.criterion_target = draft.criterion_target if needs_number else None
    for place, card in standing.items():
        if place < MAX_CARDS:
            scope.session.delete(card)


def _check(scope: Scope, draft: UnitDraft) -> None:
    if draft.class_id not in scope.class_ids:
        raise NotFoundError("class")
    if draft.subject not in SUBJECTS:
        raise InvalidError("subject", "choice")
    if not 0 < len(draft.title) <= MAX_TITLE:
        raise InvalidError("title", "length")
    if draft.starts_on.year not in YEARS:
        raise InvalidError("starts_on", "range")
    if draft.last_on.year not in YEARS:
        raise InvalidError("last_on", "range")
    if draft.last_on < draft.starts_on:
        raise InvalidError("last_on", "order")
    if draft.code and not is_code(draft.code):
        raise InvalidError("code", "form")
    for card in draft.cards:
        _check_card(card)


def _check_card(card: CardDraft) -> None:
    if card.place not in range(MAX_CARDS) or card.criterion_type not in CRITERIA:
        raise InvalidError(f"criterion_{card.place}", "choice")
    if not 0 < len(card.text) <= MAX_TITLE:
        raise InvalidError(f"card_{card.place}", "length")
    largest = MAX_TARGET.get(card.criterion_type)
    if largest is not None and card.criterion_target not in range(1, largest + 1):
        raise InvalidError(f"target_{card.place}", card.criterion_type)
