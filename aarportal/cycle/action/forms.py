"""Paper work: the shape of what is sent."""

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from aarportal.cycle.action.operations import PaperWork
from aarportal.web.fields import WholeNumber

MAX_TITLE = 60


#: What is no writing; PostgreSQL refuses to keep the first of them.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def _one_line(value: str | None) -> str:
    return _CONTROLS.sub("", value or "").strip()


class ByHandForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a student did away from any app."""

    title = StringField(
        _l("What did you do?"),
        [
            DataRequired(_l("Write what you did.")),
            Length(max=MAX_TITLE, message=_l("Write it in 60 letters or fewer.")),
        ],
        filters=[_one_line],
    )
    amount = WholeNumber(
        _l("How much?"),
        [
            InputRequired(_l("Write a number from 1 to 200.")),
            NumberRange(1, 200, message=_l("Write a number from 1 to 200.")),
        ],
    )
    unit = RadioField(
        _l("Counted in"),
        choices=[
            Choice("items", _l("questions")),
            Choice("pages", _l("pages")),
            Choice("minutes", _l("minutes")),
            Choice("times", _l("times")),
        ],
        default="items",
    )
    minutes = WholeNumber(
        _l("About how many minutes?"),
        [Optional(), NumberRange(1, 240, message=_l("Write a number from 1 to 240."))],
    )

    def draft(self) -> PaperWork:
        """The typed values as the operation wants them."""
        assert self.amount.data is not None
        return PaperWork(self.title.data, self.amount.data, self.unit.data, self.minutes.data)
