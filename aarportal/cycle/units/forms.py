"""Units and their cards: the shape of the input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length, Optional

from aarportal.core.errors import InvalidError
from aarportal.core.words import mark
from aarportal.cycle.units.operations import CRITERIA, MAX_CARDS, MAX_TITLE, CardDraft, UnitDraft
from aarportal.cycle.units.subjects import SUBJECTS
from aarportal.web.fields import WholeNumber
from aarportal.web.texts import plain

#: (field, rule) -> what to do about it; fields of cards without their number.
_MESSAGES: dict[tuple[str, str], Any] = {
    ("last_on", "order"): _l("The last day comes before the first."),
    ("last_on", "range"): _l("Choose a day of this century."),
    ("starts_on", "range"): _l("Choose a day of this century."),
    ("code", "form"): _l("The code has 16 letters and digits."),
    ("target", "count"): _l("Write a number from 1 to 200."),
    ("target", "accuracy"): _l("Write per cent, from 1 to 100."),
}
_OTHERWISE = _l("Please choose again.")
_CRITERION_WORDS = {
    "can_do": mark("can do it"),
    "count": mark("so many questions done"),
    "accuracy": mark("so many per cent right at the first try"),
    "product": mark("something is made"),
}
_too_long = Length(max=MAX_TITLE, message=_l("Write it in 60 letters or fewer."))
_required = InputRequired(_l("Please fill this in."))


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _subjects() -> list[Choice]:
    """An option cannot carry readings, so its words are drawn plain."""
    return [Choice(key, plain(text)) for key, text in SUBJECTS.items()]


def _criteria() -> list[Choice]:
    return [Choice(key, plain(_CRITERION_WORDS[key])) for key in CRITERIA]


def _text(label: Any) -> StringField:
    return StringField(label, [_too_long], filters=[_strip])


def _criterion(label: Any) -> SelectField:
    return SelectField(label, choices=_criteria)


@dataclass(frozen=True)
class CardFields:
    """The three fields of one card."""

    text: Any
    criterion: Any
    target: Any


class UnitForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One unit with up to three goal cards."""

    subject = SelectField(_l("Subject"), choices=_subjects)
    title = StringField(_l("Unit"), [_required, _too_long], filters=[_strip])
    starts_on = DateField(_l("First day"), [_required])
    last_on = DateField(_l("Last day"), [_required])
    code = StringField(_l("Course of study code"), filters=[_strip])
    card_0 = _text(_l("Goal card 1"))
    criterion_0 = _criterion(_l("Reached when (card 1)"))
    target_0 = WholeNumber(_l("Number (card 1)"), [Optional()])
    card_1 = _text(_l("Goal card 2"))
    criterion_1 = _criterion(_l("Reached when (card 2)"))
    target_1 = WholeNumber(_l("Number (card 2)"), [Optional()])
    card_2 = _text(_l("Goal card 3"))
    criterion_2 = _criterion(_l("Reached when (card 3)"))
    target_2 = WholeNumber(_l("Number (card 3)"), [Optional()])

    def card_fields(self) -> Sequence[CardFields]:
        """The fields of each card, by its place."""
        return [
            CardFields(self[f"card_{n}"], self[f"criterion_{n}"], self[f"target_{n}"])
            for n in range(MAX_CARDS)
        ]

    def show_cards(self, cards: Sequence[CardDraft]) -> None:
        """Fill in the cards as they stand."""
        fields = self.card_fields()
        for card in cards:
            shown = fields[card.place]
            shown.text.data, shown.criterion.data = card.text, card.criterion_type
            shown.target.data = card.criterion_target

    def refuse(self, error: InvalidError) -> None:
        """Say beside the field what the operation did not take."""
        field = self._fields.get(error.field) or self.title
        kind = error.field.partition("_")[0] if error.field[-1:].isdigit() else error.field
        field.errors = [*field.errors, _MESSAGES.get((kind, error.rule), _OTHERWISE)]

    def draft(self, class_id: UUID) -> UnitDraft:
        """The typed values as the operation wants them; a card without words is none."""
        assert self.starts_on.data
        assert self.last_on.data
        cards = tuple(
            CardDraft(place, it.text.data, it.criterion.data, it.target.data)
            for place, it in enumerate(self.card_fields())
            if it.text.data
        )
        return UnitDraft(
            class_id,
            self.subject.data,
            self.title.data,
            self.starts_on.data,
            self.last_on.data,
            self.code.data,
            cards,
        )
