"""A new password: the shape of the input."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from aarportal.core.errors import InvalidError
from aarportal.people.accounts.own_password.operations import PasswordDraft
from aarportal.people.accounts.own_password.rules import LONGEST

_required = InputRequired(_l("Please fill this in."))
_fits = Length(max=LONGEST, message=_l("This is too long."))
_SENTENCES = {
    "now": _l("This is not your password of now."),
    "short": _l("Please take a longer one."),
    "own_word": _l("Leave your name and your login ID out of it."),
    "common": _l("Many people take this one. Please take another one."),
    "same": _l("Please take one that is new."),
}


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The password of now, and the new one twice."""

    now = PasswordField(_l("Your password of now"), [_fits])
    new = PasswordField(_l("New password"), [_required, _fits])
    again = PasswordField(
        _l("New password once more"),
        [_required, EqualTo("new", message=_l("The two are not the same."))],
    )

    def draft(self) -> PasswordDraft:
        """The typed values as the operation wants them."""
        return PasswordDraft(self.now.data or "", self.new.data or "")

    def refuse(self, error: InvalidError) -> None:
        """Put the sentence of a broken rule beside its field."""
        self[error.field].errors = [_SENTENCES[error.rule]]
