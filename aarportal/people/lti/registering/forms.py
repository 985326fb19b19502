"""A platform: the shape of what the office types."""

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.core.errors import InvalidError
from aarportal.core.partners import MAX_TEXT
from aarportal.people.lti.registering.operations import MAX_TITLE, PlatformDraft
from aarportal.people.lti.store import Platform
from aarportal.web.fields import OneOf, RefusingForm

_NEEDED = _l("Enter this; the maker of the other system knows it.")
_TOO_LONG = _l("This is too long.")
_ADDRESS = _l("Enter an address that begins with https:// and has neither ? nor # in it.")
#: Rule of an InvalidError -> what to do.
_REFUSED = {
    "required": _NEEDED,
    "too_long": _TOO_LONG,
    "too_many": _l("These are too many."),
    "not_https": _ADDRESS,
    "address": _ADDRESS,
    "taken": _l("This platform is entered already."),
    "fixed": _l("The issuer stays: people are known under it. Enter another platform instead."),
}


class PlatformForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Where the platform is, and by what its people are known."""

    title = StringField(
        _l("Name of the platform"),
        [InputRequired(_l("Say what the platform is called.")), Length(max=MAX_TITLE)],
    )
    issuer = StringField(_l("Issuer (iss)"), [InputRequired(_NEEDED)])
    client_id = StringField(_l("Client id"), [InputRequired(_NEEDED)])
    deployments = TextAreaField(_l("Deployment ids"), [InputRequired(_NEEDED)])
    auth_url = StringField(_l("Address for signing in (OIDC)"), [InputRequired(_NEEDED)])
    jwks_url = StringField(_l("Address of its keys (JWKS)"), [InputRequired(_NEEDED)])
    token_url = StringField(_l("Address for tokens"), [Length(max=MAX_TEXT, message=_TOO_LONG)])
    known_by = OneOf(
        _l("How its people are found in the roster"),
        choices=[
            Choice("identifier", _l("By the user identifier (sub is the one of the roster)")),
            Choice("sourced_id", _l("By the sourcedId of the roster")),
            Choice("email", _l("By the mail address, which is the login name")),
        ],
    )
    sends_completion = BooleanField(_l("Tell the platform who has handed a reflection in"))

    @classmethod
    def of(cls, row: Platform) -> "PlatformForm":
        """The form as the platform is now; as it was sent, if it was."""
        names = ("title", "issuer", "client_id", "auth_url", "jwks_url", "token_url", "known_by")
        values = {name: getattr(row, name) for name in (*names, "sends_completion")}
        values["deployments"] = "\n".join(row.deployments)
        return cls(data=values)

    def refuse(self, error: InvalidError) -> None:
        """Say what to do, beside the field."""
        self._fields[error.field].errors = [_REFUSED[error.rule]]

    def draft(self) -> PlatformDraft:
        """The sent values as the operation wants them."""
        lines = (self.deployments.data or "").splitlines()
        return PlatformDraft(
            title=(self.title.data or "").strip(),
            issuer=(self.issuer.data or "").strip(),
            client_id=(self.client_id.data or "").strip(),
            auth_url=(self.auth_url.data or "").strip(),
            token_url=(self.token_url.data or "").strip(),
            jwks_url=(self.jwks_url.data or "").strip(),
            deployments=tuple(filter(None, (line.strip() for line in lines))),
            known_by=self.known_by.data,
            sends_completion=self.sends_completion.data,
        )


class ReleaseForm(RefusingForm):
    """Who was taken for somebody else."""

    MESSAGES: ClassVar = {
        ("name", "unknown"): _l(
            "Nobody came from there under this name. Look at how the roster or the platform "
            "writes it."
        ),
    }

    name = StringField(_l("Username, user identifier, or the platform’s own id (sub)"))

    def wanted(self) -> str:
        """Who is meant."""
        return (self.name.data or "").strip()[:MAX_TEXT]
