"""How a learning app is opened: the shape of what the office types."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired

from aarportal.core.errors import InvalidError
from aarportal.cycle.action.launching.registering.operations import ToolDraft
from aarportal.cycle.action.launching.store import Tool
from aarportal.web.fields import OneOf

_NEEDED = _l("Enter this; the maker of the app knows it.")
_ADDRESS = _l("Enter an address that begins with https:// and has no # in it.")
_REFUSED = {
    "required": _NEEDED,
    "too_long": _l("This is too long."),
    "too_many": _l("These are too many; 20 are enough."),
    "not_https": _ADDRESS,
    "address": _ADDRESS,
}


class ToolForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Where an app is opened, and what it is told."""

    login_url = StringField(_l("Address that begins a launch"), [InputRequired(_NEEDED)])
    launch_url = StringField(_l("Address that is opened"), [InputRequired(_NEEDED)])
    redirect_uris = TextAreaField(
        _l("Addresses that get the answer, one on each line"), [InputRequired(_NEEDED)]
    )
    known_as = OneOf(
        _l("Under which name the app knows a pupil"),
        choices=[
            Choice("pairwise", _l("A name that no other app knows")),
            Choice("identifier", _l("The user identifier of the roster")),
        ],
        default="pairwise",
    )
    tells_name = BooleanField(_l("It is told the pupil's name"))
    tells_class = BooleanField(_l("It is told the pupil's class"))

    @classmethod
    def of(cls, row: Tool | None) -> "ToolForm":
        """The form as it is now; as it was sent, if it was."""
        if row is None:
            return cls()
        names = ("login_url", "launch_url", "known_as", "tells_name", "tells_class")
        values = {name: getattr(row, name) for name in names}
        return cls(data=values | {"redirect_uris": "\n".join(row.redirect_uris)})

    def refuse(self, error: InvalidError) -> None:
        """Say what to do, beside the field."""
        self._fields[error.field].errors = [_REFUSED[error.rule]]

    def draft(self) -> ToolDraft:
        """The sent values as the operation wants them."""
        lines = (self.redirect_uris.data or "").splitlines()
        return ToolDraft(
            login_url=(self.login_url.data or "").strip(),
            launch_url=(self.launch_url.data or "").strip(),
            redirect_uris=tuple(filter(None, (line.strip() for line in lines))),
            known_as=self.known_as.data,
            tells_name=bool(self.tells_name.data),
            tells_class=bool(self.tells_class.data),
        )
