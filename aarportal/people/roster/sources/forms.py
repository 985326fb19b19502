"""A system that the roster is fetched from: the shape of what the office types."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.core.errors import InvalidError
from aarportal.core.partners import MAX_TEXT
from aarportal.people.roster.sources.operations import MAX_TITLE, SourceDraft
from aarportal.people.roster.sources.store import Source

_TITLE = _l("Say what the system is called.")
_TOO_LONG = _l("This is too long.")
_NEEDED = _l("Enter this; the maker of the other system knows it.")
_ADDRESS = _l("Enter an address that begins with https:// and has neither ? nor # in it.")
#: Rule of an InvalidError -> what to do.
_REFUSED = {
    "required": _NEEDED,
    "too_long": _TOO_LONG,
    "not_https": _ADDRESS,
    "address": _ADDRESS,
    "hour": _l("Choose an hour of the list."),
}
_SECRET = _l(
    "Enter the secret. Where an address has changed it is needed again: it must not be sent to "
    "somebody else by mistake."
)


class SourceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Where the other system is, and when it is asked."""

    title = StringField(
        _l("Name of the system"),
        [InputRequired(_TITLE), Length(max=MAX_TITLE, message=_TOO_LONG)],
    )
    base_url = StringField(_l("Address of the rosters"), [InputRequired(_NEEDED)])
    token_url = StringField(_l("Address for tokens"), [InputRequired(_NEEDED)])
    client_id = StringField(
        _l("Client id"), [InputRequired(_NEEDED), Length(max=MAX_TEXT, message=_TOO_LONG)]
    )
    secret = PasswordField(_l("Secret"))
    pull_hour = SelectField(
        _l("When it is asked every day"),
        coerce=int,
        choices=[Choice(hour, f"{hour}:00") for hour in range(24)],
        default=4,
    )

    @classmethod
    def of(cls, source: Source) -> "SourceForm":
        """The form as the system is now, without its secret; as it was sent, if it was."""
        names = ("title", "base_url", "token_url", "client_id", "pull_hour")
        return cls(data={name: getattr(source, name) for name in names})

    def refuse(self, error: InvalidError) -> None:
        """Say what to do, beside the field."""
        said = _SECRET if error.field == "secret" else _REFUSED[error.rule]
        self._fields[error.field].errors = [said]

    def draft(self) -> SourceDraft:
        """The sent values as the operation wants them."""
        return SourceDraft(
            title=(self.title.data or "").strip(),
            base_url=(self.base_url.data or "").strip(),
            token_url=(self.token_url.data or "").strip(),
            client_id=(self.client_id.data or "").strip(),
            pull_hour=int(self.pull_hour.data),
            secret=self.secret.data or "",
        )
