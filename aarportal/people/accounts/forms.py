"""Sign-in and reading forms: the shape of the input."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.people.accounts.operations import ReadingDraft, SignInDraft

_too_long = _l("This is too long.")
_required = InputRequired(_l("Please fill this in."))


def _strip(value: str | None) -> str | None:
    return value.strip() if value else value


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """School code, login id and password."""

    code = StringField(
        _l("School code"), [_required, Length(max=40, message=_too_long)], filters=[_strip]
    )
    login_id = StringField(
        _l("Login ID"), [_required, Length(max=80, message=_too_long)], filters=[_strip]
    )
    password = PasswordField(_l("Password"), [_required, Length(max=200, message=_too_long)])

    def draft(self, address: str, device: str, until: datetime | None = None) -> SignInDraft:
        """The typed values as the operation wants them."""
        assert self.code.data
        assert self.login_id.data
        assert self.password.data
        typed = (self.code.data, self.login_id.data, self.password.data)
        return SignInDraft(*typed, address, device, until)


class ReadingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Script, size, typeface and language."""

    script = RadioField(
        _l("Readings over kanji"),
        validate_choice=True,
        choices=[
            Choice("grade", _l("Over kanji not learned yet")),
            Choice("all", _l("Over every kanji")),
            Choice("kanji", _l("No readings")),
            Choice("kana", _l("Hiragana only")),
        ],
    )
    text_size = RadioField(
        _l("Size of the letters"),
        choices=[
            Choice("s", _l("Small")),
            Choice("m", _l("Medium")),
            Choice("l", _l("Large")),
            Choice("xl", _l("Larger")),
        ],
    )
    font = RadioField(
        _l("Shape of the letters"),
        choices=[Choice("system", _l("This device's own")), Choice("ud", _l("Easy to read (UD)"))],
    )
    language = RadioField(_l("Language"), choices=[Choice("ja", "日本語"), Choice("en", "English")])

    def draft(self) -> ReadingDraft:
        """The chosen values as the operation wants them."""
        return ReadingDraft(
            self.script.data, self.text_size.data, self.font.data, self.language.data
        )
