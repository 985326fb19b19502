"""Paper work, and which records are asked for: the shape of what is sent."""

import re
from datetime import date, timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from aarportal.cycle.action.operations import PaperWork
from aarportal.cycle.action.timeline import Selection
from aarportal.web.fields import WholeNumber

MAX_TITLE = 60
#: The longest span of days of which all records are shown at once; the charts look back sixty.
MAX_DAYS = 92
LOOK_BACK_DAYS = 60

#: What is no writing; PostgreSQL refuses to keep the first of them.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def _one_line(value: str | None) -> str:
    return _CONTROLS.sub("", value or "").strip()


class ByHandForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What a student did away from any app."""

    title = StringField(
        _l("What did you do?"),
        [
            DataRequired(_l("Write what you did.")),
            Length(max=MAX_TITLE, message=_l("Write it in 60 letters or fewer.")),
        ],
        filters=[_one_line],
    )
    amount = WholeNumber(
        _l("How much?"),
        [
            InputRequired(_l("Write a number from 1 to 200.")),
            NumberRange(1, 200, message=_l("Write a number from 1 to 200.")),
        ],
    )
    unit = RadioField(
        _l("Counted in"),
        choices=[
            Choice("items", _l("questions")),
            Choice("pages", _l("pages")),
            Choice("minutes", _l("minutes")),
            Choice("times", _l("times")),
        ],
        default="items",
    )
    minutes = WholeNumber(
        _l("About how many minutes?"),
        [Optional(), NumberRange(1, 240, message=_l("Write a number from 1 to 240."))],
    )

    def draft(self) -> PaperWork:
        """The typed values as the operation wants them."""
        assert self.amount.data is not None
        return PaperWork(self.title.data, self.amount.data, self.unit.data, self.minutes.data)


def selection(args: MultiDict[str, str], today: date) -> Selection:
    """Which records an address asks for; what makes no sense in it is left out.

    Args:
        args: `day`, `from`, `to`, `without` (days; `day` and `without` any number of times),
            `subject`, `unit`, `cycle`.
        today: The day at school: it is shown when nothing else is asked for.
    """
    days = _days(args.getlist("day"))[:MAX_DAYS]
    subject = args.get("subject", "")[:MAX_TITLE]
    unit_id, cycle_id = _id(args.get("unit", "")), _id(args.get("cycle", ""))
    first_on, last_on = _day(args.get("from", "")), _day(args.get("to", ""))
    if not (days or cycle_id or first_on):
        if subject or unit_id:
            first_on = today - timedelta(days=LOOK_BACK_DAYS)
        else:
            days = (today,)
    if first_on:
        first_on = min(first_on, today)
        last_on = min(last_on or today, first_on + timedelta(days=MAX_DAYS), today)
    return Selection(
        days=tuple(min(day, today) for day in days),
        first_on=first_on,
        last_on=last_on if first_on else None,
        without=_days(args.getlist("without"))[:MAX_DAYS],
        subject=subject,
        unit_id=unit_id,
        cycle_id=cycle_id,
    )


def _days(texts: list[str]) -> tuple[date, ...]:
    return tuple(sorted({day for text in texts if (day := _day(text))}))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
