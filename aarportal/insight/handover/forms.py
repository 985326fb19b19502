"""Leaving: the shape of what is sent."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from aarportal.core.errors import InvalidError
from aarportal.insight.handover.deleting.operations import OrderDraft

_ORDERED = _l("This is ordered already.")


class OrderForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Why everything of a leaver is deleted, and whether anybody needs an export."""

    kind = RadioField(
        _l("Why"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("graduate", _l("Graduated")),
            SelectChoice("transfer_out", _l("Went to a school elsewhere")),
            SelectChoice("request", _l("The family asked for it")),
        ],
    )
    without_export = BooleanField(_l("Delete it although no export was fetched"))

    def draft(self, student_id: UUID) -> OrderDraft:
        """The typed values as the operation wants them."""
        return OrderDraft(student_id, self.kind.data, bool(self.without_export.data))

    def refuse(self, _error: InvalidError) -> None:
        """Say what the operation did not take."""
        self.form_errors.append(_ORDERED)
