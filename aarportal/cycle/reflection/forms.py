"""The sheets of looking back: the shape of what is sent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TextAreaField

from aarportal.core.errors import InvalidError
from aarportal.cycle.reflection.operations import RATINGS, ReflectionDraft

#: Name of a step of the sheet -> the fields that it shows.
STEPS: dict[str, frozenset[str]] = {
    "close": frozenset({"rating", "text"}),
    "way": frozenset({"direction", "factors", "verdict"}),
    "next": frozenset({"next_what", "next_way", "next_value"}),
}

_MESSAGES: dict[tuple[str, str], Any] = {
    ("rating", "required"): _l("Choose how far you came."),
    ("next_what", "required"): _l("Choose what you try next."),
    ("factors", "choice"): _l("Choose two reasons at most."),
    ("text", "too_long"): _l("Make your sentence a little shorter."),
    ("text", "required"): _l("Write what you want to say."),
    ("next_value", "too_long"): _l("Write it in 60 letters or fewer."),
}
#: What the sheet sends -> the rating; wide digits and other letters are none.
_RATINGS = {str(value): value for value in RATINGS}
_OTHERWISE = _l("Please choose again.")


def _strip(value: str | None) -> str:
    return (value or "").strip().replace("\r\n", "\n")


class _Sheet(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    def refuse(self, error: InvalidError) -> None:
        """Say beside the field what an operation did not take."""
        field = self._fields.get(error.field) or next(iter(self._fields.values()))
        field.errors = [*field.errors, _MESSAGES.get((error.field, error.rule), _OTHERWISE)]


class ReflectionForm(_Sheet):
    """The whole look back, all steps; only the rating and the next step are asked for."""

    rating = StringField(_l("How far did you come?"), filters=[_strip])
    text = TextAreaField(_l("One sentence"), filters=[_strip])
    prompt_id = StringField(filters=[_strip])
    direction = StringField(_l("Did it go well?"), filters=[_strip])
    factors = SelectMultipleField(_l("Reasons"), validate_choice=False)
    verdict = StringField(_l("Did your change help?"), filters=[_strip])
    next_what = StringField(_l("What do you try next?"), filters=[_strip])
    next_way = StringField(_l("Which way will you try?"), filters=[_strip])
    next_value = StringField(_l("In your own words"), filters=[_strip])

    def first_wrong_step(self, steps: Sequence[str]) -> int:
        """Number of the first of these steps with something to mend; 1 if there is nothing."""
        wrong = (n for n, name in enumerate(steps, start=1) if STEPS[name] & self.errors.keys())
        return next(wrong, 1)

    def draft(self, cycle_id: UUID, band: str, lang: str) -> ReflectionDraft:
        """The chosen values as the operation wants them; own words say more than a way's name."""
        way = self.next_way.data if self.next_what.data == "method" else ""
        return ReflectionDraft(
            cycle_id=cycle_id,
            rating=_RATINGS.get(self.rating.data, -1),
            next_what=self.next_what.data,
            next_value=self.next_value.data or way,
            direction=self.direction.data,
            factors=tuple(dict.fromkeys(self.factors.data or ())),
            text=self.text.data,
            prompt_id=self.prompt_id.data,
            verdict=self.verdict.data,
            lang=lang,
            band=band,
        )


class RevisionForm(_Sheet):
    """Writing a reflection anew after the teacher's answer."""

    text = TextAreaField(_l("In your own words"), filters=[_strip])
