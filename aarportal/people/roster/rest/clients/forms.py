"""A system that reads the roster: the shape of what the office types."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.people.roster.rest.operations import MAX_TITLE, ClientDraft
from aarportal.web.fields import ALL, CHOSEN, OfSchools

#: Rule of an InvalidError -> what to do.
_REFUSED = {
    "required": _l("Say what the system is called."),
    "too_long": _l("Use a shorter name, of at most 60 letters."),
    "no_school": _l("Choose at least one school."),
    "unknown_school": _l("Choose schools of the list."),
}


class ClientForm(OfSchools):
    """What a system is called and what it reads."""

    refused = _REFUSED
    title = StringField(
        _l("Name of the system"),
        [InputRequired(_REFUSED["required"]), Length(max=MAX_TITLE, message=_REFUSED["too_long"])],
    )
    which = RadioField(
        _l("Whose roster it reads"),
        choices=[
            Choice(ALL, _l("Every school of the district, and the board")),
            Choice(CHOSEN, _l("Only these schools")),
        ],
        default=CHOSEN,
    )

    def draft(self) -> ClientDraft:
        """The sent values as the operation wants them.

        Raises:
            InvalidError: If a school is none.
        """
        return ClientDraft((self.title.data or "").strip(), self.schools())
