"""A teacher's decision: the shape of what is sent."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length, ValidationError

from aarportal.cycle.action.disputes.operations import MAX_EXPLANATION, Decision


def _trimmed(value: str | None) -> str:
    return (value or "").strip()


class DecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Whether the records of a line count no more, or why they stay."""

    decision = HiddenField(validators=[AnyOf(["voided", "upheld"], _l("Choose one of the two."))])
    explanation = StringField(
        _l("Your words to the pupil"),
        [Length(max=MAX_EXPLANATION, message=_l("Write it in 200 letters or fewer."))],
        filters=[_trimmed],
    )

    def validate_explanation(self, field: StringField) -> None:
        """What stays has to be explained."""
        if self.decision.data == "upheld" and not field.data:
            raise ValidationError(_l("Write why the record is right."))

    def draft(self) -> Decision:
        """The sent values as the operation wants them."""
        return Decision(self.decision.data, self.explanation.data)
