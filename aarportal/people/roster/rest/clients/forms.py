"""A system that reads the roster: the shape of what the office types."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.core.errors import InvalidError
from aarportal.people.roster.rest.operations import MAX_TITLE, ClientDraft

ALL, CHOSEN = "all", "chosen"

#: Rule of an InvalidError -> what to do.
_REFUSED = {
    "required": _l("Say what the system is called."),
    "too_long": _l("Use a shorter name, of at most 60 letters."),
    "no_school": _l("Choose at least one school."),
    "unknown_school": _l("Choose schools of the list."),
}


class ClientForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a system is called and what it reads."""

    title = StringField(
        _l("Name of the system"),
        [InputRequired(_REFUSED["required"]), Length(max=MAX_TITLE, message=_REFUSED["too_long"])],
    )
    which = RadioField(
        _l("Whose roster it reads"),
        choices=[
            Choice(ALL, _l("Every school of the district, and the board")),
            Choice(CHOSEN, _l("Only these schools")),
        ],
        default=CHOSEN,
    )
    school_ids = SelectMultipleField(_l("Only these schools"), validate_choice=False)

    def offer(self, schools: Sequence[tuple[UUID, str]]) -> "ClientForm":
        """Let these schools be chosen."""
        self.school_ids.choices = [Choice(str(school_id), name) for school_id, name in schools]
        return self

    def refuse(self, error: InvalidError) -> None:
        """Say what to do, beside the field."""
        self._fields[error.field].errors = [_REFUSED[error.rule]]

    def draft(self) -> ClientDraft:
        """The sent values as the operation wants them.

        Raises:
            InvalidError: If a school is none.
        """
        title = (self.title.data or "").strip()
        if self.which.data == ALL:
            return ClientDraft(title)
        try:
            return ClientDraft(title, tuple(UUID(each) for each in self.school_ids.data or ()))
        except ValueError:
            raise InvalidError("school_ids", "unknown_school") from None
