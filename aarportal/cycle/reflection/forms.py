"""The sheets of looking back: the shape of what is sent."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from aarportal.core.errors import InvalidError
from aarportal.cycle.reflection.operations import MAX_TEXT, ReflectionDraft

#: Which step of the sheet shows a field.
STEPS = {"rating": 1, "text": 1, "direction": 2, "factors": 2, "verdict": 2}
LAST_STEP = 3

_MESSAGES: dict[tuple[str, str], Any] = {
    ("rating", "required"): _l("Choose how far you came."),
    ("next_what", "required"): _l("Choose what you try next."),
    ("factors", "choice"): _l("Choose two reasons at most."),
    ("text", "too_long"): _l("Make your sentence a little shorter."),
    ("text", "required"): _l("Write what you want to say."),
    ("next_value", "too_long"): _l("Write it in 60 letters or fewer."),
}
_OTHERWISE = _l("Please choose again.")


def _strip(value: str | None) -> str:
    return (value or "").strip().replace("\r\n", "\n")


class _Sheet(FlaskForm):  # type: ignore[misc]
    def refuse(self, error: InvalidError) -> None:
        """Say beside the field what an operation did not take."""
        field = self._fields.get(error.field) or next(iter(self._fields.values()))
        field.errors = [*field.errors, _MESSAGES.get((error.field, error.rule), _OTHERWISE)]

    def first_wrong_step(self) -> int:
        """The step that shows the first thing to mend."""
        return min((STEPS.get(name, LAST_STEP) for name in self.errors), default=1)


class ReflectionForm(_Sheet):
    """The whole look back, all steps; only the rating and the next step are asked for."""

    rating = IntegerField(_l("How far did you come?"), [Optional()])
    text = TextAreaField(_l("One sentence"), filters=[_strip])
    prompt_id = StringField(filters=[_strip])
    direction = StringField(_l("Did it go well?"), filters=[_strip])
    factors = SelectMultipleField(_l("Reasons"), validate_choice=False)
    verdict = StringField(_l("Did your change help?"), filters=[_strip])
    next_what = StringField(_l("What do you try next?"), filters=[_strip])
    next_way = StringField(_l("Which way will you try?"), filters=[_strip])
    next_value = StringField(_l("In your own words"), filters=[_strip])

    def draft(self, cycle_id: UUID, band: str, lang: str) -> ReflectionDraft:
        """The chosen values as the operation wants them."""
        way = self.next_way.data if self.next_what.data == "method" else ""
        return ReflectionDraft(
            cycle_id=cycle_id,
            rating=-1 if self.rating.data is None else self.rating.data,
            next_what=self.next_what.data,
            next_value=self.next_value.data or way,
            direction=self.direction.data,
            factors=tuple(self.factors.data or ()),
            text=self.text.data,
            prompt_id=self.prompt_id.data[:20],
            verdict=self.verdict.data,
            lang=lang,
            band=band,
        )


class RevisionForm(_Sheet):
    """Writing a reflection anew after the teacher's answer."""

    text = TextAreaField(_l("In your own words"), filters=[_strip])

    def max_text(self, band: str) -> int:
        """How many characters a reflection may have."""
        return MAX_TEXT.get(band, MAX_TEXT["M"])
