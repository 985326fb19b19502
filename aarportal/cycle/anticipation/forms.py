"""The sheets of looking ahead: the shape of what is sent, and the words for what is missing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from aarportal.core.errors import InvalidError
from aarportal.cycle.anticipation.choices import (
    Card,
    CriterionDraft,
    GoalChange,
    GoalDraft,
    IfThenDraft,
    PredictionDraft,
    check_change,
    check_goal,
)
from aarportal.web.fields import WholeNumber

#: Which step of the sheet a field stands on; the other fields stand on the first.
STEPS = {
    "reach": 2,
    "criterion": 2,
    "criterion_target": 2,
    "criterion_text": 2,
    "amount": 2,
    "amount_unit": 2,
    "strategies": 3,
    "when": 3,
    "cue": 3,
    "obstacle": 3,
    "response": 3,
    "predicted": 4,
    "of_items": 4,
    "confidence": 4,
}

#: (field, rule) -> what to do about it; the rule alone serves every other field.
_MESSAGES: dict[tuple[str, str], Any] = {
    ("unit", "required"): _l("Choose what you work on."),
    ("text", "required"): _l("Choose a card, or write your goal."),
    ("text", "too_long"): _l("Write your goal in 60 letters or fewer."),
    ("criterion_target", "range"): _l("Write a number from 1 to 200."),
    ("criterion_text", "too_long"): _l("Write it in 40 letters or fewer."),
    ("amount", "range"): _l("Write a number from 1 to 200."),
    ("strategies", "too_many"): _l("Choose two ways at most."),
    ("of_items", "range"): _l("Write a number from 1 to 200."),
    ("predicted", "range"): _l("Your guess cannot be more than all of them."),
    ("reason", "unknown"): _l("Choose why you change it."),
    ("planned_on", "range"): _l("Choose today or a later day."),
}
_BY_RULE: dict[str, Any] = {
    "too_long": _l("This is too long."),
    "unknown": _l("Please choose again."),
    "range": _l("Please write another number."),
}
#: Names of the operations' fields that the sheet calls otherwise.
_FIELDS = {"adjustment_change": "carry_words", "slot": "planned_on"}


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _number(label: Any) -> WholeNumber:
    """A number that may be left out."""
    return WholeNumber(label, complaint=_l("Write a whole number."))


class _Sheet(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    def refuse(self, error: InvalidError) -> None:
        """Say beside the field what an operation did not take."""
        name = _FIELDS.get(error.field, error.field)
        message = _MESSAGES.get((name, error.rule)) or _BY_RULE.get(error.rule)
        field = self._fields.get(name) or next(iter(self._fields.values()))
        field.errors = [*field.errors, message or _l("Please choose again.")]


class GoalForm(_Sheet):
    """The whole look ahead, all steps; what depends on the day comes in by `offer`."""

    unit = StringField(_l("What do you work on?"), filters=[_strip])
    card = StringField(_l("A card for your goal"), filters=[_strip])
    text = TextAreaField(_l("In your own words"), filters=[_strip])
    carry = StringField(_l("From my earlier self"), filters=[_strip])
    carry_words = StringField(_l("How will you change it?"), filters=[_strip])
    adjustment = StringField(filters=[_strip])
    reach = StringField(_l("How far?"), filters=[_strip])
    criterion = StringField(_l("A mark that tells you"), filters=[_strip])
    criterion_target = _number(_l("How many?"))
    criterion_text = StringField(_l("What will you be able to do?"), filters=[_strip])
    amount = _number(_l("How much do you plan?"))
    amount_unit = StringField(_l("Counted in"), filters=[_strip])
    strategies = SelectMultipleField(_l("Ways"), validate_choice=False)
    when = StringField(_l("When?"), filters=[_strip])
    cue = StringField(_l("When it happens"), filters=[_strip])
    cue_own = StringField(_l("In your own words"), filters=[_strip])
    obstacle = StringField(_l("What may get in the way"), filters=[_strip])
    obstacle_own = StringField(_l("In your own words"), filters=[_strip])
    response = StringField(_l("What you do then"), filters=[_strip])
    response_own = StringField(_l("In your own words"), filters=[_strip])
    predicted = _number(_l("How many will be right?"))
    of_items = _number(_l("Out of how many?"))
    confidence = _number(_l("How sure are you?"))

    def offer(self, cards: Mapping[str, Mapping[str, Card]]) -> "GoalForm":
        """Tell the sheet which cards the page offers: unit -> key -> card."""
        self._cards = cards
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Check numbers and token, then the whole by the rules of the operation."""
        if not super().validate(extra_validators):
            return False
        try:
            check_goal(self.draft())
        except InvalidError as error:
            self.refuse(error)
            return False
        return True

    def first_wrong_step(self) -> int:
        """The step that shows the first thing to mend."""
        return min((STEPS.get(name, 1) for name in self.errors), default=1)

    def draft(self) -> GoalDraft:
        """The chosen values as the operation wants them.

        Raises:
            InvalidError: If no unit of the page is chosen.
        """
        cards = self._cards.get(self.unit.data)
        if cards is None:
            raise InvalidError("unit", "required")
        taken = self.carry.data in {"use", "change"} and self.adjustment.data
        return GoalDraft(
            unit_id=UUID(self.unit.data),
            text=self.text.data.replace("\r\n", "\n"),
            card=cards.get(self.card.data),
            reach=self.reach.data,
            criterion=self._criterion(),
            amount=self.amount.data,
            amount_unit=self.amount_unit.data or "items",
            strategies=tuple(self.strategies.data or ()),
            when=self.when.data,
            if_then=IfThenDraft(
                self.cue_own.data or self.cue.data,
                self.obstacle_own.data or self.obstacle.data,
                self.response_own.data or self.response.data,
            ),
            prediction=self._prediction(),
            adjustment_id=_id(self.adjustment.data) if taken else None,
            adjustment_change=self.carry_words.data if self.carry.data == "change" else None,
            offered=tuple(card.text for card in cards.values()),
        )

    def _criterion(self) -> CriterionDraft | None:
        """None when nothing was chosen; `count:5` is a count of five in one tap."""
        kind, _, target = self.criterion.data.partition(":")
        if not kind:
            return None
        number = int(target) if target.isdecimal() else self.criterion_target.data
        if kind == "can_do":
            return CriterionDraft(kind, None, self.criterion_text.data)
        return CriterionDraft(kind, number)

    def _prediction(self) -> PredictionDraft | None:
        if self.predicted.data is None:
            return None
        return PredictionDraft(self.predicted.data, self.of_items.data, self.confidence.data)


