"""Login cards: the shape of the input."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import Length

from aarportal.core.errors import InvalidError
from aarportal.people.accounts.cards.operations import Shown
from aarportal.people.accounts.cards.pictures import PICTURES, TAPS
from aarportal.web.texts import plain


class PicturesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The pictures of a card, in their order: one field for each tap."""

    def taps(self) -> list[Any]:
        """The fields, in their order."""
        return [self[f"picture_{number}"] for number in range(1, TAPS + 1)]

    def shown(self, token: str, address: str, device: str) -> Shown:
        """The card and its pictures as the operation wants them."""
        return Shown(token, [tap.data for tap in self.taps()], address, device)


for _number in range(1, TAPS + 1):
    setattr(
        PicturesForm,
        f"picture_{_number}",
        RadioField(
            _l("Picture %(n)s", n=_number),
            choices=lambda: [Choice(name, plain(words)) for name, words in PICTURES.items()],
        ),
    )


class ChosenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which students of a class."""

    student = SelectMultipleField(validate_choice=False)

    def student_ids(self) -> Sequence[UUID]:
        """Those that were chosen.

        Raises:
            InvalidError: If one of them is none.
        """
        try:
            return [UUID(each) for each in self.student.data or ()]
        except ValueError:
            raise InvalidError("student", "unknown") from None


class NetworksForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The networks of a school, one a line."""

    networks = TextAreaField(
        _l("Networks of the school"), [Length(max=2000, message=_l("This is too long."))]
    )

    MESSAGES: ClassVar[dict[str, Any]] = {
        "network": _l("Write one network a line, such as 203.0.113.0/24."),
        "many": _l("These are too many networks."),
    }

    def refuse(self, error: InvalidError) -> None:
        """Say what to do, beside the field."""
        self.networks.errors = [self.MESSAGES[error.rule]]
