"""A roster to be taken along: the shape of what the office chooses."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired

from aarportal.people.roster.oneroster.dialects import (
    BASE_1_2,
    BASE_1_2_1,
    DIALECTS,
    JP_1_2,
    JP_1_2_1,
    JP_K12,
    Dialect,
)

_CHOOSE = _l("Choose how the file is to be written.")


class ExportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """How the file is written."""

    dialect = RadioField(
        _l("How it is written"),
        [InputRequired(_CHOOSE)],
        choices=[
            Choice(JP_K12.key, _l("Japan K-12 Profile 1.0 (2026)")),
            Choice(JP_1_2_1.key, _l("Japan Profile v1.2.1 (2024)")),
            Choice(JP_1_2.key, _l("Japan Profile, 2nd edition (1.2)")),
            Choice(BASE_1_2.key, _l("OneRoster 1.2 without a profile")),
            Choice(BASE_1_2_1.key, _l("OneRoster 1.2.1 without a profile")),
        ],
        default=JP_K12.key,
    )

    def chosen(self) -> Dialect:
        """The dialect that was chosen, of a form that was found valid."""
        return next(each for each in DIALECTS if each.key == self.dialect.data)