class ChangeForm(_Sheet):
    """Changing a goal that is set, or taking it back."""

    text = TextAreaField(_l("My goal"), filters=[_strip])
    amount = _number(_l("How much do you plan?"))
    amount_unit = StringField(_l("Counted in"), filters=[_strip])
    strategies = SelectMultipleField(_l("Ways"), validate_choice=False)
    reason = StringField(_l("Why do you change it?"), filters=[_strip])

    def validate(self, extra_validators: Any = None) -> bool:
        """Check numbers and token, then the whole by the rules of the operation."""
        if not super().validate(extra_validators):
            return False
        try:
            check_change(self.draft())
        except InvalidError as error:
            self.refuse(error)
            return False
        return True

    def draft(self) -> GoalChange:
        """The changed values as the operation wants them."""
        return GoalChange(
            reason=self.reason.data,
            text=self.text.data.replace("\r\n", "\n"),
            amount=self.amount.data,
            amount_unit=self.amount_unit.data or "items",
            strategies=tuple(self.strategies.data or ()),
        )


class MoveForm(_Sheet):
    """Moving a plan to another day."""

    planned_on = DateField(_l("Day"), [InputRequired(_l("Choose today or a later day."))])
    slot = StringField(_l("When?"), filters=[_strip])


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidError("carry", "unknown") from None
