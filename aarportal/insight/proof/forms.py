"""The form in which a board asks for its traces."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import InputRequired, ValidationError

from aarportal.core import clock
from aarportal.insight.proof import days


class SinceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """From which day on."""

    since = DateField(_l("From this day on"), [InputRequired(_l("Please fill this in."))])

    def validate_since(self, field: Any) -> None:
        """Refuse days of which there is nothing to take along."""
        if field.data is not None and not days.is_one(field.data, clock.today()):
            raise ValidationError(_l("Choose a day between 2000 and today."))
