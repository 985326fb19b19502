"""A roster and its confirmation: the shape of the input."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from aarportal.people.roster.imports.operations import Brought


class RosterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A zip, and how strictly it is read."""

    file = FileField(_l("OneRoster file (zip)"), [FileRequired(_l("Choose a file."))])
    tolerant = BooleanField(_l("Repair small defects of the file, and tell me each of them"))

    def brought(self) -> Brought:
        """The typed values as the operation wants them."""
        mode = "tolerant" if self.tolerant.data else "strict"
        return Brought((self.file.data.filename or "")[:200], mode)


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """That what looks wrong is meant."""

    sure = BooleanField(_l("I have looked at this, and it is meant so"))
