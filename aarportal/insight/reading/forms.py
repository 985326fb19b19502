"""The teacher's answer: the shape of what is sent."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from aarportal.cycle.reflection.operations import FEEDBACK_KINDS, MAX_FEEDBACK, FeedbackDraft


def _strip(value: str | None) -> str:
    return (value or "").strip().replace("\r\n", "\n")


class FeedbackForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """One stamp, and maybe a line."""

    kind = StringField(
        _l("Stamp"), [AnyOf(("", *FEEDBACK_KINDS), message=_l("Please choose again."))],
        filters=[_strip],
    )  # fmt: skip
    text = TextAreaField(
        _l("A word"), [Length(max=MAX_FEEDBACK, message=_l("120 letters at most."))],
        filters=[_strip],
    )  # fmt: skip

    def draft(self, reflection_id: UUID) -> FeedbackDraft:
        """The answer as the operation wants it; words without a stamp mean: I read it."""
        return FeedbackDraft(reflection_id, self.kind.data or "read", self.text.data)
