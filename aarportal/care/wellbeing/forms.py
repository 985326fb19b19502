"""Which observation somebody has seen: the shape of the input."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import StringField

from aarportal.core.errors import NotFoundError


class SeenForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The rest of the key of an observation; nobody types it."""

    day = StringField()
    time = StringField()

    def observation(self) -> tuple[date, str]:
        """Day and time of it.

        Raises:
            NotFoundError: If these are none.
        """
        try:
            return date.fromisoformat(self.day.data or ""), self.time.data or ""
        except ValueError:
            raise NotFoundError("day") from None
