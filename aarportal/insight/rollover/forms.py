"""That a school goes over to a new year: the shape of the input."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired


class ConfirmForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which preview somebody has seen, and that they mean it."""

    year = IntegerField(validators=[InputRequired()])
    version = IntegerField(validators=[InputRequired()])
    sure = BooleanField(
        _l("I have looked at the lists"),
        validators=[InputRequired(_l("Look at the lists, then say so here."))],
    )
