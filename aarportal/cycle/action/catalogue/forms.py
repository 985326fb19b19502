"""What activities belong to: the shape of the input."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField, validators
from wtforms.validators import InputRequired, Length

from aarportal.cycle.action.catalogue.operations import Decision
from aarportal.cycle.units.catalogue.table import MAX_VALUE

_choose = _l("Choose a unit or a subject.")
_longest = f"unit:{UUID(int=0)}"


class BelongsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """To which unit or subject."""

    belongs = StringField(
        _l("Unit or subject"),
        [InputRequired(_choose), Length(max=len(_longest), message=_choose)],
    )

    def refuse(self, _error: Any = None) -> None:
        """Say beside the field that the operation did not take it."""
        self.belongs.errors = [_choose]


class DecisionForm(BelongsForm):
    """The same about one offer."""

    app_id = HiddenField(validators=[validators.UUID()])
    kind = HiddenField(validators=[InputRequired()])
    value = HiddenField(validators=[InputRequired(), Length(max=MAX_VALUE)])

    def draft(self) -> Decision:
        """The typed values as the operation wants them."""
        return Decision(UUID(self.app_id.data), self.kind.data, self.value.data, self.belongs.data)


class CatalogueForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The file with an app's own catalogue."""

    file = FileField(_l("File (CSV)"), [FileRequired(_l("Choose a file."))])
