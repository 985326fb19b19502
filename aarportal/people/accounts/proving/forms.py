"""Proving who one is: the shape of the input."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import Length

from aarportal.people.accounts.proving.operations import ProofDraft

_too_long = _l("This is too long.")


class ProofForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The password, or a code; one of both is enough."""

    password = PasswordField(_l("Password"), [Length(max=200, message=_too_long)])
    code = StringField(_l("Code of 6 digits"), [Length(max=40, message=_too_long)])

    def draft(self) -> ProofDraft:
        """The typed values as the operation wants them."""
        return ProofDraft(self.password.data or "", (self.code.data or "").strip())
