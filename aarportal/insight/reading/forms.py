"""The teacher's answer: the shape of what is sent."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from aarportal.cycle.reflection.operations import MAX_FEEDBACK, FeedbackDraft


class FeedbackForm(FlaskForm):  # type: ignore[misc]
    """One stamp, and maybe a line."""

    kind = StringField(_l("Stamp"))
    text = TextAreaField(
        _l("A word"), [Length(max=MAX_FEEDBACK, message=_l("120 letters at most."))]
    )

    def draft(self, reflection_id: UUID) -> FeedbackDraft:
        """The answer as the operation wants it; words without a stamp mean: I read it."""
        text = (self.text.data or "").strip()
        return FeedbackDraft(reflection_id, self.kind.data or "read", text)
