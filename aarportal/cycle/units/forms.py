"""Units and their cards: the shape of the input."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from aarportal.core.errors import InvalidError
from aarportal.cycle.units.operations import MAX_CARDS, MAX_TITLE, CardDraft, UnitDraft
from aarportal.cycle.units.subjects import SUBJECTS

_MESSAGES: dict[tuple[str, str], Any] = {
    ("last_on", "order"): _l("The last day comes before the first."),
    ("code", "form"): _l("The code has 16 letters and digits."),
}
_too_long = Length(max=MAX_TITLE, message=_l("Write it in 60 letters or fewer."))
_required = InputRequired(_l("Please fill this in."))


def _strip(value: str | None) -> str:
    return (value or "").strip()


class UnitForm(FlaskForm):  # type: ignore[misc]
    """One unit with up to three goal cards."""

    subject = SelectField(
        _l("Subject"), choices=[Choice(key, _l(text)) for key, text in SUBJECTS.items()]
    )
    title = StringField(_l("Unit"), [_required, _too_long], filters=[_strip])
    starts_on = DateField(_l("First day"), [_required])
    last_on = DateField(_l("Last day"), [_required])
    code = StringField(_l("Course of study code"), filters=[_strip])
    card_0 = StringField(_l("Goal card 1"), [_too_long], filters=[_strip])
    count_0 = IntegerField(_l("Questions to reach (card 1)"), [Optional(), NumberRange(1, 200)])
    card_1 = StringField(_l("Goal card 2"), [_too_long], filters=[_strip])
    count_1 = IntegerField(_l("Questions to reach (card 2)"), [Optional(), NumberRange(1, 200)])
    card_2 = StringField(_l("Goal card 3"), [_too_long], filters=[_strip])
    count_2 = IntegerField(_l("Questions to reach (card 3)"), [Optional(), NumberRange(1, 200)])

    def card_fields(self) -> Sequence[tuple[Any, Any]]:
        """The text and the number of each card."""
        return [(self[f"card_{n}"], self[f"count_{n}"]) for n in range(MAX_CARDS)]

    def refuse(self, error: InvalidError) -> None:
        """Say beside the field what the operation did not take."""
        field = self._fields.get(error.field) or self.title
        message = _MESSAGES.get((error.field, error.rule), _l("Please choose again."))
        field.errors = [*field.errors, message]

    def draft(self, class_id: UUID) -> UnitDraft:
        """The typed values as the operation wants them."""
        assert self.starts_on.data
        assert self.last_on.data
        cards = tuple(
            CardDraft(text.data, "count" if count.data else "can_do", count.data)
            for text, count in self.card_fields()
            if text.data
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
