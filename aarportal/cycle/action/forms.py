"""Paper work: the shape of what is sent."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from aarportal.cycle.action.operations import PaperWork

MAX_TITLE = 60


def _strip(value: str | None) -> str:
    return (value or "").strip()


class ByHandForm(FlaskForm):  # type: ignore[misc]
    """What a student did away from any app."""

    title = StringField(
        _l("What did you do?"),
        [
            InputRequired(_l("Write what you did.")),
            Length(max=MAX_TITLE, message=_l("Write it in 60 letters or fewer.")),
        ],
        filters=[_strip],
    )
    amount = IntegerField(
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
    minutes = IntegerField(
        _l("About how many minutes?"),
        [Optional(), NumberRange(1, 240, message=_l("Write a number from 1 to 240."))],
    )

    def draft(self) -> PaperWork:
        """The typed values as the operation wants them."""
        assert self.amount.data is not None
        return PaperWork(self.title.data, self.amount.data, self.unit.data, self.minutes.data)
