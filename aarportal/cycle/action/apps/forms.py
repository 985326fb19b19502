"""A learning app: the shape of what the office types."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length

from aarportal.cycle.action.apps.operations import MAX_TITLE, MOST_ADDRESSES, AppDraft
from aarportal.cycle.action.apps.store import App
from aarportal.web.fields import ALL, CHOSEN, OfSchools

#: Rule of an InvalidError -> what to do.
_REFUSED = {
    "required": _l("Say what the app is called."),
    "too_long": _l("Use a shorter name, of at most 60 letters."),
    "nothing": _l("Let the app send, or read, or both."),
    "no_origin": _l(
        "An origin is https:// and the name of the host, perhaps a port, and nothing after it: "
        "https://app.example.com"
    ),
    "no_home_page": _l("A home page begins with https:// or http://, without spaces."),
    "too_many": _l("These are too many; 20 are enough."),
    "no_school": _l("Choose at least one school."),
    "unknown_school": _l("Choose schools of the list."),
}


class AppForm(OfSchools):
    """What an app is called and what it may do."""

    refused = _REFUSED
    title = StringField(
        _l("Name, as pupils see it"),
        [InputRequired(_REFUSED["required"]), Length(max=MAX_TITLE, message=_REFUSED["too_long"])],
    )
    which = RadioField(
        _l("Schools"),
        choices=[
            Choice(ALL, _l("Every school of the district")),
            Choice(CHOSEN, _l("Only these schools")),
        ],
        default=ALL,
    )
    may_write = BooleanField(_l("It may send learning records"), default=True)
    may_read = BooleanField(_l("It may read what other apps sent about these schools"))
    origins = TextAreaField(_l("Web origins, one on each line"))
    home_pages = TextAreaField(_l("Home pages of accounts, one on each line"))

    @classmethod
    def of(cls, app: App) -> "AppForm":
        """The form as the app is now; as it was sent, if it was."""
        return cls(
            data={
                "title": app.title,
                "which": ALL if app.school_ids is None else CHOSEN,
                "school_ids": app.school_ids or [],
                "may_write": app.may_write,
                "may_read": app.may_read,
                "origins": "\n".join(app.origins),
                "home_pages": "\n".join(app.home_pages),
            }
        )

    def draft(self) -> AppDraft:
        """The sent values as the operation wants them.

        Raises:
            InvalidError: If a school is none.
        """
        return AppDraft(
            title=(self.title.data or "").strip(),
            school_ids=self.schools(),
            may_write=bool(self.may_write.data),
            may_read=bool(self.may_read.data),
            origins=_lines(self.origins.data),
            home_pages=_lines(self.home_pages.data),
        )


class RotateForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A new secret."""

    at_once = BooleanField(_l("Somebody else may know the secret of now: it stops working at once"))


def _lines(text: str | None) -> tuple[str, ...]:
    # One more than may be is enough to say that they are too many.
    lines = [line.strip() for line in (text or "").splitlines()]
    return tuple(line for line in lines if line)[: MOST_ADDRESSES + 1]
