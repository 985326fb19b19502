"""The sheet of the letter: the shape of what is sent."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, TextAreaField

from aarportal.core.errors import InvalidError
from aarportal.cycle.reflection.letters.operations import LetterDraft

_MESSAGES: dict[tuple[str, str], Any] = {
    ("text", "required"): _l("Write what you want to say."),
    ("text", "too_long"): _l("Make your letter a little shorter."),
    ("evidence", "too_many"): _l("Choose three at most."),
}
_OTHERWISE = _l("Please choose again.")


class LetterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Up to three laps, and the letter."""

    evidence = SelectMultipleField(_l("Three rings to show"), validate_choice=False)
    text = TextAreaField(
        _l("Letter to your next-term self"), filters=[lambda v: (v or "").replace("\r\n", "\n")]
    )

    def draft(self, lang: str) -> LetterDraft:
        """The chosen values as the operation wants them.

        Raises:
            InvalidError: If what was chosen is no lap.
        """
        try:
            cycle_ids = tuple(UUID(each) for each in self.evidence.data or ())
        except ValueError:
            raise InvalidError("evidence", "choice") from None
        return LetterDraft(self.text.data, cycle_ids, lang)

    def refuse(self, error: InvalidError) -> None:
        """Say beside the field what the operation did not take."""
        field = self._fields[error.field]
        field.errors = [*field.errors, _MESSAGES.get((error.field, error.rule), _OTHERWISE)]
