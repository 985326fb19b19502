"""Deletion: the shape of what is sent."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from aarportal.insight.handover.deleting.operations import LEAST_DAYS, LONGEST_REASON, MOST_DAYS


class HoldForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Why something is kept although it would be due."""

    reason = StringField(
        _l("Reason"),
        [
            InputRequired(_l("Say why it has to be kept.")),
            Length(max=LONGEST_REASON, message=_l("At most %(max)d letters.")),
        ],
        filters=[lambda text: (text or "").strip()],
    )


class RuleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How long the board keeps what leavers have left."""

    keep_days = IntegerField(
        _l("Days after the last day at school"),
        [
            InputRequired(_l("Type a whole number of days.")),
            NumberRange(LEAST_DAYS, MOST_DAYS, _l("Choose between %(min)s and %(max)s days.")),
        ],
    )
