"""The first code of a device: the shape of the input."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Six digits."""

    code = StringField(
        _l("Code of 6 digits"),
        [
            InputRequired(_l("Please fill this in.")),
            Length(max=40, message=_l("This is too long.")),
        ],
    )
