"""Bringing an export: the shape of what is sent."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField
from wtforms.validators import UUID, InputRequired


class FileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The zip of an earlier school."""

    file = FileField(_l("File (zip)"), [FileRequired(_l("Choose a file."))])


class TrustForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """That a fingerprint was compared."""

    compared = BooleanField(
        _l("I compared the fingerprint with the office of that school"),
        [InputRequired(_l("Compare it first: a telephone call is enough."))],
    )


class PersonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Whose an export is."""

    student_id = HiddenField(validators=[UUID()])
