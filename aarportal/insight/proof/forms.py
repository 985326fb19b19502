"""The form in which a board asks for its traces."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import InputRequired


class SinceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """From which day on."""

    since = DateField(_l("From this day on"), [InputRequired(_l("Please fill this in."))])
