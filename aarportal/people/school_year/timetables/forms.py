"""Lesson times and timetables: the shape of the input."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.fields.choices import SelectChoice as Choice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from aarportal.core.errors import InvalidError
from aarportal.core.subjects import SUBJECTS
from aarportal.core.words import mark
from aarportal.people.attendance.lessons import Bell, Bells, Slot
from aarportal.people.school_year.timetables.operations import (
    MINUTES,
    MOST_PERIODS,
    WEEKDAYS,
    BellsDraft,
    Slots,
)
from aarportal.people.school_year.years import MAX_TITLE, cleaned_title
from aarportal.web.fields import RefusingForm, WholeNumber
from aarportal.web.texts import plain

WEEKDAY_WORDS = {
    1: mark("Monday"),
    2: mark("Tuesday"),
    3: mark("Wednesday"),
    4: mark("Thursday"),
    5: mark("Friday"),
    6: mark("Saturday"),
}
#: When lesson times hold.
_USES = {
    "usual": mark("Usually"),
    "weekdays": mark("On certain weekdays"),
    "chosen": mark("Only on days that the calendar says"),
}
#: (field, rule) -> what to do about it; fields of lessons without their number.
_MESSAGES: dict[tuple[str, str], Any] = {
    ("title", "length"): _l("Write it in 60 letters or fewer."),
    ("title", "taken"): _l("Other lesson times have this name."),
    ("starts_at", "needed"): _l("Say when the first lesson begins."),
    ("starts_at", "gap"): _l("A lesson before this one has no time."),
    ("starts_at", "overlap"): _l("The lesson before this one is not over yet."),
    ("starts_at", "night"): _l("This lesson would go on after midnight."),
    ("minutes", "range"): _l("Write minutes, from 5 to 120."),
    ("weekdays", "needed"): _l("Choose at least one weekday."),
    ("starts_on", "range"): _l("Choose a day of this century."),
}
_required = InputRequired(_l("Please fill this in."))
_too_long = Length(max=MAX_TITLE, message=_l("Write it in 60 letters or fewer."))


class _BellsForm(RefusingForm):
    MESSAGES = _MESSAGES

    title = StringField(
        _l("Name"), [_required, _too_long], filters=[lambda text: cleaned_title(text or "")]
    )
    use = SelectField(
        _l("When they hold"),
        choices=lambda: [Choice(key, plain(words)) for key, words in _USES.items()],
    )
    weekdays = SelectMultipleField(
        _l("Weekdays"),
        choices=[Choice(str(on), str(on)) for on in WEEKDAYS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def lessons(self) -> list[tuple[int, Any, Any]]:
        """The number of each lesson with its two fields."""
        return [
            (period, self[f"starts_at_{period}"], self[f"minutes_{period}"])
            for period in range(1, MOST_PERIODS + 1)
        ]

    def show(self, bells: Bells) -> "_BellsForm":
        """Fill in lesson times as they stand."""
        self.title.data = bells.title
        self.use.data = "usual" if bells.is_usual else "weekdays" if bells.weekdays else "chosen"
        self.weekdays.data = [str(on) for on in sorted(bells.weekdays)]
        for bell, (_period, starts_at, minutes) in zip(bells.times, self.lessons(), strict=False):
            starts_at.data, minutes.data = bell.starts_at, bell.minutes
        return self

    def draft(self) -> BellsDraft:
        """The typed values as the operation wants them.

        Raises:
            InvalidError: If a lesson between others has no time, or no weekday is chosen.
        """
        times: list[Bell] = []
        for period, starts_at, minutes in self.lessons():
            if starts_at.data is None:
                continue
            if len(times) < period - 1:
                raise InvalidError(f"starts_at_{period}", "gap")
            times.append(Bell(starts_at.data, minutes.data or 0))
        weekdays = frozenset(map(int, self.weekdays.data or []))
        if self.use.data == "weekdays" and not weekdays:
            raise InvalidError("weekdays", "needed")
        return BellsDraft(
            self.title.data,
            tuple(times),
            self.use.data == "usual",
            weekdays if self.use.data == "weekdays" else frozenset(),
        )


class BellsForm(_BellsForm):
    """Lesson times: when each lesson of a day begins, and how many minutes it has."""


for _period in range(1, MOST_PERIODS + 1):
    _begins = TimeField(_l("Lesson %(n)s begins at", n=_period), [Optional()])
    _minutes = WholeNumber(_l("Minutes of lesson %(n)s", n=_period), [Optional()])
    setattr(BellsForm, f"starts_at_{_period}", _begins)
    setattr(BellsForm, f"minutes_{_period}", _minutes)

#: What is proposed to a school that has said nothing: primary, lower secondary.
_PROPOSED = {
    False: (45, ("08:45", "09:35", "10:45", "11:35", "13:50", "14:40")),
    True: (50, ("08:45", "09:45", "10:45", "11:45", "13:25", "14:25")),
}


def proposed_bells(title: str, *, is_secondary: bool) -> Bells:
    """Lesson times to begin with."""
    minutes, starts = _PROPOSED[is_secondary]
    assert minutes in MINUTES
    times = tuple(Bell(time.fromisoformat(at), minutes) for at in starts)
    return Bells(title, times, is_usual=True)


class TimetableForm(RefusingForm):
    """What a class has in each lesson of its week; `of` makes a field for each of them."""

    MESSAGES = _MESSAGES

    starts_on = DateField(_l("Holds from"), [_required])
    weekdays: Sequence[int] = ()
    periods: Sequence[int] = ()
    with_teachers = False

    @classmethod
    def of(
        cls,
        weekdays: Sequence[int],
        periods: Sequence[int],
        teachers: Iterable[tuple[UUID, str]] | None,
    ) -> "TimetableForm":
        """A form for these lessons.

        Args:
            weekdays: ISO weekdays, the columns.
            periods: The rows.
            teachers: Who may teach, with names; None to leave teachers out.
        """
        subjects = [Choice("", "—"), *(Choice(key, plain(it)) for key, it in SUBJECTS.items())]
        people = [Choice("", "—"), *(Choice(key.hex, name) for key, name in teachers or ())]
        fields: dict[str, Any] = {
            "weekdays": weekdays,
            "periods": periods,
            "with_teachers": teachers is not None,
        }
        for weekday in weekdays:
            for period in periods:
                name = f"{weekday}_{period}"
                fields[f"subject_{name}"] = SelectField(_l("Subject"), choices=subjects)
                if teachers is not None:
                    fields[f"teacher_{name}"] = SelectField(_l("Teacher"), choices=people)
        made: TimetableForm = type("TimetableOfClass", (cls,), fields)()
        return made

    def show(self, slots: Slots) -> "TimetableForm":
        """Fill in a timetable as it stands."""
        for (weekday, period), slot in slots.items():
            name = f"{weekday}_{period}"
            if f"subject_{name}" in self:
                self[f"subject_{name}"].data = slot.subject
            if slot.teacher_id and f"teacher_{name}" in self:
                self[f"teacher_{name}"].data = slot.teacher_id.hex
        return self

    def slots(self, standing: Slots) -> Mapping[tuple[int, int], Slot]:
        """The typed values; where teachers are left out, a lesson keeps its teacher."""
        found: dict[tuple[int, int], Slot] = {}
        for weekday in self.weekdays:
            for period in self.periods:
                subject = self[f"subject_{weekday}_{period}"].data
                if subject:
                    teacher_id = self._teacher(weekday, period, subject, standing)
                    found[weekday, period] = Slot(subject, teacher_id)
        return found

    def _teacher(self, weekday: int, period: int, subject: str, standing: Slots) -> UUID | None:
        if self.with_teachers:
            said = self[f"teacher_{weekday}_{period}"].data
            return UUID(said) if said else None
        before = standing.get((weekday, period))
        return before.teacher_id if before and before.subject == subject else None


class RemoveForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which timetable of a class goes."""

    starts_on = DateField(validators=[_required])
