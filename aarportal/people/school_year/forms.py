"""Days, terms and the opening of a year: the shape of the input."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from aarportal.core.words import mark
from aarportal.people.attendance.calendar import DayKind
from aarportal.people.attendance.lessons import Bells
from aarportal.people.school_year.operations import (
    KINDS,
    USUAL,
    DaysDraft,
    TermDraft,
)
from aarportal.people.school_year.years import (
    MAX_TITLE,
    YearProposal,
    cleaned_title,
    first_day,
    year_of,
)
from aarportal.web.fields import RefusingForm
from aarportal.web.texts import plain

KIND_WORDS = {
    USUAL: mark("As always: lessons from Monday to Friday"),
    DayKind.CLOSED: mark("No school"),
    DayKind.EVENT: mark("Event: school without ordinary lessons"),
    DayKind.EXAM: mark("Tests: school without ordinary lessons"),
    DayKind.OPEN: mark("School with lessons, also on a Saturday or a Sunday"),
}
#: (field, rule) -> what to do about it; fields of terms without their number.
_MESSAGES: dict[tuple[str, str], Any] = {
    ("last_on", "order"): _l("The last day comes before the first."),
    ("last_on", "long"): _l("These are more days than a year has."),
    ("last_on", "range"): _l("Choose a day of this century."),
    ("first_on", "range"): _l("Choose a day of this century."),
    ("year", "range"): _l("Choose a school year of this century."),
    ("title", "length"): _l("Write it in 60 letters or fewer."),
    ("starts_on", "range"): _l("Choose a day between 1 April and 31 March of this school year."),
    ("starts_on", "order"): _l("This term begins before the one above it has begun."),
}
_required = InputRequired(_l("Please fill this in."))
_too_long = Length(max=MAX_TITLE, message=_l("Write it in 60 letters or fewer."))
#: Terms of a year at most.
_MOST_TERMS = 3


def _cleaned(value: str | None) -> str:
    return cleaned_title(value or "")


class DaysForm(RefusingForm):
    """What one day is, or days that follow each other."""

    MESSAGES = _MESSAGES

    first_on = DateField(_l("First day"), [_required])
    last_on = DateField(_l("Last day"), [Optional()])
    kind = SelectField(
        _l("What holds on these days"),
        choices=lambda: [Choice(key, plain(KIND_WORDS[key])) for key in KINDS],
    )
    title = StringField(_l("Name"), [_too_long], filters=[_cleaned])
    bells = SelectField(_l("Lesson times"))

    def offer(self, bells: Mapping[UUID, Bells]) -> "DaysForm":
        """Fill the list of lesson times."""
        self.bells.choices = [
            Choice("", plain("Those of the weekday")),
            *(Choice(key.hex, it.title) for key, it in bells.items()),
        ]
        return self

    def draft(self) -> DaysDraft:
        """The typed values as the operation wants them."""
        assert self.first_on.data
        return DaysDraft(
            first_on=self.first_on.data,
            last_on=self.last_on.data or self.first_on.data,
            kind=self.kind.data,
            title=self.title.data,
            bells_id=UUID(self.bells.data) if self.bells.data else None,
        )


class YearField(HiddenField):  # type: ignore[misc]  # WTForms has no types
    """A school year that goes along with a form."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the year; None for anything that is none."""
        self.data = year_of(valuelist[0] if valuelist else "")

    def pre_validate(self, _form: object) -> None:
        """Refuse what is no year."""
        if self.data is None:
            raise ValidationError(_MESSAGES["year", "range"])


class _YearForm(RefusingForm):
    MESSAGES = _MESSAGES

    year = YearField()

    @property
    def asked(self) -> int:
        """The year, once the form is valid."""
        assert self.year.data is not None
        return self.year.data


class TermsForm(_YearForm):
    """Two or three terms; the first begins on 1 April, and each ends where the next begins."""

    title_0 = StringField(_l("Name of term 1"), [_required, _too_long], filters=[_cleaned])
    title_1 = StringField(_l("Name of term 2"), [_required, _too_long], filters=[_cleaned])
    starts_on_1 = DateField(_l("First day of term 2"), [_required])
    title_2 = StringField(_l("Name of term 3"), [_too_long], filters=[_cleaned])
    starts_on_2 = DateField(_l("First day of term 3"), [Optional()])

    def show(self, terms: Sequence[TermDraft]) -> "TermsForm":
        """Fill in the terms as they stand."""
        for place, term in enumerate(terms[:_MOST_TERMS]):
            self[f"title_{place}"].data = term.title
            if place:
                self[f"starts_on_{place}"].data = term.starts_on
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """A third term has both a name and a first day, or there is none."""
        is_valid: bool = super().validate(extra_validators)
        pair = (self.title_2, self.starts_on_2)
        for field, other in (pair, pair[::-1]):
            if other.data and not field.data and not field.errors:
                field.errors = [_l("Please fill this in.")]
                is_valid = False
        return is_valid

    def drafts(self) -> list[TermDraft]:
        """The typed values as the operation wants them."""
        found = [TermDraft(self.title_0.data, first_day(self.asked))]
        for place in range(1, _MOST_TERMS):
            title, starts_on = self[f"title_{place}"].data, self[f"starts_on_{place}"].data
            if title and starts_on:
                found.append(TermDraft(title, starts_on))
        return found


class OpeningForm(_YearForm):
    """What of a proposal for a year is wanted."""

    spans = SelectMultipleField(
        _l("Days"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    terms = BooleanField(_l("These terms"))

    def wanted(self, proposal: YearProposal) -> set[date]:
        """First days of the proposed spans that were chosen."""
        chosen = set(self.spans.data or [])
        return {span.first_on for span in proposal.spans if span.first_on.isoformat() in chosen}
